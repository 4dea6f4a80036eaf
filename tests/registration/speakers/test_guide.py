"""The page for towns that are going to report: complete, true, and found from where they are."""

import re

import pytest

from events.models import Series
from registration.models import ProposedChange
from registration.models.speakers.proposed_change import FIELDS, Part
from tests.events.public_pages import get, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PATH = "/vortragen/"


def test_contents_lead_to_every_section(client):
    html = get(client, PATH)

    main = html[html.index("<main") : html.index("</main>")]
    listed = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>', main)
    sections = re.findall(r'<h2 id="([\w-]+)">([^<]+)</h2>', main)
    assert [("auf-dieser-seite", "Auf dieser Seite"), *listed] == sections
    assert len(listed) == 11
    assert re.findall(r"<h1>(.*?)</h1>", main) == ["So bereiten Sie Ihren Web-Talk vor"]


def test_periods_are_those_of_the_settings(client, settings):
    settings.RETENTION_DAYS, settings.SPEAKER_LINK_DAYS = 41, 13

    text = text_of(get(client, PATH))

    assert "Der Link gilt bis 13 Tage nach dem Talk." in text
    assert "41 Tage nach dem Talk löschen wir sie." in text


def test_practice_profile_is_explained_part_by_part(client):
    names = [ProposedChange(field=field).get_field_display() for field in FIELDS[Part.PRACTICE][1]]

    html = get(client, PATH)

    section = html[html.index('id="praxisprofil"') : html.index('id="aufzeichnung"')]
    assert re.findall(r"<li><strong>(.*?):</strong>", section) == names


@pytest.mark.parametrize(
    ("is_recorded", "words"),
    [
        (None, "Ob Ihr Talk aufgezeichnet wird, besprechen wir mit Ihnen."),
        (True, 'In der Regel zeichnen wir die Talks auf. Das "Video" steht beim Talk. Für'),
        (False, "In der Regel zeichnen wir die Talks nicht auf. Für"),
    ],
)
def test_recording_is_what_the_series_says(client, is_recorded, words):
    Series(is_recorded=is_recorded, recording_use='Das "Video" steht beim Talk.').save()

    assert words in text_of(get(client, PATH))


def test_contact_is_named_where_there_is_one(client):
    without = text_of(get(client, PATH))
    assert "Antworten Sie auf eine unserer E-Mails" in without
    assert "mailto:" not in get(client, PATH)

    Series(contact_email="talks@reihe.example", contact_phone="030 123456").save()

    html = get(client, PATH)
    assert html.count('href="mailto:talks@reihe.example"') == 3
    assert text_of(html).count("030 123456") == 2


@pytest.mark.parametrize("path", ["/mitmachen/", "/mitmachen/danke/", "/ueber/"])
def test_who_wants_to_report_finds_it(client, path):
    assert f'<a href="{PATH}">So bereiten Sie Ihren Web-Talk vor</a>' in get(client, path)
