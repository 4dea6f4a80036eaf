"""Who believes something else of their talk than is true: what each person was told last."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from registration.mail import reminders
from registration.models import OutgoingMail, Registration
from tests.conftest import NOW
from tests.makers import let_know, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEK = timedelta(days=7)


@pytest.fixture
def told():
    """Return a talk of which one person was told."""
    talk = make_talk()
    make_registration(talk)
    let_know(talk)
    return talk


def untold() -> list[str]:
    return list(Registration.objects.untold().values_list("email", flat=True))


def change(talk, **fields):
    talk.refresh_from_db()
    for name, value in fields.items():
        setattr(talk, name, value)
    talk.save()


def moved(talk, by=WEEK) -> dict:
    return {"starts_at": talk.starts_at + by, "ends_at": talk.ends_at + by}


@pytest.mark.parametrize(
    "news",
    [
        {"title": "Anders & schön"},
        {"status": "cancelled"},
        {"status": "postponed"},
        {"ends_at": "later"},
        {"starts_at": "earlier"},
    ],
)
def test_every_change_of_what_was_told_is_news_until_it_is_taken_back(told, news):
    if "ends_at" in news:
        news = {"ends_at": told.ends_at + timedelta(minutes=30)}
    if "starts_at" in news:
        news = {"starts_at": told.starts_at - timedelta(minutes=30)}
    before = {name: getattr(told, name) for name in news}

    change(told, **news)

    assert untold() == ["kim@stadt.example"]
    assert not Registration.objects.get().knows_the_talk
    change(told, **before)
    assert untold() == []
    assert Registration.objects.get().knows_the_talk


def test_change_of_anything_else_is_no_news(told):
    change(told, recap="Schön war es", capacity=7, subtitle="Neu")

    assert untold() == []


def test_who_signed_up_after_the_change_knows_it(told, delivered):
    change(told, **moved(told))
    make_registration(told, email="lea@stadt.example")
    assert untold() == ["kim@stadt.example"]

    delivered()

    assert untold() == ["kim@stadt.example"]
    change(told, title="Noch anders")
    assert set(untold()) == {"kim@stadt.example", "lea@stadt.example"}


def test_whose_mail_was_refused_still_does_not_know(told, smtp_server, delivered):
    change(told, **moved(told))
    smtp_server.answers["RCPT"] = ["550 no such user"]
    Registration.objects.tell_of_change(told)
    assert untold() == []  # a mail is on its way

    delivered()

    assert untold() == ["kim@stadt.example"]
    assert len(Registration.objects.tell_of_change(told)) == 1
    delivered()
    assert untold() == []


def test_mail_names_the_date_that_this_person_was_told_last(told, delivered):
    """Not the last one that was saved: nobody ever heard of that."""
    first = told.starts_at
    change(told, **moved(told))
    make_registration(told, email="lea@stadt.example")
    delivered()
    change(told, **moved(told))
    change(told, **moved(told))
    Registration.objects.tell_of_change(told)

    mails = delivered()

    texts = {who: mail.get_body(("plain",)).get_content() for who, mail in mails.items()}
    assert f"{first:%-d}.\u00a0November 2025, 9:00\u00a0Uhr angekündigt" in texts["kim"]
    assert "3.\u00a0Dezember 2025, 9:00\u00a0Uhr angekündigt" in texts["lea"]


def test_nothing_is_news_once_the_talk_and_what_was_told_of_it_are_over(told, clock):
    change(told, **moved(told, -timedelta(days=30)), title="Berichtigt")
    assert untold() == ["kim@stadt.example"]  # expects it in three weeks

    clock.shift(timedelta(days=22))

    assert untold() == []


def test_another_person_on_the_seat_knows_nothing_before_their_mail(told):
    Registration.objects.get().hand_over(name="Lea", email="lea@stadt.example")

    row = Registration.objects.get(email="lea@stadt.example")
    assert (row.told_starts_at, row.told_title, row.knows_the_talk) == (None, None, False)
    assert untold() == []  # the mail about the seat says it
    OutgoingMail.objects.all().delete()
    assert untold() == ["lea@stadt.example"]


def test_who_left_and_who_is_erased_are_told_nothing(told):
    make_registration(told, email="lea@stadt.example").cancel()
    Registration.objects.get(email="kim@stadt.example").anonymise()
    OutgoingMail.objects.all().delete()

    change(told, **moved(told))

    assert untold() == []


def test_numbers_by_talk_take_one_query(told, django_assert_num_queries):
    other = make_talk(title="Zweiter")
    for name in ("kim", "lea"):
        make_registration(other, email=f"{name}@stadt.example")
    let_know(other)
    for talk in (told, other):
        change(talk, title="Anders")

    with django_assert_num_queries(1):
        assert Registration.objects.untold_by_talk() == {told.pk: 1, other.pk: 2}


def test_reminder_of_a_wrong_date_is_put_right(told, clock, delivered):
    """The date slips, the reminder names it, and the date is put back."""
    slip = {"starts_at": NOW + timedelta(hours=23), "ends_at": NOW + timedelta(hours=24)}
    right = {name: getattr(told, name) for name in slip}
    Registration.objects.update(state_changed_at=NOW - WEEK)
    change(told, **slip)
    assert reminders.plan_due() == 1
    assert "kim" in delivered()

    change(told, **right)

    assert untold() == ["kim@stadt.example"]
    assert len(Registration.objects.tell_of_change(told)) == 1


class WhatPeopleKnow(RuleBasedStateMachine):
    """Move, rename, call off, tell, sign up, leave and come back, in any order and at any time.

    The mails are read as people and their calendars read them: the subject, the talk in the
    text, and the entry.
    """

    last_word: dict
    told_end: dict
    calendars: dict

    @initialize()
    def begin(self):
        self.clock.move_to(NOW)
        self.talk = make_talk(title="Titel 0", capacity=2)
        self.last_word, self.told_end, self.calendars, self.number = {}, {}, {}, 0

    def state(self) -> tuple:
        self.talk.refresh_from_db()
        return self.talk.title, self.talk.when_text, self.talk.status

    @rule(days=st.integers(1, 9))
    def move(self, days):
        change(self.talk, **moved(self.talk, timedelta(days=days)))

    @rule(hours=st.sampled_from([1, 20, 200]))
    def time_passes(self, hours):
        self.clock.shift(timedelta(hours=hours))

    @rule()
    def rename(self):
        self.number += 1
        change(self.talk, title=f"Titel {self.number}")

    @rule(status=st.sampled_from(["published", "cancelled", "postponed"]))
    def change_status(self, status):
        change(self.talk, status=status)

    @rule(name=st.sampled_from("abc"))
    def sign_up(self, name):
        self.talk.refresh_from_db()
        if self.talk.is_bookable:
            make_registration(self.talk, email=f"{name}@stadt.example")

    @rule(name=st.sampled_from("abc"))
    def leave(self, name):
        for row in Registration.objects.live().filter(email=f"{name}@stadt.example"):
            row.cancel()

    @rule()
    def tell(self):
        Registration.objects.tell_of_change(self.talk)

    @rule()
    def mails_arrive(self):
        for mail in self.deliver():
            who = mail["To"].partition("@")[0]
            read_entry(mail, self.calendars.setdefault(who, {}))
            text = "\n".join(mail.get_body(("plain",)).get_content().splitlines())
            if mail["Subject"].startswith(("Abgemeldet", "Abmeldung")):
                self.last_word.pop(who, None)
                continue
            title, when = re.search(r"^(.+)\n(.+), online$", text, re.MULTILINE).groups()
            status = "published"
            for word, meant in {"Abgesagt": "cancelled", "Verschoben": "postponed"}.items():
                if mail["Subject"].startswith(word):
                    status = meant
            self.last_word[who] = (title, when, status)
            self.told_end[who] = self.talk.ends_at

    def settled(self) -> list[Registration]:
        on_their_way = OutgoingMail.objects.queued().values("registrations")
        return list(Registration.objects.booked().exclude(pk__in=on_their_way))

    def counts(self, who: str) -> bool:
        """Whether the person still has to hear of the talk, which may be over."""
        ends = [self.talk.ends_at, *([self.told_end[who]] if who in self.last_word else [])]
        knows_status = who not in self.last_word or self.last_word[who][2] == self.talk.status
        return max(ends) > timezone.now() or not knows_status

    @invariant()
    def untold_are_those_whose_last_mail_is_wrong(self):
        if not hasattr(self, "talk"):
            return
        state = self.state()
        names = {row.email.partition("@")[0] for row in self.settled()}
        wrong = {who for who in names if self.last_word.get(who) != state and self.counts(who)}
        assert set(untold()) == {f"{who}@stadt.example" for who in wrong}

    @invariant()
    def calendars_agree_with_what_was_told(self):
        if not hasattr(self, "talk"):
            return
        state = self.state()
        for row in self.settled():
            who = row.email.partition("@")[0]
            if self.last_word.get(who) != state:
                continue
            has_entry = row.state == row.State.CONFIRMED and state[2] == "published"
            entry = self.calendars[who].get("begin")
            assert entry == (self.talk.starts_at if has_entry else None)


def read_entry(mail: EmailMessage, calendar: dict) -> None:
    """Put what the mail's calendar file says into a person's calendar, as RFC 5546 wants it.

    An entry with a lower SEQUENCE than the one there is older, and is left out.
    """
    files = {part.get_content() for part in mail.walk() if part.get_filename("").endswith(".ics")}
    for file in files:
        text = file.decode() if isinstance(file, bytes) else file
        # The time zone's own rules, which have a DTSTART too, stand before the entry.
        said = dict(re.findall(r"^(METHOD|SEQUENCE|DTSTART)[^:\r\n]*:([^\r\n]*)", text, re.M))
        if int(said["SEQUENCE"]) < calendar.get("sequence", 0):
            continue
        begin = timezone.make_aware(datetime.strptime(said["DTSTART"], "%Y%m%dT%H%M%S"))
        calendar["sequence"] = int(said["SEQUENCE"])
        calendar["begin"] = None if said["METHOD"] == "CANCEL" else begin


@pytest.mark.parametrize("examples", [5, pytest.param(15, marks=pytest.mark.slow)])
def test_untold_are_exactly_those_whose_last_mail_is_wrong(delivered_in_order, clock, examples):
    class Machine(WhatPeopleKnow):
        deliver = staticmethod(delivered_in_order)

        def teardown(self):
            OutgoingMail.objects.all().delete()
            Registration.objects.all().delete()

    Machine.clock = clock
    run_state_machine_as_test(
        Machine,
        settings=hypothesis_settings(max_examples=examples, stateful_step_count=20, deadline=None),
    )
