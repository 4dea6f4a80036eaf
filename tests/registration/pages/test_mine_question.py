"""The question to the speakers on Meine Anmeldung: shown, changed, withdrawn until the talk."""

from datetime import timedelta

import pytest

from registration.models import Registration
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ASKED = 'Wie & "warum"?'


def page(row) -> str:
    return page_of("mine", row.key)


def path(row) -> str:
    return f"{page(row)}{row.uuid}/frage/"


def asked(row):
    row.refresh_from_db()
    return row.question


def test_question_is_shown_changed_and_withdrawn(client):
    row = make_registration(question=ASKED)
    shown = client.get(page(row)).content.decode()
    assert ("Wie &amp; &quot;warum&quot;?" in shown, path(row) in shown) == (True, True)
    assert "Frage zurückziehen" in client.get(path(row)).content.decode()

    answer = client.post(path(row), {"question": "Eine\nandere?"}, follow=True)
    assert "Ihre Frage ist gespeichert." in answer.content.decode()
    assert asked(row) == "Eine\nandere?"

    answer = client.post(path(row), {"question": ""}, follow=True)
    assert "Ihre Frage ist zurückgezogen." in answer.content.decode()
    assert "Den Vortragenden eine Frage stellen" in answer.content.decode()
    assert asked(row) == ""


@pytest.mark.parametrize("question", ["z" * 1001, "Wie\ufffd?"])
def test_bad_question_is_refused_and_kept(client, question):
    row = make_registration(question=ASKED)

    answer = client.post(path(row), {"question": question})

    assert (answer.status_code, question in answer.content.decode()) == (422, True)
    assert asked(row) == ASKED


def test_question_cannot_be_changed_once_the_talk_has_begun(client, clock):
    row = make_registration(question=ASKED)
    clock.move_to(row.talk.starts_at)

    for answer in (client.get(path(row)), client.post(path(row), {"question": "Zu spät"})):
        assert answer["Location"] == f"{page(row)}?stand=frage_zu_spaet"
    assert asked(row) == ASKED
    shown = client.get(page(row)).content.decode()
    assert ("warum" in shown, path(row) in shown) == (True, False)


@pytest.mark.parametrize("state", ["pending", "waiting", "postponed"])
def test_who_has_no_date_or_seat_yet_may_ask(client, state):
    talk = make_talk(capacity=0, double_opt_in=state == "pending")
    row = make_registration(talk)
    if state == "postponed":
        talk.refresh_from_db()
        talk.status = "postponed"
        talk.save()

    client.post(path(row), {"question": ASKED})

    assert asked(row) == ASKED


def test_who_left_or_whose_talk_is_cancelled_asks_nothing(client):
    left, off = make_registration(), make_registration(make_talk(title="Abgesagt"))
    left.cancel()
    off.talk.refresh_from_db()
    off.talk.status = "cancelled"
    off.talk.save()

    for row in (left, off):
        client.post(path(row), {"question": ASKED})

    assert (asked(left), asked(off)) == ("", "")


def test_question_of_a_row_that_was_handed_over_is_not_written():
    row = make_registration(question=ASKED)
    stale = Registration.objects.select_related("talk").get(pk=row.pk)
    row.hand_over(name="Lea", email="lea@stadt.example")

    assert not stale.ask("Von gestern")
    assert asked(row) == ""


def test_question_of_somebody_else_is_not_found(client):
    mine, other = make_registration(), make_registration(email="lea@stadt.example")

    answer = client.post(f"{page(mine)}{other.uuid}/frage/", {"question": ASKED})

    assert (answer.status_code, asked(other)) == (404, "")


def test_question_is_refused_after_erasing():
    row = make_registration(make_talk(starts_in=timedelta(days=3)), question=ASKED)
    stale = Registration.objects.select_related("talk").get(pk=row.pk)
    row.anonymise()

    assert (stale.ask("Von gestern"), asked(row)) == (False, None)
