"""Files as organisers upload them and visitors get them."""

import random
import zlib
from io import BytesIO
from struct import pack

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.uploads import decoding

CREDIT = "© Stadt Größenau/Änne Groß"
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"
# An empty zip archive with a comment.
ZIP = b"PK\x05\x06" + bytes(16) + pack("<H", 8) + b"wiederda"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def halves(size=(64, 40), mode="RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def noise(size=(64, 40), mode="RGB") -> Image.Image:
    """Return a picture that compresses badly, and looks the same in every run."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    tile = Image.frombytes(mode, (128, 128), random.Random(1).randbytes(128 * 128 * bands))
    return tile.resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, fmt="JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, fmt, **options)
    return out.getvalue()


def decoded(content: bytes) -> Image.Image:
    """Return the picture in `content` as the site reads it."""
    return decoding.decode(ContentFile(content, name="bild"))


def fetch(client, path):
    """Return the answer to GET `path`; reading its `body` closes the file behind it."""
    response = client.get(path)
    response.body = response.getvalue()
    return response


def upload(content: bytes, name="Foto vom Größenauer Rathaus.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, kind)


def jpeg(size=(64, 40), **options) -> bytes:
    return encoded(halves(size), "JPEG", quality=95, **options)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a part of a PNG."""
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def png_of_one_bit(width: int, height: int) -> bytes:
    """Return a black PNG of any size; it is tiny as long as nobody unpacks it."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packer.compress(row * 1000) for _ in range(height // 1000)) + packer.flush()
    header = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", data),
            chunk(b"IEND", b""),
        ]
    )
