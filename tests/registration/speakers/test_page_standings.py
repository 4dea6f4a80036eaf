"""What the speaker's desk says around its parts: standing, people, questions, answers, gaps."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Talk
from registration.models import ProposedChange, Registration, SpeakerLink
from tests.conftest import BERLIN
from tests.makers import make_registration, make_speaker_link, make_talk
from tests.registration.speakers.desk_pages import path_of, section, shown

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ASKED = 'Wer & "was"?\nUnd <b>wann</b>?'


def desk_of(client, **fields) -> str:
    return shown(client, make_speaker_link(make_talk(**fields)))


@pytest.mark.parametrize(
    ("fields", "says", "offers_calendar"),
    [
        ({"status": "cancelled"}, "Dieser Talk ist abgesagt.", False),
        ({"status": "postponed"}, "Ihr Link gilt weiter", False),
        (
            {"status": "postponed", "starts_in": -timedelta(days=40)},
            "Ihr Link gilt weiter",
            False,
        ),
        (
            {"starts_in": -timedelta(days=2)},
            "Bis zum 17. November 2025 können Sie hier noch nachreichen",
            False,
        ),
        ({"starts_in": -timedelta(minutes=5)}, "Ihr Talk läuft gerade.", True),
    ],
)
def test_what_has_become_of_the_talk_is_said_first(client, fields, says, offers_calendar):
    html = desk_of(client, **fields)

    assert says in html.partition('<div class="desk">')[0]
    assert "Titel und Text speichern" in html


def test_draft_and_published_talk_differ_by_the_way_to_the_public_page(client):
    link = make_speaker_link(make_talk(slug="talk", status="draft"))
    public = 'href="/talks/talk/"'
    assert public not in shown(client, link)

    Talk.objects.update(status="published")

    assert public in shown(client, link)


@pytest.mark.parametrize(
    ("number", "status", "told"),
    [(4, "published", False), (5, "published", True), (5, "postponed", False)],
)
def test_people_are_counted_from_five_on(client, number, status, told):
    talk = make_talk(capacity=3)
    for place in range(number):
        make_registration(talk, email=f"p{place}@stadt.example")
    Talk.objects.update(status=status)

    html = shown(client, make_speaker_link(talk))

    said = f"Bisher haben sich {number} Personen angemeldet."
    assert (said in html, "angemeldet." in html) == (told, told)


def test_questions_are_shown_from_a_week_before_without_names(client, clock):
    talk = make_talk(capacity=1)
    make_registration(talk, question=ASKED)
    make_registration(talk, email="wartet@stadt.example", question="Von der Warteliste")
    make_registration(make_talk(slug="anderer"), question="Zu einem anderen Talk")
    link = make_speaker_link(talk)
    clock.move_to(talk.starts_at - timedelta(days=7, seconds=1))
    assert "Fragen der Angemeldeten" not in shown(client, link)

    clock.move_to(talk.starts_at - timedelta(days=7))
    html = shown(client, link)

    assert "<li>Wer &amp; &quot;was&quot;?<br>Und &lt;b&gt;wann&lt;/b&gt;?</li>" in html
    assert [word in html for word in ("Kim", "kim@", "Warteliste", "anderen Talk")] == [False] * 4


def test_questions_to_a_talk_that_is_called_off_are_not_shown(client, clock):
    talk = make_talk(starts_in=timedelta(days=2))
    make_registration(talk, question=ASKED)
    link = make_speaker_link(talk)
    Talk.objects.update(status="cancelled")

    assert Registration.objects.get().question == ASKED
    assert "Fragen der Angemeldeten" not in shown(client, link)


def test_technical_check_is_told_until_the_talk(client):
    link = make_speaker_link(
        make_talk(
            check_at=datetime(2025, 11, 20, 14, 30, tzinfo=BERLIN),
            check_url="https://meet.example/technik",
            meeting_url="https://meet.example/geheim",
        )
    )

    html = section(shown(client, link), "termin")

    assert "Donnerstag, 20. November 2025, 14:30 Uhr" in html
    assert 'href="https://meet.example/technik"' in html
    assert "geheim" not in html
    Talk.objects.update(status="postponed")
    assert "Technik-Check" not in shown(client, link)


def test_technical_check_in_the_room_of_the_talk_names_the_mail_with_its_link(client):
    check_at = datetime(2025, 11, 20, 14, 30, tzinfo=BERLIN)
    link = make_speaker_link(make_talk(check_at=check_at, meeting_url="https://meet.example/x"))

    html = section(shown(client, link), "termin")

    assert "Der Link steht in unserer E&#8209;Mail." in html
    assert "meet.example" not in html


def test_technical_check_without_any_link_yet_promises_it(client):
    check_at = datetime(2025, 11, 20, 14, 30, tzinfo=BERLIN)
    link = make_speaker_link(make_talk(check_at=check_at, meeting_url=""))

    html = section(shown(client, link), "termin")

    assert "Den Link zum Raum schicken wir Ihnen noch." in html
    assert "Der Link steht in unserer" not in html


def test_technical_check_that_is_over_leads_to_no_file(client, clock):
    link = make_speaker_link(make_talk(check_at=timezone.now() + timedelta(hours=1)))
    calendar = path_of(link, "speaker_check_ics")
    assert calendar in shown(client, link)

    clock.shift(timedelta(hours=2))

    assert calendar not in shown(client, link)


def test_what_is_missing_leads_to_its_part(client):
    link = make_speaker_link()
    gap = '<li><a href="#practice">Praxisprofil</a> (freiwillig)</li>'
    assert gap in section(shown(client, link), "ueberblick")

    ProposedChange.objects.propose(link, "lessons", "Früh anfangen.")

    overview = section(shown(client, link), "ueberblick")
    assert gap not in overview


def test_overview_asks_for_no_more_than_is_needed(client):
    """What is voluntary is not called missing, and what stands there already is to be read."""
    link = make_speaker_link(make_talk(image_credit="© Ä"))
    needed, welcome = section(shown(client, link), "ueberblick").split("Wenn Sie mögen</h3>")

    places = re.findall(r'href="#([a-z]+)"', needed)
    assert places == ["person", "talk", "picture", "picture", "slides"]
    assert "Bitte sehen Sie durch, was schon da steht" in needed
    assert re.findall(r'<a href="#(\w+)">', welcome)[:2] == ["portrait", "practice"]
    for field in ("image", "image_alt", "slides"):
        ProposedChange.objects.propose(link, field, "Neu")
    needed, welcome = section(shown(client, link), "ueberblick").split("Wenn Sie mögen</h3>")
    assert "Von Ihnen fehlt uns nichts mehr. Vielen Dank!" in needed
    assert "Porträt" in welcome


def test_overview_leads_to_what_is_open_and_to_what_was_answered(client):
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")
    ProposedChange.objects.propose(link, "costs", "1 Euro")
    ProposedChange.objects.propose(link, "name", "Neu").decide("declined", "Nein.")

    overview = section(shown(client, link), "ueberblick")

    assert (
        'liegen bei den Veranstaltern: <a href="#talk">Titel und Text</a>, '
        '<a href="#practice">Praxisprofil</a>'
    ) in overview
    assert 'geantwortet: <a href="#person">Name und Funktion</a>' in overview
    assert "sehen Sie durch" not in overview  # who has written has read


def test_answers_of_the_organisers_stand_at_the_part(client):
    link = make_speaker_link()
    propose = ProposedChange.objects.propose
    propose(link, "title", "Ä & <b>").decide("declined", "Bitte kürzer & ohne Ä.")
    propose(link, "subtitle", "Neu").decide("taken")
    long = "Lang. " * 40
    propose(link, "announcement", long).decide("declined", "")

    part = " ".join(section(shown(client, link), "talk").split())

    assert (
        "<strong>Titel:</strong> nicht übernommen. <p>Die Veranstalter schreiben: "
        "„Bitte kürzer &amp; ohne Ä.“</p> <p>Ihr Vorschlag war: „Ä &amp; &lt;b&gt;“</p>"
    ) in part
    assert "<strong>Untertitel:</strong> übernommen am 5. November 2025." in part
    assert f"<summary>Ihr Vorschlag war …</summary><div><p>{long.strip()}</p></div>" in part
    assert "Vorschlag zurückziehen" not in part


def test_speakers_of_one_talk_see_their_own_proposals_alone(client):
    link = make_speaker_link()
    other = SpeakerLink.objects.make(link.talk.speakers.create(name="Bo"), "bo@stadt.example")
    ProposedChange.objects.propose(other, "title", "Vorschlag von Bo")

    assert "Vorschlag von Bo" not in shown(client, link)
    assert "Vorschlag von Bo" in shown(client, other)
    assert path_of(other) != path_of(link)
