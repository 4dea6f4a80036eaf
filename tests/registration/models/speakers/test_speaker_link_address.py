"""The link to a speaker's desk: whom it leads there, until when, and what goes with it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Speaker, Talk
from registration.models import Erasure, OutgoingMail, ProposedChange, Registration, SpeakerLink
from registration.models import links as signed_links
from registration.privacy.own_data import Person
from tests.makers import make_registration, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINA, LEA = "sina@stadt.example", "lea@stadt.example"


def put_off(talk, **fields):
    """Write these columns past `save`, as if nobody had changed them lately."""
    fields |= {"dates_changed_at": None, "status_changed_at": None}
    rows = Talk._base_manager.filter(pk=talk.pk)
    super(type(rows), rows).update(**fields)


def read(link) -> SpeakerLink:
    return SpeakerLink.objects.with_talks().get(pk=link.pk)


def mail_to(link, kind="speaker_link", version="1", **fields) -> OutgoingMail:
    return OutgoingMail.objects.enqueue_to_speaker(kind, link, version, **fields)


# Where it leads


@pytest.mark.parametrize("status", Talk.Status.values)
@pytest.mark.parametrize("is_withdrawn", [False, True])
@pytest.mark.parametrize("seconds", [-86400, -1, 0, 1, 86400])
def test_link_is_alive_for_one_as_for_many(clock, status, is_withdrawn, seconds):
    link = make_speaker_link()
    put_off(link.talk, status=status)
    if is_withdrawn:
        link.withdraw()
    clock.move_to(link.talk.ends_at + timedelta(days=14, seconds=seconds))

    is_alive = not is_withdrawn and (status == "postponed" or seconds < 0)
    assert read(link).is_alive == is_alive
    assert SpeakerLink.objects.alive().exists() == is_alive
    assert SpeakerLink.objects.holding(read(link).token).exists() == is_alive


def test_link_dies_fourteen_days_after_the_talk(settings):
    settings.SPEAKER_LINK_DAYS = 3

    link = make_speaker_link()

    assert link.dies_at == link.talk.ends_at + timedelta(days=3)


@pytest.mark.parametrize("purpose", ["meine-anmeldung", "teilnehmen", "terminhinweise", "x"])
def test_token_of_another_purpose_leads_nowhere(purpose):
    link = make_speaker_link()

    assert SpeakerLink.objects.holding(link.token).get() == link
    foreign = signed_links.token(link.key, purpose)
    for token in (foreign, f"{link.key}", f"{link.token}x", "", ".", "x.y"):
        assert not SpeakerLink.objects.holding(token).exists()
    assert not Registration.objects.holding(link.token, "meine-anmeldung").exists()


def test_token_of_a_speaker_opens_the_own_desk_alone():
    link, other = make_speaker_link(), make_speaker_link(email=LEA)

    assert SpeakerLink.objects.holding(other.token).get() == other != link
    assert link.url == f"http://testserver/vortragen/{link.token}/"
    assert (str(link), str(other.talk)) == (str(link.speaker), link.talk.title)


# Made, renewed, withdrawn


def test_making_it_anew_renews_it(clock):
    link = make_speaker_link()
    link.withdraw()
    link.switch_reminders(off=True)
    SpeakerLink.objects.update(told_status="published")
    clock.shift(60)

    renewed = SpeakerLink.objects.make(link.speaker, SINA)

    assert (renewed.pk, renewed.uuid) == (link.pk, link.uuid)
    assert renewed.key != link.key
    assert (renewed.withdrawn_at, renewed.reminders_off, renewed.told_status) == (
        None,
        True,
        "published",
    )
    assert SpeakerLink.objects.of(SINA).get().is_alive
    assert Erasure.objects.count() == 0


def test_other_address_is_another_person_and_the_former_one_is_erased():
    link = make_speaker_link()
    mail_to(link)
    sent = mail_to(link, version="2")
    OutgoingMail.objects.filter(pk=sent.pk).update(state="sent", recipient="")
    ProposedChange.objects.propose(link, "title", "Neu")

    renewed = SpeakerLink.objects.make(link.speaker, "LEA@stadt.example")

    assert (renewed.pk, renewed.email, renewed.email_key) == (link.pk, "LEA@stadt.example", LEA)
    assert renewed.uuid != link.uuid
    assert set(Erasure.objects.values_list("uuid", "kind", "reason")) == {
        (link.uuid, "speaker_link", "moved")
    }
    assert set(OutgoingMail.objects.values_list("state", "recipient")) == {
        ("obsolete", ""),
        ("sent", ""),
    }
    assert [change.text for change in renewed.changes.all()] == ["Neu"]
    # What went to the former address is told to nobody.
    assert (Person.of(LEA).mails, Person.of(SINA).is_known) == ([], False)
    assert mail_to(renewed) is not None


def test_withdrawn_link_keeps_address_and_proposals():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")

    link.withdraw()

    found = read(link)
    assert (found.withdrawn_at, found.is_alive, found.email) == (timezone.now(), False, SINA)
    assert found.changes.count() == 1
    assert not SpeakerLink.objects.holding(link.token).exists()


def test_speakers_of_one_talk_are_told_apart():
    talk = make_talk()
    Speaker.objects.create(talk=talk, name="Lea Groß")
    first, second = (
        SpeakerLink.objects.make(speaker, email)
        for speaker, email in zip(talk.speakers.all(), (SINA, LEA), strict=True)
    )
    make_speaker_link(email="andere@stadt.example")

    assert list(SpeakerLink.objects.in_talk(talk).order_by("pk")) == [first, second]
    assert list(SpeakerLink.objects.of(LEA)) == [second]
    assert list(SpeakerLink.objects.of(None)) == list(SpeakerLink.objects.of("")) == []


def test_lock_refuses_what_was_renewed_withdrawn_or_erased():
    link = make_speaker_link()
    assert SpeakerLink.objects.lock(link) == link
    for change in (
        lambda: SpeakerLink.objects.make(link.speaker, SINA),
        lambda: link.erase("person"),
    ):
        old = read(link)
        change()
        with pytest.raises(SpeakerLink.DoesNotExist):
            SpeakerLink.objects.lock(old)


# Expired and erased


def expired_at(link, moment, clock) -> bool:
    clock.move_to(moment)
    return SpeakerLink.objects.expired().exists()


def test_address_goes_thirty_days_after_the_talk(clock):
    link = make_speaker_link()
    end = link.talk.ends_at + timedelta(days=30)

    assert [expired_at(link, end + timedelta(seconds=s), clock) for s in (-1, 0)] == [False, True]


@pytest.mark.parametrize("typed", [datetime(2001, 1, 1, 9), datetime(2024, 11, 26, 9)])
def test_slip_in_the_year_takes_no_address_at_once(clock, typed):
    link = make_speaker_link()
    talk = Talk.objects.get()
    talk.starts_at = timezone.make_aware(typed)
    talk.ends_at = talk.starts_at + timedelta(hours=1)
    talk.save()

    days = [timedelta(days=29, hours=23), timedelta(days=30)]
    start = timezone.now()
    assert [expired_at(link, start + wait, clock) for wait in days] == [False, True]


def test_postponed_talk_keeps_the_address_half_a_year(clock):
    link = make_speaker_link()
    put_off(link.talk, status="postponed")
    end = link.talk.ends_at

    found = [expired_at(link, end + timedelta(days=days), clock) for days in (179, 180)]

    assert found == [False, True]


def test_slip_in_the_status_of_a_postponed_talk_takes_no_address_at_once(clock):
    link = make_speaker_link()
    put_off(link.talk, status="postponed")
    clock.move_to(link.talk.ends_at + timedelta(days=60))
    talk = Talk.objects.get()
    talk.status = "cancelled"
    talk.save()

    found = [expired_at(link, timezone.now() + timedelta(days=d), clock) for d in (0, 29, 1)]

    assert found == [False, False, True]


def test_talk_that_is_moved_keeps_the_address_until_after_the_new_date(clock):
    link = make_speaker_link()
    clock.move_to(link.talk.ends_at + timedelta(days=29))
    talk = Talk.objects.get()
    talk.starts_at = timezone.now() + timedelta(days=60)
    talk.ends_at = talk.starts_at + timedelta(hours=1)
    talk.save()

    end = talk.ends_at + timedelta(days=30)
    assert [expired_at(link, end + timedelta(seconds=s), clock) for s in (-1, 0)] == [False, True]


def test_expiring_looks_again(clock):
    link = make_speaker_link()
    clock.move_to(link.talk.ends_at + timedelta(days=31))
    (found,) = SpeakerLink.objects.expired()
    talk = Talk.objects.get()
    talk.starts_at = timezone.now() + timedelta(days=9)
    talk.ends_at = talk.starts_at + timedelta(hours=1)
    talk.save()

    assert (found.expire(), SpeakerLink.objects.count()) == (False, 1)


def test_erasing_takes_address_proposals_and_mails_and_notes_it_once():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")
    mail_to(link, note="Danke, Sina")
    failed = mail_to(link, version="2")
    OutgoingMail.objects.filter(pk=failed.pk).update(state="failed", last_error=f"550 {SINA}")

    for _ in range(2):
        link.erase(Erasure.Reason.PERSON)

    assert (SpeakerLink.objects.count(), ProposedChange.objects.count()) == (0, 0)
    assert list(Erasure.objects.values_list("uuid", "reason")) == [(link.uuid, "person")]
    assert "sina" not in repr(list(OutgoingMail.objects.values())).lower()
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"obsolete", "failed"}


def test_erasing_somebody_leaves_who_has_the_link_by_now():
    """An organiser corrects the address while the former one is being erased."""
    former = make_speaker_link(email=SINA)
    SpeakerLink.objects.make(former.speaker, LEA)

    former.erase(Erasure.Reason.PERSON)

    assert SpeakerLink.objects.get().email == LEA
    assert list(Erasure.objects.values_list("uuid", flat=True)) == [former.uuid]


@pytest.mark.parametrize("delete", ["speaker", "speakers", "talk", "talks"])
def test_link_that_goes_with_its_speaker_or_talk_is_noted_too(delete):
    link = make_speaker_link()
    mail_to(link)
    targets = {
        "speaker": link.speaker,
        "speakers": Speaker.objects.all(),
        "talk": link.talk,
        "talks": Talk.objects.all(),
    }

    targets[delete].delete()

    assert SpeakerLink.objects.count() == 0
    assert list(Erasure.objects.values_list("uuid", "kind", "reason")) == [
        (link.uuid, "speaker_link", "organiser")
    ]
    assert set(OutgoingMail.objects.values_list("state", "recipient")) <= {("obsolete", "")}


def test_who_erases_everything_loses_the_link_and_nobody_else_does():
    row = make_registration(email=SINA)
    mine, other = make_speaker_link(row.talk), make_speaker_link(email=LEA)

    Registration.objects.erase_person(SINA)

    assert list(SpeakerLink.objects.all()) == [other]
    assert set(Erasure.objects.values_list("uuid", "reason")) == {
        (row.uuid, "person"),
        (mine.uuid, "person"),
    }
