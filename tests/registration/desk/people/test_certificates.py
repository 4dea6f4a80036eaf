"""The organisers' certificates: of a talk as one PDF or as a page, and of one person."""

from datetime import timedelta

import page as validator
import pytest

from events.models import Talk
from registration.desk.people import certificates
from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PEOPLE = "/admin/registration/registration/"


@pytest.fixture
def talk(clock):
    """Return a talk that is over: three were there, one too short, of one nothing is known."""
    talk = make_talk()
    for number, name in enumerate(["Zoe Ärmel", "Kim Beispiel", "Lea Ähnlich"]):
        attend(talk, name, 45 + number)
    attend(talk, "Pat Kurz", 20)
    attend(talk, "Toni Still", None)
    clock.move_to(talk.ends_at + timedelta(hours=1))
    Talk.objects.store_presence(talk, 0)
    return talk


def attend(talk, name, minutes):
    email = f"p{Registration.objects.count()}@stadt.example"
    row = make_registration(talk, name=name, email=email)
    row.minutes_present = minutes
    row.save()
    return row


def of_talk(talk, rest="bescheinigungen/"):
    return f"{PEOPLE}talk/{talk.pk}/{rest}"


def test_page_has_a_sheet_for_each_by_surname_and_counts_the_others(talk, admin_client):
    html = admin_client.get(of_talk(talk)).content.decode()

    names = [part.partition("</b>")[0] for part in html.split('<p class="holder"><b>')[1:]]
    assert names == ["Lea Ähnlich", "Zoe Ärmel", "Kim Beispiel"]
    assert "3 Personen haben eine Bescheinigung" in html
    assert (
        "Von 2 weiteren ist die Teilnahme nicht vermerkt, oder die Minuten genügen nicht." in html
    )
    assert "Pat Kurz" not in html.partition("<main")[2]


def test_all_in_one_pdf_each_on_a_sheet(talk, admin_client):
    response = admin_client.get(of_talk(talk, "bescheinigungen.pdf"))

    assert response["Content-Type"] == "application/pdf"
    assert f'"Bescheinigungen-{talk.slug}.pdf"' in response["Content-Disposition"]
    report = validator.validate_pdf_bytes(response.content, profile="ua1")
    assert (report.failures, report.document.page_count) == ([], 3)


def test_more_than_have_room_in_a_pdf_are_printed_from_the_page(talk, admin_client, monkeypatch):
    monkeypatch.setattr(certificates, "MOST_IN_PDF", 2)

    response = admin_client.get(of_talk(talk, "bescheinigungen.pdf"), follow=True)

    assert response.redirect_chain == [(of_talk(talk), 302)]
    assert "Mehr als 2 gehen nicht in ein PDF." in response.content.decode()
    assert "Alle als ein PDF" not in response.content.decode()


def test_names_in_scripts_that_our_fonts_lack_are_named(talk, admin_client):
    Registration.objects.filter(name="Kim Beispiel").update(name="李小龍")

    response = admin_client.get(of_talk(talk, "bescheinigungen.pdf"), follow=True)

    assert "Für die Schrift eines Namens (李小龍)" in response.content.decode()


def test_questions_to_the_database_do_not_grow_with_people(
    talk, admin_client, django_assert_num_queries, django_assert_max_num_queries
):
    admin_client.get(of_talk(talk))
    with django_assert_max_num_queries(14) as few:
        admin_client.get(of_talk(talk))
    Registration.objects.update(minutes_present=50)

    with django_assert_num_queries(len(few)):
        html = admin_client.get(of_talk(talk)).content.decode()

    assert html.count('<p class="holder">') == 5


def test_before_the_end_and_without_a_key_the_page_says_so(talk, admin_client, settings):
    coming = make_talk(title="Künftig")
    assert "Bescheinigungen gibt es nach dem Talk." in (
        admin_client.get(of_talk(coming)).content.decode()
    )

    settings.CERTIFICATE_KEY = ""
    html = admin_client.get(of_talk(talk)).content.decode()
    assert "fehlt der Schlüssel dafür (CERTIFICATE_KEY)" in html
    assert '<p class="holder">' not in html


def test_one_person_has_theirs_from_the_own_page(talk, admin_client):
    row = Registration.objects.get(name="Kim Beispiel")
    page = f"{PEOPLE}{row.pk}/bescheinigung/"
    assert f'href="{page}"' in admin_client.get(f"{PEOPLE}{row.pk}/person/").content.decode()

    html = admin_client.get(page).content.decode()
    response = admin_client.get(f"{PEOPLE}{row.pk}/bescheinigung.pdf")

    assert "46 von 60\u00a0Minuten" in html
    report = validator.validate_pdf_bytes(response.content, profile="ua1")
    assert (report.failures, report.document.page_count) == ([], 1)


def test_who_has_none_gets_no_link_and_the_page_tells_the_reason(talk, admin_client):
    row = Registration.objects.get(name="Pat Kurz")
    person = admin_client.get(f"{PEOPLE}{row.pk}/person/").content.decode()
    html = admin_client.get(f"{PEOPLE}{row.pk}/bescheinigung/").content.decode()

    assert "/bescheinigung/" not in person
    assert "nennt 20 von 60\u00a0Minuten" in html


def test_erased_person_is_not_found(talk, admin_client):
    row = Registration.objects.get(name="Kim Beispiel")
    row.anonymise()

    for rest in ("bescheinigung/", "bescheinigung.pdf"):
        assert admin_client.get(f"{PEOPLE}{row.pk}/{rest}").status_code == 404
