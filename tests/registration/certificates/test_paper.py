"""What a certificate says, and the kind words for who has none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.dates import short_date_text
from events.models import Series, Talk
from registration.certificates.paper import (
    certificate_of,
    in_parts_of,
    why_no_certificate,
)
from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def row_after(clock, talk=None, **columns):
    """Return the row of somebody after the talk; the report was read."""
    talk = talk or make_talk()
    row = make_registration(talk, name="Kim Änders")
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    clock.move_to(talk.ends_at + timedelta(hours=1))
    Talk.objects.store_presence(talk, 0)
    row.talk = Talk.objects.get(pk=talk.pk)
    return row


def test_certificate_says_who_was_where_and_how_long(clock):
    talk = make_talk(
        recognition_chamber="Kammer „Nord“", recognition_number="26-1", recognition_hours="1 Std."
    )
    row = row_after(clock, talk, minutes_present=50)
    series = Series(organisers="vhw https://vhw.example", provider_address="Weg 1\n10585 Berlin")

    found = certificate_of(row, series)

    assert (found.name, found.talk, found.minutes) == ("Kim Änders", talk, 50)
    assert found.presence == "50 von 60\u00a0Minuten"
    assert found.scope == ("0,83\u00a0Zeitstunden, 1,11 Unterrichtseinheiten zu 45\u00a0Minuten")
    assert found.recognition == "Kammer „Nord“, Nummer\u00a026-1, 1 Std."
    assert found.issued == f"Berlin, {short_date_text(timezone.now())}"
    assert found.check_address == "testserver/bescheinigung/"
    assert found.check_url == f"http://testserver/bescheinigung/{found.code}/"
    assert found.code.vouches_for(talk, "Kim Änders")
    assert found.qr_code.startswith("data:image/svg+xml")


def test_organisers_word_stands_for_itself_without_minutes_or_units(clock):
    row = row_after(clock, marked_present=True, minutes_present=10)

    found = certificate_of(row, Series())

    assert (found.presence, found.scope) == ("vom Veranstalter bestätigt", "")
    assert (found.minutes, found.code.minutes) == (None, None)


def test_minutes_that_are_enough_are_said_also_if_an_organiser_agrees(clock):
    row = row_after(clock, marked_present=True, minutes_present=45)

    found = certificate_of(row, Series())

    assert found.scope == "0,75\u00a0Zeitstunden, 1 Unterrichtseinheit zu 45\u00a0Minuten"


@pytest.mark.parametrize(
    ("length", "minutes", "text"),
    [
        (60, 60, "1"),
        (60, 59, "0,98"),
        (60, 55, "0,91"),
        (60, 20, "0,33"),
        (60, 90, "1,5"),
        (45, 45, "1"),
        (45, 44, "0,97"),
        (45, 60, "1,33"),
        (45, 90, "2"),
        (45, 450, "10"),
    ],
)
def test_hours_and_units_are_never_rounded_up(length, minutes, text):
    assert in_parts_of(length, minutes) == text
    assert float(text.replace(",", ".")) <= minutes / length


@pytest.mark.parametrize(
    "address", ["", "Postfach", "Weg 1, 10585 Berlin, Deutschland", "1234 Wien"]
)
def test_place_of_issue_is_left_out_where_the_address_does_not_tell_it(clock, address):
    found = certificate_of(row_after(clock, minutes_present=50), Series(provider_address=address))

    assert found.issued == short_date_text(timezone.now())


@pytest.mark.parametrize(
    ("columns", "beginning"),
    [
        (
            {"minutes_present": 20},
            "Der Bericht des Videosystems nennt 20 von 60\u00a0Minuten. "
            "Eine Bescheinigung gibt es ab 30\u00a0Minuten.",
        ),
        ({}, "Für diesen Talk ist Ihre Teilnahme noch nicht vermerkt."),
        ({"counted_before": True}, "Für diesen Talk ist Ihre Teilnahme noch nicht vermerkt."),
        ({"joined_at": timezone.now()}, "Für diesen Talk ist Ihre Teilnahme noch nicht vermerkt."),
        ({"state": "waiting"}, "Eine Bescheinigung gibt es für Talks, in denen Sie einen Platz"),
        (
            {"state": "cancelled", "minutes_present": 50},
            "Eine Bescheinigung gibt es für Talks, in",
        ),
    ],
)
def test_who_has_none_is_told_why_and_never_that_they_were_absent(clock, columns, beginning):
    row = row_after(clock, **columns)

    text = why_no_certificate(row)

    assert text.startswith(beginning)
    assert "nicht dabei" not in text
    assert (row.has_certificate, certificate_of(row, Series())) == (False, None)


def test_before_the_report_it_is_said_what_is_awaited(clock):
    row = row_after(clock)
    Talk.objects.filter(pk=row.talk_id).update(presence_read_at=None)
    row.talk.refresh_from_db()

    assert why_no_certificate(row) == (
        "Bescheinigungen gibt es, sobald die Teilnahme eingelesen ist."
    )


@pytest.mark.parametrize("status", ["published", "cancelled", "postponed"])
def test_there_is_none_before_the_end_nor_of_a_talk_that_is_off(clock, status):
    row = row_after(clock, minutes_present=50)
    row.talk.status = status
    if status == "published":
        clock.move_to(row.talk.ends_at - timedelta(seconds=1))

    assert why_no_certificate(row) == "Die Bescheinigung gibt es nach dem Talk."


def test_without_a_key_or_for_an_erased_person_there_is_none(clock, settings):
    row = row_after(clock, minutes_present=50)
    assert row.has_certificate

    settings.CERTIFICATE_KEY = ""
    assert why_no_certificate(row) == (
        "Diese Website kann gerade keine Bescheinigungen ausstellen."
    )

    row.anonymise()
    assert row.attended
    assert not row.has_certificate


def test_a_report_of_the_former_date_vouches_for_none_on_the_new_one(clock):
    row = row_after(clock, minutes_present=50)
    talk = row.talk
    Talk.objects.store_presence(talk, guests=0)
    assert (not why_no_certificate(row), row.has_certificate) == (True, True)
    talk.starts_at += timedelta(days=2)
    talk.ends_at += timedelta(days=2)
    talk.save()
    clock.move_to(talk.ends_at + timedelta(hours=1))
    row.refresh_from_db()

    assert (not why_no_certificate(row), row.has_certificate) == (False, False)
    assert not Registration.objects.with_certificate().exists()
    assert why_no_certificate(row).startswith("Der Talk hat einen neuen Termin.")
    Talk.objects.store_presence(row.talk, guests=0)
    assert (not why_no_certificate(row), row.has_certificate) == (True, True)
    assert Registration.objects.with_certificate().get() == row


def test_no_more_minutes_are_certified_than_the_talk_has(clock):
    row = row_after(clock, minutes_present=60)
    row.talk.ends_at -= timedelta(minutes=15)
    row.talk.save()

    found = certificate_of(row, Series())

    assert (found.minutes, found.code.minutes) == (45, 45)
