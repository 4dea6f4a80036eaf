"""Whoever adds a table, or a column of a registration, decides here what erasing leaves of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps

from registration.models import Registration
from tests.conftest import BERLIN
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Their rows name people; the search of the whole database (test_erasure_is_complete.py) and the
# own data (Person in registration/privacy/own_data.py) know them.
NAME_PEOPLE = {"Registration", "Interest", "Offer", "OutgoingMail", "SpeakerLink"}
# What people agreed to, as long as what it is about can be read: registration/models/speakers.
PROOFS = {"Consent"}
# Their rows lie for less than an hour and go with who is erased; in no own data, because nobody
# has said yet whom they name.
NAME_PEOPLE_FOR_AN_HOUR = {"ReportLine"}
# What somebody wrote may name people: it goes with them, or an organiser removes it.
FREE_TEXT = {"Message", "Feedback", "ProposedChange"}
# Of an organiser's account; they go with it.
OF_ACCOUNTS = {"UnwantedNotice"}
NAME_NOBODY = {"BounceMailbox", "DomainFinding", "Erasure", "Origin", "Heartbeat", "Tally"}
# Keys of rows on both sides, nothing else.
BETWEEN = {"Interest_topics", "OutgoingMail_registrations"}
# What the public may read, the organisers' goals, and numbers.
OF_THE_SERIES = {"Revision", "FormerSlug", "FunderReport", "Material", "Municipality"}
OF_THE_SERIES |= {"OwnGoal", "PracticeProfile", "Series", "Speaker", "Talk", "TalkTopic", "Topic"}

MOMENT = datetime(2025, 11, 26, 8, 5, tzinfo=UTC)
# A registration of which everything is known that can be; the rest comes from the form.
KNOWN = {
    "town_settled": True,
    "organizer": "reihe@talks.example",
    "state_reason": Registration.Reason.ORGANISER,
    "reminders_off": True,
    "joined_at": MOMENT,
    "minutes_present": 31,
    "marked_present": True,
    "counted_before": True,
    "recap_promised": True,
    "recap_off": True,
    "told_starts_at": MOMENT,
    "told_ends_at": MOMENT,
    "told_status": "published",
    "told_title": "Wärme",
}
# What stays as it was: of the talk, of the state, and what figures count without minutes.
KEPT = {"id", "uuid", "talk_id", "municipality_id", "town_settled", "state", "organizer"}
KEPT |= {"reminders_off", "marked_present", "counted_before"}
KEPT |= {"told_starts_at", "told_ends_at", "told_status", "told_title"}
# What says less than before: days instead of moments, enough minutes instead of how many.
COARSER = {"created_at", "state_changed_at", "joined_at", "minutes_present"}
EMPTIED = {*Registration.PERSONAL, "recap_promised", "recap_off"}


def columns_of(row: Registration) -> dict:
    row = Registration.objects.get(pk=row.pk)
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_each_table_is_decided():
    decided = [NAME_PEOPLE, NAME_PEOPLE_FOR_AN_HOUR, FREE_TEXT, OF_ACCOUNTS, NAME_NOBODY, BETWEEN]
    decided += [OF_THE_SERIES, PROOFS]
    tables = {
        model.__name__
        for app in ("events", "registration", "webtalks")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if not model._meta.proxy
    }

    assert tables == set().union(*decided)
    assert sum(map(len, decided)) == len(tables)


def test_each_column_of_a_registration_is_decided(clock):
    row = make_registration(make_talk(), organisation="Stadt Gudensberg", question="Warum?")
    Registration.objects.filter(pk=row.pk).update(**KNOWN)
    before = columns_of(row)
    empty = {name for name, value in before.items() if value in (None, False, "")}
    assert empty == {"anonymised_at"}, "fill it in KNOWN"
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    Registration.objects.get(pk=row.pk).anonymise()

    after = columns_of(row)
    assert {name for name in after if after[name] == before[name]} == KEPT
    assert {name for name in after if after[name] in (None, False, "")} == EMPTIED
    assert set(after) - KEPT - EMPTIED == {*COARSER, "anonymised_at"}
    days = [after[name].astimezone(BERLIN) for name in COARSER - {"minutes_present"}]
    assert {(day.hour, day.minute, day.second) for day in days} == {(0, 0, 0)}
    assert after["minutes_present"] == row.talk.minutes
