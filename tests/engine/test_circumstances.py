"""What a record says of the machine that made it."""

import msgspec
from threadpoolctl import threadpool_limits

from bench.engine import circumstances as module
from bench.engine.circumstances import circumstances
from bench.record import Circumstances

X86 = """processor : 0
model name : Some Processor 3000
flags : fpu sse2 avx avx2 fma sse4_2 avx512f hypervisor

processor : 1
model name : Another
flags : fpu
"""


def test_the_processor_is_told_by_name_and_vector_instructions(monkeypatch, tmp_path):
    """Two machines of one name that round differently have different features."""
    (tmp_path / "cpuinfo").write_text(X86)
    monkeypatch.setattr(module, "_CPUINFO", tmp_path / "cpuinfo")
    module._cpuinfo.cache_clear()
    found = circumstances(1)
    module._cpuinfo.cache_clear()
    assert found.processor == "Some Processor 3000"
    assert found.processor_features == ("avx", "avx2", "avx512f", "fma", "sse4_2")


def test_a_system_that_does_not_tell_has_no_features(monkeypatch, tmp_path):
    """Without /proc there is a name at least."""
    monkeypatch.setattr(module, "_CPUINFO", tmp_path / "missing")
    module._cpuinfo.cache_clear()
    found = circumstances(1)
    module._cpuinfo.cache_clear()
    assert found.processor
    assert found.processor_features == ()


def test_threads_and_kernel_of_blas_are_those_in_use():
    """They are asked of the library, not taken from what it was told."""
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            blas = [p for p in circumstances(7).thread_pools if p.library in ("openblas", "mkl")]
        assert blas
        assert {pool.threads for pool in blas} == {threads}
        assert all(pool.kernel and pool.version for pool in blas)


def test_a_record_from_before_these_were_kept_is_read():
    """Old records have neither features nor thread pools."""
    old = msgspec.to_builtins(circumstances(1))
    del old["processor_features"], old["thread_pools"]
    found = msgspec.convert(old, Circumstances)
    assert found.processor_features == found.thread_pools == ()


def test_what_is_told_comes_back_from_json():
    """As it must from a record."""
    found = circumstances(2)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Circumstances) == found
