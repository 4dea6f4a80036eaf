"""A backup brings people back who were erased since: the log erases them again."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import serializers
from django.utils import timezone

from events.models import Speaker, Talk
from registration.models import (
    Erasure,
    Interest,
    OutgoingMail,
    ProposedChange,
    Registration,
    SpeakerLink,
    erasure,
)
from registration.privacy.erase_again import erase_again
from tests.makers import make_registration, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"


def backup() -> str:
    """Return all rows that name people, and the talks, as an old backup has them."""
    models = (Talk, Speaker, Registration, Interest)
    models += (SpeakerLink, ProposedChange, OutgoingMail)
    return serializers.serialize("json", [row for model in models for row in model.objects.all()])


def restore(data: str):
    for model in (OutgoingMail, SpeakerLink, Interest, Registration, Erasure):
        model.objects.all().delete()
    for row in serializers.deserialize("json", data):
        row.save()


def test_restored_people_are_erased_again_without_a_mail(clock):
    talk = make_talk(capacity=1)
    kim = make_registration(talk)
    make_registration(talk, name="Warte", email="warte@stadt.example")
    Interest.objects.create(email=KIM, email_key=KIM)
    old = backup()
    Registration.objects.erase_person(KIM)
    lines = list(erasure.lines())
    moment = timezone.now()
    clock.shift(timedelta(days=1))
    restore(old)
    mails = OutgoingMail.objects.count()

    assert Registration.objects.get(pk=kim.pk).email == KIM
    assert [erase_again(erasure.read(lines)) for _ in range(2)] == [2, 0]

    kim.refresh_from_db()
    talk.refresh_from_db()
    assert (kim.email, kim.state, kim.key) == (None, "cancelled", None)
    assert (talk.seats_taken, talk.waiting_count, Interest.objects.count()) == (0, 1, 0)
    assert OutgoingMail.objects.count() == mails
    assert KIM not in backup()
    # Who still waits stays as they are, and the log tells the true moment.
    assert Registration.objects.waiting().count() == 1
    assert set(Erasure.objects.values_list("erased_at", flat=True)) == {moment}


def test_new_owner_is_never_erased_and_the_former_one_always():
    row = make_registration()
    before = backup()
    row.hand_over(name="Lea Beispiel", email="lea@stadt.example")
    after = backup()
    lines = list(erasure.lines())

    restore(after)
    assert erase_again(erasure.read(lines)) == 0
    assert Registration.objects.get().email == "lea@stadt.example"

    restore(before)
    assert erase_again(erasure.read(lines)) == 1
    assert Registration.objects.get().email is None


def test_log_of_the_database_itself_can_be_replayed_with_its_reasons():
    make_registration()
    old = backup()
    Registration.objects.erase_person(KIM, Erasure.Reason.ORGANISER)
    entries = list(Erasure.objects.all())
    restore(old)

    erase_again(entries)

    assert list(Erasure.objects.values_list("reason", flat=True)) == ["organiser"]


def test_unknown_uuids_are_kept_and_do_no_harm():
    line = json.dumps(
        {"uuid": str(uuid4()), "kind": "interest", "erased_at": "2026-01-01T00:00:00+00:00"}
    )

    assert [erase_again(erasure.read([line, line])) for _ in range(2)] == [0, 0]
    assert Erasure.objects.count() == 1


def test_speaker_who_was_erased_is_erased_again_with_proposals_and_mails():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu")
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    old = backup()
    SpeakerLink.objects.get().erase("organiser")
    lines = list(erasure.lines())
    restore(old)
    assert (SpeakerLink.objects.count(), ProposedChange.objects.count()) == (1, 1)

    assert [erase_again(erasure.read(lines)) for _ in range(2)] == [1, 0]

    assert (SpeakerLink.objects.count(), ProposedChange.objects.count()) == (0, 0)
    assert set(Erasure.objects.values_list("kind", "reason")) == {("speaker_link", "organiser")}
    assert "sina@" not in backup()


def test_speaker_with_another_address_now_stays_and_the_former_one_goes():
    link = make_speaker_link()
    before = backup()
    SpeakerLink.objects.make(link.speaker, "lea@stadt.example")
    after = backup()
    lines = list(erasure.lines())

    restore(after)
    assert erase_again(erasure.read(lines)) == 0
    assert SpeakerLink.objects.get().email == "lea@stadt.example"

    restore(before)
    assert erase_again(erasure.read(lines)) == 1
    assert SpeakerLink.objects.count() == 0
