"""Pictures that are small to send and long to decode, known by their parts before they are opened.

Decoders look at every part of a file, some of them again for each part before it; a progressive
JPEG is decoded as a whole once per scan. What cameras and programs write has few parts, so the
limits here are far from them and still keep a decoder below two seconds.
"""

import re
from struct import error, unpack_from

# libjpeg writes 10, and 18 for four colours. One costs up to 0.03 s at 50 megapixels.
MAX_SCANS = 24
# Of segments in a JPEG, of chunks in a PNG without its pixels. A colour profile has up to 255.
MAX_PARTS = 500
# Chunks of a PNG's pixels; libpng makes 2,000 of 15 MB.
MAX_PIXEL_CHUNKS = 10_000
# Bytes in which an AVIF tells what it holds; a tile of a large picture takes about 50.
MAX_INDEX = 64 * 1024

SCAN, END = 0xDA, 0xD9
# A marker that begins a segment, or the end. Decoders walk over all else byte by byte.
SEGMENT = re.compile(rb"\xff([\xc0-\xc7\xc9-\xcf\xd9-\xef\xfe])")


def is_bomb(content: bytes) -> bool:
    """Whether decoding the picture in `content` would take long for what its parts are.

    How many pixels it has is not looked at.
    """
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _is_jpeg_bomb(content)
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _is_png_bomb(content)
        if content[4:8] == b"ftyp":
            return _is_avif_bomb(content)
    except error:  # it ends within a part: not a picture, as the decoder will say
        pass
    return False


def _is_jpeg_bomb(content: bytes) -> bool:
    at, parts, scans = 2, 0, 0
    is_data = False
    while found := SEGMENT.search(content, at):
        parts += 1 if is_data else 1 + found.start() - at
        kind, at = found[1][0], found.end()
        is_data = kind == SCAN
        scans += is_data
        if parts > MAX_PARTS or scans > MAX_SCANS:
            return True
        if kind == END and scans:
            return False  # what follows is not looked at: a film, a second picture
        if kind != END:
            at += max(2, *unpack_from(">H", content, at))
    return not scans and len(content) - at > MAX_PARTS


def _is_png_bomb(content: bytes) -> bool:
    at, pixels, others = 8, 0, 0
    kind = b""
    while at < len(content) and kind != b"IEND":
        length, kind = unpack_from(">I4s", content, at)
        at += length + 12
        pixels += kind == b"IDAT"
        others += kind != b"IDAT"
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
        index += length if kind in (b"meta", b"moov") else 0
        at += length
        if parts > MAX_PARTS or index > MAX_INDEX:
            return True
    return False
