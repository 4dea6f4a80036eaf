"""How long a talk lasts, as people write it, and the end that follows from it."""

from datetime import datetime, timedelta

import pytest

from events.models import Talk
from tests.admin_form import NEW_TALK, fill_in, send, url
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = datetime(2025, 12, 17, 10, tzinfo=BERLIN)
LONG = timedelta(minutes=75)


def shown(client, address) -> list[str]:
    return fill_in(client, address, {})["ends_at"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *[(" 90 ", 90), ("75 Minuten", 75), ("2 Stunden", 120), ("1:30 h", 90), ("", 60)],
        *(
            pytest.param(text, minutes, marks=pytest.mark.slow)
            for text, minutes in [
                *[("60", 60), ("45 Min.", 45), ("45 min", 45)],
                *[("1 h", 60), ("1 Std.", 60), ("1:30", 90)],
            ]
        ),
    ],
)
def test_lengths_as_people_write_them(organiser, text, minutes):
    assert send(organiser, url(Talk, "add"), NEW_TALK | {"ends_at": text}).status_code == 302

    talk = Talk.objects.get()
    assert talk.ends_at - talk.starts_at == timedelta(minutes=minutes)


@pytest.mark.parametrize("day", ["17.12.2025", "17.12.25", "2025-12-17"])
def test_dates_as_people_write_them(organiser, day):
    assert send(organiser, url(Talk, "add"), NEW_TALK | {"starts_at_0": day}).status_code == 302
    assert Talk.objects.get().starts_at == START


def test_new_talk_lasts_an_hour_and_a_stored_one_as_long_as_it_does(organiser):
    talk = make_talk(starts_at=START, ends_at=START + LONG)

    assert shown(organiser, url(Talk, "add")) == ["60"]
    assert shown(organiser, url(talk)) == ["75"]


def test_talk_that_is_moved_keeps_its_length(organiser):
    talk = make_talk(starts_at=START, ends_at=START + LONG)

    send(organiser, url(talk), {"starts_at_0": "18.12.2025", "starts_at_1": "14 Uhr"})

    talk.refresh_from_db()
    moved = datetime(2025, 12, 18, 14, tzinfo=BERLIN)
    assert (talk.starts_at, talk.ends_at) == (moved, moved + LONG)


def test_length_alone_moves_the_end_and_the_history_says_so(organiser):
    talk = make_talk()

    send(organiser, url(talk), {"ends_at": "90"})

    talk.refresh_from_db()
    assert talk.ends_at - talk.starts_at == timedelta(minutes=90)
    assert talk.change_no == 1
    history = organiser.get(url(talk, "history")).content.decode()
    assert "Geändert: Ende („" in history
