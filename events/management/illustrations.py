"""Two drawings of our own, so that the demo shows what a picture looks like beside its credit.

They show nothing that exists: no building, no person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from math import cos, pi, sin

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from events.models import Talk

SIZE = WIDTH, HEIGHT = 960, 540
# Drawn larger and made smaller, so that slanting lines are smooth.
SCALE = 2
CREDIT = "Illustration: Kleinstadt Web-Talks"

AIR, MEADOW, PATH, WALL, ROOF = "#d8e9ee", "#a9c9a0", "#ead9b8", "#f7efe0", "#b4553c"
WINDOW, LEAVES, TRUNK, WOOD, SPEECH = "#7fa8b5", "#5f9169", "#7b5a41", "#9b7350", "#fffaf0"
CLOTHES = ("#b4553c", "#2f6f67", "#d9a521", "#5b6f94", "#8a5a83", "#5f9169", "#c9784c", "#3f5a66")
SKIN = ("#e7c3a0", "#c99572", "#f0d2b4", "#9c6b4c")
CHAIRS = 6

type Point = tuple[float, float]


class Drawing:
    """Something to draw on, measured in the pixels of the finished picture."""

    def __init__(self, ground: str) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self._pen = ImageDraw.Draw(self._image)

    def shape(self, corners: list[Point], colour: str) -> None:
        self._pen.polygon([(x * SCALE, y * SCALE) for x, y in corners], fill=colour)

    def box(self, at: Point, size: Point, colour: str, radius: float = 0) -> None:
        self._pen.rounded_rectangle(self._bounds(at, size), radius * SCALE, fill=colour)

    def oval(self, centre: Point, half: Point, colour: str) -> None:
        at = centre[0] - half[0], centre[1] - half[1]
        self._pen.ellipse(self._bounds(at, (2 * half[0], 2 * half[1])), fill=colour)

    def content(self) -> bytes:
        """Return the finished picture as PNG."""
        out = BytesIO()
        self._image.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG")
        return out.getvalue()

    def _bounds(self, at: Point, size: Point) -> list[float]:
        (x, y), (width, height) = at, size
        return [x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE]


def round_table() -> bytes:
    """Draw six people who talk at a round table."""
    page = Drawing("#efe4cf")
    page.oval((480, 380), (430, 190), "#e2d3b5")
    angles = [pi * (1.5 + (2 * place + 1) / CHAIRS) for place in range(CHAIRS)]
    is_behind = [sin(angle) < 0.1 for angle in angles]
    for place in range(CHAIRS):
        if is_behind[place]:
            person(page, place, angles[place])
    page.oval((480, 352), (250, 92), "#7b5a41")
    page.oval((480, 340), (250, 92), WOOD)
    for place, left in enumerate((355, 455, 560)):
        page.box((left, 318 + place % 2 * 26), (52, 34), SPEECH, 4)
    for place in range(CHAIRS):
        if not is_behind[place]:
            person(page, place, angles[place])
    bubble(page, 110, 1)
    bubble(page, 620, -1)
    return page.content()


def person(page: Drawing, place: int, angle: float) -> None:
    x, y = 480 + 330 * cos(angle), 365 + 120 * sin(angle)
    page.box((x - 44, y - 40), (88, 104), CLOTHES[place % len(CLOTHES)], 40)
    page.oval((x, y - 66), (30, 34), SKIN[place % len(SKIN)])
    page.oval((x, y - 86), (31, 20), ("#4a3a30", "#8c8880", "#2f2b2b")[place % 3])


def bubble(page: Drawing, left: float, turn: int) -> None:
    """Draw a speech bubble; its tail points to the right with `turn` 1, to the left with -1."""
    page.box((left, 28), (230, 92), SPEECH, 30)
    tail = left + 115 + 55 * turn
    page.shape([(tail - 20, 114), (tail + 20, 114), (tail + 34 * turn, 150)], SPEECH)
    for line, length in enumerate((160, 120)):
        page.box((left + 35, 54 + line * 24), (length, 10), "#c9bfa9", 5)


def street() -> bytes:
    """Draw three houses, a tree, and a bench under it."""
    page = Drawing(AIR)
    page.oval((780, 110), (50, 50), "#f6dd8d")
    page.oval((200, 470), (520, 150), "#bcd6b2")
    page.oval((640, 560), (1000, 170), MEADOW)
    page.shape([(340, 540), (520, 540), (476, 408), (434, 408)], PATH)
    for left, width, height in ((90, 190, 130), (340, 230, 160), (660, 180, 120)):
        house(page, left, width, height)
    page.box((606, 250), (20, 170), TRUNK)
    for x, y, half in ((616, 210, 74), (570, 250, 50), (664, 246, 52)):
        page.oval((x, y), (half, half * 0.85), LEAVES)
    bench(page, 660, 430)
    return page.content()


def house(page: Drawing, left: float, width: float, height: float) -> None:
    top, eaves = 410 - height, 24
    page.box((left, top), (width, height), WALL)
    ridge = [
        (left - eaves, top),
        (left + width / 2, top - width * 0.48),
        (left + width + eaves, top),
    ]
    page.shape(ridge, ROOF)
    page.box((left + width / 2 - 21, 410 - 78), (42, 78), WOOD, 4)
    for x in (left + width * 0.12, left + width * 0.7):
        page.box((x, top + 30), (width * 0.18, 44), WINDOW, 3)


def bench(page: Drawing, left: float, top: float) -> None:
    for height in (0, 18, 40):
        page.box((left, top + height), (150, 11), WOOD, 4)
    for x in (left + 16, left + 122):
        page.box((x, top), (11, 74), TRUNK, 3)


@dataclass(frozen=True)
class Illustration:
    """A drawing, and the words that belong to it."""

    draw: Callable[[], bytes]
    alt: str
    caption: str

    def give_to(self, talk: Talk) -> None:
        """Make it the talk's picture."""
        talk.image.save("illustration.png", ContentFile(self.draw()), save=False)
        talk.image_alt, talk.image_caption = self.alt, self.caption
        talk.image_credit = CREDIT
        talk.save()


# By the talk's `source_key`.
OF_TALKS = {
    "2025-11-25-Herzberg (Elster)": Illustration(
        round_table,
        "Zeichnung: Sechs Menschen sitzen an einem runden Tisch, zwei Sprechblasen über ihnen.",
        "Beraten an einem Tisch",
    ),
    "2025-08-27-Vrees": Illustration(
        street,
        "Zeichnung: Drei Häuser mit roten Dächern, daneben ein Baum und eine Bank.",
        "Wohnen in der Gemeinde",
    ),
}
