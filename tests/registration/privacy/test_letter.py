"""The letter to who asks what is known of them: everything, in German words, and the rules."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from events.models import Series
from registration.mail.deliver import deliver_due
from registration.models import Consent, Interest, OutgoingMail, ProposedChange, Registration
from registration.privacy.letter import IN_THE_FILE, Letter, german
from registration.privacy.own_data import Person, everything
from registration.privacy.paper import (
    ACTIVITIES,
    OF_ORGANISERS,
    PARTICIPANTS,
    PERIODS,
    SPEAKERS,
)
from tests.makers import make_offer, make_registration, make_speaker_link, make_talk
from tests.sentences import too_long

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"
LETTER = "/admin/registration/registration/person/auskunft/brief/"


@pytest.fixture
def kim():
    """Give somebody of whom every kind of data is kept."""
    row = make_registration(organisation="Stadt Gudensberg", question='Wie & "warum"?')
    Interest.objects.ask(KIM)
    make_offer()
    deliver_due()
    row.refresh_from_db()
    row.join()
    make_registration(row.talk, name="Lea Anders", email="lea@stadt.example")
    return row


def html_of(client) -> str:
    response = client.post(LETTER, {"who": KIM})
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    return response.content.decode().partition("<article")[2].partition("</article>")[0]


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_every_field_of_the_file_is_in_the_letter_or_named_as_left_out(admin_client, kim):
    shown = text(html_of(admin_client))

    for heading, rows in everything(Person.of(KIM)).items():
        assert heading in shown
        for label, value in ((label, value) for row in rows for label, value in row.items()):
            if label in IN_THE_FILE:
                assert (label, label in shown, str(value) in shown) == (label, True, False)
            elif said := " ".join(german(value).split()):
                assert (label, label in shown, said in shown) == (label, True, True)
    assert "Lea" not in shown


def test_letter_answers_each_point_of_article_15(admin_client, kim):
    shown = text(html_of(admin_client))

    for activity in ACTIVITIES:
        about = (activity.name in shown, activity.purpose in shown, activity.basis in shown)
        if activity.group == PARTICIPANTS:
            assert (activity.name, about) == (activity.name, (True, True, True))
        elif activity.group == SPEAKERS:
            assert (activity.name, about[:2]) == (activity.name, (False, False))
    for name, _, what in PERIODS:
        assert (name, what in shown) == (name, name not in OF_ORGANISERS)
    points = ("Wer die Daten bekommt", "Woher die Daten kommen", "Art. 16", "Art. 17", "Art. 18")
    points += ("Art. 20", "Art. 21", "Art. 77", "Aufsichtsbehörde", "Art. 22", "widerrufen")
    assert [point for point in points if point not in shown] == []


def test_periods_are_those_of_the_settings(admin_client, kim, settings):
    settings.RETENTION_DAYS = 4711

    assert "4711 Tage nach dem Ende des Talks" in text(html_of(admin_client))


def test_times_are_german_and_local(admin_client, kim):
    shown = text(html_of(admin_client))

    assert "26.11.2025, 9:00 Uhr" in shown
    assert re.findall(r"\d{4}-\d\d-\d\d[T ]\d", shown) == []


def test_head_names_sender_person_and_day_and_marks_what_is_missing(admin_client, kim):
    Series(organisers="Verein Ä & Ö https://verein.example\nZweiter").save()
    html = html_of(admin_client)
    for word in ("Verein Ä & Ö", "Zweiter", "Kim Beispiel", KIM, "5. November 2025"):
        assert word in text(html)
    assert "<mark>Anschrift</mark>" in html

    Series(
        provider_name="Verein",
        provider_address="Weg 1\n12345 Ort",
        hosting="Bei uns",
        contact_email="a@b.example",
    ).save()
    html = html_of(admin_client)
    assert ("Weg 1<br>12345 Ort" in html, "<mark>" in html) == (True, False)


def test_minutes_come_from_the_report_of_the_video_system(admin_client, kim):
    assert "nennt der Bericht des Videosystems" not in text(html_of(admin_client))
    Registration.objects.filter(pk=kim.pk).update(minutes_present=45)

    said = text(html_of(admin_client))

    assert "Wie viele Minuten Sie in einem Talk waren, nennt der Bericht" in said
    assert "Minuten dabei 45" in said


def test_seat_from_somebody_else_is_said(admin_client):
    row = make_registration(email="vorher@stadt.example")
    assert not Letter.to(Person.of("vorher@stadt.example")).is_from_somebody_else
    row.hand_over(name="Kim Beispiel", email=KIM)

    assert "hat jemand an Sie weitergegeben" in text(html_of(admin_client))


@pytest.fixture
def sina():
    """Give a speaker of whom everything is kept that can be."""
    link = make_speaker_link(email=KIM)
    ProposedChange.objects.propose(link, "title", 'Größe & "Glück"').decide("declined", "Lang.")
    ProposedChange.objects.propose(link, "costs", "Nichts")
    Consent.objects.give(link, "recording").withdraw()
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    link.withdraw()
    return link


def test_letter_to_a_speaker_says_everything_too(admin_client, sina):
    shown = text(html_of(admin_client))

    everywhere = everything(Person.of(KIM))
    for heading in ("Vorträge", "Vorschläge zum Vortrag", "Einwilligungen zum Vortrag"):
        assert everywhere[heading] != []
        for label, value in (
            (label, value) for row in everywhere[heading] for label, value in row.items()
        ):
            if label not in IN_THE_FILE and (said := " ".join(german(value).split())):
                assert (label, label in shown, said in shown) == (label, True, True)
    for activity in ACTIVITIES:
        if activity.group == SPEAKERS:
            assert (activity.name in shown, activity.basis in shown) == (True, True)
    for words in ("Guten Tag Sina Massow", "aus Ihrer Verwaltung", "können alle lesen"):
        assert words in shown
    assert too_long(html_of(admin_client)) == []


def test_letter_has_no_long_sentence(admin_client, kim):
    assert too_long(html_of(admin_client)) == []


def test_address_of_the_interest_list_alone_gets_a_letter(admin_client):
    Interest.objects.ask(KIM)

    assert "Guten Tag , auf Ihre" in text(html_of(admin_client)).replace("Tag,", "Tag ,")


def test_letter_is_for_who_may_give_data_away_and_only_by_post(client, django_user_model, kim):
    user = django_user_model.objects.create_user("gast", is_staff=True)
    client.force_login(user)
    assert client.post(LETTER, {"who": KIM}).status_code == 403
    client.force_login(django_user_model.objects.create_superuser("chef"))
    assert client.get(LETTER).url == reverse("admin:find_person")
    assert client.post(LETTER, {"who": "niemand@stadt.example"}).url == reverse(
        "admin:find_person"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, ""), ("", ""), (True, "ja"), (False, "nein"), (["a", "b"], "a, b"), ("x", "x")],
)
def test_values_are_written_in_german(value, said):
    assert german(value) == said


def test_lines_of_a_table_have_one_cell_for_each_heading(kim):
    make_registration(make_talk(title="Zweiter", starts_in=timedelta(days=9)))
    for section in Letter.to(Person.of(KIM)).sections:
        assert {len(line) for line in section.lines} <= {len(section.head)}
