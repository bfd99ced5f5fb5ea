"""Pictures, good and bad, made as tests need them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(size: tuple[int, int] = (300, 200), colour: str = "#c8553d", kind: str = "PNG", **options: Any) -> bytes:
    """Return a plain picture as a file."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


def animation(kind: str) -> bytes:
    """Return a picture of two frames."""
    file = BytesIO()
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("#ff0000", "#0000ff")]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG whose header says it has that many pixels, as decompression bombs do."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
