"""The town sign before the skyline, for the previews of messengers and networks (Open Graph)."""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

VENDOR = settings.BASE_DIR / "static" / "vendor"
HEADINGS = VENDOR / "bricolage-grotesque-5.3.0" / "bricolage-grotesque-latin-wght-normal.woff2"
TEXT = VENDOR / "source-sans-3-5.3.0" / "source-sans-3-latin-wght-normal.woff2"
# static/img/skyline.svg as a talk's page shows it at this width, white on black: Pillow reads no
# SVG. A test draws it again in a browser.
SKYLINE = settings.BASE_DIR / "events" / "data" / "skyline.png"
# What the networks ask for.
SIZE = WIDTH, HEIGHT = 1200, 630
# The tokens of static/css/tokens.css in light pages; a test compares them. No other Python names a
# colour of the site.
SKY, HAZE, HILLS = "#cfe3ec", "#eff5ec", "#c0d2c8"
SIGN, ON_SIGN = "#ffcf1f", "#111111"
LARGEST, SMALLEST = 150, 44
MAX_TEXT_WIDTH = 980
MAX_LETTERS = 60


@lru_cache(maxsize=256)
def draw(name: str, land: str) -> bytes:
    """Return the sign of a town in front of the skyline, as PNG; each process draws it once."""
    image = Image.linear_gradient("L").resize(SIZE)
    image = Image.merge("RGB", [image.point(between(*pair)) for pair in zip(*ENDS, strict=True)])
    skyline = Image.open(SKYLINE).convert("L")
    image.paste(rgb(HILLS), (0, HEIGHT - skyline.height), skyline)
    sign(ImageDraw.Draw(image), shortened(name), shortened(land))
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


ENDS = rgb(SKY), rgb(HAZE)


def between(top: int, bottom: int) -> Callable[[int], float]:
    """Return the function that maps a height (0–255) to one colour channel of the sky."""
    return lambda height: top + (bottom - top) * height / 255


def sign(canvas: ImageDraw.ImageDraw, name: str, land: str) -> None:
    heading = fitting(HEADINGS, name, 700, LARGEST)
    text = fitting(TEXT, land, 500, 64)
    inner = max(heading.getlength(name), text.getlength(land))
    half = inner / 2 + 70
    left, right, top, bottom = WIDTH / 2 - half, WIDTH / 2 + half, 50, 400
    canvas.rounded_rectangle([left - 12, top - 12, right + 12, bottom + 12], 52, fill=SIGN)
    canvas.rounded_rectangle([left, top, right, bottom], 42, fill=SIGN, outline=ON_SIGN, width=12)
    middle = top + 215 if land else (top + bottom) / 2 + 50
    canvas.text((WIDTH / 2, middle - 30), name, font=heading, fill=ON_SIGN, anchor="ms")
    if land:
        canvas.line([(left + 60, middle + 12), (right - 60, middle + 12)], fill=ON_SIGN, width=6)
        canvas.text((WIDTH / 2, middle + 88), land, font=text, fill=ON_SIGN, anchor="ms")


def fitting(file: Path, text: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """Return the font in the largest size in which `text` fits on the sign."""
    while True:
        font = ImageFont.truetype(file, size)
        font.set_variation_by_axes([weight])
        if size <= SMALLEST or font.getlength(text) <= MAX_TEXT_WIDTH:
            return font
        size -= 6


def shortened(text: str) -> str:
    """Return `text` on one line, with at most MAX_LETTERS letters, all of which can be drawn."""
    text = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return text if len(text) <= MAX_LETTERS else f"{text[: MAX_LETTERS - 1]}…"
