"""The page that stops the mails with material, and what these mails lead to after the talk."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Material
from registration.models import Registration
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def row(clock):
    row = make_registration(make_talk(recap="So war es."))
    clock.move_to(row.talk.ends_at + timedelta(days=1))
    return row


def test_opening_the_page_changes_nothing_and_the_button_does(client, row):
    page = page_of("recap_off", row.key)

    asked = client.get(page).content.decode()
    row.refresh_from_db()
    before = row.recap_off
    done = client.post(page).content.decode()

    row.refresh_from_db()
    assert (before, row.recap_off, row.state) == (False, True, "confirmed")
    assert "Keine Unterlagen mehr schicken</button>" in asked
    assert "Wir schicken Ihnen keine Unterlagen mehr." in done
    assert client.get(page).content.decode().count("<form") == done.count("<form")


def test_way_back_stands_on_the_page(client, row):
    """By the button that the page has, in the words of a person who has pressed too quickly."""
    page = page_of("recap_off", row.key)
    done = client.post(page).content.decode()
    button = re.search(r'<button [^>]*name="(\w+)">Doch wieder schicken</button>', done)[1]

    again = client.post(page, {button: ""}).content.decode()

    row.refresh_from_db()
    assert not row.recap_off
    assert "Keine Unterlagen mehr schicken</button>" in again


def test_one_click_of_a_mail_program_needs_no_cookie(client, row):
    client.handler.enforce_csrf_checks = True

    response = client.post(page_of("recap_off", row.key), {"List-Unsubscribe": "One-Click"})

    row.refresh_from_db()
    assert (response.status_code, row.recap_off) == (200, True)
    assert Registration.objects.release_recap(row.talk) == []


def test_link_of_the_mail_leads_to_material_for_participants(
    client, row, delivered, settings, tmp_path
):
    """From the mail to the slides, as the recipient clicks."""
    settings.MEDIA_ROOT = tmp_path
    pdf = SimpleUploadedFile("egal.pdf", b"%PDF-1.7 Folien")
    Material.objects.create(talk=row.talk, title="Folien", file=pdf, audience="participants")
    Registration.objects.release_recap(row.talk)

    mail = delivered()["kim"].get_body(("plain",)).get_content()
    path, anchor = re.search(r"http://testserver(/meine-anmeldung/\S+?)#(\S+)", mail).groups()
    page = client.get(path).content.decode()
    item = page[page.index(f'<li id="{anchor}">') :]
    slides = client.get(re.search(r'href="([^"]*/material/\d+/)"', item)[1])

    assert b"".join(slides.streaming_content) == b"%PDF-1.7 Folien"
    assert f'<a href="{row.talk.get_absolute_url()}">Rückblick</a>' in item


def test_form_announces_the_mail(client):
    talk = make_talk()

    html = client.get("/anmeldung/", {"talk": talk.slug}).content.decode()

    before_button = html[: html.index("Kostenfrei anmelden")]
    assert "Nach dem Talk schicken wir Ihnen einmal eine E&#8209;Mail" in before_button
