"""The series: one row, there before anybody has saved it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from events.models import Series

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_database_refuses_a_second_series():
    with pytest.raises(IntegrityError, match="series_is_one_row"), transaction.atomic():
        Series.objects.bulk_create([Series(pk=2)])


def test_series_is_there_before_anybody_has_saved_it():
    series = Series.load()

    assert (series.pk, series.name, series.organiser_list) == (None, "Kleinstadt Web-Talks", [])


def test_series_keeps_to_its_one_row():
    Series.objects.create(name="Erste", organisers=" vhw \n\n Kleinstadt Akademie")
    Series(name="Zweite", accessibility_assessed_on=date(2026, 1, 2)).save()

    assert [series.name for series in Series.objects.all()] == ["Zweite"]
    assert Series(organisers=" vhw \n\n Akademie ").organiser_list == ["vhw", "Akademie"]


@pytest.mark.parametrize(
    ("line", "name", "url"),
    [
        (
            "Verein e. V. https://www.verein.example/ä?b=1&c",
            "Verein e. V.",
            "https://www.verein.example/ä?b=1&c",
        ),
        ("Verein, http://verein.example", "Verein", "http://verein.example"),
        ('Verein "Ä & Ö"', 'Verein "Ä & Ö"', ""),
        ("Verein javascript:alert(1)", "Verein javascript:alert(1)", ""),
        ("https://www.verein.example/", "https://www.verein.example/", ""),
    ],
)
def test_organiser_is_a_name_and_an_address_if_there_is_one(line, name, url):
    (organiser,) = Series(organisers=line).organiser_links

    assert (organiser.name, organiser.url) == (name, url)
