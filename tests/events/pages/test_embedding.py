"""The page that other websites show in a frame."""

from datetime import timedelta

import pytest

from events.models import Topic
from tests.conftest import NOW
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def test_frame_shows_coming_talks_with_whole_addresses_and_no_form(client):
    make_talk(slug="talk").topics.add(Topic.objects.create(name="Wärme & Licht"))
    make_talk(title="Entwurf", status="draft")
    make_talk(title="Später", publish_at=NOW + DAY)
    make_talk(title="Vorbei", starts_in=-DAY)
    make_talk(title="Anderes Thema")

    html = client.get("/einbetten/?thema=waerme-licht").content.decode()

    assert 'href="http://testserver/talks/talk/" target="_blank" rel="noopener"' in html
    assert [word for word in ("Vorbei", "Anderes", "Entwurf", "<form") if word in html] == []
    assert "Anderes Thema" in client.get("/einbetten/").content.decode()
