"""Meine Anmeldung: what the holder of a link sees and does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from events.models import Talk
from registration.models import OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def mine(row, rest=""):
    token = links.token(row.key, links.PURPOSE_MINE)
    return reverse("registration:mine", args=[token]) + rest


def own(row, verb):
    return mine(row, f"{row.uuid}/{verb}/")


def test_coming_back_books_a_new_row_with_what_is_known(client):
    row = make_registration(organisation="Gemeinde Vrees", question="Wie?")
    row.cancel()
    assert "Wieder anmelden" in client.get(mine(row)).content.decode()

    response = client.post(own(row, "wieder-anmelden"), follow=True)

    assert "Sie sind wieder dabei." in response.content.decode()
    assert "Wieder anmelden" not in response.content.decode()
    back = Registration.objects.live().get()
    assert back.pk != row.pk
    assert (back.name, back.email, back.organisation, back.question, back.state) == (
        "Kim Beispiel",
        "kim@stadt.example",
        "Gemeinde Vrees",
        "Wie?",
        "confirmed",
    )


def test_coming_back_twice_is_one_row(client):
    row = make_registration()
    row.cancel()
    for _ in range(2):
        client.post(own(row, "wieder-anmelden"))

    assert Registration.objects.live().count() == 1


def test_coming_back_to_a_talk_that_is_full_says_so(client):
    talk = make_talk(capacity=1, waiting_list=False)
    row = make_registration(talk)
    row.cancel()
    make_registration(talk, email="a@stadt.example")

    response = client.post(own(row, "wieder-anmelden"), follow=True)

    assert "gerade keine Anmeldung möglich" in response.content.decode()
    assert Registration.objects.live().count() == 1


def test_coming_back_to_a_cancelled_talk_is_not_offered(client):
    row = make_registration()
    row.cancel()
    Talk.objects.filter(pk=row.talk_id).update(status="cancelled")

    assert "Wieder anmelden" not in client.get(mine(row)).content.decode()


def test_name_and_organisation_change_in_all_rows(client):
    rows = [make_registration(), make_registration(make_talk(title="Zweiter"))]
    other = make_registration(rows[0].talk, email="andere@stadt.example")

    response = client.post(
        mine(rows[0], "angaben/"),
        {"name": " Kim  Änders ", "organisation": "Stadt Ö"},
        follow=True,
    )

    assert "Ihre Angaben sind gespeichert." in response.content.decode()
    for row in [*rows, other]:
        row.refresh_from_db()
    assert [(row.name, row.organisation) for row in [*rows, other]] == [
        ("Kim Änders", "Stadt Ö"),
        ("Kim Änders", "Stadt Ö"),
        ("Kim Beispiel", ""),
    ]


@pytest.mark.parametrize("name", ["", "123", "Kim https://x.example", "x" * 121])
def test_bad_name_gets_a_message(client, name):
    row = make_registration()

    response = client.post(mine(row, "angaben/"), {"name": name, "organisation": "Stadt Ö"})

    assert response.status_code == 422
    assert "Stadt Ö" in response.content.decode()
    row.refresh_from_db()
    assert row.name == "Kim Beispiel"


def test_calendar_file_of_a_row(client):
    row = make_registration()

    response = client.get(mine(row, f"{row.uuid}/termin.ics"))

    calendar = Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "PUBLISH"
    assert b"meine-anmeldung" not in response.content


def test_page_offers_what_is_possible(client, clock):
    talk = make_talk(starts_in=timedelta(days=1))
    row = make_registration(talk)
    page = client.get(mine(row)).content.decode()
    for word in (
        "Abmelden",
        "Platz weitergeben",
        "Teilnehmen",
        "In den Kalender",
        "Alles löschen",
    ):
        assert word in page
    clock.move_to(talk.starts_at)
    page = client.get(mine(row)).content.decode()
    assert "Abmelden<" not in page
    assert "Platz weitergeben" not in page
    assert "Teilnehmen" in page
    clock.move_to(talk.ends_at)
    assert "Teilnehmen" not in client.get(mine(row)).content.decode()


@pytest.mark.parametrize("verb", ["abmelden", "wieder-anmelden", "weitergeben"])
def test_opening_a_button_changes_nothing(client, verb):
    row = make_registration()
    before = list(Registration.objects.values()), OutgoingMail.objects.count()

    for method in (client.get, client.head, client.options):
        assert method(own(row, verb)).status_code in (200, 302, 405)

    assert (list(Registration.objects.values()), OutgoingMail.objects.count()) == before


PAGES = ["", "angaben/", "daten.json", "loeschen/"]


@pytest.mark.parametrize("rest", PAGES)
def test_dead_link_is_neutral_on_every_page(client, rest):
    row = make_registration()
    path = mine(row, rest)
    row.anonymise()

    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]


@pytest.mark.parametrize("rest", [rest for rest in PAGES if rest != "daten.json"])
def test_header_leads_a_links_holder_back_to_their_own_page(client, rest):
    row = make_registration()

    page = client.get(mine(row, rest)).content.decode()

    header = page.partition("<header")[2].partition("</header>")[0]
    assert f'href="{mine(row)}" aria-current=' in header
    assert reverse("registration:lost_link") not in header


@pytest.mark.parametrize("rest", PAGES)
def test_pages_about_a_person_are_not_stored_nor_found(client, rest):
    response = client.get(mine(make_registration(), rest))

    assert "no-store" in response["Cache-Control"]
    if rest != "daten.json":
        page = response.content.decode()
        assert '<meta name="robots" content="noindex">' in page
        assert "canonical" not in page


def test_seat_that_was_handed_to_who_had_left_can_be_cancelled(client, clock):
    talk = make_talk()
    row = make_registration(talk, email="lea@stadt.example")
    clock.shift(60)
    left = make_registration(talk)
    clock.shift(60)
    left.cancel()
    row.hand_over(name="Kim Beispiel", email="kim@stadt.example")
    row.refresh_from_db()

    assert own(row, "abmelden") in client.get(mine(row)).content.decode()


def test_page_shows_the_person_their_talks(client):
    talk, second = make_talk(), make_talk(title="Zweiter", capacity=1)
    make_registration(second, email="a@stadt.example")
    rows = Registration.objects.sign_up(
        [talk, second], name="Kim Beispiel", email="kim.beispiel@stadt.example"
    )

    page = client.get(mine(rows[0])).content.decode()

    assert "Kim Beispiel" in page
    assert "k…l@stadt.example" in page
    assert "kim.beispiel@stadt.example" not in page
    assert "Angemeldet" in page
    assert "Auf der Warteliste" in page
    assert "a@stadt.example" not in page


def test_cancelling_takes_a_post(client):
    row = make_registration()

    for path in (mine(row), f"{mine(row)}{row.uuid}/abmelden/"):
        for method in (client.get, client.head, client.options):
            method(path)
    row.refresh_from_db()
    assert row.state == "confirmed"

    response = client.post(f"{mine(row)}{row.uuid}/abmelden/")

    assert response.status_code == 302
    row.refresh_from_db()
    assert row.state == "cancelled"
    page = client.get(response.headers["Location"]).content.decode()
    assert "Sie sind abgemeldet. Doch dabei sein?" in page
    assert page.count("Wieder anmelden<") == page.count(f"{row.uuid}/wieder-anmelden/") == 1
    assert f"{row.uuid}/abmelden/" not in page


@pytest.mark.parametrize(
    ("fields", "others", "words"),
    [
        ({}, 0, "Ihr Platz wird frei.<"),
        ({"capacity": 5}, 1, "Wenn ihn jemand nimmt"),
        ({"capacity": 1}, 1, "Ihr Platz geht sofort an die nächste Person"),
    ],
)
def test_page_says_what_is_lost_by_leaving(client, fields, others, words):
    talk = make_talk(**fields)
    row = make_registration(talk)
    for number in range(others):
        make_registration(talk, email=f"p{number}@stadt.example")

    page = client.get(own(row, "abmelden")).content.decode()

    assert words in page
    assert "Unterlagen, die nur Angemeldete bekommen" in page
    assert own(row, "weitergeben") in page


def test_page_says_that_the_place_in_the_queue_is_lost(client):
    talk = make_talk(capacity=1)
    make_registration(talk, email="p@stadt.example")
    row = make_registration(talk)

    page = client.get(own(row, "abmelden")).content.decode()

    assert "Sie verlieren Ihren Platz auf der Warteliste" in page
    assert "Unterlagen" not in page


@pytest.mark.parametrize("verb", ["abmelden", "weitergeben"])
def test_leaving_a_talk_that_is_off_is_neither_offered_nor_done(client, verb):
    row = make_registration()
    Talk.objects.filter(pk=row.talk_id).update(status="cancelled")

    page = client.get(mine(row)).content.decode()
    response = client.post(own(row, verb), {"name": "Lea", "email": "lea@stadt.example"})

    assert own(row, verb) not in page
    assert "Abgesagt" in page
    assert "Angemeldet" not in page.partition('<ol class="agenda">')[2]
    answer = client.get(response.headers["Location"]).content.decode()
    assert "Das ist für diesen Talk nicht mehr möglich." in answer
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_way_in_of_the_next_talk_is_the_one_yellow_button(client):
    later = make_registration(make_talk(title="Später", starts_in=timedelta(days=40)))
    row = make_registration()

    page = client.get(mine(later)).content.decode()

    assert page.count("button primary") == 1
    assert page.index("button primary") < page.index(row.way_in_url) < page.index(later.way_in_url)


@pytest.mark.parametrize("value", ["", "nonsense", "\0", "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("verb", ["abmelden", "wieder-anmelden", "weitergeben", "termin.ics"])
def test_page_reaches_no_other_row(client, value, verb):
    row, other = make_registration(), make_registration(email="andere@stadt.example")

    for chosen in (value, str(other.uuid)):
        response = client.post(f"{mine(row)}{chosen}/{verb}{'' if '.' in verb else '/'}")
        assert response.status_code in (400, 404)
    assert set(Registration.objects.values_list("state", flat=True)) == {"confirmed"}


def test_page_needs_the_same_queries_for_any_number_of_talks(client, django_assert_num_queries):
    row = make_registration()
    with django_assert_num_queries(4):
        client.get(mine(row))
    for number in range(5):
        make_registration(make_talk(title=f"Talk {number}"))
    with django_assert_num_queries(4):
        client.get(mine(row))


def test_page_tells_who_waits_where_they_stand(client, clock):
    talk = make_talk(capacity=1)
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    row = make_registration(talk)

    assert "Sie stehen auf Platz\u00a02 der Warteliste." in client.get(mine(row)).content.decode()
    assert "Platz\u00a02" in client.get(own(row, "abmelden")).content.decode()
    clock.move_to(talk.starts_at - timedelta(hours=1))
    assert "Die Warteliste ist beendet." in client.get(mine(row)).content.decode()
