"""What goes by itself, and when: each period, and a run that is killed."""

from datetime import timedelta

import pytest
from django.db import connection

from events.models import Talk
from registration.desk.figures.statistics import days
from registration.mail.deliver import deliver_due
from registration.models import Erasure, Interest, OutgoingMail, Registration
from registration.privacy.retention import carry_out
from tests.makers import make_registration, make_talk
from tests.server import Server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_person_is_erased_thirty_days_after_the_talk(clock):
    row = make_registration()
    clock.move_to(row.talk.ends_at + timedelta(days=30))
    assert carry_out() == 0

    clock.shift(1)

    assert [carry_out(), carry_out()] == [1, 0]
    row.refresh_from_db()
    assert (row.name, row.email, row.state) == (None, None, "confirmed")


ON_UPDATE = "CREATE TRIGGER refuse BEFORE UPDATE ON registration_registration"
REFUSE = {
    "sqlite": [
        f"{ON_UPDATE} WHEN OLD.name = 'Fest' BEGIN SELECT RAISE(ABORT, 'refused'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$",
        f"{ON_UPDATE} FOR EACH ROW WHEN (OLD.name = 'Fest') EXECUTE FUNCTION refuse()",
    ],
}


def test_row_that_cannot_be_erased_stops_no_other(clock, caplog):
    with connection.cursor() as cursor:
        for statement in REFUSE[connection.vendor]:
            cursor.execute(statement)
    names = ("Kim", "Fest", "Lea")
    rows = [make_registration(name=name, email=f"{name}@stadt.example") for name in names]
    clock.move_to(rows[0].talk.ends_at + timedelta(days=31))

    assert carry_out() == 2
    named = Registration.objects.exclude(name=None).values_list("pk", flat=True)
    assert [*named] == [rows[1].pk]
    assert caplog.messages == [f"Registration {rows[1].pk} cannot be erased"]


def test_who_waited_for_a_new_date_still_hears_that_there_is_none(clock, smtp_server):
    row = make_registration()
    talk = row.talk
    deliver_due()
    talk.status = Talk.Status.POSTPONED
    talk.save()
    clock.move_to(talk.ends_at + timedelta(days=60))
    talk.refresh_from_db()
    talk.status = Talk.Status.CANCELLED
    talk.save()
    Registration.objects.tell_of_change(talk)

    assert carry_out() == 0
    deliver_due()
    assert smtp_server.messages[-1].rcpt_tos == [row.email]
    clock.shift(timedelta(days=30))
    assert carry_out() == 0
    clock.shift(1)
    assert carry_out() == 1


def test_cancelling_keeps_nobody_longer_than_half_a_year(clock):
    row = make_registration()
    clock.move_to(row.talk.ends_at + timedelta(days=170))
    row.talk.status = Talk.Status.CANCELLED
    row.talk.save()
    clock.shift(timedelta(days=10, seconds=1))

    assert carry_out() == 1


def test_period_is_a_setting(clock, settings):
    settings.RETENTION_DAYS = 1
    row = make_registration()
    clock.move_to(row.talk.ends_at + timedelta(days=1, seconds=1))

    assert carry_out() == 1


def test_other_talks_of_the_person_keep_their_data(clock):
    past = make_talk()
    make_registration(past)
    coming = make_registration(make_talk(starts_in=timedelta(days=90)))
    clock.move_to(past.ends_at + timedelta(days=31))

    carry_out()

    coming.refresh_from_db()
    assert coming.email == "kim@stadt.example"


def test_erased_address_is_nowhere_in_the_tables(clock):
    row = make_registration(
        email="lampe-adresse@stadt.example",
        name="Lampe Name",
        organisation="Lampe Organisation",
        question="Lampe Frage",
    )
    key = row.key
    row.cancel()
    clock.move_to(row.talk.ends_at + timedelta(days=31))

    carry_out()

    stored = repr([*Registration.objects.values(), *OutgoingMail.objects.values()]).lower()
    assert [word for word in ("lampe", key.lower()) if word in stored] == []


def test_talk_without_its_new_date_keeps_its_people_for_180_days(clock):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(status=Talk.Status.POSTPONED)

    clock.move_to(row.talk.ends_at + timedelta(days=180))
    assert carry_out() == 0
    clock.shift(1)
    assert carry_out() == 1
    row.talk.refresh_from_db()
    assert row.talk.seats_taken == 0


def test_person_who_has_cancelled_is_erased_after_seven_days(clock):
    row = make_registration()
    row.cancel()
    clock.shift(timedelta(days=7))
    assert carry_out() == 0

    clock.shift(1)

    assert [carry_out(), carry_out()] == [1, 0]
    row.refresh_from_db()
    assert (row.name, row.email, row.state) == (None, None, "cancelled")
    assert Erasure.objects.get().reason == "retention"


def test_person_who_came_back_stays(clock):
    talk = make_talk()
    make_registration(talk).cancel()
    back = make_registration(talk)
    clock.shift(timedelta(days=8))

    assert carry_out() == 1
    back.refresh_from_db()
    assert back.email == "kim@stadt.example"


def test_withdrawn_consent_is_kept_three_years(clock):
    interest = Interest.objects.create(
        email="kim@stadt.example", email_key="kim@stadt.example", state="active"
    )
    clock.shift(timedelta(days=4000))
    carry_out()
    interest.withdraw()
    clock.shift(timedelta(days=3 * 365, seconds=-1))
    carry_out()
    assert Interest.objects.count() == 1

    clock.shift(1)
    carry_out()
    assert Interest.objects.count() == 0


def test_interest_that_is_asked_for_again_meanwhile_stays(clock):
    Interest.objects.ask("kim@stadt.example")
    clock.shift(timedelta(hours=72))
    (stale,) = Interest.objects.expired()
    Interest.objects.ask("kim@stadt.example")

    assert stale.expire() is False
    assert Interest.objects.get().may_confirm


def figures() -> list:
    """Return all that the statistics know."""
    rows = Registration.objects
    return [
        sorted(rows.counts_by_talk()),
        sorted(rows.counts_by_talk_and_town()),
        [
            (day.day, day.standing)
            for talk in Talk.objects.all()
            for day in days(rows.filter(talk=talk))
        ],
    ]


def test_statistics_are_the_same_before_and_after(clock):
    talk = make_talk(capacity=3)
    people = [
        make_registration(talk, email=f"p{number}@stadt.example", organisation="Stadt Gudensberg")
        for number in range(6)
    ]
    clock.shift(timedelta(days=2))
    people[0].cancel()
    clock.move_to(talk.starts_at)
    people[1].join()
    Registration.objects.filter(pk=people[1].pk).update(minutes_present=29)
    Registration.objects.filter(pk=people[2].pk).update(minutes_present=30)
    Registration.objects.filter(pk=people[3].pk).update(marked_present=True)
    clock.move_to(talk.ends_at + timedelta(days=31))
    before = figures()

    assert carry_out() == 6

    assert before == figures()
    assert before[0] == [(talk.pk, 6, 3, 2, 1, 1, 0, 1)]


# A run that is killed

LIFE = """
import os, signal
from datetime import timedelta
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from events.models import Talk
from registration.models import Erasure, OutgoingMail, Registration
from registration.privacy.retention import carry_out

def state():
    named = Registration.objects.named()
    holding = OutgoingMail.objects.exclude(recipient="")
    print(named.count(), Erasure.objects.count(), holding.count())

starts = timezone.now() + timedelta(days=1)
talk = Talk.objects.create(
    title="Vorbei", starts_at=starts, ends_at=starts + timedelta(hours=1), status="published"
)
for number in range(5):
    Registration.objects.sign_up([talk], name="Kim", email=f"p{number}@stadt.example")
Talk.objects.update(
    starts_at=starts - timedelta(days=40), ends_at=starts - timedelta(days=39, hours=23)
)
Talk.objects.update(dates_changed_at=None)
connections.close_all()
if not (pid := os.fork()):
    seen, drop = [], Registration._drop_mails

    def die_in_the_middle(row):
        drop(row)
        seen.append(row)
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    Registration._drop_mails = die_in_the_middle
    carry_out()
    os._exit(0)
print(os.WTERMSIG(os.waitpid(pid, 0)[1]))
state()
print(carry_out(), carry_out())
state()
call_command("check_invariants")
"""


def test_run_that_is_killed_is_finished_by_the_next(tmp_path, database_url):
    site = Server(tmp_path, database_url)
    site.set_up()

    printed = site.shell(LIFE)

    assert printed.splitlines() == [
        "9",
        # Two are erased as a whole, the third not at all.
        "3 2 3",
        "3 0",
        "0 5 0",
        "Alles stimmt.",
    ]
