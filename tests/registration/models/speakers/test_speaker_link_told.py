"""What a speaker was told of the talk, and whether it still holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Talk
from registration.models import SpeakerLink
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def again() -> SpeakerLink:
    return SpeakerLink.objects.with_talks().get()


@pytest.fixture
def link():
    link = make_speaker_link(make_talk(check_at=timezone.now() + 3 * DAY))
    link.remember_told()
    return again()


@pytest.mark.parametrize(
    ("changes", "knows"),
    [
        ({}, (True, True)),
        ({"status": Talk.Status.DRAFT}, (True, True)),
        ({"status": Talk.Status.CANCELLED}, (False, False)),
        ({"status": Talk.Status.CANCELLED, "check_at": None}, (False, False)),
        ({"check_at": None}, (True, False)),
        ({"check_url": "https://meet.example/a"}, (True, False)),
        ({"meeting_url": "https://meet.example/a"}, (True, False)),
        ({"title": "Neu"}, (True, True)),
    ],
)
def test_what_they_know(link, changes, knows):
    Talk.objects.update(**changes)

    link = again()
    assert (link.knows_talk, link.knows_check) == knows
    assert link.knows_dates == all(knows)


def test_a_longer_talk_is_news(link):
    Talk.objects.update(ends_at=link.talk.ends_at + timedelta(minutes=30))

    assert not again().knows_talk


def test_what_is_told_of_a_talk_that_is_called_off(link):
    Talk.objects.update(status=Talk.Status.POSTPONED)
    again().remember_told()

    link = again()
    assert link.knows_dates
    assert (link.told_status, link.told_check_at, link.told_check_url) == ("postponed", None, "")
    Talk.objects.update(status=Talk.Status.CANCELLED)
    assert not again().knows_talk


def test_who_is_doubted_knows_nothing(link):
    link.doubt_told()

    assert not again().knows_talk
    assert again().told_starts_at == link.told_starts_at


def test_who_was_told_nothing_is_not_doubted():
    make_speaker_link().doubt_told()

    assert again().told_starts_at is None


def test_a_mail_to_a_former_link_tells_nobody(link):
    """The link was renewed while the mail was on its way."""
    SpeakerLink.objects.update(key="other", told_starts_at=None)
    link.remember_told()

    assert again().told_starts_at is None


def test_another_address_was_told_nothing(link):
    SpeakerLink.objects.make(link.speaker, "neu@stadt.example")

    link = again()
    assert (link.told_starts_at, link.told_ends_at, link.told_status) == (None, None, "")
    assert (link.told_check_at, link.told_check_url) == (None, "")
