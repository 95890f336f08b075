"""The packages of the wheel: every folder of ``bench/``, and the two that are mapped into it."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["bench", "bench.*"]), "bench.reducers", "bench.datasets"])
