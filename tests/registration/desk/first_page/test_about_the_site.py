"""What is to do for the whole site: legal pages with gaps, towns without a Land."""

import pytest

from events.models import Municipality, Series
from registration import pdf
from tests.admin_form import send, url
from tests.makers import make_talk
from tests.registration.desk.first_page.page import find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_legal_gaps_are_one_line_that_leads_to_the_first_of_them(admin_client):
    line = find(admin_client, "Rechtsseiten")
    assert line.text == (
        "Auf den Rechtsseiten fehlen noch 15 Angaben: "
        "Impressum (8), Datenschutz (2), Barrierefreiheit (5)."
    )
    assert line.url == "/admin/events/series/add/#id_contact_email"
    form = admin_client.get("/admin/events/series/add/").content.decode()
    assert 'id="id_contact_email"' in form
    assert form.count("schreiben Sie „entfällt“") == 3

    Series.objects.create(contact_email="kontakt@reihe.example")
    line = find(admin_client, "Rechtsseiten")
    assert line.url == "/admin/events/series/1/change/#id_contact_phone"
    html = admin_client.get("/admin/").content.decode()
    assert 'href="/admin/events/series/1/change/#id_accessibility_duty"' in html


def test_legal_gaps_go_when_they_are_filled(admin_client):
    texts = {
        field.name: "eingetragen"
        for field in Series._meta.fields
        if field.get_internal_type() in ("CharField", "TextField") and not field.choices
    }
    chosen = {
        "contact_email": "kontakt@reihe.example",
        "series_url": "https://reihe.example/",
        "accessibility_assessed_on": "2025-11-01",
        "accessibility_result": "partial",
        "accessibility_duty": "none",
        "accessibility_method": "self",
    }
    series = Series.objects.create(**texts | chosen | {"hosting": ""})
    assert find(admin_client, "Rechtsseiten").text == (
        "Auf den Rechtsseiten fehlt noch 1 Angabe: Datenschutz (1)."
    )
    series.hosting = "Ein Rechenzentrum"
    series.save()

    assert [gap.label for gap in series.gaps] == []
    assert find(admin_client, "Rechtsseiten") is None


def test_town_without_a_land_is_a_task_until_it_has_one(admin_client):
    make_talk()
    assert find(admin_client, "Land") is None
    town = Municipality.objects.create(name="Größenau", land="")

    line = find(admin_client, "fehlt das Land")
    assert line.text.startswith("Bei Größenau fehlt das Land.")
    assert line.url == f"{url(town)}#id_land"
    assert send(admin_client, url(town), {"land": "Hessen"}).status_code == 302
    assert find(admin_client, "fehlt das Land") is None


def test_several_towns_are_one_line_that_leads_to_their_list(admin_client):
    for name in "ABCDE":
        Municipality.objects.create(name=f"{name}dorf", land="")
    Municipality.objects.create(name="Xstadt", land="Hessen")

    line = find(admin_client, "fehlt das Land")
    assert line.text.startswith("Bei Adorf, Bdorf, Cdorf, Ddorf und weiteren fehlt das Land.")
    html = admin_client.get(line.url).content.decode()
    assert ("Edorf" in html, "Xstadt" in html) == (True, False)


def test_missing_key_for_certificates_is_said_with_whom_to_tell(admin_client, settings):
    assert find(admin_client, "Teilnahmebescheinigungen") is None

    settings.CERTIFICATE_KEY, settings.OPERATOR_CONTACT = "", "der IT, Telefon 12"
    line = find(admin_client, "Teilnahmebescheinigungen")

    assert line.text == (
        "Es gibt keine Teilnahmebescheinigungen: Auf dem Server fehlt der Schlüssel dafür "
        "(CERTIFICATE_KEY). Sagen Sie es bitte der IT, Telefon 12."
    )
    assert line.url == "/admin/handbuch/#bescheinigungen"


def test_missing_pango_is_said_once_and_the_key_goes_first(admin_client, settings, monkeypatch):
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    line = find(admin_client, "Pango")
    assert line.text.startswith("Bescheinigungen und Berichte gibt es nur als Seiten zum Drucken")

    settings.CERTIFICATE_KEY = ""
    assert find(admin_client, "Pango") is None
    assert find(admin_client, "Teilnahmebescheinigungen") is not None
