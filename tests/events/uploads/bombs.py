"""Small pictures that keep a decoder busy, in a size that takes some seconds."""

from struct import pack, unpack, unpack_from
from zlib import compress

from PIL import Image, ImageCms

from tests.events.upload_files import chunk, encoded, halves, jpeg


def of_many_scans(scans: int, size=(64, 40), mode="L") -> bytes:
    """Return a progressive JPEG with that many scans: the last one again and again."""
    whole = encoded(Image.new(mode, size), progressive=True)
    last = whole.rindex(b"\xff\xda")
    times = scans - whole.count(b"\xff\xda") + 1
    return whole[:last] + whole[last:-2] * times + whole[-2:]


def after_the_start(data: bytes) -> bytes:
    """Return a JPEG with `data` between its first marker and what follows."""
    whole = jpeg()
    return whole[:2] + data + whole[2:]


def segment(marker: bytes, data=b"") -> bytes:
    return marker + pack(">H", len(data) + 2) + data


def png(before=b"", data=None, after=b"") -> bytes:
    """Return a PNG of one pixel, with more chunks before, instead of and behind its pixels."""
    data = data or chunk(b"IDAT", compress(bytes(2)))
    header = chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + data + after + chunk(b"IEND", b"")


def profile_chunk() -> bytes:
    return chunk(b"iCCP", b"x\0\0" + compress(bytes(2**20 - 8), 9))


def avif_of_many_items(number: int) -> bytes:
    """Return an AVIF that announces that many pieces of metadata, none of which is there."""
    parts = dict(_boxes(encoded(halves(), "AVIF")))
    parts[b"meta"] = _announcing(number, parts[b"meta"])
    return b"".join(_box(kind, content) for kind, content in parts.items())


def _announcing(number: int, meta: bytes) -> bytes:
    inner = dict(_boxes(meta[4:]))
    items = (_box(b"infe", pack(">IIH4sB", 3 << 24, n + 2, 0, b"Exif", 0)) for n in range(number))
    old = len(inner[b"iinf"])
    inner[b"iinf"] = b"\1\0\0\0" + pack(">I", 1 + number) + inner[b"iinf"][6:] + b"".join(items)
    *place, offset, length = unpack(f">{len(inner[b'iloc']) - 8}sII", inner[b"iloc"])
    offset += len(inner[b"iinf"]) - old
    inner[b"iloc"] = place[0] + pack(">II", offset, length)
    return meta[:4] + b"".join(_box(kind, content) for kind, content in inner.items())


def _box(kind: bytes, content: bytes) -> bytes:
    return pack(">I4s", len(content) + 8, kind) + content


def _boxes(content: bytes):
    at = 0
    while at < len(content):
        length, kind = unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + length]
        at += length


def profile_of_many_steps(number: int) -> bytes:
    """Return a colour profile that changes each colour so often (`multiProcessElements`)."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = unpack_from(">I", srgb, 128)[0]
    tags = [unpack_from(">4sII", srgb, 132 + 12 * n) for n in range(count)]
    steps = _steps(number)
    # Each tag moves by the length of the one line more that the table gets.
    table = [(name, place + 12, length) for name, place, length in tags]
    table.append((b"D2B0", len(srgb) + 12, len(steps)))
    lines = b"".join(pack(">4sII", *line) for line in table)
    body = srgb[132 + 12 * count :] + steps
    head = srgb[4:128] + pack(">I", len(table))
    return pack(">I", 4 + len(head) + len(lines) + len(body)) + head + lines + body


def _steps(number: int) -> bytes:
    matrix = b"matf" + bytes(4) + pack(">HH12f", 3, 3, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    formula = b"parf" + bytes(4) + pack(">HH4f", 0, 0, 1, 1, 0, 0)
    curve = b"curf" + bytes(4) + pack(">HH", 1, 0) + formula
    curves = b"cvst" + bytes(4) + pack(">HH6I", 3, 3, *(36, len(curve)) * 3) + curve
    start = 16 + 8 * number
    places = ((start, len(matrix)), (start + len(matrix), len(curves)))
    table = b"".join(pack(">II", *places[n % 2]) for n in range(number))
    return b"mpet" + bytes(4) + pack(">HHI", 3, 3, number) + table + matrix + curves
