"""Downloads, against a server on loopback that misbehaves in every way that servers do."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from loopback import serve

from bench.data.downloads import Source, cache_folder, fetch
from bench.errors import UnavailableError

CONTENT = np.random.default_rng(0).bytes(300_000)


@pytest.fixture
def site():
    with serve() as site:
        yield site


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


def part(source):
    return source.path.with_name(f"{source.file}.part")


def kept(cache):
    """Return what is in the cache, apart from locks."""
    return {path.name for path in cache.iterdir() if path.suffix != ".lock"}


def test_a_file_comes_whole_and_its_size_is_said_before(site, cache, capsys):
    source = site.source("one.bin", CONTENT)
    assert fetch(source) == cache / "one.bin"
    assert source.path.read_bytes() == CONTENT
    assert kept(cache) == {"one.bin"}
    said = capsys.readouterr()
    assert "Downloading 'one.bin': 0.3 MB, into" in said.err
    assert not said.out


def test_a_file_that_is_there_is_not_asked_for_again(site):
    source = site.source("one.bin", CONTENT)
    fetch(source)
    fetch(source)
    assert site.asked == [("one.bin", None)]


def test_a_file_put_there_by_hand_needs_no_server(cache):
    cache.mkdir()
    (cache / "one.bin").write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    source = Source("one.bin", "http://127.0.0.1:9/one.bin", f"sha256:{digest}", 0.3)
    assert fetch(source).read_bytes() == CONTENT


def test_an_md5_is_checked_too(site):
    good = f"md5:{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"
    assert fetch(site.source("one.bin", CONTENT, good)).is_file()
    with pytest.raises(UnavailableError, match="published checksum"):
        fetch(site.source("two.bin", CONTENT[1:], good))


@pytest.mark.parametrize("bad", [CONTENT[:-1] + b"\0", CONTENT[:-1], b""])
def test_what_has_not_the_published_checksum_is_not_kept(site, cache, bad):
    source = site.source("one.bin", CONTENT)
    site.files["one.bin"] = bad
    with pytest.raises(UnavailableError, match="has not the published checksum"):
        fetch(source)
    assert kept(cache) == set()
    site.files["one.bin"] = CONTENT
    assert fetch(source).read_bytes() == CONTENT


def test_a_connection_that_breaks_off_leaves_its_part_and_the_next_goes_on_there(
    site, cache, capsys
):
    source = site.source("one.bin", CONTENT)
    site.stop_after = 100_000
    with pytest.raises(UnavailableError, match="the connection broke off"):
        fetch(source)
    assert kept(cache) == {"one.bin.part"}
    assert part(source).read_bytes() == CONTENT[:100_000]
    with pytest.raises(UnavailableError, match="the connection broke off"):
        fetch(source)
    assert part(source).read_bytes() == CONTENT[:200_000]
    site.stop_after = None
    assert fetch(source).read_bytes() == CONTENT
    assert [asked for _, asked in site.asked] == [None, "bytes=100000-", "bytes=200000-"]
    assert kept(cache) == {"one.bin"}
    assert "0.3 MB, of which 0.2 MB are there" in capsys.readouterr().err


def test_a_process_that_is_killed_leaves_no_half_file_and_the_next_goes_on(site, cache):
    source = site.source("one.bin", CONTENT)
    site.stop_after = 100_000
    site.hold.clear()
    code = f"from bench.data.downloads import *; fetch({source!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        until = time.monotonic() + 600
        # The last bytes may wait in the writer's buffer.
        while not (part(source).exists() and part(source).stat().st_size > 50_000):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    have = part(source).stat().st_size
    assert not source.path.exists()
    site.stop_after = None
    assert fetch(source).read_bytes() == CONTENT
    assert site.asked[-1] == ("one.bin", f"bytes={have}-")


def test_a_server_that_ignores_the_range_is_read_from_the_start(site, cache):
    source = site.source("one.bin", CONTENT)
    cache.mkdir()
    part(source).write_bytes(CONTENT[:1000])
    site.takes_ranges = False
    assert fetch(source).read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file_is_begun_again(site, cache):
    source = site.source("one.bin", CONTENT)
    cache.mkdir()
    part(source).write_bytes(CONTENT + b"more")
    assert fetch(source).read_bytes() == CONTENT
    assert [asked for _, asked in site.asked] == ["bytes=300004-", None]


def test_a_part_of_something_else_is_found_out_and_then_begun_again(site, cache):
    source = site.source("one.bin", CONTENT)
    cache.mkdir()
    part(source).write_bytes(b"x" * 1000)
    with pytest.raises(UnavailableError, match="published checksum"):
        fetch(source)
    assert kept(cache) == set()
    assert fetch(source).read_bytes() == CONTENT


def test_a_part_that_was_whole_already_is_not_asked_for(site, cache):
    source = site.source("one.bin", CONTENT)
    cache.mkdir()
    part(source).write_bytes(CONTENT)
    assert fetch(source).read_bytes() == CONTENT
    assert site.asked == []


def test_a_server_that_answers_404_is_quoted(site):
    source = site.source("one.bin", CONTENT)
    del site.files["one.bin"]
    with pytest.raises(UnavailableError, match="the server answers 404 Not Found"):
        fetch(source)


def test_without_a_connection_one_line_says_what_is_missing_and_what_to_do(cache):
    with serve() as site:
        source = site.source("one.bin", CONTENT)
    with pytest.raises(UnavailableError) as refused:
        fetch(source)
    said = str(refused.value)
    assert said.startswith(f"Cannot get 'one.bin' (0.3 MB) from {source.url}: no connection.")
    assert f"put the file by hand at '{cache / 'one.bin'}'" in said
    assert "datasets that need no download work without it" in said
    assert "\n" not in said


@pytest.mark.parametrize(("says_length", "message"), [(True, "offers 300000"), (False, "more")])
def test_a_server_that_sends_far_more_than_published_is_cut_off(site, cache, says_length, message):
    site.says_length = says_length
    source = site.source("one.bin", CONTENT, megabytes=0.1)
    with pytest.raises(UnavailableError, match=message):
        fetch(source)
    assert not source.path.exists()
    assert not part(source).exists() or part(source).stat().st_size < 250_000


@pytest.mark.parametrize(
    ("where", "message"), [("header", "the server does not answer"), ("body", "bytes in 0.5 s")]
)
def test_a_server_that_sends_byte_by_byte_is_given_up(site, monkeypatch, where, message):
    """A trickle that never lets a wait time out ends the download, and what came is kept."""
    monkeypatch.setattr("bench.data.downloads._SECONDS_OF_SILENCE", 0.5)
    monkeypatch.setattr("bench.data.downloads._SECONDS_TO_CONNECT", 0.5)
    site.trickle = where
    source = site.source("one.bin", CONTENT)
    with pytest.raises(UnavailableError, match=message):
        fetch(source)
    assert part(source).exists() == (where == "body")
    site.trickle = None
    assert fetch(source).read_bytes() == CONTENT


@pytest.mark.parametrize("folder", ["x" * 300, "locked"])
def test_a_cache_folder_that_cannot_be_entered_is_said_in_one_line(
    site, tmp_path, monkeypatch, folder
):
    """A folder that the system will not let us look into is unavailable, not a traceback."""
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path / folder))
    if folder == "locked":  # root may enter every folder: what others are told

        def refuse(path, **_):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(UnavailableError, match=r"^Cannot get 'one\.bin'[^\n]*$"):
        fetch(site.source("one.bin", CONTENT))


def test_the_home_of_a_user_who_does_not_exist_is_said_in_one_line(site, monkeypatch):
    """A cache folder that cannot be resolved names its variable."""
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", "~no-such-user/cache")
    with pytest.raises(UnavailableError, match=r"MANIFOLD_BENCH_DATA is '~no-such-user/cache'"):
        fetch(site.source("one.bin", CONTENT))


def test_a_damaged_file_is_fetched_again_and_left_alone_while_that_fails(site, cache, capsys):
    source = site.source("one.bin", CONTENT)
    cache.mkdir()
    source.path.write_bytes(b"damaged")
    site.files.clear()
    with pytest.raises(UnavailableError):
        fetch(source)
    assert source.path.read_bytes() == b"damaged"
    assert "'one.bin' has not the published checksum: it is fetched again" in (
        capsys.readouterr().err
    )
    site.files["one.bin"] = CONTENT
    assert fetch(source).read_bytes() == CONTENT


def test_two_at_once_download_once(site):
    source = site.source("one.bin", CONTENT)
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(fetch, [source] * 4))) == 1
    assert site.asked == [("one.bin", None)]


def test_a_cache_that_cannot_be_written_is_said_in_one_line(site, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path / "file"))
    with pytest.raises(UnavailableError, match=r"Cannot get 'one\.bin' .*: FileExistsError"):
        fetch(site.source("one.bin", CONTENT))


def test_the_cache_is_the_users_unless_the_environment_says_otherwise(monkeypatch, cache):
    assert cache_folder() == cache
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"
    monkeypatch.delenv("MANIFOLD_BENCH_DATA")
    assert cache_folder().name == "manifold-bench"
    assert Path.home() in cache_folder().parents or "XDG_CACHE_HOME" in os.environ
