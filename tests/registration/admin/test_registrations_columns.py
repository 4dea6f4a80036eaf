"""What the list of registrations shows in its columns, and which filters stand above it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Talk
from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


MOMENT = datetime(2025, 11, 5, 8, 5, tzinfo=UTC)


def changelist(model):
    return reverse(f"admin:registration_{model}_changelist")


def cells(html, column) -> list[str]:
    found = re.findall(rf'<td class="field-{column}">(.*?)</td>', html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in found]


def above(html) -> str:
    """Return the numbers above the list."""
    found = re.search(r'<p class="attendance">(.*?)</p>', html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())


def test_list_says_in_few_columns_who_from_where_and_in_which_state(admin_client, clock):
    talk = make_talk(capacity=1, town="Gudensberg")
    make_registration(talk, organisation="Stadt Gudensberg", question='Wie & "warum"?')
    for name in ("Zwei", "Drei"):
        clock.shift(60)
        make_registration(talk, name=name, email=f"{name}@stadt.example")
    gone = make_registration(make_talk(title="Vorbei"), email="weg@stadt.example")
    now = timezone.now()
    over = Talk.objects.filter(pk=gone.talk_id)
    over.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    Registration.objects.get(pk=gone.pk).anonymise()

    html = admin_client.get(changelist("registration"), {"talk__id__exact": talk.pk})
    html = html.content.decode()
    assert cells(html, "person") == [
        "Kim Beispiel kim@stadt.example",
        "Zwei Zwei@stadt.example",
        "Drei Drei@stadt.example",
    ]
    assert cells(html, "from_where") == ["Stadt Gudensberg Gudensberg", "", ""]
    assert cells(html, "standing") == ["Angemeldet", "Warteliste, Platz 1", "Warteliste, Platz 2"]
    assert cells(html, "mail_state") == ["wartet"] * 3
    assert cells(html, "has_question") == ["? hat eine Frage", "", ""]
    assert 'title="Wie &amp; &quot;warum&quot;?"' in html
    assert cells(html, "signed_up") == ["5.11."] * 3

    html = admin_client.get(changelist("registration"), {"talk__id__exact": gone.talk_id})
    html = html.content.decode()
    assert cells(html, "person") == ["anonym"]
    offered = (f"/registration/{gone.pk}/", 'name="_selected_action"')
    assert [part for part in offered if part in html] == []


def test_filters_are_folded_where_one_comes_from_a_talk(admin_client):
    talk = make_registration().talk

    def shown(**query):
        html = admin_client.get(changelist("registration"), query).content.decode()
        folded = re.search(r'<details class="choose"( open)?>\s*<summary>(.*?)</summary>', html)
        return folded.groups()

    assert shown() == (" open", "Filter")
    assert shown(talk__id__exact=talk.pk) == (None, "Filter")
    assert shown(talk__id__exact=talk.pk, state__exact="waiting", mail="unzustellbar") == (
        None,
        "Filter: Auf der Warteliste, unzustellbar",
    )
    label = "26.11.25: Wärme &amp; &quot;Licht&quot; für Gudensberg"
    assert label in admin_client.get(changelist("registration")).content.decode()


def test_list_with_a_queue_needs_few_queries(admin_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(changelist("registration"), {"talk__id__exact": talk.pk})
        return len(captured)

    talk = make_talk(capacity=1)
    for number in range(2):
        make_registration(talk, email=f"p{number}@stadt.example")
    first = queries()
    for number in range(2, 20):
        make_registration(talk, email=f"p{number}@stadt.example")

    assert queries() == first <= 12


KNOWN = {
    "Ada": {"minutes_present": 45, "joined_at": MOMENT},
    "Bo": {"marked_present": True},
    "Cem": {"minutes_present": 10},
    "Dana": {"counted_before": True, "joined_at": MOMENT},
    "Eike": {"joined_at": MOMENT},
    "Finn": {},
}


@pytest.fixture
def over(clock):
    """Give a talk that is over, with somebody of whom each thing is known."""
    talk = make_talk(starts_in=timedelta(hours=1))
    for name, known in KNOWN.items():
        row = make_registration(talk, name=name, email=f"{name}@stadt.example")
        Registration.objects.filter(pk=row.pk).update(**known)
    clock.move_to(talk.ends_at)
    return talk


def test_list_says_what_is_known_of_each(client, admin_user, over):
    client.force_login(admin_user)

    html = client.get(changelist("registration"), {"talk__id__exact": over.pk}).content.decode()

    assert dict(zip(KNOWN, cells(html, "presence"), strict=True)) == {
        "Ada": "dabei, 45 Minuten nach Bericht",
        "Bo": "dabei, vom Veranstalter bestätigt",
        "Cem": "10 Minuten nach Bericht",
        "Dana": "dabei (alte Zählung)",
        "Eike": "Zugang benutzt",
        "Finn": "",
    }
    assert above(html) == (
        "2 von 6 dabei (1 nach Bericht, 1 vermerkt) · Dabei (alte Zählung): 1 · Zugang benutzt: 2"
    )


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("dabei", ["Ada", "Bo"]),
        ("kuerzer", ["Cem"]),
        ("alte-zaehlung", ["Dana"]),
        ("zugang", ["Eike"]),
        ("nichts", ["Finn"]),
        ("unsinn", list(KNOWN)),
    ],
)
def test_list_is_narrowed_by_what_is_known(client, admin_user, over, chosen, names):
    client.force_login(admin_user)

    query = {"talk__id__exact": over.pk, "teilnahme": chosen}
    response = client.get(changelist("registration"), query)

    assert [row.name for row in response.context["cl"].result_list] == names


def test_way_in_alone_says_of_nobody_that_they_were_there(client, admin_user, over):
    Registration.objects.exclude(name="Eike").delete()
    client.force_login(admin_user)

    html = client.get(changelist("registration"), {"talk__id__exact": over.pk}).content.decode()

    assert above(html) == "Wer dabei war, ist noch nicht bekannt · Zugang benutzt: 1"
    Talk.objects.store_presence(over, guests=3)
    html = client.get(changelist("registration"), {"talk__id__exact": over.pk}).content.decode()
    assert above(html) == "0 von 1 dabei · Zugang benutzt: 1 · Gäste: 3"


def test_talk_ahead_has_no_numbers_of_who_came(admin_client):
    talk = make_registration().talk

    html = admin_client.get(changelist("registration"), {"talk__id__exact": talk.pk})

    assert 'class="attendance"' not in html.content.decode()


def test_numbers_of_who_came_need_one_query_however_many(client, admin_user, over):
    client.force_login(admin_user)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(changelist("registration"), {"talk__id__exact": over.pk})
        return len(captured)

    queries()  # warms what is kept
    first = queries()
    for number in range(9):
        row = make_registration(make_talk(title=f"T {number}"), email=f"q{number}@stadt.example")
        Registration.objects.filter(pk=row.pk).update(talk=over, minutes_present=number)

    assert queries() == first <= 12
