"""Image bombs: files that are small to send and take long to decode.

They are recognised by the number of their parts, before anything is decoded. Decoders look at
every part of a file, some of them again for each part before it; a progressive JPEG is decoded
as a whole once per scan. The files of cameras and programs have few parts: the limits here are
far above them and still keep a decoder below two seconds.
"""

import re
from struct import error, unpack_from

# Scans of a JPEG. libjpeg writes 10, and 18 for four colours; one costs up to 0.03 s at 50
# megapixels.
MAX_SCANS = 24
# Segments of a JPEG, boxes of an AVIF, chunks of a PNG other than its pixels. A colour profile
# has up to 255.
MAX_PARTS = 500
# Chunks of a PNG's pixels; libpng makes 2,000 of 15 MB.
MAX_PIXEL_CHUNKS = 10_000
# Bytes in which an AVIF says what it holds; a tile of a large picture takes about 50.
MAX_INDEX = 64 * 1024

SCAN, END = 0xDA, 0xD9
# Segments that begin a frame, and those among them that say that it is progressive.
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
# A marker that begins a segment, or the end. Decoders go through all other bytes one by one.
SEGMENT = re.compile(rb"\xff([\xc0-\xc7\xc9-\xcf\xd9-\xef\xfe])")


def is_bomb(content: bytes) -> bool:
    """Whether decoding the picture in `content` would take long because of its parts.

    The number of its pixels is checked elsewhere (images.py).
    """
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _is_jpeg_bomb(content)
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _is_png_bomb(content)
        if content[4:8] == b"ftyp":
            return _is_avif_bomb(content)
    except error:  # the file ends within a part: the decoder will refuse it
        pass
    return False


def coefficients(content: bytes) -> int:
    """Return the bytes that a decoder holds of a JPEG in several scans; 0 for every other file.

    It must have all scans before it knows one pixel: 2 bytes for each value of each component.
    """
    at, scans, held, is_progressive = 2, 0, 0, False
    if not content.startswith(b"\xff\xd8\xff"):
        return 0
    try:
        while (found := SEGMENT.search(content, at)) and found[1][0] != END:
            kind, at = found[1][0], found.end()
            if kind in FRAMES:
                held, is_progressive = _values(content, at) * 2, kind in PROGRESSIVE
            if kind == SCAN:
                scans += 1
            at += max(2, *unpack_from(">H", content, at))
    except error:  # the decoder will say so
        pass
    return held if scans > 1 or is_progressive else 0


def _values(content: bytes, at: int) -> int:
    """Return how many values all components have in the frame whose header is at `at`."""
    height, width, number = unpack_from(">HHB", content, at + 3)
    parts = [unpack_from(">B", content, at + 9 + 3 * n)[0] for n in range(number)]
    shares = [(max(1, part >> 4), max(1, part & 15)) for part in parts] or [(1, 1)]
    widest, highest = max(share[0] for share in shares), max(share[1] for share in shares)
    return sum(width * x // widest * height * y // highest for x, y in shares)


def _is_jpeg_bomb(content: bytes) -> bool:
    at, parts, scans = 2, 0, 0
    is_data = False
    while found := SEGMENT.search(content, at):
        parts += 1
        if not is_data:
            parts += found.start() - at  # bytes between two segments
        kind, at = found[1][0], found.end()
        is_data = kind == SCAN
        if is_data:
            scans += 1
        if parts > MAX_PARTS or scans > MAX_SCANS:
            return True
        if kind == END and scans:
            return False  # decoders do not look at what follows: a film, a second picture
        if kind != END:
            at += max(2, *unpack_from(">H", content, at))
    return not scans and len(content) - at > MAX_PARTS


def _is_png_bomb(content: bytes) -> bool:
    at, pixels, others = 8, 0, 0
    kind = b""
    while at < len(content) and kind != b"IEND":
        length, kind = unpack_from(">I4s", content, at)
        at += length + 12
        if kind == b"IDAT":
            pixels += 1
        else:
            others += 1
        if pixels > MAX_PIXEL_CHUNKS or others > MAX_PARTS:
            return True
    return False


def _is_avif_bomb(content: bytes) -> bool:
    at, parts, index = 0, 0, 0
    while at < len(content):
        length, kind = unpack_from(">I4s", content, at)
        if length == 1:
            (length,) = unpack_from(">Q", content, at + 8)
        length = max(8, length or len(content) - at)  # 0: to the end
        parts += 1
        if kind in (b"meta", b"moov"):
            index += length
        at += length
        if parts > MAX_PARTS or index > MAX_INDEX:
            return True
    return False
