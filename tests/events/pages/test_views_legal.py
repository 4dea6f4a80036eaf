"""The legal pages: what they name, what they claim, and what the operator has to fill in."""

import re
from datetime import date
from html import escape

import pytest
from django.urls import reverse

from events.models import Series
from events.pages.views import PERIODS
from tests.events.management.commands.test_check_content import FILLED
from tests.events.public_pages import PAGES, get, text_of
from webtalks import settings as project_settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def statement(client, **fields) -> str:
    Series.objects.create(**FILLED | fields)
    return client.get("/barrierefreiheit/").content.decode()


@pytest.mark.parametrize(
    ("duty", "words"),
    [
        ("none", "Er gibt diese Erklärung freiwillig ab."),
        ("federal", "gibt diese Erklärung nach § 12b BGG ab."),
        ("state", "nach dem Recht des Landes ab."),
        ("", "Vom Betreiber zu ergänzen: ob der Anbieter zu dieser Erklärung verpflichtet ist"),
    ],
)
def test_statement_says_whether_it_is_owed(client, duty, words):
    assert words in statement(client, accessibility_duty=duty)


@pytest.mark.parametrize(
    ("fields", "claims"),
    [
        ({"accessibility_result": "full"}, True),
        ({"accessibility_result": "partial"}, False),
        ({"accessibility_result": "full", "accessibility_assessed_on": None}, False),
        ({"accessibility_result": ""}, False),
    ],
)
def test_statement_claims_conformity_only_where_it_was_entered(client, fields, claims):
    html = statement(client, **fields)

    assert ("Diese Website ist <strong>barrierefrei</strong>" in html) == claims


def test_imprint_names_today_s_laws(client):
    pages = [client.get(path).content.decode() for path in ("/impressum/", "/datenschutz/")]
    html = " ".join(pages).replace("\xa0", " ")

    assert [law for law in ("§ 5 DDG", "§ 18 Abs. 2 MStV", "TDDDG") if law not in html] == []
    assert "TMG" not in html


# Gaps, and the operator's own words


def test_legal_pages_mark_what_the_operator_has_to_fill_in(client):
    gaps = {
        path: re.findall(r'<mark class="gap">(.*?)</mark>', get(client, path)) for path in PAGES
    }

    assert {path: len(found) for path, found in gaps.items()} == {
        "/": 0,
        "/archiv/": 0,
        "/landkarte/": 0,
        "/abonnieren/": 0,
        "/ueber/": 0,
        "/impressum/": 8,
        "/datenschutz/": 5,
        "/barrierefreiheit/": 5,
    }
    for found in gaps.values():
        assert [gap for gap in found if not gap.startswith("Vom Betreiber zu ergänzen: ")] == []


def test_legal_pages_show_what_the_operator_has_filled_in(client):
    words = {
        field.name: f'{field.verbose_name} & "ä"'[: field.max_length or 99]
        for field in Series._meta.fields
        if field.get_internal_type() in ("CharField", "TextField") and not field.choices
    }
    words["contact_email"], words["series_url"] = "orga@größe.example", "https://vhw.de/?a=1&b=2"
    words["test_url"] = "https://video.example/test?a=1&b=2"
    Series.objects.create(
        **words,
        is_recorded=True,
        accessibility_assessed_on=date(2026, 3, 2),
        accessibility_result="partial",
        accessibility_method="self",
        accessibility_duty="federal",
    )

    html = {path: get(client, path) for path in PAGES}

    words["contact_email"] = "orga@xn--gre-6ka8i.example"
    everything = " ".join(html.values())
    assert [name for name, text in words.items() if escape(text) not in everything] == []
    assert '<a href="https://vhw.de/?a=1&amp;b=2">' in html["/ueber/"]
    text = text_of(html["/barrierefreiheit/"])
    assert "Diese Website ist teilweise barrierefrei im Sinne der Web Content" in text
    assert "Das ergab die Prüfung vom 2. März 2026 (Selbstbewertung)." in text
    assert [path for path in PAGES if "Vom Betreiber zu ergänzen" in html[path]] == []


# The periods


def test_privacy_page_prints_the_real_period(client, settings):
    settings.RETENTION_DAYS = 47

    text = text_of(get(client, "/datenschutz/"))

    assert re.findall(r"\d+ Tage nach dem Talk", text) == ["47 Tage nach dem Talk"] * 2


def test_privacy_page_tells_the_periods_of_the_settings(client, settings):
    for number, name in enumerate(PERIODS, start=41):
        setattr(settings, name, number)

    html = client.get("/datenschutz/").content.decode()

    found = re.findall(r"(\d+)\s(Tagen?|Stunden|Jahre|Monaten?)\b", html)
    assert found == [
        ("41", "Tage"),
        ("51", "Tagen"),
        # the registration
        ("41", "Tage"),
        ("44", "Tage"),
        ("45", "Stunden"),
        ("41", "Tage"),
        ("43", "Tage"),
        ("42", "Tage"),
        # new talks by mail
        ("45", "Stunden"),
        ("46", "Jahre"),
        # speakers
        ("41", "Tage"),
        ("43", "Tage"),
        ("54", "Tage"),
        ("41", "Tage"),
        # feedback, offers
        ("52", "Tage"),
        ("53", "Monaten"),
        # mails, logs
        ("47", "Tagen"),
        ("48", "Tage"),
        ("50", "Monate"),
        ("49", "Tagen"),
        ("24", "Stunden"),  # counters against floods; their key changes every day
    ]


def test_every_period_of_the_settings_is_on_the_privacy_page():
    """A new period is told there, or named here because it is none of a person's data."""
    of_organisers = {
        *("SESSION_IDLE_MINUTES", "PROOF_MINUTES"),
        *("JOIN_OPENS_MINUTES", "ANNOUNCE_AFTER_MINUTES", "FEEDBACK_OPENS_MINUTES"),
    }
    units = ("_DAYS", "_HOURS", "_MONTHS", "_YEARS", "_MINUTES")
    ours = {name for name in dir(project_settings) if name.endswith(units)}

    assert ours == set(PERIODS) | of_organisers


def test_imprint_credits_the_source(client):
    page = client.get(reverse("events:imprint")).content.decode()

    assert '<a href="https://www.geonames.org/">GeoNames</a>' in page
    assert '<a href="https://creativecommons.org/licenses/by/4.0/deed.de">' in page
