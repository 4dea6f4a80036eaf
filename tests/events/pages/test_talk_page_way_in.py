"""The doors for people who are registered: on every page, and first while the room is open."""

import re
from datetime import timedelta

import pytest

from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINE = "/anmeldung/links/"


def first_button(html) -> str:
    """Return where the first button leads; "" without one."""
    found = re.search(r'<a class="button[^"]*" href="([^"]+)"', html)
    return found[1] if found else ""


def doors(client, talk, other) -> list[bool]:
    """Return whether the way in is the first button of the panel, the hero and the agenda.

    The `other` talk, at the same time, is the one that stands in the agenda.
    """
    panel = client.get(talk.get_absolute_url()).content.decode().partition('class="panel"')[2]
    start = client.get("/").content.decode()
    hero = start.partition('class="next-talk"')[2]
    agenda = start.partition('class="agenda"')[2].partition("</ol>")[0]
    ways = (talk.way_in_path, talk.way_in_path, other.way_in_path)
    return [
        first_button(part) == way for part, way in zip((panel, hero, agenda), ways, strict=True)
    ]


@pytest.mark.parametrize("minutes", [15, 40])
def test_way_in_comes_first_from_its_opening_until_the_end(client, clock, settings, minutes):
    settings.JOIN_OPENS_MINUTES = minutes
    talk, other = make_talk(), make_talk(title="Zur selben Zeit")
    opens_at = talk.starts_at - timedelta(minutes=minutes)
    tick = timedelta(seconds=1)
    found = []
    for moment in (opens_at - tick, opens_at, talk.starts_at + tick, talk.ends_at - tick):
        clock.move_to(moment)
        found.append(doors(client, talk, other))
    clock.move_to(talk.ends_at)

    assert found == [[False] * 3, [True] * 3, [True] * 3, [True] * 3]
    assert talk.way_in_path not in client.get(talk.get_absolute_url()).content.decode()
    assert talk.way_in_path not in client.get("/").content.decode()


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_talk_that_does_not_take_place_has_no_way_in(client, status):
    talk = make_talk(starts_in=timedelta(minutes=5), status=status)

    for path in ("/", talk.get_absolute_url()):
        assert talk.way_in_path not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("fields", "is_there"),
    [
        ({}, True),
        ({"status": "postponed"}, True),
        ({"status": "cancelled"}, False),
        ({"starts_in": -timedelta(days=3)}, False),
    ],
)
def test_panel_leads_to_what_one_has(client, fields, is_there):
    page = client.get(make_talk(**fields).get_absolute_url()).content.decode()

    panel = page.partition('class="panel"')[2].partition("</aside>")[0]
    assert (f'href="{MINE}"' in panel) == is_there


@pytest.mark.parametrize("path", ["/", "/archiv/", "/ueber/", "/anmeldung/", "/gibt-es-nicht/"])
def test_every_page_leads_to_what_one_has(client, path):
    header = client.get(path).content.decode().partition("<header")[2].partition("</header>")[0]

    assert re.search(rf'href="{MINE}"[^>]*>Meine Anmeldung<', header)


def test_page_that_sends_the_link_is_marked_in_the_menu(client):
    assert 'aria-current="page">Meine Anmeldung<' in client.get(MINE).content.decode()
