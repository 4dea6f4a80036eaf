"""The page behind the form: it names the talks, is the same for everybody, and asks for little."""

import re
from datetime import timedelta
from html import unescape

import pytest

from registration.models import Registration
from tests.makers import TITLE, make_talk
from tests.registration.pages.test_sign_up import FORM, form_data
from tests.server import thanks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text_of(response) -> str:
    page = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_thanks_page_names_the_talks_of_the_form_and_says_what_comes(client):
    talk, full = make_talk(), make_talk(title="Voll", capacity=1, waiting_list=False)
    other = make_talk(title="Nicht gewählt")

    answer = client.post(FORM, form_data(talk, full), follow=True)  # takes the last seat

    text = text_of(answer)
    assert [title in text for title in (TITLE, "Voll", other.title)] == [True, True, False]
    assert "Dann gilt die erste E-Mail" in text
    assert "Steht darin „Bitte bestätigen“?" in text
    page = answer.content.decode()
    for link in ("/anmeldung/links/", "mailto:?subject=Web-Talk%20am", talk.get_absolute_url()):
        assert f'href="{link}' in page


def test_thanks_page_ignores_what_it_does_not_know_and_is_the_same_for_all(client):
    talk = make_talk()
    old, talk.slug = talk.slug, "anders"
    talk.save()
    make_talk(title="Geheimer Entwurf", slug="entwurf", status="draft")
    make_talk(title="Lange her", slug="vorbei", starts_in=timedelta(days=-9))
    slugs = [old, "entwurf", "vorbei", "unbekannt", "<script>", "", "x" * 400]

    answer = client.get("/anmeldung/danke/", {"talk": slugs})

    assert answer.status_code == 200
    assert [word in text_of(answer) for word in (TITLE, "Geheim", "Lange")] == [True, False, False]
    assert "<script>" not in answer.content.decode()
    assert (answer.cookies, "csrf" in answer.content.decode()) == ({}, False)
    assert client.get("/anmeldung/danke/", {"talk": slugs}).content == answer.content
    assert "Gewählt haben Sie" not in text_of(client.get("/anmeldung/danke/"))


def test_thanks_page_on_offer_looks_up_the_revision_alone(client, django_assert_num_queries):
    talks = [make_talk(title=f"Talk {number}") for number in range(3)]
    address = thanks(*(talk.slug for talk in talks))
    client.get(address)

    with django_assert_num_queries(1):  # has the content changed?
        client.get(address)


def test_address_of_the_thanks_page_stays_short(client):
    talks = [make_talk(title=f"{number} " + "x" * 80) for number in range(40)]

    answer = client.post(FORM, form_data(*talks))

    assert len(answer["Location"]) < 1500
    assert Registration.objects.count() == 40
