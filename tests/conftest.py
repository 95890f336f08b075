"""Settings of the whole test session."""

import os

# Before numpy is loaded: libraries that take all cores for arrays of a few rows slow each other
# down, the more so where several tests run at once.
THREADS = ("OMP_NUM_", "OPENBLAS_NUM_", "MKL_NUM_", "TF_NUM_INTRAOP_", "TF_NUM_INTEROP_")
os.environ |= {f"{name}THREADS": "1" for name in THREADS}

from hypothesis import settings  # noqa: E402 - as above

# The same examples on every run, and none kept on disk: a red test is red for everyone.
settings.register_profile("suite", deadline=None, max_examples=40, derandomize=True, database=None)
settings.load_profile("suite")
