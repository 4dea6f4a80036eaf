"""What a mail that came back changes, and whom it must not change anything of."""

from datetime import timedelta

import pytest
from django.core.mail import mailers
from django.utils import timezone

from registration.mail.bounces.take import Taken, take
from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration, address_change
from registration.models.interest import announce_all
from registration.privacy import retention
from tests.makers import (
    make_interest,
    make_message,
    make_registration,
    make_talk,
)
from tests.registration.mail.bounces.samples import report_of, sample
from tests.registration.mail.few_kinds import KINDS
from tests.registration.rows import all_rows
from tests.webtalks.team.people import make_colleague
from webtalks.team import members

Kind = OutgoingMail.Kind
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "invariants", "smtp_server")]


def sent(kind) -> OutgoingMail:
    """Send what is due; return the newest mail of this kind."""
    deliver_due()
    return OutgoingMail.objects.filter(kind=kind).latest("pk")


def signed_up(**fields) -> tuple[Registration, OutgoingMail]:
    row = make_registration(**fields)
    return row, sent(Kind.SIGNED_UP)


def came_back(mail) -> tuple:
    mail.refresh_from_db()
    return mail.state, mail.recipient, mail.last_error, mail.bounced_at


NOT_BACK = ("sent", "", "", None)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("postfix", "5.1.1"),
        ("postfix_given_up", "4.4.7"),
        ("exim", "5.2.2"),
        ("exim_old", "5.1.1"),
        ("m365", "5.1.10"),
        ("gmail", "5.1.1"),
        ("gmx", "5.7.1"),
    ],
)
def test_mail_that_came_back_is_undeliverable_with_its_status_and_address_alone(name, status):
    row, mail = signed_up()

    assert take(report_of(mail, name)) == Taken.COUNTED

    assert came_back(mail) == ("failed", row.email, status, timezone.now())
    rows = Registration.objects.with_mails()
    assert rows.get().is_undeliverable
    assert list(rows.undeliverable()) == [row]
    assert list(OutgoingMail.objects.unanswered()) == [mail]


def test_replayed_report_is_counted_once():
    _, mail = signed_up()
    assert take(report_of(mail)) == Taken.COUNTED
    before = all_rows()

    assert take(report_of(mail, "m365")) == Taken.NOTHING_NEW
    assert take(report_of(mail)) == Taken.NOTHING_NEW
    assert all_rows() == before


@pytest.mark.parametrize("name", ["postfix_delayed", "holiday"])
def test_delay_and_holiday_note_change_nothing(name):
    _, mail = signed_up()
    before = all_rows()

    assert take(report_of(mail, name)) == Taken.NOTHING_NEW
    assert all_rows() == before


def test_letters_and_reports_of_other_mails_are_left_alone():
    _, mail = signed_up()
    before = all_rows()

    assert take(report_of(mail, "letter")) == Taken.FOREIGN
    for name in ("postfix", "exim", "exim_old", "m365", "gmail", "gmx", "holiday", "letter"):
        assert take(sample(name)) == Taken.FOREIGN
    assert take(b"") == Taken.FOREIGN
    assert all_rows() == before


def test_report_that_names_two_mails_is_no_servers():
    _, mail = signed_up()
    _, other = signed_up(email="lea@stadt.example")
    first, second = report_of(mail), report_of(other)
    part = second[second.index(b"Content-Type: message/rfc822") :].rpartition(b"--4ZK")[0]
    line = b"--4ZK1xP6mH1z8.1795425302/mail.verein.example"
    forged = first.replace(line + b"--", line + b"\r\n" + part + line + b"--")

    assert take(forged) == Taken.NOTHING_NEW
    assert (came_back(mail), came_back(other)) == (NOT_BACK, NOT_BACK)


def hand_over(row):
    row.hand_over(name="Lea Beispiel", email="lea@stadt.example")


def change_address(row):
    address_change.carry_out(row, "neu@stadt.example")


@pytest.mark.parametrize(
    "change",
    [
        hand_over,
        change_address,
        lambda row: row.correct_address("kim@stadt-neu.example"),
        lambda row: row.anonymise(),
        lambda row: Registration.objects.erase_person(row.email_key),
    ],
    ids=["handed over", "moved", "corrected", "anonymised", "erased"],
)
def test_mail_whose_person_has_changed_since_stays_as_it_is(change):
    row, mail = signed_up()
    change(row)
    before = all_rows()

    assert take(report_of(mail)) == Taken.NOTHING_NEW
    assert all_rows() == before


def test_corrected_address_gets_the_mail_anew_and_the_bounce_is_forgotten():
    row, mail = signed_up()
    take(report_of(mail))

    assert row.correct_address("kim@stadt-neu.example")

    again = OutgoingMail.objects.latest("pk")
    assert (again.kind, again.recipient, again.state) == (mail.kind, row.email, "queued")
    assert came_back(mail) == ("obsolete", "", "", timezone.now())
    assert not Registration.objects.undeliverable().exists()
    assert take(report_of(mail)) == Taken.NOTHING_NEW


def test_retention_erases_it_as_it_does_what_was_refused(clock, settings):
    _, mail = signed_up(talk=make_talk(starts_in=timedelta(days=300)))
    take(report_of(mail))
    clock.shift(timedelta(days=settings.UNDELIVERED_MAIL_DAYS, minutes=1))

    retention.carry_out()

    mail.refresh_from_db()
    assert (mail.state, mail.recipient, mail.last_error) == ("failed", "", "")
    assert mail.answer == "Kam zurück"


def test_person_whose_only_mail_came_back_knows_nothing_of_the_talk():
    row, mail = signed_up()
    assert not Registration.objects.untold().exists()

    take(report_of(mail))
    assert list(Registration.objects.untold()) == [row]


def test_person_who_got_a_later_mail_knows_of_the_talk():
    row, mail = signed_up()
    Registration.objects.send_links(row.email_key)
    links = sent(Kind.LINKS)

    take(report_of(mail))
    assert not Registration.objects.untold().exists()
    # What states no talk leaves that too.
    take(report_of(links))
    assert list(Registration.objects.untold()) == [row]


def test_mail_that_is_being_sent_may_come_back_before_its_worker_has_written_so():
    make_registration()
    mail = OutgoingMail.objects.claim()

    assert take(report_of(mail)) == Taken.COUNTED
    mail.mark(state="sent", last_error="")
    assert came_back(mail)[0] == "failed"


def deliver_and_return_at_once(mail):
    """Send the mail; its report is taken before the worker has written that it went out."""
    mailer = mailers.default
    send = mailer.send_messages

    def send_and_take(messages):
        number = send(messages)
        assert take(report_of(mail)) == Taken.COUNTED
        return number

    mailer.send_messages = send_and_take
    deliver_due(mailer)


def test_mail_that_came_back_before_its_worker_has_written_so_has_told_nobody(clock):
    row = make_registration()
    mail = OutgoingMail.objects.get()

    deliver_and_return_at_once(mail)

    assert came_back(mail) == ("failed", row.email, "5.1.1", timezone.now())
    row.refresh_from_db()
    assert list(Registration.objects.untold()) == [row]
    assert (row.told_starts_at, row.organizer) == (None, "")


@pytest.mark.parametrize("state", ["queued", "held", "failed", "obsolete"])
def test_mail_that_no_server_has_cannot_come_back(state):
    make_registration()
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(state=state)

    assert take(report_of(mail)) == Taken.NOTHING_NEW
    assert came_back(mail)[0] == state


def test_copy_of_a_message_to_an_organiser_stays_sent():
    message = make_message(make_talk())
    OutgoingMail.objects.enqueue_test(message, "team@verein.example")
    mail = sent(Kind.MESSAGE)

    assert take(report_of(mail)) == Taken.NOTHING_NEW
    assert came_back(mail) == NOT_BACK


NEVER = {*OutgoingMail.LAST_KINDS, Kind.CHANGE_ADDRESS, Kind.ACCOUNT_CHANGED}


@pytest.mark.once
@pytest.mark.parametrize(("kind", "make"), KINDS)
def test_each_kind_comes_back_to_whom_it_was_to_or_to_nobody(clock, kind, make):
    make(clock)
    due = list(OutgoingMail.objects.due().filter(kind=kind).order_by("pk"))
    address = due[-1].recipient
    mail = sent(kind)
    assert mail == due[-1]
    assert mail.state == "sent"

    expected = Taken.NOTHING_NEW if kind in NEVER else Taken.COUNTED
    assert take(report_of(mail)) == expected
    if kind not in NEVER:
        assert came_back(mail) == ("failed", address, "5.1.1", timezone.now())


def test_account_that_was_changed_or_has_ended_is_not_meant():
    account = make_colleague(email="aenne@verein.example")
    mails = [OutgoingMail.objects.enqueue_to_account(Kind.NEW_PASSWORD, account) for _ in range(3)]
    OutgoingMail.objects.update(state="sent", recipient="")

    assert take(report_of(mails[0])) == Taken.COUNTED
    account.is_active = False
    account.save()
    assert take(report_of(mails[1])) == Taken.NOTHING_NEW
    account.is_active = True
    account.save()
    members.change_address(account, "neu@verein.example")
    assert take(report_of(mails[2])) == Taken.NOTHING_NEW


def news_of(interest, number=1) -> list[OutgoingMail]:
    """Send so many mails with news; return them."""
    for _ in range(number):
        make_talk()
        announce_all()
    deliver_due()
    return list(interest.mails.filter(kind=Kind.NEWS).order_by("pk"))


@pytest.mark.usefixtures("_announced_at_once")
def test_two_mails_with_news_that_came_back_end_the_news():
    interest = make_interest()
    first, second, third = news_of(interest, 3)
    number = OutgoingMail.objects.count()

    assert take(report_of(first)) == Taken.COUNTED
    assert take(report_of(first)) == Taken.NOTHING_NEW
    interest.refresh_from_db()
    assert (interest.state, interest.why_ended) == ("active", "")

    assert take(report_of(second)) == Taken.COUNTED
    interest.refresh_from_db()
    assert (interest.state, interest.ended_at) == ("ended", timezone.now())
    assert interest.why_ended == "Zwei Mails kamen zurück"
    assert OutgoingMail.objects.count() == number
    # There is nobody any more to whom this one could go.
    assert take(report_of(third)) == Taken.NOTHING_NEW


@pytest.mark.usefixtures("_announced_at_once")
def test_who_asks_anew_begins_with_nothing_that_came_back():
    interest = make_interest()
    first, second = news_of(interest, 2)
    take(report_of(first))
    interest.withdraw()
    assert take(report_of(second)) == Taken.NOTHING_NEW
    assert interest.why_ended == ""

    anew = Interest.objects.ask("kim@stadt.example")
    assert anew.confirm()
    assert (anew.pk == interest.pk, anew.bounced_news) == (False, 0)
