"""What organisers enter for the report of a year: one row a year."""

import pytest
from django.db import IntegrityError, transaction

from events.models import FunderReport

pytestmark = pytest.mark.django_db


def test_year_without_an_entry_has_an_empty_report():
    report = FunderReport.of(2026)

    assert (report.pk, report.year, report.talks, report.summary) == (None, 2026, None, "")
    assert FunderReport.objects.count() == 0


def test_what_was_entered_is_found_by_its_year():
    FunderReport.objects.create(year=2025, talks=3)
    entered = FunderReport.objects.create(year=2026, talks=12, summary="Ein \x07gutes Jahr.\r\n")

    found = FunderReport.of(2026)

    assert (found, found.talks, found.summary) == (entered, 12, "Ein gutes Jahr.")
    assert str(found) == "Bericht an den Förderer 2026"


@pytest.mark.parametrize("year", [1999, 2025, 2100])
def test_database_keeps_one_report_of_each_year_of_this_century(year):
    FunderReport.objects.create(year=2025)

    with pytest.raises(IntegrityError), transaction.atomic():
        FunderReport.objects.create(year=year)
