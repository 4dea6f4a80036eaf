"""The practice profile on the talk's page, in its preview, and as programs read it."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import PracticeProfile, Series, Talk
from events.pages import structured_data
from tests.events.public_pages import get
from tests.makers import PRACTICE, TITLE, make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
SITE = "https://talks.example"


def block(html) -> str:
    """Return the block of the page; "" if there is none."""
    found = re.search(r'<section class="practice".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def parts(html) -> list[tuple[str, str, str]]:
    """Return anchor, heading and words of each part."""
    found = re.findall(
        r'<div class="part" id="([\w-]+)">\s*<h3>(.*?)</h3>(.*?)</div>', html, re.DOTALL
    )
    return [(at, name, " ".join(re.sub("<.*?>", " ", text).split())) for at, name, text in found]


@pytest.mark.parametrize("starts_in", [-DAY, DAY])
def test_page_shows_the_whole_profile_before_and_after_the_talk(client, starts_in):
    talk = make_talk(starts_in=starts_in, recap="So war es.")
    make_practice_profile(talk)

    html = get(client, talk.get_absolute_url())

    assert [(at, unescape(name), unescape(text)) for at, name, text in parts(block(html))] == [
        ("praxis-ausgangslage", "Ausgangslage", PRACTICE["situation"]),
        (
            "praxis-vorgehen",
            "Vorgehen",
            "Erst Hausbesuche & ein Kataster, dann Verträge auf Zeit: drei Monate kostenfrei "
            "danach die halbe Miete Vorlagen: https://groessenau.example/leerstand .",
        ),
        ("praxis-beteiligte", "Beteiligte", PRACTICE["participants"]),
        ("praxis-kosten", "Kosten und Förderung", PRACTICE["costs"]),
        ("praxis-lernen", "Was andere daraus lernen können", PRACTICE["lessons"]),
        ("praxis-ansprechstelle", "Ansprechstelle", PRACTICE["contact"]),
    ]
    assert "<ul><li>drei Monate kostenfrei</li><li>danach die halbe Miete</li></ul>" in html
    assert '<a href="https://groessenau.example/leerstand" rel="nofollow">' in html
    assert 'id="praxis" aria-labelledby="praxis-titel"' in html
    assert '<a href="#praxis">Praxisprofil ansehen</a>' in html
    assert html.index("</h1>") < html.index('id="praxis"') < html.rindex("<h2")


def test_empty_parts_are_left_out(client):
    talk = make_talk()
    make_practice_profile(talk, costs="48.000 Euro")

    assert parts(block(get(client, talk.get_absolute_url()))) == [
        ("praxis-kosten", "Kosten und Förderung", "48.000 Euro")
    ]


@pytest.mark.parametrize("texts", [None, {"costs": ""}])
def test_empty_profile_shows_nothing(client, texts):
    talk = make_talk()
    if texts:
        make_practice_profile(talk, **texts)

    html = get(client, talk.get_absolute_url())

    assert "raxisprofil" not in html
    assert "#praxis" not in html


def test_preview_of_a_draft_shows_it(client):
    talk = make_talk(status="draft")
    make_practice_profile(talk)

    assert len(parts(block(get(client, talk.preview_url)))) == 6
    assert client.get(talk.get_absolute_url()).status_code == 404


def test_markup_is_shown_as_it_was_typed(client):
    talk = make_talk()
    make_practice_profile(talk, **dict.fromkeys(PracticeProfile.TEXTS, '<b>"ä" {{ 7 }}'))

    html = get(client, talk.get_absolute_url())

    assert "<b>" not in block(html)
    assert block(html).count("&lt;b&gt;&quot;ä&quot; {{ 7 }}") == 6


def test_change_of_the_profile_is_seen_at_once(client):
    talk = make_talk()
    profile = make_practice_profile(talk, costs="48.000 Euro")
    seen = [parts(block(get(client, talk.get_absolute_url())))[0][2]]

    PracticeProfile.objects.update(costs="50.000 Euro")
    seen.append(parts(block(get(client, talk.get_absolute_url())))[0][2])
    profile.delete()

    assert seen == ["48.000 Euro", "50.000 Euro"]
    assert block(get(client, talk.get_absolute_url())) == ""


def test_page_asks_as_often_with_a_profile_as_without(client):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(client, talk.get_absolute_url())
        return len(queries)

    talk = make_talk()
    without = count()
    make_practice_profile(talk)

    assert count() == without


# What programs read


def test_search_engines_read_the_profile_as_a_work_of_the_event():
    talk = make_talk()
    texts = {"costs": '48.000 Euro & "mehr"', "contact": "Bauamt"}
    make_practice_profile(talk, **texts)

    data = structured_data.event(
        Talk.objects.get(), site_url=SITE, organisers=[], image="/bild.png"
    )

    assert data["workFeatured"] == {
        "@type": "CreativeWork",
        "name": f"Praxisprofil: {TITLE}",
        "url": f"{SITE}/talks/waerme-licht-fuer-gudensberg/#praxis",
        "inLanguage": "de",
        "text": 'Kosten und Förderung: 48.000 Euro & "mehr"\n\nAnsprechstelle: Bauamt',
    }


def test_page_carries_the_profile_for_search_engines(client):
    talk = make_talk()
    make_practice_profile(talk, costs="</script><b>")

    html = get(client, talk.get_absolute_url())

    start = '<script type="application/ld+json">'
    data = json.loads(html.partition(start)[2].partition("</script>")[0])
    assert data["workFeatured"]["text"] == "Kosten und Förderung: </script><b>"


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (PRACTICE, PRACTICE),
        (
            {"costs": "48.000 Euro"},
            dict.fromkeys(PracticeProfile.TEXTS, "") | {"costs": "48.000 Euro"},
        ),
        ({"costs": ""}, None),
    ],
)
def test_api_tells_all_six_texts_or_null(client, texts, told):
    Series().save()
    make_practice_profile(make_talk(), **texts)

    (talk,) = client.get("/api/talks.json").json()["talks"]

    assert talk["practice_profile"] == told


CONTACT = (
    'Bauamt & "Co", Bau+Amt@Straße.example.\nhttps://amt@stadt.example/bau oder a..b@stadt.example'
)
LINKED = (
    "<p>Bauamt &amp; &quot;Co&quot;, "
    '<a href="mailto:Bau%2BAmt@xn--strae-oqa.example">Bau+Amt@Straße.example</a>.<br>'
    '<a href="https://amt@stadt.example/bau" rel="nofollow">https://amt@stadt.example/bau</a> '
    "oder a..b@stadt.example</p>"
)


def test_address_of_an_office_can_be_written_to_and_no_other_text_has_such_links(client):
    talk = make_talk()
    make_practice_profile(talk, contact=CONTACT, costs="Fragen an kaemmerei@stadt.example")

    html = get(client, talk.get_absolute_url())

    assert LINKED in block(html)
    assert block(html).count("mailto:") == 1
    assert talk.practice.contact == CONTACT
