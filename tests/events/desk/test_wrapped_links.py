"""Who pastes a link from a mail learns that the real one was saved."""

import pytest

from events.models import Material, Series, Talk
from tests.admin_form import send, url
from tests.events.text.test_web_address import REAL, RECORDING, SAFE
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SAID = (
    "Ihr Mail- oder Chatprogramm hatte den Link durch einen eigenen ersetzt. Gespeichert ist der "
    "eigentliche."
)


def said(client) -> list[str]:
    html = client.get("/admin/").content.decode()
    return [part.rpartition("Feld „")[2] for part in html.split(f"“: {SAID}")[:-1]]


def test_links_of_a_talk_and_its_material_are_unwrapped(organiser):
    talk = make_talk()
    Material.objects.create(talk=talk, title="Seite", url="https://vhw.de/")

    sent = {"meeting_url": f" {SAFE} ", "materials-0-url": SAFE}
    assert send(organiser, url(talk), sent).status_code == 302

    assert (Talk.objects.get().meeting_url, Material.objects.get().url) == (REAL, REAL)
    assert said(organiser) == ["Zugangslink", "Oder Adresse"]


def test_link_of_the_series_is_unwrapped(organiser):
    series = Series.load()
    series.save()

    assert send(organiser, url(series), {"series_url": SAFE}).status_code == 302
    assert Series.objects.get().series_url == REAL
    assert said(organiser) == ["Seite der Reihe beim vhw"]


def test_other_links_are_saved_without_a_word(organiser):
    talk = make_talk()

    assert send(organiser, url(talk), {"meeting_url": RECORDING}).status_code == 302
    assert (Talk.objects.get().meeting_url, said(organiser)) == (RECORDING, [])
