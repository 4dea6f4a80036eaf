"""The drawings of the demo: pictures that the site takes, small, and the same each time."""

from io import BytesIO

import pytest
from PIL import Image

from events.management.illustrations import OF_TALKS, SIZE
from events.uploads.images import renditions

KB = 1024


@pytest.mark.parametrize("drawing", OF_TALKS.values(), ids=OF_TALKS)
def test_drawing_is_small_and_always_the_same(drawing):
    content = drawing.draw()

    image = Image.open(BytesIO(content))
    assert (image.format, image.size) == ("PNG", SIZE)
    assert content == drawing.draw()
    assert max(len(file) for _, file in renditions(image)) < 40 * KB


@pytest.mark.parametrize("drawing", OF_TALKS.values(), ids=OF_TALKS)
def test_words_of_a_drawing_say_that_it_is_one(drawing):
    assert drawing.alt.startswith("Zeichnung: ")
    assert drawing.caption
