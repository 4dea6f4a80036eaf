"""„Alle Talks“ as a collection of practice: which talks have a profile, and only these."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import PracticeProfile, Topic
from events.pages.archive import FILTERS_FROM, PAGE_SIZE
from tests.events.public_pages import get, text_of
from tests.makers import make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
BOX = re.compile(r'<input type="checkbox".*?</label>', re.DOTALL)


def titles(client, query="") -> list[str]:
    page = client.get(f"/archiv/{query}").context["page"]
    return [entry.talk.title for entry in [*page.coming, *page.past]]


def boxes(client, query="") -> list[str]:
    """Return the box to tick as it stands in the form; none without such a talk."""
    return [" ".join(box.split()) for box in BOX.findall(get(client, f"/archiv/{query}"))]


def box(number, *, ticked=False) -> str:
    return (
        f'<input type="checkbox" id="praxis" name="praxis" value="1"{" checked" * ticked}> '
        f'<label for="praxis">nur mit Praxisprofil ({number})</label>'
    )


@pytest.fixture
def talks():
    """Two talks with a profile, one coming and one past; one empty profile, one talk without."""
    topic = Topic.objects.create(name="Wärme & Licht")
    coming, past = make_talk(title="Kommt"), make_talk(title="War", starts_in=-DAY)
    empty, without = make_talk(title="Leer", starts_in=-2 * DAY), make_talk(title="Ohne")
    make_practice_profile(coming)
    make_practice_profile(past, costs="48.000 Euro")
    make_practice_profile(empty, costs="")
    for talk in (past, empty, without):
        talk.topics.add(topic)


NARROWED = {
    "": ["Kommt", "Ohne", "War", "Leer"],
    "?praxis=1": ["Kommt", "War"],
    "?praxis=1&thema=waerme-licht": ["War"],
    "?praxis=1&q=48.000": ["Kommt", "War"],
    "?praxis=1&q=heimatverein": ["Kommt"],
    "?q=heimatverein": ["Kommt"],
    "?praxis=1&land=bayern": [],
    "?praxis=1&jahr=2025&land=hessen": ["Kommt", "War"],
}


def test_box_narrows_together_with_the_others(client, talks):
    assert {query: titles(client, query) for query in NARROWED} == NARROWED


def test_box_says_how_many_and_stays_ticked(client, talks):
    assert boxes(client) == [box(2)]
    assert boxes(client, "?praxis=1") == [box(2, ticked=True)]
    html = get(client, "/archiv/?praxis=1&thema=waerme-licht")
    assert "<title>Wärme &amp; Licht, Praxisprofil – Alle Talks" in html
    assert "1 Talk zu Wärme & Licht mit Praxisprofil" in text_of(html)
    assert '<a href="/archiv/?thema=waerme-licht">' in html
    assert "2 Talks mit Praxisprofil" in text_of(get(client, "/archiv/?praxis=1"))


def test_no_box_without_such_a_talk(client):
    talk = make_talk(starts_in=-DAY)
    make_practice_profile(talk, costs="")
    make_practice_profile(make_talk(title="Entwurf", status="draft"))
    for number in range(FILTERS_FROM):
        make_talk(title=f"Talk {number}", starts_in=-DAY)

    assert boxes(client) == []
    assert boxes(client, "?praxis=1") == [box(0, ticked=True)]
    assert "Kein Talk mit Praxisprofil" in text_of(get(client, "/archiv/?praxis=1"))


def test_box_follows_a_change(client, talks):
    assert boxes(client) == [box(2)]

    PracticeProfile.objects.get(costs="48.000 Euro").delete()

    assert (boxes(client), titles(client, "?praxis=1")) == ([box(1)], ["Kommt"])


@pytest.mark.parametrize("value", ["0", "2", "ja", "1 ", "%00", "x" * 300])
def test_what_no_box_sends_is_not_found(client, talks, value):
    assert client.get(f"/archiv/?praxis={value}").status_code in (400, 404)


def test_empty_value_leaves_the_address(client, talks):
    response = client.get("/archiv/?praxis=&q=&thema=waerme-licht")

    assert (response.status_code, response["Location"]) == (302, "/archiv/?thema=waerme-licht")


def test_further_pages_keep_the_box(client):
    for number in range(PAGE_SIZE + 1):
        make_practice_profile(make_talk(title=f"Talk {number}", starts_in=-(1 + number) * DAY))

    page = client.get("/archiv/?praxis=1").context["page"]

    assert page.next_url.startswith("/archiv/?praxis=1&vor=")
    assert [entry.talk.title for entry in client.get(page.next_url).context["page"].past] == [
        "Talk 12"
    ]


def test_narrowed_page_is_kept_by_itself(client, talks):
    everything, narrowed = (client.get(f"/archiv/{query}").content for query in ("", "?praxis=1"))

    with CaptureQueriesContext(connection) as queries:
        again = [client.get(f"/archiv/{query}").content for query in ("", "?praxis=1")]

    assert again == [everything, narrowed]
    assert everything != narrowed
    assert len(queries) <= 2  # the revision alone


def test_entries_and_cards_say_which_talk_has_a_profile(client, talks):
    page = client.get("/archiv/").context["page"]
    extras = {entry.talk.title: entry.extras for entry in [*page.coming, *page.past]}
    cards = re.findall(r'<li class="card">.*?</li>', get(client, "/"), re.DOTALL)

    assert extras == {"Kommt": ["Praxisprofil"], "Ohne": [], "War": ["Praxisprofil"], "Leer": []}
    assert ["· Praxisprofil</p>" in card for card in cards] == [True, False]


def test_lists_ask_as_often_with_profiles_as_without(client):
    def count() -> list[int]:
        numbers = []
        for path in ("/", "/archiv/", "/api/talks.json"):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            numbers.append(len(queries))
        return numbers

    made = [make_talk(title=f"Talk {n}", starts_in=(n - 3) * DAY) for n in range(6)]
    without = count()
    for talk in made:
        make_practice_profile(talk)

    assert count() == without
