"""The occasions of which organisers are told, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.desk.notices import tell_organisers
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail
from registration.models.account import want
from tests.makers import make_interest, make_registration, make_talk
from tests.webtalks.team.people import kinds_to, make_colleague
from webtalks.management.commands.worker import DUTIES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def colleague():
    return make_colleague(roles=["Redaktion", "Teilnehmende"])


def told(colleague) -> list[str]:
    """Let the worker look twice; return the kinds of the notices written by now."""
    tell_organisers()
    tell_organisers()
    return kinds_to(colleague)


def test_worker_looks():
    assert DUTIES[tell_organisers] == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"starts_in": DAY}, ["no_way_in"]),
        ({"starts_in": HOUR}, ["no_way_in"]),
        ({"starts_in": DAY + HOUR}, []),
        ({"starts_in": -HOUR}, []),
        ({"starts_in": HOUR, "meeting_url": "https://meet.example/a"}, []),
        ({"starts_in": HOUR, "status": "cancelled"}, []),
        ({"starts_in": HOUR, "status": "draft"}, []),
    ],
)
def test_missing_way_in_is_told_the_day_before(colleague, fields, kinds):
    make_talk(**fields)

    assert told(colleague) == kinds


def test_missing_way_in_is_told_again_for_another_beginning(colleague, clock):
    talk = make_talk(starts_in=HOUR)
    assert told(colleague) == ["no_way_in"]
    talk.starts_at += 7 * DAY
    talk.ends_at += 7 * DAY
    talk.save()

    clock.shift(7 * DAY)

    assert told(colleague) == ["no_way_in"] * 2


def test_full_talk_is_told_once_even_if_a_seat_is_freed(colleague):
    talk = make_talk(capacity=1)
    assert told(colleague) == []
    row = make_registration(talk)
    assert told(colleague) == ["talk_full"]
    row.cancel()
    make_registration(talk, email="pia@stadt.example")

    assert told(colleague) == ["talk_full"]


def test_full_talk_that_is_over_is_not_told(colleague, clock):
    make_registration(make_talk(capacity=1))
    clock.shift(22 * DAY)

    assert told(colleague) == []


def test_names_that_go_are_told_with_what_is_missing(colleague, clock):
    talk = make_talk(meeting_url="https://meet.example/a", starts_in=DAY)
    make_registration(talk)
    clock.move_to(talk.ends_at + 22 * DAY)
    assert told(colleague) == []

    clock.move_to(talk.ends_at + 23 * DAY)

    assert told(colleague) == ["names_go"]
    (mail,) = OutgoingMail.objects.filter(account=colleague)
    assert mail.note == "In 7\xa0Tagen gehen die Namen. Es fehlt: Teilnahme, Material, Rückblick"


def put_off_thrice(smtp_server, clock):
    """Let the server put the waiting mail off three times."""
    for minutes in (0, 2, 5):
        clock.shift(timedelta(minutes=minutes))
        smtp_server.answers["RCPT"] = ["450 later"]
        deliver_due()


def test_mail_that_one_server_puts_off_is_told_without_its_address(colleague, smtp_server, clock):
    talk = make_talk()
    make_registration(talk)
    put_off_thrice(smtp_server, clock)
    assert told(colleague) == []

    clock.shift(timedelta(seconds=1))
    make_registration(make_talk(title="Anderer"), email="pia@stadt.example")
    deliver_due()

    assert told(colleague) == ["put_off"]
    mail = OutgoingMail.objects.get(account=colleague)
    assert (mail.talk, mail.note) == (talk, "Anmeldung bestätigt / Warteliste")


def test_first_tries_are_no_reason(colleague, smtp_server, clock):
    make_registration()
    smtp_server.answers["RCPT"] = ["450 greylisted"]
    deliver_due()
    clock.shift(timedelta(seconds=1))
    make_interest("pia@stadt.example")

    assert told(colleague) == []


def test_server_that_puts_all_off_is_no_matter_for_a_mail(colleague, smtp_server, clock):
    make_registration()
    put_off_thrice(smtp_server, clock)

    assert told(colleague) == []


def test_mail_of_the_interest_list_is_about_no_talk(colleague, smtp_server, clock):
    Interest.objects.ask("kim@stadt.example")
    put_off_thrice(smtp_server, clock)
    clock.shift(timedelta(seconds=1))
    make_registration(email="pia@stadt.example")
    deliver_due()

    assert told(colleague) == ["put_off"]
    assert OutgoingMail.objects.get(account=colleague).talk is None


def test_who_has_switched_it_off_is_not_told(colleague):
    want(colleague, [])
    make_talk(starts_in=HOUR)

    assert told(colleague) == []


def test_who_is_invited_and_has_no_password_yet_is_not_told(colleague):
    colleague.set_unusable_password()
    colleague.save()
    make_talk(starts_in=HOUR)

    assert told(colleague) == []


def test_who_comes_later_is_not_told_of_what_the_others_know(colleague):
    make_talk(starts_in=HOUR)
    tell_organisers()

    assert told(make_colleague("bo", roles=["Redaktion"])) == []


def test_sign_up_writes_no_notice(colleague):
    make_registration(make_talk(capacity=1))

    assert kinds_to(colleague) == []
    assert OutgoingMail.objects.filter(created_at__lte=timezone.now()).count() == 1


def full_talk_with_a_confirmation_that_came_back() -> OutgoingMail:
    talk = make_talk(capacity=1)
    make_registration(talk)
    deliver_due()
    mail = OutgoingMail.objects.get(kind="signed_up")
    assert mail.mark_bounced("5.1.1")
    return mail


def test_confirmation_that_came_back_is_told_once_while_the_talk_is_full(colleague, smtp_server):
    mail = full_talk_with_a_confirmation_that_came_back()
    talk = mail.registrations.get().talk

    assert told(colleague) == ["talk_full", "bounced"]
    talk.capacity = 2
    talk.save()
    assert told(colleague) == ["talk_full", "bounced"]


def test_confirmation_that_came_back_is_nobodys_trouble_while_seats_are_free(
    colleague, smtp_server
):
    mail = full_talk_with_a_confirmation_that_came_back()
    talk = mail.registrations.get().talk
    talk.capacity = 2
    talk.save()

    assert told(colleague) == []
