"""Files of images: read into grey levels, in memory, with sizes checked and nothing executed.

Archives are read member by member and never unpacked to disk, so that no name in them is ever a
path.
"""

import gzip
import io
import math
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff")
_FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF")
_MOST_PIXELS = 2**24  # of one image; a small file can claim to be a huge picture
_MOST_BYTES = 2**26  # of one member of an archive
_IDX_UNSIGNED_BYTE = 0x08
_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr")
_MOST_BITS = 16
# Tags of TIFF 6.0.
_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT, _WHITE_IS_ZERO = 258, 262, 339, 0


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read a gzipped file of the IDX format: unsigned bytes in any number of dimensions.

    The format is that of the MNIST database (LeCun, Cortes & Burges 1998): two zero bytes, the
    type, the number of dimensions, each dimension as a big-endian 32-bit number, the values.

    Raises
    ------
    ValueError
        If the file is something else, or does not hold as much as its header says.
    """
    try:
        with gzip.open(path) as file:
            zeros, kind, dimensions = file.read(2), file.read(1), file.read(1)
            if zeros != b"\0\0" or kind != bytes([_IDX_UNSIGNED_BYTE]) or not dimensions:
                raise ValueError(f"'{path.name}' is no IDX file of unsigned bytes")
            header = file.read(4 * dimensions[0])
            shape = struct.unpack(f">{len(header) // 4}I", header[: len(header) // 4 * 4])
            size = math.prod(shape)
            values = file.read(size + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"'{path.name}' is no whole gzip file ({error})") from error
    if len(shape) != dimensions[0] or len(values) != size:
        raise ValueError(f"'{path.name}' does not hold the {shape} bytes that its header names")
    return np.frombuffer(values, np.uint8).reshape(shape)


def read_grey(data: bytes, name: str) -> NDArray[np.float32]:
    """Decode one image into grey levels, turned as its EXIF tag says.

    Colours are weighted as in ITU-R 601 (0.299 R + 0.587 G + 0.114 B).

    Parameters
    ----------
    data : bytes
        Of a BMP, JPEG, PNG, PGM, PPM or TIFF file.
    name : str
        What the message calls it.

    Returns
    -------
    ndarray of shape (height, width)
        From 0, black, to 1, white.

    Raises
    ------
    ValueError
        If it is no such image, is broken, has more than 2^24 pixels, several pages or transparent
        pixels, or holds numbers whose black and white are not known: floating-point or signed
        ones, or more than 16 bits.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            problem = _problem(image)
            if problem is None:
                return _grey_levels(ImageOps.exif_transpose(image), *_black_and_white(image))
    except UnidentifiedImageError as error:
        kinds = ", ".join(_FORMATS)
        raise ValueError(f"'{name}' is no image of a kind that is read ({kinds})") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"'{name}' is a broken image ({error})") from error
    raise ValueError(f"'{name}' {problem}")


def _problem(image: "Image.Image") -> str | None:
    """Say why the grey levels of an image are not known, or None if they are."""
    if image.width * image.height > _MOST_PIXELS:
        return f"has {image.width} x {image.height} pixels, the most is {_MOST_PIXELS}"
    pages = getattr(image, "n_frames", 1)
    if pages > 1 and image.format != "MPO":  # a photograph with a preview or a second view behind
        return f"holds {pages} pages: save each as a file, or all as one array in a .npy file"
    if image.mode == "F":
        return (
            "holds floating-point numbers, whose black and white are not known: give them in a "
            ".npy file"
        )
    if _tag(image, _SAMPLE_FORMAT, 1) != 1 or _tag(image, _BITS, 8) > _MOST_BITS:
        return (
            "holds signed numbers or more than 16 bits a pixel, whose black and white are not "
            "known: save it with 8 or 16 bits, or give it in a .npy file"
        )
    if not image.mode.startswith("I") and image.mode not in _MODES:
        return f"is an image of mode {image.mode}, which is not read: save it in grey or RGB"
    if image.has_transparency_data and _is_transparent(image):
        return "has transparent pixels, whose grey is not known: put it on a background first"
    return None


def _is_transparent(image: "Image.Image") -> bool:
    if image.mode.startswith("I"):  # 16 bits, of which one level stands for nothing
        return bool((np.asarray(image) == image.info["transparency"]).any())
    return bool(np.asarray(image.convert("RGBA"))[:, :, 3].min() < 255)


def _black_and_white(image: "Image.Image") -> tuple[int, int]:
    """Return which numbers stand for black and white, once Pillow has decoded them.

    It scales 8 bits and fewer itself, and leaves deeper ones as they are in the file.
    """
    if not image.mode.startswith("I"):
        return 0, 255
    white = 2 ** _tag(image, _BITS, _MOST_BITS) - 1
    return (white, 0) if _tag(image, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO else (0, white)


def _grey_levels(image: "Image.Image", black: int, white: int) -> NDArray[np.float32]:
    whole = image if image.mode.startswith("I") else image.convert("L")
    levels = np.asarray(whole, np.float32)
    return (levels - np.float32(black)) / np.float32(white - black)


def _tag(image: "Image.Image", tag: int, default: int) -> int:
    """Return a number that a TIFF states, the largest where it states one for each channel."""
    stated = getattr(image, "tag_v2", {}).get(tag, default)
    return int(max(stated) if isinstance(stated, tuple) else stated)


def read_zip(path: Path, names: Sequence[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the files in a zip archive, in the order of its list.

    Parameters
    ----------
    path : Path
        The archive.
    names : sequence of str, optional
        Only these.

    Raises
    ------
    ValueError
        If it is no zip archive, is damaged, or a file in it is larger than 2^26 bytes.
    """
    wanted = None if names is None else set(names)
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir() and (wanted is None or member.filename in wanted):
                    _check_size(path, member.filename, member.file_size)
                    yield member.filename, archive.read(member)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"'{path.name}' is no whole zip archive ({error})") from error


def tar_names(path: Path, suffix: str) -> list[str]:
    """Return the sorted names of the files in a gzipped tar archive that end in ``suffix``.

    Raises
    ------
    ValueError
        If it is no such archive, or is damaged.
    """
    with _open_tar(path) as archive:
        return sorted(m.name for m in archive if m.isfile() and m.name.endswith(suffix))


def read_tar(path: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of some files of a gzipped tar archive, in its order.

    Raises
    ------
    ValueError
        If it is no such archive, is damaged, or a file is larger than 2^26 bytes.
    """
    wanted = set(names)
    with _open_tar(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name in wanted else None
            if content is not None:
                _check_size(path, member.name, member.size)
                yield member.name, content.read()


@contextmanager
def _open_tar(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a gzipped tar archive; its many errors, whenever they come, become one."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"'{path.name}' is no whole gzipped tar archive ({error})") from error


def _check_size(path: Path, name: str, size: int) -> None:
    if size > _MOST_BYTES:
        raise ValueError(f"'{name}' in '{path.name}' has {size} bytes, the most is {_MOST_BYTES}")


def average_squares(images: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Average squares of pixels.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    factor : int
        Side of a square in pixels; 1 leaves the images as they are.

    Returns
    -------
    ndarray of shape (n, height / factor, width / factor)

    Raises
    ------
    ValueError
        If it does not divide height and width.
    """
    n, height, width = images.shape
    if factor < 1 or height % factor or width % factor:
        raise ValueError(f"shrink must divide {height} and {width} pixels, got {factor}")
    squares = images.reshape(n, height // factor, factor, width // factor, factor)
    averaged: NDArray[np.float32] = squares.mean(axis=(2, 4), dtype=np.float32)
    return averaged
