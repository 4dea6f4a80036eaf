"""The link of a speaker: made, mailed, renewed and withdrawn, by one or two organisers."""

from datetime import timedelta

import pytest

from events.models import Speaker, Talk
from registration.models import OutgoingMail, ProposedChange, SpeakerLink
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINA, KIM = "sina@stadt.example", "kim@stadt.example"


def mails() -> list[tuple[str, str, str]]:
    """Return recipient, state and sentence of each mail, in their order."""
    rows = OutgoingMail.objects.order_by("pk")
    assert {row.kind for row in rows} <= {OutgoingMail.Kind.SPEAKER_LINK}
    return [(row.recipient, row.state, row.note) for row in rows]


def present(link) -> SpeakerLink:
    return SpeakerLink.objects.with_talks().get(pk=link.pk)


def leads(link, token) -> bool:
    return SpeakerLink.objects.holding(token).filter(pk=link.pk).exists()


def test_a_link_is_made_and_mailed_once():
    speaker = make_talk().speakers.get()

    first = SpeakerLink.objects.send(speaker, SINA, 'Bis bald & "Grüße"')
    again = SpeakerLink.objects.send(speaker, "Sina@stadt.example", "Noch einmal")

    assert again is None
    assert leads(first, first.token)
    assert mails() == [(SINA, "queued", 'Bis bald & "Grüße"')]
    assert OutgoingMail.objects.get().registration_key == first.key


def test_nothing_is_sent_beside_a_living_link_or_to_a_speaker_who_is_gone():
    link = make_speaker_link()

    assert SpeakerLink.objects.send(link.speaker, KIM) is None
    assert present(link).email == SINA
    Speaker.objects.filter(pk=link.speaker_id).delete()
    assert SpeakerLink.objects.send(link.speaker, KIM) is None
    assert mails() == []


def test_the_same_link_goes_again_but_not_within_a_minute(clock):
    link = SpeakerLink.objects.send(make_talk().speakers.get(), SINA)

    assert link.send_again("Jetzt") is False
    clock.shift(timedelta(seconds=61))
    assert link.send_again("Später") is True
    assert link.send_again("Zu bald") is False

    assert mails() == [(SINA, "queued", ""), (SINA, "queued", "Später")]
    assert leads(link, link.token)


def test_a_new_link_kills_the_old_one_and_its_mails():
    link = SpeakerLink.objects.send(make_talk().speakers.get(), SINA)
    seen_twice = present(link)

    assert link.renew(KIM, "Neu") is True
    assert seen_twice.renew(KIM) is False

    now = present(link)
    assert (now.email, now.email_key) == (KIM, KIM)
    assert not leads(link, link.token)
    assert leads(link, now.token)
    assert mails() == [("", "obsolete", ""), (KIM, "queued", "Neu")]


def test_another_address_has_switched_nothing_off_and_was_told_nothing():
    link = make_speaker_link()
    link.switch_reminders(off=True)
    link.told_starts_at, link.told_status = link.talk.starts_at, link.talk.status
    link.save()

    link.renew(SINA)
    same = present(link)
    same.renew(KIM)
    other = present(link)

    assert (same.reminders_off, same.told_status) == (True, "published")
    assert (other.reminders_off, other.told_status, other.told_starts_at) == (False, "", None)


def test_withdrawing_kills_link_and_mails_and_keeps_what_was_proposed():
    link = SpeakerLink.objects.send(make_talk().speakers.get(), SINA)
    ProposedChange.objects.propose(link, "image_credit", "© Stadt")
    other = present(link)

    assert link.withdraw() is True
    assert other.withdraw() is False
    assert (other.send_again(), other.renew(KIM)) == (False, False)

    assert not leads(link, other.token)
    assert not present(link).is_alive
    assert mails() == [("", "obsolete", "")]
    assert ProposedChange.objects.open().count() == 1


def test_after_withdrawing_another_link_can_be_sent():
    link = SpeakerLink.objects.send(make_talk().speakers.get(), SINA)
    link.withdraw()

    new = SpeakerLink.objects.send(link.speaker, KIM)

    assert (new.pk, new.email, new.is_alive) == (link.pk, KIM, True)
    assert mails() == [("", "obsolete", ""), (KIM, "queued", "")]


def test_mail_that_a_worker_is_sending_is_left_to_it():
    link = SpeakerLink.objects.send(make_talk().speakers.get(), SINA)
    OutgoingMail.objects.claim()

    link.withdraw()

    assert mails() == [(SINA, "queued", "")]


@pytest.mark.parametrize(("days", "lives"), [(13, True), (14, False)])
def test_a_link_dies_two_weeks_after_the_talk(days, lives):
    talk = make_talk(starts_in=-timedelta(days=days, hours=1))
    link = make_speaker_link(talk)

    assert link.is_alive is lives
    assert link.send_again() is lives
    assert link.withdraw() is lives


def test_no_link_is_sent_for_a_talk_long_over():
    talk = make_talk(starts_in=-timedelta(days=15))

    assert SpeakerLink.objects.send(talk.speakers.get(), SINA) is None
    assert (SpeakerLink.objects.count(), mails()) == (0, [])


def test_mail_about_a_postponed_talk_does_not_expire_with_its_old_date():
    """The link lives until there is a new date; its mail would have been over before it went."""
    talk = make_talk(starts_in=-timedelta(days=30), status=Talk.Status.POSTPONED)

    link = SpeakerLink.objects.send(talk.speakers.get(), SINA)

    assert link.is_alive
    assert OutgoingMail.objects.get().expires_at is None


def test_reminders_of_a_link_that_was_erased_meanwhile_are_nobodys():
    link = make_speaker_link()
    SpeakerLink.objects.all().delete()

    link.switch_reminders(off=True)

    assert not SpeakerLink.objects.exists()
