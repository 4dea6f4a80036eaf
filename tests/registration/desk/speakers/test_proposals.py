"""Organisers compare what a speaker proposed, take it over, or answer with a sentence."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Revision, Speaker, Talk
from registration.models import OutgoingMail, ProposedChange
from tests.makers import TITLE, make_registration, make_speaker_link, make_talk
from tests.registration.desk.first_page.page import as_role, words
from tests.registration.desk.speakers.page import (
    address,
    opened,
    problems,
    propose,
    send,
    sides,
    typed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW_TITLE = 'Wärme & "Licht" für alle'


def notes() -> list[tuple[str, str]]:
    """Return what mails to speakers say, by their address."""
    mails = OutgoingMail.objects.filter(kind="speaker_answer").order_by("pk")
    return [(mail.recipient, mail.note) for mail in mails]


def said(response) -> list[str]:
    return [words(str(message)) for message in get_messages(response.wsgi_request)]


def test_page_shows_what_stands_there_beside_what_is_proposed(admin_client):
    link = make_speaker_link()
    propose(link, title=NEW_TITLE, subtitle="Neu <b>", name="Sina Maßow")

    response = admin_client.get(address(link.talk))

    assert sides(response) == [
        ("Sina <del>Massow</del>", "Sina <ins>Maßow</ins>"),
        ('Wärme & "Licht" für <del>Gudensberg</del>', 'Wärme & "Licht" für <ins>alle</ins>'),
        ('<span class="quiet">(leer)</span>', "<ins>Neu <b></ins>"),
    ]
    assert "<ins>Neu &lt;b&gt;</ins>" in response.content.decode()


def test_organiser_takes_a_title_over_as_if_they_had_typed_it(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, title=NEW_TITLE)
    revision = Revision.current()

    response = send(admin_client, link.talk, typed(change))

    assert (response.status_code, response.url) == (302, address(link.talk))
    talk = Talk.objects.get()
    assert (talk.title, talk.change_no, talk.calendar_sequence) == (NEW_TITLE, 1, 1)
    assert Revision.current() > revision
    change.refresh_from_db()
    assert (change.outcome, change.answer, change.is_open) == ("taken", "", False)
    assert notes() == [("sina@stadt.example", "Titel: übernommen")]
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        f"Geändert: Titel („{TITLE}“ → „{NEW_TITLE}“).",
        "Vorschläge: Titel: übernommen.",
    ]
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {NEW_TITLE}
    assert said(response)[1:] == [
        "Entschieden: Titel: übernommen.",
        "Sina Massow bekommt jetzt eine Mail mit Ihrer Antwort.",
    ]


def test_organiser_declines_with_a_sentence_and_nothing_changes(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, announcement="Ganz anders.")

    response = send(
        admin_client, link.talk, typed(change, "declined", answer=' Zu kurz & "knapp".\r\n ')
    )

    assert response.url == address(link.talk)
    assert Talk.objects.get().announcement == "Erster Absatz.\n\nZweiter Absatz."
    change.refresh_from_db()
    assert (change.outcome, change.answer) == ("declined", 'Zu kurz & "knapp".')
    assert notes() == [
        ("sina@stadt.example", 'Text: nicht übernommen. Zu kurz & "knapp".'),
    ]
    assert LogEntry.objects.get().get_change_message() == "Vorschläge: Text: nicht übernommen."


def test_one_round_takes_declines_and_leaves_open_in_one_mail(admin_client):
    link = make_speaker_link()
    title, subtitle, name, role = propose(
        link, title=NEW_TITLE, subtitle="Neu", name="Sina Maßow", role="Amtsleiterin"
    )

    send(
        admin_client,
        link.talk,
        typed(title, "declined", answer="Der alte ist schon gedruckt."),
        typed(name, answer="Danke!"),
        typed(role),
    )

    talk = Talk.objects.get()
    assert (talk.title, talk.subtitle, talk.speaker_line) == (
        TITLE,
        "",
        "Sina Maßow, Amtsleiterin",
    )
    assert notes() == [
        (
            "sina@stadt.example",
            "Name: übernommen. Danke!\nTitel: nicht übernommen. Der alte ist schon gedruckt.\n"
            "Funktion: übernommen",
        )
    ]
    assert [change.field for change in ProposedChange.objects.open()] == ["subtitle"]
    assert "Referentin oder Referent" in LogEntry.objects.order_by("pk")[0].get_change_message()


def test_many_decisions_of_one_kind_are_one_line(admin_client):
    """Sixteen lines would bury the one that asks for something."""
    link = make_speaker_link()
    title, subtitle, name, role = propose(
        link, title=NEW_TITLE, subtitle="Neu", name="Sina Maßow", role="Amtsleiterin"
    )

    response = send(
        admin_client,
        link.talk,
        *(typed(each) for each in (title, name, role)),
        typed(subtitle, "declined", answer="Zu lang."),
    )

    assert said(response)[1] == (
        "Entschieden: Name, Funktion, Titel: übernommen; Untertitel: nicht übernommen."
    )
    assert [note for _, note in notes()] == [
        "Untertitel: nicht übernommen. Zu lang.\nName, Funktion, Titel: übernommen"
    ]


def test_everything_of_a_speaker_is_taken_over_with_one_press(admin_client):
    link = make_speaker_link()
    title, subtitle, _ = propose(link, title=NEW_TITLE, subtitle="Neu", role="Amtsleiterin")

    send(
        admin_client,
        link.talk,
        typed(subtitle, "declined", answer="Ohne."),
        alles=str(link.pk),
    )

    talk = Talk.objects.get()
    assert (talk.title, talk.subtitle, talk.speaker_line) == (
        NEW_TITLE,
        "",
        "Sina Massow, Amtsleiterin",
    )
    assert not ProposedChange.objects.open().exists()


def test_everything_leaves_out_what_came_after_the_page_was_opened(admin_client):
    link = make_speaker_link()
    propose(link, title=NEW_TITLE)
    data = opened(admin_client, link.talk)
    propose(link, subtitle="Später")

    admin_client.post(address(link.talk), data | {"alles": str(link.pk)})

    assert [change.field for change in ProposedChange.objects.open()] == ["subtitle"]


def test_refusal_without_a_word_is_asked_for_and_nothing_typed_is_lost(admin_client):
    link = make_speaker_link()
    title, subtitle = propose(link, title=NEW_TITLE, subtitle="Neu")

    response = send(
        admin_client,
        link.talk,
        typed(title, answer="Schöner Titel"),
        typed(subtitle, "declined"),
    )

    assert problems(response) == [
        "Untertitel: Bitte schreiben Sie Sina Massow in einem Satz, warum nicht."
    ]
    html = response.content.decode()
    assert "Schöner Titel" in html
    assert html.count('value="taken" id') == html.count('value="declined" id') == 2
    assert html.count(" checked") == 2
    assert (Talk.objects.get().title, notes()) == (TITLE, [])
    assert ProposedChange.objects.open().count() == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"choice": ""},
            ["Bitte wählen Sie bei mindestens einem Vorschlag, was damit geschehen soll."],
        ),
        (
            {"choice": "declined", "answer": "ä" * 501},
            ["Titel: Bitte höchstens 500 Zeichen: Jetzt sind es 501."],
        ),
        (
            {"choice": "alles"},
            ["Titel: Bitte eine gültige Auswahl treffen. alles ist keine gültige Auswahl."],
        ),
        (
            {"choice": "taken", "seen": "0-x"},
            [
                "Titel: Hier hat sich etwas geändert, seit Sie die Seite geöffnet haben. "
                "Bitte sehen Sie noch einmal hin und entscheiden Sie neu."
            ],
        ),
    ],
)
def test_what_cannot_be_decided_is_said_and_nothing_happens(admin_client, fields, expected):
    link = make_speaker_link()
    (change,) = propose(link, title=NEW_TITLE)

    assert problems(send(admin_client, link.talk, typed(change, **fields))) == expected
    assert (Talk.objects.get().title, notes()) == (TITLE, [])


def test_form_refuses_what_organisers_could_not_type_either(admin_client):
    link = make_speaker_link()
    title, subtitle = propose(link, title="ä" * 201, subtitle="Neu")

    response = send(admin_client, link.talk, typed(title), typed(subtitle, answer="Gern."))

    (problem,) = problems(response)
    assert (
        problem.startswith("Titel: Dieser Wert sollte höchstens 200 Zeichen") or "200" in problem
    )
    assert "Gern." in response.content.decode()
    assert (Talk.objects.get().subtitle, notes()) == ("", [])
    assert not LogEntry.objects.exists()


def test_new_title_leads_to_the_page_that_tells_people_of_it(admin_client):
    link = make_speaker_link()
    make_registration(link.talk)
    OutgoingMail.objects.all().delete()
    title, subtitle = propose(link, title=NEW_TITLE, subtitle="Neu")

    response = send(admin_client, link.talk, typed(subtitle))
    assert response.url == address(link.talk)
    response = send(admin_client, link.talk, typed(title))

    assert response.url == reverse("admin:tell_of_change", args=[link.talk.pk])
    assert [note for _, note in notes()] == ["Untertitel: übernommen", "Titel: übernommen"]


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_no_mail_goes_to_a_link_that_leads_nowhere(admin_client, is_withdrawn):
    days = 21 if is_withdrawn else -16
    link = make_speaker_link(make_talk(starts_in=timedelta(days=days)))
    (change,) = propose(link, subtitle="Neu")
    if is_withdrawn:
        link.withdraw()
    page = words(admin_client.get(address(link.talk)).content.decode())

    response = send(admin_client, link.talk, typed(change))

    assert "Sie können entscheiden, aber Sina Massow bekommt keine Mail." in page
    assert said(response)[-1] == "Sina Massow bekommt keine Mail: Der Link gilt nicht mehr."
    assert (Talk.objects.get().subtitle, notes()) == ("Neu", [])


def test_nothing_open_says_so_and_what_was_decided_lately(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, subtitle="Neu")
    send(admin_client, link.talk, typed(change, "declined", answer="Lieber ohne."))

    page = words(admin_client.get(address(link.talk)).content.decode())

    assert "Es wartet kein Vorschlag." in page
    assert (
        "Zuletzt entschieden Untertitel von Sina Massow: nicht übernommen, "
        "5. November 2025, 9:00 Uhr „Lieber ohne.“" in page
    )


def test_talk_says_above_its_form_how_many_proposals_wait(admin_client):
    link = make_speaker_link()
    form = reverse("admin:events_talk_change", args=[link.talk.pk])
    assert "wartet" not in words(admin_client.get(form).content.decode())

    propose(link, subtitle="Neu")
    assert "1 Vorschlag wartet." in words(admin_client.get(form).content.decode())
    propose(link, title=NEW_TITLE)
    html = admin_client.get(form).content.decode()
    assert "2 Vorschläge warten. Ansehen und entscheiden …" in words(html)
    assert address(link.talk) in html


def test_only_who_may_change_talks_decides(client):
    link = make_speaker_link()
    for role, status in (("Redaktion", 200), ("Teilnehmende", 403), ("Lesend", 403)):
        as_role(client, role)
        assert client.get(address(link.talk)).status_code == status
    assert client.post(address(link.talk), {"alles": str(link.pk)}).status_code == 403


def test_talk_that_is_gone_is_not_found(admin_client):
    link = make_speaker_link()
    propose(link, subtitle="Neu")
    data, page = opened(admin_client, link.talk), address(link.talk)
    link.talk.delete()

    assert admin_client.get(page).status_code == 404
    assert admin_client.post(page, data).status_code == 404


def test_page_asks_as_many_questions_for_one_change_as_for_five(admin_client):
    link = make_speaker_link()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(address(link.talk)).status_code == 200
        return len(captured)

    propose(link, subtitle="Neu")
    few = queries()
    propose(link, title="Neu", announcement="Neu", name="Sina Neu", costs="Wenig")

    assert queries() == few
    assert few <= 7
    assert Speaker.objects.count() == 1
