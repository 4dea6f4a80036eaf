"""The erasure log: every way to be erased, and what stands in the file."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from registration.models import Erasure, Interest, Registration, erasure
from registration.privacy.retention import carry_out
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"
LEA = {"name": "Lea Beispiel", "email": "lea@stadt.example", "organisation": ""}


def log() -> list[tuple]:
    return list(Erasure.objects.order_by("pk").values_list("uuid", "kind", "reason"))


def interested(email=KIM, **fields):
    return Interest.objects.create(email=email, email_key=email, **fields)


def test_each_way_to_be_erased_is_logged_once_with_its_reason(clock):
    talk = make_talk(double_opt_in=True)
    late = make_registration(talk, email="late@stadt.example")
    talk.double_opt_in = False
    talk.save()
    person, organiser, declined = (
        make_registration(talk, email=f"{name}@stadt.example") for name in "abc"
    )
    old = make_registration(talk, email="old@stadt.example")
    interest, never = interested("a@stadt.example"), interested("never@stadt.example")

    Registration.objects.erase_person("a@stadt.example")
    Registration.objects.erase_person("b@stadt.example", Erasure.Reason.ORGANISER)
    declined.decline()
    clock.shift(timedelta(hours=73))
    carry_out()
    clock.move_to(talk.ends_at + timedelta(days=31))
    carry_out()
    carry_out()

    assert log() == [
        (person.uuid, "registration", "person"),
        (interest.uuid, "interest", "person"),
        (organiser.uuid, "registration", "organiser"),
        (declined.uuid, "registration", "person"),
        (never.uuid, "interest", "expired"),
        (late.uuid, "registration", "expired"),
        (old.uuid, "registration", "retention"),
    ]


def test_log_is_rolled_back_with_the_erasure():
    row = make_registration()
    Registration.objects.filter(pk=row.pk).update(name="x")

    class Stop(Exception):
        pass

    def fail(*_, **__):
        raise Stop

    row.save = fail
    with pytest.raises(Stop):
        row.anonymise()

    assert (log(), Registration.objects.get().email) == ([], KIM)


def test_row_that_is_handed_over_has_a_new_uuid():
    row = make_registration()
    before = row.uuid

    row.hand_over(**LEA)

    row.refresh_from_db()
    assert row.uuid != before
    assert log() == [(before, "registration", "handed_over")]


def test_row_given_to_somebody_with_a_seat_is_logged_too():
    talk = make_talk()
    make_registration(talk, name=LEA["name"], email=LEA["email"])
    row = make_registration(talk)

    row.hand_over(**LEA)

    assert log() == [(row.uuid, "registration", "handed_over")]


def test_entry_names_nobody():
    make_registration(organisation="Marke", question="Marke?").anonymise()

    stored = Erasure.objects.values().get()
    assert set(stored) == {"id", "uuid", "kind", "erased_at", "reason"}
    assert not [field for field in Erasure._meta.fields if field.is_relation]


# Files


def test_log_can_be_written_and_read_again(clock):
    row = make_registration()
    interest = interested()
    Registration.objects.erase_person(KIM)

    written = list(erasure.lines())

    assert [json.loads(line) for line in written] == [
        {
            "uuid": str(uuid),
            "kind": kind,
            "erased_at": timezone.now().isoformat(),
            "reason": "person",
        }
        for uuid, kind in ((row.uuid, "registration"), (interest.uuid, "interest"))
    ]
    assert list(erasure.read([*written, "\n"])) == [
        (row.uuid, "registration", timezone.now(), "person"),
        (interest.uuid, "interest", timezone.now(), "person"),
    ]


def test_entry_of_an_older_file_counts_as_asked_for():
    (entry,) = erasure.read([GOOD + '"erased_at": "2026-01-01T00:00:00+00:00"}'])

    assert (entry.reason, entry.reason == Erasure.Reason.RETENTION) == ("", False)


GOOD = '{"uuid": "00000000-0000-4000-8000-000000000000", "kind": "interest", '


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[]",
        "7",
        "{}",
        GOOD + '"erased_at": "gestern"}',
        GOOD + '"erased_at": 7}',
        GOOD + '"erased_at": "2026-01-01T00:00:00+00:00", "reason": "nichts"}',
        '{"uuid": "x", "kind": "interest", "erased_at": "2026-01-01T00:00:00+00:00"}',
        GOOD.replace("interest", "talk") + '"erased_at": "2026-01-01T00:00:00+00:00"}',
        GOOD[:30],
    ],
)
def test_file_that_is_no_log_is_refused(line):
    good = GOOD + '"erased_at": "2026-01-01T00:00:00+00:00"}'
    with pytest.raises(ValueError, match="Zeile 2 ist kein Eintrag des Löschprotokolls"):
        list(erasure.read([good, line]))


def test_log_is_kept_longer_than_any_backup(clock, settings):
    make_registration().anonymise()
    clock.shift(timedelta(days=settings.ERASURE_LOG_DAYS))
    assert erasure.delete_old_entries() == 0

    clock.shift(1)
    assert [erasure.delete_old_entries(), erasure.delete_old_entries()] == [1, 0]


def test_people_erased_before_there_was_a_log_are_entered_by_the_migration():
    row = make_registration()
    row.anonymise()
    make_registration(email="lea@stadt.example")
    Erasure.objects.all().delete()
    migration = import_module("registration.migrations.0011_erasures")

    migration.log_who_is_forgotten(apps, None)

    assert log() == [(row.uuid, "registration", "")]
    assert Erasure.objects.get().erased_at == row.anonymised_at
