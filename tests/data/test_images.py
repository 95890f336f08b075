"""Files of images: what is read is what was written, and what is broken is refused."""

import gzip
import io
import struct
import tarfile
import zipfile

import matplotlib.image
import numpy as np
import pytest
from PIL import Image

from bench.data.images import average_squares, read_grey, read_idx, read_tar, read_zip, tar_names

GENERATOR = np.random.default_rng(0)
GREY = GENERATOR.integers(0, 256, (12, 9), dtype=np.uint8)
COLOUR = GENERATOR.integers(0, 256, (12, 9, 3), dtype=np.uint8)

DEEP = GENERATOR.integers(0, 65536, (12, 9), dtype=np.uint16)
RISING = np.arange(64).reshape(8, 8) / 63


def encode(array, kind, **options):
    data = io.BytesIO()
    Image.fromarray(array).save(data, kind, **options)
    return data.getvalue()


def idx(shape, values, magic=0x0800):
    return struct.pack(f">{len(shape) + 1}I", magic + len(shape), *shape) + bytes(values)


# --- IDX ---


def test_idx_is_read_as_its_specification_says(tmp_path):
    # 2051 and 2049 are the magic numbers of images and labels that LeCun, Cortes & Burges state.
    assert idx((2, 3, 2), range(12))[:4] == struct.pack(">I", 2051)
    assert idx((3,), range(3))[:4] == struct.pack(">I", 2049)
    for shape in [(2, 3, 2), (12,)]:
        (tmp_path / "a.gz").write_bytes(compressed(idx(shape, range(12))))
        found = read_idx(tmp_path / "a.gz")
        assert found.dtype == np.uint8
        assert found.tolist() == np.arange(12).reshape(shape).tolist()


def compressed(data):
    """Compress without the time of day, by which processes would name tests differently."""
    return gzip.compress(data, mtime=0)


WHOLE = compressed(idx((2, 3), range(6)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no gzip", "no whole gzip file"),
        (WHOLE[:-9], "no whole gzip file"),
        (WHOLE[:15] + bytes([WHOLE[15] ^ 255]) + WHOLE[16:], "no whole gzip file"),
        (compressed(b""), "no IDX file of unsigned bytes"),
        (compressed(idx((2, 3), range(6), magic=0x0D00)), "no IDX file of unsigned bytes"),
        (compressed(idx((2, 3), range(5))), "does not hold"),
        (compressed(idx((2, 3), range(7))), "does not hold"),
        (compressed(idx((2, 3), ())[:9]), "does not hold"),
    ],
)
def test_what_is_no_whole_idx_file_is_refused(tmp_path, content, message):
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(ValueError, match=f"'a.gz' .*{message}"):
        read_idx(tmp_path / "a.gz")


# --- single images ---


@pytest.mark.parametrize("kind", ["PNG", "BMP", "PPM", "TIFF"])
def test_grey_images_are_read_exactly_and_scaled_to_1(kind):
    found = read_grey(encode(GREY, kind), "a")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, GREY / 255, atol=1e-7)


def test_a_png_is_read_as_matplotlib_reads_it():
    data = encode(GREY, "PNG")
    np.testing.assert_allclose(
        read_grey(data, "a"), matplotlib.image.imread(io.BytesIO(data)), atol=1e-7
    )


def test_colours_are_weighted_as_in_itu_r_601():
    expected = COLOUR @ np.array([0.299, 0.587, 0.114]) / 255
    np.testing.assert_allclose(read_grey(encode(COLOUR, "PNG"), "a"), expected, atol=0.6 / 255)


def test_a_jpeg_is_read_to_within_its_loss():
    smooth = np.add.outer(np.arange(0, 128, 4), np.arange(0, 128, 4)).astype(np.uint8)
    found = read_grey(encode(smooth, "JPEG", quality=95), "a")
    np.testing.assert_allclose(found, smooth / 255, atol=4 / 255)


def test_16_bits_are_scaled_and_not_clipped():
    deep = np.array([[0, 256], [32768, 65535]], np.uint16)
    np.testing.assert_allclose(read_grey(encode(deep, "PNG"), "a"), deep / 65535, atol=1e-7)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no image of a kind that is read"),
        (b"hello", "is no image of a kind that is read"),
        (encode(GREY, "GIF"), "is no image of a kind that is read"),
        (encode(GREY, "PNG")[:60], "broken image"),
        (encode(COLOUR, "JPEG")[:-40], "broken image"),
        (b"P5 5000 5000 255\n", "5000 x 5000 pixels, the most is 16777216"),
        (encode(GREY.astype(np.float32), "TIFF"), "holds floating-point numbers"),
    ],
)
def test_what_is_no_whole_image_is_refused(data, message):
    with pytest.raises(ValueError, match=f"'a.png' .*{message}"):
        read_grey(data, "a.png")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("kind", "array"), [("PNG", GREY), ("TIFF", GREY), ("PNG", DEEP)])
def test_an_image_is_turned_as_its_tag_says(orientation, kind, array):
    """All eight orientations of EXIF give the picture that is seen, in 8 and in 16 bits."""
    # What is done to the stored pixels, by the table of TIFF 6.0, tag 274.
    turn = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(a, 2).T,
        8: np.rot90,
    }[orientation]
    exif = Image.Exif()
    exif[274] = orientation
    found = read_grey(encode(array, kind, exif=exif), "a")
    np.testing.assert_allclose(found, turn(array / np.iinfo(array.dtype).max), atol=1e-7)


def tiff(bits, photometric=1, sample_format=1, order="<", pages=1):
    """Write an uncompressed grey TIFF of 8 x 8 pixels that rise from the least to the most."""
    levels = np.rint(RISING.ravel() * (2**bits - 1)).astype(np.uint64)
    whole = levels.astype(f"{order}u{bits // 8}").tobytes() if bits % 8 == 0 else b""
    packed = "".join(f"{level:0{bits}b}" for level in levels)
    data = whole or int(packed, 2).to_bytes(bits * 8, "big")
    tags = {256: 8, 257: 8, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: 8}
    tags |= {279: len(data), 339: sample_format}
    entries = b"".join(struct.pack(f"{order}HHIHH", t, 3, 1, v, 0) for t, v in sorted(tags.items()))
    start, size = 8 + len(data), 2 + len(entries) + 4
    nexts = [start + size * page for page in range(1, pages)] + [0]
    lists = [
        struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", n) for n in nexts
    ]
    return (
        (b"II*\0" if order == "<" else b"MM\0*")
        + struct.pack(f"{order}I", start)
        + data
        + b"".join(lists)
    )


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 12, 16])
@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("order", "<>")
def test_grey_tiffs_of_every_depth_end_at_0_and_1_or_are_refused(bits, photometric, order):
    """From 1 to 16 bits, black is 0 and white is 1, also where white is stored as zero."""
    expected = np.rint(RISING * (2**bits - 1)) / (2**bits - 1)
    try:
        found = read_grey(tiff(bits, photometric, order=order), "a.tif")
    except ValueError as error:
        assert "'a.tif' is no image of a kind that is read" in str(error)  # noqa: PT017
        assert bits > 8  # of which Pillow knows some
        assert (order, photometric) != ("<", 1)
    else:
        np.testing.assert_allclose(found, expected if photometric else 1 - expected, atol=1e-7)


def transparent(mode):
    """Draw a figure in the alpha channel alone."""
    image = Image.fromarray(np.zeros((8, 8, 4), np.uint8)).convert(mode)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def keyed(array):
    """Let one level or colour of an image stand for nothing, as PNG can."""
    first = array[0, 0].tolist()
    key = tuple(first) if isinstance(first, list) else first
    return encode(array, "PNG", transparency=key)


def test_opaque_alpha_is_no_transparency():
    """An alpha channel that hides nothing changes nothing."""
    opaque = np.dstack([COLOUR, np.full(COLOUR.shape[:2], 255, np.uint8)])
    expected = read_grey(encode(COLOUR, "PNG"), "a")
    assert (read_grey(encode(opaque, "PNG"), "a") == expected).all()
    unused = encode(np.maximum(GREY, 1), "PNG", transparency=0)
    np.testing.assert_allclose(read_grey(unused, "a"), np.maximum(GREY, 1) / 255, atol=1e-7)


def several(kind):
    data = io.BytesIO()
    pages = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    pages[0].save(data, kind, save_all=True, append_images=pages[1:])
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            transparent("RGBA"),
            "transparent pixels, whose grey is not known: put it on a background",
        ),
        (transparent("LA"), "transparent pixels"),
        (keyed(GREY), "transparent pixels"),
        (keyed(COLOUR), "transparent pixels"),
        (keyed(DEEP), "transparent pixels"),
        (several("TIFF"), "holds 2 pages: save each as a file, or all as one array"),
        (several("PNG"), "holds 2 pages"),
        (tiff(16, pages=3), "holds 3 pages"),
        (tiff(32), "signed numbers or more than 16 bits a pixel"),
        (tiff(32, sample_format=2), "signed numbers or more than 16 bits a pixel"),
        (tiff(16, sample_format=2), "signed numbers or more than 16 bits a pixel"),
        (tiff(8, sample_format=2), "signed numbers or more than 16 bits a pixel"),
        (tiff(32, sample_format=3), "holds floating-point numbers"),
    ],
)
def test_images_whose_grey_is_not_known_are_refused(data, message):
    """One line says why, and what to do."""
    with pytest.raises(ValueError, match=f"^'a.png' .*{message}"):
        read_grey(data, "a.png")


def test_squares_of_pixels_are_averaged():
    images = GENERATOR.uniform(size=(3, 12, 8)).astype(np.float32)
    found = average_squares(images, 4)
    assert found.shape == (3, 3, 2)
    for image, small in zip(images, found, strict=True):
        for i in range(3):
            for j in range(2):
                block = image[4 * i : 4 * i + 4, 4 * j : 4 * j + 4]
                assert small[i, j] == pytest.approx(block.astype(float).mean(), rel=1e-6)
    assert (average_squares(images, 1) == images).all()


@pytest.mark.parametrize("factor", [0, -1, 3, 5])
def test_squares_that_do_not_fit_are_refused(factor):
    with pytest.raises(ValueError, match=f"shrink must divide 12 and 8 pixels, got {factor}"):
        average_squares(np.zeros((1, 12, 8), np.float32), factor)


# --- archives ---

FILES = {"b/2.png": b"two", "a/1.png": b"one", "notes.txt": b"text"}


@pytest.fixture
def zipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    return tmp_path / "a.zip"


@pytest.fixture
def tarred(tmp_path):
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    return tmp_path / "a.tgz"


def test_archives_are_read_file_by_file(zipped, tarred):
    assert dict(read_zip(zipped)) == FILES
    assert dict(read_zip(zipped, ["a/1.png"])) == {"a/1.png": b"one"}
    assert tar_names(tarred, ".png") == ["a/1.png", "b/2.png"]
    assert dict(read_tar(tarred, ["b/2.png", "a/1.png"])) == {"b/2.png": b"two", "a/1.png": b"one"}


def test_nothing_is_written_whatever_the_names_in_an_archive(tmp_path):
    inner = tmp_path / "deep" / "deeper"
    inner.mkdir(parents=True)
    with zipfile.ZipFile(inner / "a.zip", "w") as archive:
        archive.writestr("../../escaped.png", b"x")
    assert dict(read_zip(inner / "a.zip")) == {"../../escaped.png": b"x"}
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "deep", "deeper"]


@pytest.mark.parametrize("keep", [0, 0.1, 0.7])
def test_damaged_archives_are_refused(zipped, tarred, keep):
    for path in (zipped, tarred):
        path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    with pytest.raises(ValueError, match=r"'a\.zip' is no whole zip archive"):
        dict(read_zip(zipped))
    with pytest.raises(ValueError, match=r"'a\.tgz' is no whole gzipped tar archive"):
        tar_names(tarred, ".png")


def test_a_file_in_an_archive_that_is_too_large_is_refused(zipped, tarred, monkeypatch):
    monkeypatch.setattr("bench.data.images._MOST_BYTES", 3)
    with pytest.raises(ValueError, match=r"'notes.txt' in 'a.zip' has 4 bytes, the most is 3"):
        dict(read_zip(zipped))
    with pytest.raises(ValueError, match=r"'notes.txt' in 'a.tgz' has 4 bytes, the most is 3"):
        dict(read_tar(tarred, ["notes.txt"]))
