"""What a part of the speaker's desk knows of its proposals."""

import pytest

from registration.models import ProposedChange
from registration.speakers.parts import Standing
from registration.speakers.text_parts import TalkPart
from tests.makers import TITLE, make_speaker_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_standings_come_in_the_order_of_the_fields():
    link = make_speaker_link()
    for field in ("announcement", "costs", "title"):
        ProposedChange.objects.propose(link, field, "Neu & kurz")

    form = TalkPart(link)

    assert [(each.change.field, each.now, each.proposed) for each in form.standings] == [
        ("title", TITLE, "Neu & kurz"),
        ("announcement", "Erster Absatz.\n\nZweiter Absatz.", "Neu & kurz"),
    ]
    assert [each.is_now_long for each in form.standings] == [False, True]
    assert form.is_proposed is True


def test_middle_of_the_picture_is_told_in_words():
    link = make_speaker_link()

    standing = Standing(ProposedChange.objects.propose(link, "image_focus", "top"))

    assert (standing.now, standing.proposed) == ("Mitte", "oben")


def test_decided_changes_are_not_proposed_any_more():
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Neu").decide("taken")

    form = TalkPart(link)

    assert (form.is_proposed, form.initial["title"]) == (False, TITLE)


def test_a_part_is_written_as_a_whole():
    link = make_speaker_link()
    form = TalkPart(link, {"talk-title": "Neu", "talk-subtitle": "Ä", "talk-announcement": "Text"})
    assert form.is_valid()

    assert [change.field for change in form.propose()] == ["title", "subtitle", "announcement"]
