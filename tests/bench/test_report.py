"""The goals of the bench are met at their bound and missed beyond it."""

import pytest

from tests.bench import cases, report
from tests.bench.figures import Compared, Growth, Rebuilt, Row, Whole
from tests.bench.test_figures import turn


def row(name: str, ratio: float, queries: int = 0) -> Row:
    return Row("SQLite", "small", name, turn(ratio), queries, 9000)


def compared(ratio: float, throughput: float) -> Compared:
    return Compared("abc", "SQLite", cases.TALK, [turn(ratio, throughput)])


@pytest.mark.parametrize(
    ("met", "missed"),
    [
        (row(cases.START, 1.7), row(cases.START, 1.71)),
        (row(cases.LAST, 1.7), row(cases.LAST, 1.7, queries=1)),
        (row(cases.SIGN_UP_FORM, 10), row(cases.SIGN_UP_FORM, 10.1)),
        (row(cases.SIGN_UP, 13, queries=10), row(cases.SIGN_UP, 13.1, queries=10)),
        (row(cases.SIGN_UP, 13, queries=10), row(cases.SIGN_UP, 13, queries=11)),
        (Growth("SQLite", cases.TALK, 1.2), Growth("SQLite", cases.TALK, 1.21)),
        (
            Rebuilt("SQLite", "large", cases.START, 5, 9, 99, 99),
            Rebuilt("SQLite", "large", cases.START, 6, 9, 6, 9),
        ),
        (Whole("SQLite", "small", 3, 50, 0.4), Whole("SQLite", "small", 3.1, 50, 0.4)),
        (Whole("SQLite", "small", 3, 50, 0.4), Whole("SQLite", "small", 3, 49, 0.4)),
        (Whole("SQLite", "small", 3, 50, 0.4), Whole("SQLite", "small", 3, 50, 0.39)),
        (compared(1.1, 0.9), compared(1.11, 0.9)),
        (compared(1.1, 0.9), compared(1.1, 0.89)),
    ],
)
def test_goal_is_met_at_its_bound_and_missed_beyond(met, missed):
    assert {is_met for _, _, is_met in report.goals(met)} == {True}
    assert [is_met for _, _, is_met in report.goals(missed)].count(False) == 1


def test_page_has_each_figure_in_its_table_and_each_goal():
    text = report.text(
        [
            row(cases.START, 1.8),
            Growth("SQLite", cases.START, 1.0),
            Rebuilt("SQLite", "small", cases.START, 4, 9.1, 6, 11.3),
            Whole("SQLite", "small", 1, 90, 0.8),
            compared(1.05, 1),
        ]
    )

    assert "| SQLite | small | Startseite | 0.90 | bare | 0.50 | 1.80 | 1000 |" in text
    assert "| SQLite | small | Startseite | 4 | 9.1 | 6 | 11.3 |" in text
    assert "## Against abc" in text
    assert "| SQLite | Talk | 0.50 | 0.53 | 1.05 | 1000 | 1000 | 1.00 |" in text
    goal = "Startseite, SQLite, small: CPU ≤ 1.7 × a bare WSGI function"
    assert f"| {goal} | 1.80 | **missed** |" in text
    assert text.count("**missed**") == 1


def test_page_without_a_comparison_has_no_section_for_it():
    assert "Against" not in report.text([row(cases.START, 1.0)])
