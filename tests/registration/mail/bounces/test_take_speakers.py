"""A mail to a speaker that came back: what its speaker counts as told, and what is sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.mail.bounces.take import Taken, take
from registration.mail.deliver import deliver_due, render
from registration.mail.speaker_reminders import SETTLED, tell_of_dates
from registration.models import OutgoingMail
from tests.makers import make_speaker_link, make_talk
from tests.registration.mail.bounces.samples import report_of
from tests.registration.mail.bounces.test_take import came_back, deliver_and_return_at_once, sent

Kind = OutgoingMail.Kind
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "invariants", "smtp_server")]


def sent_again(mail) -> OutgoingMail:
    """Send the mail once more, as organisers do; return the new one."""
    again = mail.resend()
    deliver_due()
    again.refresh_from_db()
    return again


def test_speaker_whose_link_was_renewed_is_not_meant():
    link = make_speaker_link()
    first = OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_LINK, link, "1")
    second = OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_LINK, link, "2")
    OutgoingMail.objects.update(state="sent", recipient="")

    assert take(report_of(first)) == Taken.COUNTED
    assert came_back(first) == ("failed", link.email, "5.1.1", timezone.now())
    link.withdraw()
    assert take(report_of(second)) == Taken.NOTHING_NEW


def test_speaker_whose_news_of_a_date_came_back_gets_it_when_it_is_sent_again(clock):
    talk = make_talk()
    link = make_speaker_link(talk)
    link.mail()
    sent(Kind.SPEAKER_LINK)
    talk.starts_at += timedelta(days=1)
    talk.ends_at += timedelta(days=1)
    talk.save()
    clock.shift(SETTLED)
    tell_of_dates()
    mail = sent(Kind.SPEAKER_DATES)

    assert take(report_of(mail)) == Taken.COUNTED

    assert tell_of_dates() == 0
    mail.refresh_from_db()
    assert sent_again(mail).state == "sent"
    link.refresh_from_db()
    assert (link.told_starts_at, link.told_status) == (talk.starts_at, "published")


def test_speaker_whose_link_came_back_was_told_nothing():
    link = make_speaker_link()
    link.mail()

    take(report_of(sent(Kind.SPEAKER_LINK)))

    link.refresh_from_db()
    assert (link.told_starts_at, link.told_status) == (None, "")
    assert tell_of_dates() == 0


@pytest.mark.parametrize("status", ["published", "postponed"])
def test_news_to_a_speaker_who_was_told_nothing_name_no_former_date(status):
    """Link and news came back; only the news is sent again."""
    link = make_speaker_link(make_talk(status=status))
    mail = OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_DATES, link, "1")

    sentence = render(mail).body.split("\n\n")[2]

    begins = {
        "published": f"Ihr Web-Talk ist am {link.talk.when_text}.",
        "postponed": "Ihr Web-Talk ist verschoben. Der neue Termin steht noch nicht fest.",
    }
    assert sentence.startswith(begins[status])
    assert "Vorher" not in sentence


def test_speaker_who_got_a_later_mail_knows_of_the_talk():
    link = make_speaker_link()
    link.mail()
    first = sent(Kind.SPEAKER_LINK)
    link.mail()
    sent(Kind.SPEAKER_LINK)

    assert take(report_of(first)) == Taken.COUNTED

    link.refresh_from_db()
    assert link.told_status == "published"


def test_speaker_whose_mail_came_back_before_its_worker_has_written_so_was_not_told():
    link = make_speaker_link()
    mail = OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_LINK, link, "1")

    deliver_and_return_at_once(mail)

    link.refresh_from_db()
    assert (came_back(mail)[0], link.told_starts_at) == ("failed", None)
