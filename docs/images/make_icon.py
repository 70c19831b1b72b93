"""Draws icon.png, the mark of the packages: a normal curve above the waterline, its hull and keel below. Needs nothing but Python."""

import math
import struct
import zlib
from pathlib import Path

SIZE, SAMPLES = 128, 4
NAVY, WHITE, BLUE = (18, 52, 86), (255, 255, 255), (86, 180, 233)


def colour(x: float, y: float):
    """Of the point (x, y), both from -1 to 1, y upwards; None outside."""
    corner = math.hypot(max(abs(x) - 0.72, 0), max(abs(y) - 0.72, 0))
    if corner > 0.28:
        return None
    curve = math.exp(-((x / 0.30) ** 2) / 2)
    if abs(x) < 0.86:
        if -0.16 < y < -0.08:
            return WHITE
        if -0.08 <= y < -0.08 + 0.80 * curve:
            return WHITE
        if y <= -0.16 and (y > -0.16 - 0.38 * curve or (abs(x) < 0.05 and y > -0.76)):
            return BLUE
    return NAVY


def pixel(column: int, row: int) -> bytes:
    steps = [(i + 0.5) / SAMPLES for i in range(SAMPLES)]
    found = [colour(2 * (column + dx) / SIZE - 1, 1 - 2 * (row + dy) / SIZE) for dx in steps for dy in steps]
    seen = [c for c in found if c]
    mean = [round(sum(c[i] for c in seen) / len(seen)) for i in range(3)] if seen else [0, 0, 0]
    return bytes([*mean, round(255 * len(seen) / len(found))])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
Path(__file__).with_name("icon.png").write_bytes(
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(rows, 9))
    + chunk(b"IEND", b"")
)
