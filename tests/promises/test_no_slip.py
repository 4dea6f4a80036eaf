"""No slip in a talk's form erases anybody, whatever is typed into whichever field."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Talk
from registration.models import Registration, SpeakerLink
from tests.admin_form import fill_in, url
from tests.makers import let_know, make_registration, make_speaker_link, make_talk
from webtalks.management.commands.worker import Command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAYS = ("1.1.2001", "25.11.2024", "4.11.2025", "5.11.2025", "1.1.2099", "31.2.2026", "gestern")
TIMES = ("0:00", "23:59", "9", "25 Uhr")
TEXTS = ("", "x", "–", "0")
NONSENSE = {
    **{f"{name}_0": (*DAYS, "") for name in ("starts_at", "publish_at")},
    **{f"{name}_1": (*TIMES, "") for name in ("starts_at", "publish_at")},
    "ends_at": ("", "0", "1", "15", "899", "9999", "zwei Stunden", "-60"),
    **{
        f"{name}_{part}": values
        for name in ("registration_opens_at", "registration_closes_at")
        for part, values in enumerate((DAYS, TIMES))
    },
    "status": (*Talk.Status.values, "", "nothing"),
    "capacity": ("", "0", "1", "-5", "99999999999999999999"),
    "municipality": ("", "0", "999999999999999999999999"),
    "image_focus": ("", "nothing"),
    "slug": ("", "neu", "Ä B"),
    "waiting_list": ("", "on"),
    "double_opt_in": ("", "on"),
    **dict.fromkeys(
        ("title", "subtitle", "announcement", "recap", "written_answers", "meeting_url"), TEXTS
    ),
}
WRONG_YEARS = [{"starts_at_0": day} for day in ("1.1.2001", "25.11.2024", "4.11.2025")]
CHANGES = [{field: value} for field, values in NONSENSE.items() for value in values]
TICKS = dict.fromkeys(
    ("means_past", "means_holiday", "means_same_week", "means_incomplete", "means_draft"), "on"
)


@pytest.fixture
def talk():
    found = make_talk(capacity=1)
    for name in ("kim", "lea"):
        make_registration(found, email=f"{name}@stadt.example")
    let_know(found)
    make_speaker_link(found)
    return found


def save(client, talk, change, ticks) -> bool:
    return client.post(url(talk), fill_in(client, url(talk), change | ticks)).status_code == 302


def duties_run(clock, days):
    for _ in range(days):
        clock.shift(timedelta(days=1))
        Command().run_once()


def gone(talk) -> int:
    """Return how many of the two participants and the speaker are erased."""
    speaks = SpeakerLink.objects.in_talk(talk).exists()
    erased = talk.registrations.exclude(anonymised_at=None).count()
    return erased if speaks else erased + 1


def saved_of(changes, client, admin_user, clock, talk, ticks) -> list[dict]:
    """Save each change, let the worker's duties run for three days, and take the change back."""
    saved, start = [], timezone.now()
    pristine = Talk.objects.filter(pk=talk.pk).values().get()
    for change in changes:
        clock.move_to(start)
        client.force_login(admin_user)
        if save(client, talk, change, ticks):
            saved.append(change)
            duties_run(clock, days=3)
            assert (change, gone(talk)) == (change, 0)
            restore(pristine)
    return saved


def test_wrong_year_is_asked_about_and_erases_nobody(client, admin_user, clock, talk):
    assert saved_of(WRONG_YEARS, client, admin_user, clock, talk, {}) == []
    assert saved_of(WRONG_YEARS, client, admin_user, clock, talk, TICKS) == WRONG_YEARS


@pytest.mark.slow
@pytest.mark.parametrize("ticks", [{}, TICKS], ids=["", "ticked"])
def test_nothing_that_is_typed_into_the_form_erases_anybody(
    client, admin_user, clock, talk, ticks
):
    assert len(saved_of(CHANGES, client, admin_user, clock, talk, ticks)) > 30


def restore(pristine) -> None:
    """Put the talk's row back, behind the back of everything that a save entails."""
    rows = Talk._base_manager.filter(pk=pristine["id"])
    super(type(rows), rows).update(**pristine)


def test_slip_would_erase_them_if_nobody_knew_what_they_were_told(client, admin_user, clock, talk):
    """The control: without what keeps them, the same slip does erase."""
    client.force_login(admin_user)
    assert save(client, talk, WRONG_YEARS[0], TICKS)
    Registration.objects.update(told_ends_at=None)
    rows = Talk._base_manager.filter(pk=talk.pk)
    super(type(rows), rows).update(dates_changed_at=None)

    duties_run(clock, days=1)

    assert gone(talk) == 3
