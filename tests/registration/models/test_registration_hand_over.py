"""A seat that changes hands, and people who want to be erased."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]

LEA = {"name": "Lea Änders", "email": "lea@stadt.example", "organisation": "Gemeinde Vrees"}


def method(message):
    for part in message.iter_attachments():
        if part.get_content_type() == "application/ics":
            calendar = Calendar.from_ical(part.get_content())
            return str(calendar["METHOD"]), int(calendar.walk("VEVENT")[0]["SEQUENCE"])
    return None


def mine(row, rest=""):
    token = links.token(row.key, links.PURPOSE_MINE)
    return reverse("registration:mine", args=[token]) + rest


def state(row):
    row.refresh_from_db()
    return row.name, row.email, row.state


def test_seat_of_nobody_can_neither_be_given_away_nor_be_left(clock):
    """Its talk was over when the person was erased, so the row stayed; now it is open when."""
    row = make_registration(make_talk(starts_in=timedelta(days=1)))
    clock.move_to(row.talk.ends_at)
    row.anonymise()
    Talk.objects.filter(pk=row.talk_id).update(status="postponed")

    assert Registration.objects.get().hand_over(name="Lea", email="lea@stadt.example") is False
    assert Registration.objects.get().cancel() is False


def test_both_get_their_mail_and_the_calendars_are_right(delivered):
    row = make_registration(question="Meine Frage")
    delivered()

    assert row.hand_over(**LEA)

    mails = delivered()
    assert set(mails) == {"kim", "lea"}
    cancel, request = method(mails["kim"]), method(mails["lea"])
    assert (cancel[0], request[0]) == ("CANCEL", "REQUEST")
    assert request[1] > cancel[1] > 0
    text = mails["lea"].get_body(("plain",)).get_content()
    assert "Kim Beispiel kann nicht teilnehmen" in text
    assert "Kim" not in mails["kim"].get_body(("plain",)).get_content()
    assert state(row) == ("Lea Änders", "lea@stadt.example", "confirmed")
    assert (row.organisation, row.question) == ("Gemeinde Vrees", "")
    stored = repr([*Registration.objects.values(), *OutgoingMail.objects.values()]).lower()
    assert "kim" not in stored


def test_old_link_dies_and_other_talks_get_a_fresh_one(client, delivered):
    row = make_registration()
    other = make_registration(make_talk(title="Anderer"))
    old = mine(row)

    row.hand_over(**LEA)

    assert client.get(old).status_code == 404
    subject = "Ihr Link, 26. November, 9 Uhr: Anderer"
    mails = OutgoingMail.objects.filter(kind="links")
    assert [(mail.recipient, mail.registration_key) for mail in mails] == [
        ("kim@stadt.example", other.key)
    ]
    assert subject in {message["Subject"] for message in delivered().values()}
    row.refresh_from_db()
    assert "Lea Änders" in client.get(mine(row)).content.decode()


def test_place_in_the_queue_is_handed_over_without_a_calendar(delivered, clock):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    row = make_registration(talk)
    clock.shift(1)
    make_registration(talk, email="b@stadt.example")
    delivered()

    row.hand_over(**LEA)

    mails = delivered()
    assert [method(mails[f"{who}"]) for who in ("kim", "lea")] == [None, None]
    assert [r.email for r in Registration.objects.in_talk(talk).waiting()] == [
        "lea@stadt.example",
        "b@stadt.example",
    ]


def test_colleague_who_is_registered_keeps_the_own_row(client, delivered):
    talk = make_talk(capacity=2)
    row, lea = make_registration(talk), make_registration(talk, email="lea@stadt.example")
    waiting = make_registration(talk, email="w@stadt.example")
    delivered()
    page = client.post(f"{mine(row)}{row.uuid}/weitergeben/", LEA)

    assert page["Location"] == "/anmeldung/weitergegeben/"
    assert state(row) == (None, None, "cancelled")
    assert state(lea) == ("Kim Beispiel", "lea@stadt.example", "confirmed")
    assert state(waiting)[2] == "confirmed"
    mails = delivered()
    assert set(mails) == {"kim", "w"}
    assert method(mails["kim"])[0] == "CANCEL"


def test_page_says_the_same_whether_the_colleague_is_registered_or_not(client):
    talk = make_talk()
    make_registration(talk, email="lea@stadt.example")
    answers = []
    for email in ("lea@stadt.example", "neu@stadt.example"):
        row = make_registration(talk, email="kim@stadt.example")
        response = client.post(f"{mine(row)}{row.uuid}/weitergeben/", LEA | {"email": email})
        answers.append((response.status_code, response["Location"], response.content))

    assert answers[0] == answers[1]


def test_nobody_hands_over_to_themselves(client):
    row = make_registration()

    response = client.post(f"{mine(row)}{row.uuid}/weitergeben/", LEA | {"email": row.email})

    assert response.status_code == 422
    assert "Das ist Ihre eigene Adresse." in response.content.decode()
    assert state(row)[1:] == ("kim@stadt.example", "confirmed")


def test_hand_over_with_bad_input_keeps_what_was_typed(client):
    row = make_registration()

    response = client.post(
        f"{mine(row)}{row.uuid}/weitergeben/", {"name": "Lea Änders", "email": "lea@"}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Lea Änders"' in page
    assert 'value="lea@"' in page


@pytest.mark.parametrize("what", ["cancelled", "begun"])
def test_what_is_gone_cannot_be_handed_over(client, clock, what):
    row = make_registration()
    if what == "cancelled":
        row.cancel()
    else:
        clock.move_to(row.talk.starts_at)

    assert row.hand_over(**LEA) is False
    response = client.post(f"{mine(row)}{row.uuid}/weitergeben/", LEA)

    assert response["Location"] == f"{mine(row)}?stand=vorbei"
    assert state(row)[1] == "kim@stadt.example"


def not_me(row):
    token = links.token(row.key, links.PURPOSE_NOT_ME)
    return reverse("registration:not_me", args=[token])


def test_that_was_not_me_erases_and_frees_the_seat(client, delivered):
    talk = make_talk(capacity=1)
    row = make_registration(talk)
    waiting = make_registration(talk, email="w@stadt.example")
    row.hand_over(**LEA)
    delivered()

    assert client.get(not_me(row)).status_code == 200
    assert state(row)[2] == "confirmed"
    path = not_me(row)
    assert client.post(path)["Location"] == "/anmeldung/geloescht/"

    assert state(row) == (None, None, "cancelled")
    assert state(waiting)[2] == "confirmed"
    assert method(delivered()["lea"])[0] == "CANCEL"
    assert client.post(path).status_code == 404


def test_erasing_takes_everything_of_the_person_and_nothing_else(client, delivered):
    first, second = make_talk(), make_talk(title="Zweiter", capacity=1)
    other = make_registration(first, email="andere@stadt.example")
    rows = [make_registration(first, question="Lampenöl"), make_registration(second)]
    waiting = make_registration(second, email="w@stadt.example")
    Interest.objects.ask("kim@stadt.example")
    path = mine(rows[0], "loeschen/")
    delivered()

    page = client.get(path).content.decode()
    assert page.count("<li>") > 2
    assert client.post(path)["Location"] == "/anmeldung/geloescht/"

    assert [state(row) for row in rows] == [(None, None, "cancelled")] * 2
    assert state(other)[2] == "confirmed"
    assert state(waiting)[2] == "confirmed"
    kinds = OutgoingMail.objects.filter(state="queued").values_list("kind", flat=True)
    assert sorted(kinds) == ["erased", "erased", "promoted"]
    assert method(delivered()["kim"])[0] == "CANCEL"
    stored = repr(
        [
            *Registration.objects.in_talk(first).values(),
            *OutgoingMail.objects.values(),
            *Interest.objects.values(),
        ]
    ).lower()
    assert [word for word in ("kim@", "lampenöl") if word in stored] == []


def test_last_mail_that_bounces_keeps_no_address(smtp_server):
    row = make_registration()
    deliver_due()
    smtp_server.answers["RCPT"] = ["550 nobody here"]

    row.anonymise(tell=True)

    assert deliver_due() == ["failed"]
    mail = OutgoingMail.objects.get(kind="erased")
    assert (mail.state, mail.recipient) == ("failed", "")
    assert mail.resend() is None


def test_hand_over_through_a_stale_object_changes_nothing_more():
    row = make_registration()
    stale = Registration.objects.get(pk=row.pk)
    assert row.hand_over(**LEA)

    stale.hand_over(name="Mo Beispiel", email="mo@stadt.example")

    assert state(row) == ("Lea Änders", "lea@stadt.example", "confirmed")


def test_cancel_through_a_stale_object_keeps_the_seat_of_the_new_owner():
    row = make_registration()
    stale = Registration.objects.get(pk=row.pk)
    row.hand_over(**LEA)

    stale.cancel()

    assert state(row) == ("Lea Änders", "lea@stadt.example", "confirmed")


def test_new_owner_of_a_seat_in_a_postponed_talk_is_told(delivered):
    row = make_registration()
    delivered()
    Talk.objects.update(status=Talk.Status.POSTPONED)

    assert Registration.objects.get(pk=row.pk).hand_over(**LEA)

    assert "lea" in delivered()


def test_seat_given_to_somebody_pending_is_theirs():
    """The pending row may be a stranger's doing: it must not cost the seat."""
    talk = make_talk(double_opt_in=True)
    pending = make_registration(talk, email="lea@stadt.example")
    row = make_registration(talk)
    row.confirm()

    Registration.objects.get(pk=row.pk).hand_over(**LEA)

    assert state(row)[1:] == ("lea@stadt.example", "confirmed")
    assert state(pending)[1:] == ("lea@stadt.example", "cancelled")


def test_seat_that_is_declined_sends_a_fresh_link_to_the_other_talks():
    own = make_registration(make_talk(), email="lea@stadt.example")
    given = make_registration(make_talk(title="Anderer", starts_in=timedelta(days=30)))
    given.hand_over(**LEA)
    given.refresh_from_db()
    Registration.objects.send_links("lea@stadt.example")
    links_mails = OutgoingMail.objects.filter(kind="links", recipient="lea@stadt.example")
    assert [mail.registration_key for mail in links_mails] == [given.key]

    given.decline()

    (fresh,) = links_mails.filter(state="queued")
    assert (fresh.registration_key, list(fresh.registrations.all())) == (own.key, [own])


def test_new_owner_was_not_there(clock):
    row = make_registration(make_talk(meeting_url="https://meet.example/1"))
    clock.move_to(row.talk.starts_at - timedelta(minutes=10))
    row.join()

    row.hand_over(**LEA)

    row.refresh_from_db()
    assert row.joined_at is None
