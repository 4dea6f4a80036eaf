"""The sheets to print: no addresses, people by surname, the queue in its order."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def page(client, name, pk) -> str:
    return client.get(reverse(f"admin:{name}", args=[pk])).content.decode()


def names(html: str) -> list[list[str]]:
    """Return the names of each table."""
    tables = re.findall(r'<table class="people">(.*?)</table>', html, re.DOTALL)
    cells = [re.findall(r'<td class="number">\d+</td><td>(.*?)</td>', table) for table in tables]
    return [[re.sub("<[^>]+>", "", cell) for cell in found] for found in cells]


def test_people_stand_by_surname_and_the_queue_in_its_order(admin_client, clock):
    talk = make_talk(capacity=4)
    for name in ("Zoë Nowak", "Dr. Anna Müller", "Änne Çelik", "Ursula von der Leyen", "B", "A"):
        make_registration(talk, name=name, email=f"{name.split()[-1]}@stadt.example")
        clock.shift(60)

    assert names(page(admin_client, "print_participants", talk.pk)) == [
        ["Änne Çelik", "Ursula von der Leyen", "Dr. Anna Müller", "Zoë Nowak"],
        ["B", "A"],
    ]


def test_sheets_hold_no_address(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, organisation="Stadt Musterstadt", question="Wie <b>teuer</b>?")
    make_registration(talk, name="Lea Wartend", email="lea@stadt.example", question="")
    make_registration(talk, name="Weg", email="weg@stadt.example").cancel()

    people, questions = (
        page(admin_client, name, talk.pk) for name in ("print_participants", "print_questions")
    )

    assert names(people) == [["Kim Beispiel"], ["Lea Wartend"]]
    assert "Wie &lt;b&gt;teuer&lt;/b&gt;?" in questions
    assert [text for text in ("Kim", "Musterstadt", "Lea") if text in questions] == []
    assert "@" not in people.partition("for-print")[2] + questions.partition("for-print")[2]


def test_erased_person_is_no_name_on_the_sheet(admin_client, admin_user, clock):
    row = make_registration()
    clock.move_to(row.talk.ends_at)
    Registration.objects.get().anonymise()
    admin_client.force_login(admin_user)

    assert names(page(admin_client, "print_participants", row.talk_id)) == [["anonym"]]


@pytest.mark.parametrize("name", ["print_participants", "print_questions"])
def test_sheets_need_the_same_queries_for_any_number(admin_client, name):
    talk = make_talk(capacity=3)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(admin_client, name, talk.pk)
        return len(captured)

    queries()  # warms what is kept
    make_registration(talk, question="Wie?")
    first = queries()
    for number in range(5):
        make_registration(talk, email=f"p{number}@stadt.example", question="Wie?")

    assert queries() == first <= 12


def ticks(html: str) -> list[str]:
    return re.findall(r'<td class="tick">(.*?)</td>', html)


def test_sheet_ticks_who_was_there_and_leaves_room_where_it_is_not_known(
    client, admin_client, admin_user, clock
):
    talk = make_talk(starts_in=timedelta(hours=1))
    known = [
        {"minutes_present": 30},
        {"marked_present": True},
        {"counted_before": True},
        {"minutes_present": 29},
        {"joined_at": talk.starts_at},
        {},
    ]
    for letter, columns in zip("ABCDEF", known, strict=True):
        row = make_registration(talk, name=letter, email=f"{letter}@stadt.example")
        Registration.objects.filter(pk=row.pk).update(**columns)
    sums = "2 von 6 dabei</strong> (1 nach Bericht, 1 vermerkt) · Dabei (alte Zählung): 1 · Zugang"
    assert sums not in page(admin_client, "print_participants", talk.pk)

    clock.move_to(talk.ends_at)
    client.force_login(admin_user)
    html = page(client, "print_participants", talk.pk)

    assert ticks(html) == ["ja", "ja", "alte Zählung", "", "", ""]
    assert sums in html
