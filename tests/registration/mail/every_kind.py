"""Each kind of mail, made due as it comes about in life.

`EVERY_KIND` are parameters: the kind, and a function of the clock that makes such a mail due.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from events.models import Material, Talk
from registration.desk import notices
from registration.mail import speaker_reminders
from registration.mail.deliver import deliver_due
from registration.mail.reminders import plan_due
from registration.models import (
    Interest,
    Message,
    OutgoingMail,
    Registration,
    SpeakerLink,
    address_change,
)
from registration.models.interest import announce_all
from tests.makers import (
    make_groups,
    make_offer,
    make_registration,
    make_speaker_link,
    make_talk,
)
from tests.webtalks.team.people import make_colleague
from webtalks.team import members

KIM = "kim@stadt.example"
Kind = OutgoingMail.Kind
EVERY_KIND = []


def mail_of(kind):
    """Collect the function as one way in which a mail of this kind comes about."""

    def collect(make):
        EVERY_KIND.append(pytest.param(kind, make, id=f"{kind.value}-{make.__name__}"))
        return make

    return collect


@mail_of(Kind.PLEASE_CONFIRM)
def please_confirm(clock):
    make_registration(make_talk(double_opt_in=True))


@mail_of(Kind.SIGNED_UP)
def signed_up(clock):
    make_registration()


@mail_of(Kind.SIGNED_UP)
def queued_up(clock):
    talk = make_talk(capacity=1)
    make_registration(talk, email="erste@stadt.example")
    make_registration(talk)


LONG_TITLE = (
    'Vom leeren "Kaufhaus" zum Begegnungszentrum für alle Generationen & Vereine: wie eine '
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenstiftung die Innenstadt belebt"
)


@mail_of(Kind.SIGNED_UP)
def three_talks(clock):
    """Two seats and a place in the queue by one form, with everything that a talk can bring."""
    question = "Wer trägt die laufenden Kosten?\n\nUnd wie lange?"
    talks = [
        make_talk(
            title=LONG_TITLE,
            starts_in=timedelta(days=7 * week),
            capacity=1 if week == 2 else None,
            dial_in="069 1234567, PIN 4711#",
        )
        for week in (1, 2, 3)
    ]
    make_registration(talks[1], email="erste@stadt.example")
    questions = {talk.pk: question for talk in talks}
    Registration.objects.sign_up(talks, name="Kim Beispiel", email=KIM, questions=questions)


def seated():
    row = make_registration()
    deliver_due()
    return row


def queue():
    talk = make_talk(capacity=1)
    first = make_registration(talk, email="erste@stadt.example")
    make_registration(talk)
    deliver_due()
    return first


@mail_of(Kind.ALREADY)
def already(clock):
    talk = seated().talk
    clock.shift(timedelta(minutes=11))
    make_registration(talk)


@mail_of(Kind.PROMOTED)
def promoted(clock):
    queue().cancel()


@mail_of(Kind.NO_SEAT)
def no_seat(clock):
    clock.move_to(queue().talk.starts_at - timedelta(hours=1))
    Registration.objects.close_queues()


@mail_of(Kind.TALK_CHANGED)
def talk_moved(clock):
    talk = seated().talk
    talk.starts_at += timedelta(days=7)
    talk.ends_at += timedelta(days=7)
    talk.save()
    Registration.objects.tell_of_change(talk)


@mail_of(Kind.TALK_CHANGED)
def talk_off(clock):
    talk = seated().talk
    talk.status = talk.Status.CANCELLED
    talk.save()
    Registration.objects.tell_of_change(talk)


@mail_of(Kind.CANCELLED)
def cancelled(clock):
    seated().cancel()


@mail_of(Kind.HANDED_OVER)
@mail_of(Kind.GIVEN_AWAY)
def hand_over(clock):
    seated().hand_over(name="Lea Beispiel", email="lea@stadt.example")


@mail_of(Kind.ERASED)
def erased(clock):
    seated()
    Registration.objects.erase_person(KIM)


@mail_of(Kind.CHANGE_ADDRESS)
def change_address(clock):
    address_change.ask(seated(), "neu@stadt.example")


@mail_of(Kind.ADDRESS_CHANGED)
@mail_of(Kind.ADDRESS_LEFT)
def move(clock):
    address_change.carry_out(seated(), "neu@stadt.example")


@mail_of(Kind.LINKS)
def lost_link(clock):
    seated()
    Registration.objects.send_links(KIM)


@mail_of(Kind.WAY_IN)
def way_in(clock):
    Registration.objects.send_way_in(seated().talk, KIM)


@mail_of(Kind.REMINDER_DAY)
def reminder_day(clock):
    clock.move_to(seated().talk.starts_at - timedelta(days=1))
    plan_due()


@mail_of(Kind.REMINDER_HOUR)
def reminder_hour(clock):
    clock.move_to(seated().talk.starts_at - timedelta(hours=1))
    plan_due()


@mail_of(Kind.MESSAGE)
def message(clock):
    talk = seated().talk
    Message.objects.create(talk=talk, subject="Hinweis", text="{zugang}").release()


def recap_of(talk, clock):
    clock.move_to(talk.ends_at + timedelta(days=1))
    talk.recap, talk.written_answers = "So war es.\n\nUnd so.", "Ja."
    talk.save()
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    Registration.objects.release_recap(talk)


@mail_of(Kind.RECAP)
def recap(clock):
    recap_of(seated().talk, clock)


@mail_of(Kind.RECAP)
def recap_with_certificate(clock):
    row = seated()
    Registration.objects.filter(pk=row.pk).update(marked_present=True)
    recap_of(row.talk, clock)


@mail_of(Kind.CONFIRM_INTEREST)
def interest(clock):
    Interest.objects.ask(KIM)


def subscribed():
    interest = Interest.objects.ask(KIM)
    interest.confirm()
    deliver_due()
    return interest


@mail_of(Kind.CONFIRM_INTEREST)
def interest_again(clock):
    subscribed()
    Interest.objects.ask(KIM)


@mail_of(Kind.NEWS)
def news(clock):
    subscribed()
    make_talk()
    announce_all()


def speaking():
    """Return the link of a speaker who was told of talk and technical check."""
    now = timezone.now()
    link = make_speaker_link(
        make_talk(
            check_at=now + timedelta(days=14),
            check_url="https://meet.example/probe",
            starts_in=timedelta(days=24),
        )
    )
    OutgoingMail.objects.enqueue_to_speaker(
        Kind.SPEAKER_LINK, link, "1", note="Wir freuen uns.\n\nBis bald & Grüße!"
    )
    deliver_due()
    return SpeakerLink.objects.with_talks().get(pk=link.pk)


@mail_of(Kind.SPEAKER_LINK)
def speaker_link(clock):
    link = make_speaker_link(make_talk(check_at=timezone.now() + timedelta(days=3)))
    OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_LINK, link, "1", note="Wir freuen uns.")


@mail_of(Kind.SPEAKER_REMINDER)
def speaker_reminder(clock):
    clock.move_to(speaking().talk.starts_at - timedelta(days=21))
    speaker_reminders.plan_due()


def changed(clock, talk, **values):
    """Change the talk of a speaker, and let it settle."""
    for name, value in values.items():
        setattr(talk, name, value)
    talk.save()
    clock.shift(speaker_reminders.SETTLED)
    speaker_reminders.tell_of_dates()


@mail_of(Kind.SPEAKER_DATES)
def speaker_talk_moved(clock):
    talk, week = speaking().talk, timedelta(days=7)
    changed(clock, talk, starts_at=talk.starts_at + week, ends_at=talk.ends_at + week)


@mail_of(Kind.SPEAKER_DATES)
def speaker_talk_off(clock):
    changed(clock, speaking().talk, status=Talk.Status.CANCELLED)


@mail_of(Kind.SPEAKER_DATES)
def speaker_check_moved(clock):
    talk = speaking().talk
    changed(clock, talk, check_at=talk.check_at + timedelta(days=1))


@mail_of(Kind.SPEAKER_DATES)
def speaker_check_gone(clock):
    changed(clock, speaking().talk, check_at=None)


@mail_of(Kind.SPEAKER_ANSWER)
def speaker_answer(clock):
    note = "Titel: übernommen\nText: nicht übernommen. Er ist zu lang."
    OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_ANSWER, speaking(), "1", note=note)


def organiser():
    known = User.objects.filter(username="änne").first()
    return known or make_colleague(
        email="aenne@verein.example", roles=["Redaktion", "Teilnehmende"]
    )


@mail_of(Kind.INVITATION)
def invitation(clock):
    make_groups()
    members.invite("Änne", "Groß", "gross@verein.example", ["Redaktion"])


@mail_of(Kind.NEW_PASSWORD)
def forgotten_password(clock):
    OutgoingMail.objects.enqueue_to_account(Kind.NEW_PASSWORD, organiser())


@mail_of(Kind.NEW_SECOND_FACTOR)
def lost_phone(clock):
    OutgoingMail.objects.enqueue_to_account(Kind.NEW_SECOND_FACTOR, organiser())


@mail_of(Kind.ACCOUNT_CHANGED)
def account_changed(clock):
    members.change_address(organiser(), "neu@verein.example")


@mail_of(Kind.NO_WAY_IN)
def no_way_in(clock):
    organiser()
    clock.move_to(make_talk(title=LONG_TITLE).starts_at - timedelta(days=1))
    notices.tell_organisers()


@mail_of(Kind.PUT_OFF)
def put_off(clock):
    kind = Kind.REMINDER_DAY.label
    mails = OutgoingMail.objects
    mails.enqueue_notice(Kind.PUT_OFF, make_talk(), "einmal", [organiser()], note=kind)


@mail_of(Kind.TALK_FULL)
def talk_full(clock):
    organiser()
    make_registration(make_talk(capacity=1))
    notices.tell_organisers()


@mail_of(Kind.BOUNCED)
def bounced(clock):
    """Give the only seat to somebody whose confirmation comes back, while one person waits."""
    organiser()
    talk = make_talk(capacity=1)
    OutgoingMail.objects.enqueue_notice(Kind.TALK_FULL, talk, "full", [organiser()])
    make_registration(talk)
    deliver_due()
    mail = OutgoingMail.objects.get(kind=Kind.SIGNED_UP, registrations__talk=talk)
    assert mail.mark_bounced("5.1.1")
    make_registration(talk, email="zweite@stadt.example")
    notices.tell_organisers()


@mail_of(Kind.NAMES_GO)
def names_go(clock):
    organiser()
    clock.move_to(seated().talk.ends_at + timedelta(days=25))
    notices.tell_organisers()


@mail_of(Kind.OFFER)
def offer(clock):
    organiser()
    make_offer()
    notices.tell_organisers()
