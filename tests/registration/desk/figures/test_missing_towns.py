"""The page that goes through people without a town, and the filter that lists them."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Municipality
from registration.models import Registration
from tests.html_form import form_data
from tests.makers import make_groups, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/admin/events/talk/statistik/orte/"
LIST = "/admin/registration/registration/?ort=fehlt"
STADT, VILLAGE = "Schwarzenborn (Hessen), 1.251 Einwohner", "Schwarzenborn (Rheinland-Pfalz), 52"


@pytest.fixture
def organiser(client):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name="Teilnehmende"))
    client.force_login(user)
    return client


@pytest.fixture
def towns():
    """Give two places of one name, of which one can be no Stadt."""
    make = Municipality.objects.create
    return {
        "stadt": make(name="Schwarzenborn", land="Hessen", population=1251),
        "village": make(name="Schwarzenborn", land="Rheinland-Pfalz", population=52),
        "elster": make(name="Herzberg (Elster)", land="Brandenburg", population=11033),
        "mark": make(name="Herzberg", land="Brandenburg", population=726),
    }


def people(organisation, number=1, talk=None):
    talk = talk or make_talk(title=f"Talk {Registration.objects.count()}")
    offset = Registration.objects.count()
    return [
        make_registration(talk, email=f"p{offset + n}@stadt.example", organisation=organisation)
        for n in range(number)
    ]


def shown(client, page=PAGE) -> list[tuple[str, list[str], str]]:
    """Return of each organisation: its heading, what is offered, what is chosen."""
    html = client.get(page).content.decode()
    found = []
    for part in re.findall(r'<fieldset class="organisation">(.*?)</fieldset>', html, re.S):
        heading = re.sub(r"<[^>]+>", "", re.search(r"<legend>(.*?)</legend>", part)[1])
        labels = re.findall(r'<input type="radio"[^>]*>\s*(.*?)</label>', part, re.S)
        chosen = re.findall(r'<input type="radio"[^>]*checked>\s*(.*?)</label>', part, re.S)
        found.append((unescape(heading), [unescape(label) for label in labels], *chosen))
    return found


def fields_of(html) -> dict:
    return form_data(html, "missing_towns_form")


def page_fields(client) -> dict:
    return fields_of(client.get(PAGE).content.decode())


def choose(client, **values):
    """Send the page's form; `values` are those of its first organisations, as `town_0`."""
    fields = page_fields(client)
    for name, value in values.items():
        field, number = name.split("_")
        fields[f"form-{number}-{field}"] = value
    return client.post(PAGE, fields)


def correct_town(row, town):
    """Do what the page of the person does."""
    Registration.objects.correct_person(row, {"municipality": town, "town_settled": True})


def towns_of(*rows) -> list:
    pks = [row.pk for row in rows]
    found = Registration.objects.filter(pk__in=pks).order_by("pk")
    return list(found.values_list("municipality__land", "town_settled"))


def test_people_of_one_town_hall_are_one_choice(organiser, towns):
    people("Stadt Schwarzenborn", 3)
    people("Gemeinde Schwarzenborn")
    people("Verein für Ä & Ö")
    people("Stadt Herzberg (Elster)")

    rest = ["kein Ort, oder nicht zu klären", "später entscheiden"]
    both = [STADT, f"{VILLAGE} Einwohner", *rest]
    assert shown(organiser) == [
        ("Stadt Schwarzenborn 3 Anmeldungen", both, STADT),
        ("Gemeinde Schwarzenborn 1 Anmeldung", both, rest[1]),
        ("Verein für Ä & Ö 1 Anmeldung", rest, rest[1]),
    ]


def test_town_of_an_earlier_talk_is_offered_first(organiser, towns):
    make_talk(title="Früher", municipality=towns["mark"])
    people("Amt Herzberg")

    ((_, offered, _),) = shown(organiser)
    assert offered[:2] == [
        "Herzberg (Brandenburg), 726 Einwohner",
        "Herzberg (Elster) (Brandenburg), 11.033 Einwohner",
    ]


def test_many_are_saved_at_once_and_do_not_come_again(organiser, towns):
    three = people("Stadt Schwarzenborn", 3)
    (none,) = people("Büro B")
    (later,) = people("Büro C")

    response = choose(organiser, town_1="none")

    assert response.url == f"{PAGE}?p=1"
    assert towns_of(*three, none, later) == [
        *[("Hessen", True)] * 3,
        (None, True),
        (None, False),
    ]
    assert [heading for heading, *_ in shown(organiser)] == ["Büro C 1 Anmeldung"]
    assert LogEntry.objects.filter(change_message="Ort berichtigt.").count() == 4
    assert not LogEntry.objects.filter(object_repr__contains="Kim").exists()


def test_what_was_saved_is_said(organiser, towns):
    people("Stadt Schwarzenborn", 3)
    people("Büro B")

    choose(organiser, town_1="none")

    html = organiser.get(PAGE).content.decode()
    assert "Ort eingetragen bei 3 Anmeldungen. Als „kein Ort“ vermerkt bei 1 Anmeldung." in html
    assert "Bei keiner Anmeldung fehlt der Ort." in html


def test_typed_town_counts_more_than_the_chosen_one(organiser, towns):
    (row,) = people("Stadt Schwarzenborn")

    choose(organiser, other_0="herzberg (elster)")

    assert towns_of(row) == [("Brandenburg", True)]


def test_land_tells_which_of_two_is_typed(organiser, towns):
    (row,) = people("Büro B")

    choose(organiser, other_0="Schwarzenborn Rheinland-Pfalz")

    assert towns_of(row) == [("Rheinland-Pfalz", True)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Nirgendwo", "Diesen Ort kennt das Ortsverzeichnis nicht."),
        ("Schwarzenborn", "Mehrere Orte heißen so. Bitte wählen Sie oben einen aus."),
    ],
)
def test_typed_town_that_is_not_clear_keeps_everything(organiser, towns, typed, said):
    (first,) = people("Büro A")
    (second,) = people("Büro B")

    response = choose(organiser, town_0="none", other_1=typed)

    html = response.content.decode()
    assert response.status_code == 422
    assert (said in html, f'value="{typed}"' in html) == (True, True)
    assert '<li><a href="#id_form-1-other">Büro B</a></li>' in html
    assert len(re.findall(r'value="none"[^>]*checked', html)) == 1
    assert towns_of(first, second) == [(None, False)] * 2


def test_several_typed_are_offered_to_choose_from(organiser, towns):
    (row,) = people("Büro A")
    html = choose(organiser, other_0="Schwarzenborn").content.decode()
    fields = fields_of(html)
    assert f'value="{towns["village"].pk}"' in html

    organiser.post(PAGE, fields | {"form-0-town": str(towns["village"].pk)})

    assert towns_of(row) == [("Rheinland-Pfalz", True)]


def test_colleague_who_was_quicker_keeps_what_they_chose(organiser, towns):
    (row,) = people("Stadt Schwarzenborn")
    fields = page_fields(organiser)
    correct_town(row, towns["mark"])

    organiser.post(PAGE, fields)

    assert towns_of(row) == [("Brandenburg", True)]
    assert "Nichts geändert" in organiser.get(PAGE).content.decode()


@pytest.mark.parametrize("sent", [{}, {"form-0-town": "none"}])
def test_forms_that_the_page_did_not_make_are_refused(organiser, towns, sent):
    count = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}

    assert organiser.post(PAGE, count | sent).status_code == 422


def test_page_concerns_only_who_is_named_and_still_in(organiser, towns):
    talk = make_talk(title="Einer")
    gone, erased, kept = people("Stadt Schwarzenborn", 3, talk)
    gone.cancel()
    erased.anonymise()

    assert [heading for heading, *_ in shown(organiser)] == ["Stadt Schwarzenborn 1 Anmeldung"]
    choose(organiser)
    assert towns_of(gone, erased, kept) == [(None, False), (None, False), ("Hessen", True)]


def test_filter_lists_who_has_no_town_whatever_they_wrote(organiser, towns):
    people("Stadt Herzberg (Elster)")
    people("Stadt Schwarzenborn")
    people("")

    html = organiser.get(LIST).content.decode()

    assert html.count('class="action-select"') == 2
    page = organiser.get(PAGE).content.decode()
    assert "Bei 1 weiteren Anmeldung ist keine Organisation angegeben." in page
    assert f'href="{LIST}"' in page


def test_who_gets_a_seat_handed_over_is_asked_for_anew(towns):
    (row,) = people("Büro A")
    correct_town(row, None)

    row.hand_over(name="Lea", email="lea@stadt.example", organisation="Büro B")

    row.refresh_from_db()
    assert not row.town_settled


def test_pages_hold_fifty_and_need_few_queries(organiser, towns):
    people("Stadt Schwarzenborn")

    def queries(send) -> int:
        with CaptureQueriesContext(connection) as captured:
            send()
        return len(captured)

    one = page_fields(organiser)
    shows, saves = queries(lambda: organiser.get(PAGE)), queries(lambda: organiser.post(PAGE, one))
    talk = make_talk(title="Voll")
    for number in range(60):
        people(f"Stadt Schwarzenborn {number:02}", 1 + (number == 0), talk)

    assert queries(lambda: organiser.get(PAGE)) == shows <= 12
    pages = [len(shown(organiser, f"{PAGE}?p={page}")) for page in (1, 2, 9, "x")]
    assert pages == [50, 10, 10, 50]
    many = page_fields(organiser)
    assert queries(lambda: organiser.post(PAGE, many)) == saves <= 12
    assert Registration.objects.lacking_town().count() == 10


@pytest.mark.parametrize("role", ["Redaktion", "Lesend"])
def test_others_may_not_see_what_people_wrote(client, role):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)

    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/admin/events/talk/statistik/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"form-TOTAL_FORMS": "x"},
        {"form-TOTAL_FORMS": "51", "form-INITIAL_FORMS": "51"},
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-town": "9" * 30},
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-organisation": "x" * 5000,
            "form-0-other": "\x00",
        },
    ],
)
def test_nonsense_changes_nothing(organiser, towns, sent):
    (row,) = people("Stadt Schwarzenborn")

    assert organiser.post(PAGE, sent).status_code == 422
    assert towns_of(row) == [(None, False)]
