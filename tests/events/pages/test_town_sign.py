"""The town sign as a picture: what it looks like, and that any name can be drawn."""

import re
from io import BytesIO

import pytest
from PIL import Image

from events.models import Series
from events.pages import town_sign
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_town_sign_is_a_picture_of_the_size_networks_ask_for(client):
    make_talk(slug="talk")

    response = client.get("/talks/talk/ortsschild.png")

    image = Image.open(BytesIO(response.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert len(response.content) < 60_000
    colours = {colour for _, colour in image.convert("RGB").getcolors()}
    assert {town_sign.rgb(town_sign.SIGN), town_sign.rgb(town_sign.ON_SIGN)} <= colours


def test_start_page_has_a_picture_and_words_for_messengers(client):
    Series.objects.create(introduction='Eine "Stunde" & mehr')

    html = client.get("/").content.decode()

    (url,) = re.findall('<meta property="og:image" content="http://testserver(.*?)">', html)
    assert Image.open(BytesIO(client.get(url).content)).size == (1200, 630)
    assert '<meta property="og:description" content="Eine &quot;Stunde&quot; &amp; mehr">' in html


@pytest.mark.parametrize(
    ("name", "land"), [("Vrees", "Niedersachsen"), ("Ł" * 200, "x" * 40), ("王\n小", ""), ("", "")]
)
def test_any_name_can_be_drawn(name, land):
    assert Image.open(BytesIO(town_sign.draw(name, land))).size == (1200, 630)


def test_draft_has_no_sign(client):
    make_talk(title="Entwurf", status="draft")

    assert client.get("/talks/entwurf/ortsschild.png").status_code == 404
