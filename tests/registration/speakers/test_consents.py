"""Consents on a speaker's page: what is shown is what is agreed to, and nothing by itself."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from events.models import Series
from registration.models import Consent
from registration.speakers.consents import consents_of
from tests.makers import make_speaker_link, make_talk
from tests.registration.speakers.file_forms import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RECORDING, SLIDES = Consent.Kind.RECORDING, Consent.Kind.SLIDES
FREELY = "Sind Sie nicht einverstanden, lassen Sie die Frage einfach offen"


@pytest.fixture
def link():
    return make_speaker_link()


def give(client, link, kind, version=None):
    wording = Consent.WORDINGS.get(kind)
    sent = {"fassung": version or (wording and wording.version) or ""}
    path = reverse("registration:speaker_consent", args=[link.token, "kind"])
    return client.post(path.replace("kind", kind), sent)


def kinds(link) -> list[str]:
    return [each.kind for each in consents_of(link, Series.load())]


def test_both_are_asked_in_full_and_nothing_is_ticked(client, link):
    page = unescape(page_of(client, link))

    for wording in Consent.WORDINGS.values():
        assert wording.text in page
    assert page.count(FREELY) == 2
    assert "Wir veröffentlichen die Folien dann nicht." in page
    assert page.count("Einverstanden<") == 2
    assert Consent.objects.count() == 0


def test_button_gives_the_consent_and_the_page_says_so(client, link):
    Series.objects.create(contact_email="reihe@vhw.example")

    done = give(client, link, RECORDING)

    path = f"/vortragen/{link.token}/"
    assert (done.status_code, done.url) == (
        302,
        f"{path}?zugestimmt=recording#einwilligung-recording",
    )
    thanks = "Danke, Ihre Zustimmung ist gespeichert."
    told = client.get(done.url).content.decode().split('id="einwilligung-recording"')[1]
    assert thanks in told.split("</section>")[0]
    assert thanks not in page_of(client, link)
    given = Consent.objects.get()
    wording = Consent.WORDINGS[RECORDING]
    assert (given.talk, given.link, given.speaker_name) == (link.talk, link, "Sina Massow")
    assert (given.kind, given.wording, given.version) == (RECORDING, *reversed(wording))
    page = unescape(page_of(client, link))
    assert "Sie haben am 5. November 2025 um 9:00 Uhr zugestimmt" in page
    assert wording.text in page
    assert "mailto:reihe@vhw.example" in page
    assert page.count("Einverstanden<") == 1


def test_twice_is_once_and_getting_is_nothing(client, link):
    client.get(reverse("registration:speaker_consent", args=[link.token, SLIDES]))
    assert Consent.objects.count() == 0

    give(client, link, SLIDES)
    give(client, link, SLIDES)

    assert Consent.objects.count() == 1


def test_nobody_agrees_to_a_wording_they_have_not_read(client, link):
    done = give(client, link, SLIDES, version="2020-01")
    assert (done.status_code, done.url) == (
        302,
        f"/vortragen/{link.token}/#einwilligung-slides",
    )
    assert (
        "Danke" not in client.get(f"/vortragen/{link.token}/?zugestimmt=slides").content.decode()
    )
    client.post(reverse("registration:speaker_consent", args=[link.token, SLIDES]))

    assert Consent.objects.count() == 0


def test_former_wording_stays_what_was_agreed_to(client, link):
    Consent.objects.give(link, SLIDES)
    Consent.objects.update(wording='Früher: "ja" & ä', version="2020-01")

    assert 'Früher: "ja" & ä' in unescape(page_of(client, link))


def test_withdrawn_consent_is_said_and_can_be_given_again(client, link, clock):
    Consent.objects.give(link, SLIDES).withdraw()
    assert "seit dem 5. November 2025 widerrufen" in page_of(client, link)
    clock.shift(timedelta(days=1))

    give(client, link, SLIDES)

    assert Consent.objects.valid().count() == 1
    page = page_of(client, link)
    assert "seit dem 5. November 2025 widerrufen" not in page
    assert "Sie haben am 6. November 2025" in page


@pytest.mark.parametrize(
    ("of_talk", "of_series", "asked"),
    [
        (None, None, [RECORDING, SLIDES]),
        (True, False, [RECORDING, SLIDES]),
        (None, True, [RECORDING, SLIDES]),
        (False, True, [SLIDES]),
        (None, False, [SLIDES]),
    ],
)
def test_recording_is_asked_where_there_may_be_one(client, of_talk, of_series, asked):
    Series.objects.create(is_recorded=of_series)
    link = make_speaker_link(make_talk(is_recorded=of_talk))

    assert kinds(link) == asked
    give(client, link, RECORDING)
    assert Consent.objects.count() == (RECORDING in asked)


def test_what_was_agreed_to_is_shown_though_nothing_is_recorded_now(client, link):
    give(client, link, RECORDING)
    link.talk.is_recorded = False
    link.talk.save()

    assert kinds(link) == [RECORDING, SLIDES]


def test_place_of_the_recording_is_what_the_series_says(link):
    Series.objects.create(is_recorded=True, recording_use="Das Video steht in der Mediathek.")

    recording, _ = consents_of(link, Series.load())

    assert recording.place == "Das Video steht in der Mediathek."


@pytest.mark.parametrize("kind", ["foto", "RECORDING", "Ä"])
def test_other_kinds_are_unknown(client, link, kind):
    assert give(client, link, kind).status_code == 404


def test_dead_link_gives_nothing(client, link):
    address = reverse("registration:speaker_consent", args=[link.token, SLIDES])
    link.withdraw()

    assert client.post(address, {"fassung": "2026-11"}).status_code == 404
    assert Consent.objects.count() == 0


def test_consents_are_one_query(link, django_assert_num_queries):
    Consent.objects.give(link, SLIDES)
    series = Series.load()

    with django_assert_num_queries(1):
        consents_of(link, series)
