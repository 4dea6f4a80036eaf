"""The holder's certificate: the page to print, the PDF, and what the page says without one."""

import re
from datetime import timedelta

import page as validator
import pytest
from django.urls import reverse

from events.models import Series, Talk
from registration import pdf
from registration.models import OutgoingMail, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NAME = 'Dr. Łucja Müller-Şahin & "Ko"'


def address(row, name="certificate", **query):
    token = links.token(row.key, links.PURPOSE_MINE)
    return reverse(f"registration:{name}", args=[token, row.uuid], query=query)


@pytest.fixture
def row(clock):
    """Return the registration of somebody who has stayed 50 of 60 minutes, after the talk."""
    row = make_registration(make_talk(subtitle="Ein Beispiel"), name=NAME)
    row.minutes_present = 50
    row.save()
    clock.move_to(row.talk.ends_at + timedelta(hours=1))
    Talk.objects.store_presence(row.talk, 0)
    Series(
        organisers="vhw e. V. https://vhw.example",
        provider_address="Weg 1\n10585 Berlin",
        contact_email="talks@vhw.example",
    ).save()
    return row


def test_page_shows_the_certificate_and_until_when(client, row):
    response = client.get(address(row))

    html = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    for said in [
        "Dr. Łucja Müller-Şahin &amp; &quot;Ko&quot;",
        "Wärme &amp; &quot;Licht&quot; für Gudensberg",
        "Sina Massow, Bürgermeisterin der Stadt Gudensberg",
        "50 von 60\u00a0Minuten",
        "1,11 Unterrichtseinheiten zu 45\u00a0Minuten",
        "online, live",
        "vhw e. V.",
        "10585 Berlin",
        f"bis zum {row.talk.names_go_on.day}. ",
        "Als PDF speichern",
    ]:
        assert said in html
    assert re.search(r'<b class="code">[0-9A-Z]{4}(-[0-9A-Z]{4}){3}</b>', html)


def test_pdf_is_readable_for_everybody_and_says_who_may_keep_it(client, row):
    response = client.get(address(row, "certificate_pdf"))

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == (
        f'attachment; filename="Bescheinigung-{row.talk.slug}.pdf"'
    )
    assert "no-store" in response["Cache-Control"]
    report = validator.validate_pdf_bytes(response.content, profile="ua1")
    assert (report.failures, report.document.page_count) == ([], 1)
    assert report.rules.total == 104


def test_longest_names_and_titles_stay_on_one_sheet(client, row):
    Talk.objects.filter(pk=row.talk_id).update(
        title="Wärme " * 33, subtitle="Licht " * 33, recognition_chamber="Kammer " * 28
    )
    row.name = ("Donaudampfschifffahrtsgesellschaftskapitänin" * 3)[:120]
    row.save()

    response = client.get(address(row, "certificate_pdf"))

    report = validator.validate_pdf_bytes(response.content, profile="ua1")
    assert (report.failures, report.document.page_count) == ([], 1)


@pytest.mark.parametrize("name", ["李小龍", "Ελένη Παπαδοπούλου", "Nguyễn Văn", "Kim 🙂"])
def test_scripts_that_our_fonts_lack_are_left_to_the_page(client, row, name):
    row.name = name
    row.save()

    response = client.get(address(row, "certificate_pdf"), follow=True)

    html = response.content.decode()
    assert response.redirect_chain == [(address(row, pdf="schrift"), 302)]
    assert "Für die Schrift dieses Namens" in html
    assert f"<b>{name}</b>" in html
    assert "Als PDF speichern" not in html


def test_without_pango_the_page_says_so_and_is_the_certificate(client, row, monkeypatch):
    def missing():
        raise pdf.Unavailable("Pango is missing")

    monkeypatch.setattr(pdf, "load", missing)
    monkeypatch.setattr(pdf, "is_available", lambda: False)

    assert "Als PDF speichern" not in client.get(address(row)).content.decode()
    response = client.get(address(row, "certificate_pdf"), follow=True)
    assert response.redirect_chain == [(address(row, pdf="fehlt"), 302)]
    assert "PDFs können wir gerade nicht schreiben" in response.content.decode()
    assert "Teilnahmebescheinigung" in response.content.decode()


def test_who_has_none_reads_why_and_whom_to_write_to(client, row):
    row.minutes_present = 20
    row.save()

    html = client.get(address(row)).content.decode()
    response = client.get(address(row, "certificate_pdf"))

    assert "nennt 20 von 60\u00a0Minuten" in html
    assert "mailto:talks@vhw.example" in html
    assert "Teilnahmebescheinigung" not in html
    assert (response.status_code, response["Location"]) == (302, address(row))


def test_strangers_row_and_an_erased_one_are_not_found(client, row):
    other = make_registration(make_talk(title="Anderer"), email="lea@stadt.example")
    token = links.token(row.key, links.PURPOSE_MINE)
    page = address(row)

    for name in ("certificate", "certificate_pdf"):
        assert (
            client.get(reverse(f"registration:{name}", args=[token, other.uuid])).status_code
            == 404
        )
    row.anonymise()
    assert client.get(page).status_code == 404


def test_mine_leads_to_it_with_the_last_day(client, row):
    html = client.get(address(row).rpartition(str(row.uuid))[0]).content.decode()

    assert f'href="{address(row)}"' in html
    assert "bis zum " in html


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"minutes_present": 20}, "Bescheinigung: was dazu fehlt"),
        ({"minutes_present": None}, "Bescheinigung: was dazu fehlt"),
    ],
)
def test_mine_of_who_has_none_leads_to_the_reason(client, row, change, text):
    for name, value in change.items():
        setattr(row, name, value)
    row.save()

    html = client.get(address(row).rpartition(str(row.uuid))[0]).content.decode()

    assert text in html


def test_mine_says_before_the_report_what_is_awaited_and_nothing_before_the_end(client, clock):
    row = make_registration()
    mine = address(row).rpartition(str(row.uuid))[0]
    assert "Bescheinigung" not in client.get(mine).content.decode()

    clock.move_to(row.talk.ends_at)
    assert "sobald die Teilnahme eingelesen ist." in client.get(mine).content.decode()


def test_mine_asks_as_often_for_many_certificates_as_for_one(
    client, row, django_assert_num_queries
):
    mine = address(row).rpartition(str(row.uuid))[0]
    with django_assert_num_queries(4) as first:
        client.get(mine)
    for number in range(3):
        talk = make_talk(title=f"Talk {number}", starts_in=timedelta(days=-2))
        more = make_registration(make_talk(title=f"Künftig {number}"), name=NAME)
        more.talk, more.minutes_present = talk, 50
        more.save()

    with django_assert_num_queries(len(first)):
        html = client.get(mine).content.decode()

    assert html.count("/bescheinigung/") == 4
    assert OutgoingMail.objects.count() > 0
