"""The speaker's desk: what it shows, how its parts are saved, and who may not."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Series, Talk
from registration.fields import SEND_AGAIN_TEXT
from registration.models import ProposedChange, SpeakerLink, Tally, limits
from registration.pages.link_holder import for_speaker
from registration.speakers.page import TOLD
from tests.html_form import form_data
from tests.makers import TITLE, make_speaker_link, make_talk
from tests.registration.rows import all_rows
from tests.registration.speakers.desk_pages import (
    PERSON,
    TALK,
    path_of,
    proposed,
    save,
    section,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = 'Neuer Titel: "Ä" & <b>fett</b>'


def test_desk_shows_what_stands_there_and_whom_it_belongs_to(client):
    Series.objects.create(name="Reihe", contact_email="talks@stadt.example")
    link = make_speaker_link()

    html = shown(client, link)

    assert "Guten Tag, Sina Massow." in html
    assert 'value="Wärme &amp; &quot;Licht&quot; für Gudensberg"' in section(html, "talk")
    assert "s…a@stadt.example" in html
    assert link.email not in html
    assert "mailto:talks@stadt.example" in html
    assert 'content="noindex"' in html
    assert re.findall(r'<section id="([\w-]+)"', html) == [
        "ueberblick",
        "termin",
        "person",
        "portrait",
        "talk",
        "picture",
        "slides",
        "practice",
        "einwilligungen",
        "erinnerungen",
        "fragen",
    ]


def test_part_is_saved_as_a_proposal_and_nothing_is_public(client):
    link = make_speaker_link()

    answer = save(client, link, "talk", TALK | {"talk-title": NEW})

    assert (answer.status_code, answer.url) == (302, path_of(link) + "?gespeichert=talk#talk")
    assert proposed(link) == {"title": NEW}
    assert Talk.objects.get().title == TITLE
    html = shown(client, link, "?gespeichert=talk")
    part = section(html, "talk")
    assert "Gespeichert. Die Veranstalter sehen Ihren Vorschlag." in part
    assert 'value="Neuer Titel: &quot;Ä&quot; &amp; &lt;b&gt;fett&lt;/b&gt;"' in part
    assert "vorgeschlagen am 5. November 2025." in part
    assert "Jetzt steht dort: „Wärme &amp; &quot;Licht&quot; für Gudensberg“" in part
    assert "<b>fett</b>" not in html
    assert "Gespeichert" not in section(html, "person")


def test_saving_what_stands_there_changes_nothing_and_a_second_press_has_saved_as_well(client):
    link = make_speaker_link()
    nothing = path_of(link) + "?unveraendert=talk#talk"

    assert save(client, link, "talk", form_data(shown(client, link), "form-talk")).url == nothing
    save(client, link, "talk", TALK | {"talk-title": NEW})
    again = form_data(shown(client, link), "form-talk") | {"talk-title": f"  {NEW} "}
    assert save(client, link, "talk", again).url == path_of(link) + "?gespeichert=talk#talk"
    assert ProposedChange.objects.get().version == 1
    assert TOLD["unveraendert"][1] in section(shown(client, link, "?unveraendert=talk"), "talk")


def test_typing_what_stands_there_again_takes_the_proposal_back(client):
    link = make_speaker_link()
    save(client, link, "talk", TALK | {"talk-title": NEW})

    answer = save(client, link, "talk", TALK)

    assert answer.url == path_of(link) + "?zurueckgezogen=talk#talk"
    assert proposed(link) == {}


def test_mistake_shows_the_whole_desk_again_and_loses_nothing(client):
    link = make_speaker_link()
    save(client, link, "person", PERSON | {"person-name": "Dr. Sina Massow"})

    answer = save(client, link, "talk", TALK | {"talk-title": " ", "talk-subtitle": "Ä & <i>"})
    html = answer.content.decode()

    assert answer.status_code == 422
    assert "<title>Bitte prüfen: Ihr Web-Talk" in html
    part = section(html, "talk")
    assert '<a href="#id_talk-title">Titel: Bitte geben Sie dem Talk einen Titel.</a>' in part
    assert 'value="Ä &amp; &lt;i&gt;"' in part
    assert 'value="Dr. Sina Massow"' in section(html, "person")
    assert html.count("error-summary") == 1
    assert proposed(link) == {"name": "Dr. Sina Massow"}


def test_page_that_was_opened_before_organisers_changed_something_takes_nothing_back(client):
    link = make_speaker_link()
    page = shown(client, link)
    Talk.objects.update(subtitle="Neuer Untertitel", announcement="Neuer Text")

    typed = form_data(page, "form-talk") | {"talk-title": NEW}
    save(client, link, "talk", typed)

    assert proposed(link) == {"title": NEW}


def test_what_is_proposed_already_stays_when_something_else_is_taken_back(client):
    link = make_speaker_link()
    save(client, link, "person", {"person-name": "Dr. Sina Massow", "person-role": "Neu"})

    typed = form_data(shown(client, link), "form-person") | {"person-name": link.speaker.name}
    answer = save(client, link, "person", typed)

    assert proposed(link) == {"role": "Neu"}
    assert answer.url == path_of(link) + "?gespeichert=person#person"


def test_page_that_was_opened_before_another_save_takes_nothing_back(client):
    """The mayor and the office have the same link."""
    link = make_speaker_link()
    save(client, link, "talk", TALK | {"talk-title": "Alt"})
    page = shown(client, link)
    save(client, link, "talk", TALK | {"talk-title": NEW})

    typed = form_data(page, "form-talk") | {"talk-subtitle": "Neu"}
    save(client, link, "talk", typed)

    assert proposed(link) == {"title": NEW, "subtitle": "Neu"}


def test_what_is_proposed_is_not_said_to_be_taken_back_with_another_field(client):
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", NEW)
    ProposedChange.objects.propose(link, "subtitle", "Neu")
    page = shown(client, link)
    ProposedChange.objects.propose(link, "title", "Noch neuer")

    answer = save(client, link, "talk", form_data(page, "form-talk") | {"talk-subtitle": ""})

    assert proposed(link) == {"title": "Noch neuer"}
    assert answer.url == path_of(link) + "?gespeichert=talk#talk"


def test_mistake_does_not_make_the_page_forget_what_it_showed(client):
    link = make_speaker_link()
    typed = form_data(shown(client, link), "form-talk")
    Talk.objects.update(subtitle="Neuer Untertitel")
    page = save(client, link, "talk", typed | {"talk-title": " "}).content.decode()

    save(client, link, "talk", form_data(page, "form-talk") | {"talk-title": NEW})

    assert proposed(link) == {"title": NEW}


def test_all_that_is_typed_into_a_part_is_saved_or_nothing(client):
    link = make_speaker_link()

    save(client, link, "person", {"person-name": "", "person-role": "Neu"})

    assert proposed(link) == {}


def test_proposal_is_taken_back_by_a_button(client):
    link = make_speaker_link()
    save(client, link, "person", PERSON | {"person-name": "Dr. Sina Massow"})
    save(client, link, "talk", TALK | {"talk-title": NEW})
    path = path_of(link, "speaker_take_back", "talk")
    assert (path in shown(client, link), client.get(path).url) == (
        True,
        path_of(link) + "#talk",
    )
    assert proposed(link) == {"name": "Dr. Sina Massow", "title": NEW}

    for _ in range(2):
        assert client.post(path).url == path_of(link) + "?zurueckgezogen=talk#talk"

    assert proposed(link) == {"name": "Dr. Sina Massow"}
    html = shown(client, link, "?zurueckgezogen=talk")
    assert TOLD["zurueckgezogen"][1] in section(html, "talk")
    assert path not in html


@pytest.mark.parametrize("name", ["speaker_part", "speaker_take_back"])
def test_what_is_no_part_is_not_found_and_a_part_itself_leads_to_the_desk(client, name):
    link = make_speaker_link()

    for method in (client.get, client.post):
        assert method(path_of(link, name, "unfug")).status_code == 404
    assert client.get(path_of(link, name, "person")).url == path_of(link) + "#person"


PAGES = [
    ("speaker", ()),
    ("speaker_preview", ()),
    ("speaker_reminders", ()),
    ("speaker_part", ("talk",)),
    ("speaker_take_back", ("talk",)),
]


@pytest.mark.parametrize(("name", "more"), PAGES)
def test_speaker_removed_while_the_page_is_open_finds_a_dead_link(client, name, more):
    link = make_speaker_link()
    path = path_of(link, name, *more)
    link.speaker.delete()

    for answer in (client.get(path), client.post(path, TALK)):
        assert (answer.status_code, "Dieser Link gilt nicht" in answer.content.decode()) == (
            404,
            True,
        )


@pytest.mark.parametrize(("name", "more"), PAGES)
def test_link_of_another_purpose_leads_nowhere(client, name, more):
    link = make_speaker_link()
    path = path_of(link, name, *more)
    forged = path.replace(link.token, link.token[:-3] + "abc")

    assert [client.get(forged).status_code, client.post(forged, TALK).status_code] == [404, 404]
    assert ProposedChange.objects.count() == 0


@pytest.mark.parametrize(
    "write", [ProposedChange.objects.propose, ProposedChange.objects.take_back]
)
def test_speaker_removed_in_the_middle_of_a_save_finds_a_dead_link(rf, write):
    link = make_speaker_link()
    request = rf.post("/")
    request.visitor = None

    @for_speaker
    def view(request, link):
        SpeakerLink.objects.all().delete()
        return write(link, "talk")

    answer = view(request, link.token)

    assert (answer.status_code, "Dieser Link gilt nicht" in answer.content.decode()) == (404, True)


def test_too_many_saves_in_a_minute_are_asked_to_wait_and_lose_nothing(client, clock):
    link = make_speaker_link()
    for number in range(30):
        assert save(client, link, "talk", TALK | {"talk-title": f"{number}"}).status_code == 302

    answer = save(client, link, "talk", TALK | {"talk-title": NEW})

    part = section(answer.content.decode(), "talk")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "nichts ist verloren" in part
    assert 'value="Neuer Titel: &quot;Ä&quot;' in part
    assert proposed(link) == {"title": "29"}
    other = make_speaker_link(make_talk(slug="anderer"), email="bo@stadt.example")
    assert save(client, other, "talk", TALK | {"talk-title": NEW}).status_code == 302
    clock.shift(60)
    assert save(client, link, "talk", TALK | {"talk-title": NEW}).status_code == 302


def test_limit_is_one_of_those_that_the_environment_sets(settings):
    settings.THROTTLE = {"proposals": 1}

    assert [limits.wait_to_propose(1), limits.wait_to_propose(1) > 0] == [0, True]


def test_form_without_its_cookie_comes_back_whole():
    link = make_speaker_link()
    visitor = Client(enforce_csrf_checks=True)
    before = all_rows(Tally)

    answer = save(visitor, link, "talk", TALK | {"talk-title": NEW})

    part = section(answer.content.decode(), "talk")
    assert (answer.status_code, SEND_AGAIN_TEXT in part) == (422, True)
    assert 'value="Neuer Titel: &quot;Ä&quot;' in part
    assert all_rows(Tally) == before


def test_reminders_are_switched_off_and_on_again(client):
    link = make_speaker_link()
    path = path_of(link, "speaker_reminders")

    def state():
        link.refresh_from_db()
        return link.reminders_off

    assert "Keine Erinnerungen mehr?" in client.get(path).content.decode()
    assert (state(), "Erinnerungen abstellen" in shown(client, link)) == (False, True)
    assert "Wir erinnern Sie nicht mehr" in client.post(path).content.decode()
    assert (state(), "Erinnerungen wieder einschalten" in shown(client, link)) == (True, True)
    assert "Wir erinnern Sie wieder" in client.post(path, {"an": "1"}).content.decode()
    assert state() is False


def test_mail_program_switches_reminders_off_without_a_cookie():
    link = make_speaker_link()
    program = Client(enforce_csrf_checks=True)

    answer = program.post(
        path_of(link, "speaker_reminders"), {"List-Unsubscribe": "One-Click"}, secure=True
    )

    link.refresh_from_db()
    assert (answer.status_code, link.reminders_off) == (200, True)


def number_of(queries) -> int:
    """Return how many there were, but for the look at the revision, which is due each second."""
    return sum("events_revision" not in query["sql"] for query in queries)


def test_number_of_queries_does_not_depend_on_the_number_of_proposals(client):
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")
    shown(client, link)
    with CaptureQueriesContext(connection) as one:
        shown(client, link)
    for field in ("subtitle", "announcement", "costs"):
        ProposedChange.objects.propose(link, field, "Neu")
    with CaptureQueriesContext(connection) as many:
        shown(client, link)

    # Link with speaker and talk, its changes and consents, profile, fellow speakers' changes,
    # material, series.
    assert (number_of(one), number_of(many)) == (7, 7)
