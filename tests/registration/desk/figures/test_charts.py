"""The curve of sign-ups: its points, and the lines behind it."""

from datetime import date

import pytest

from registration.desk.figures import charts


def test_curve_is_level_between_its_points():
    points = [(date(2025, 11, 5), 2), (date(2025, 11, 7), 3)]

    chart = charts.level_curve(points, date(2025, 11, 5), date(2025, 11, 10), date(2025, 11, 15))

    assert chart == charts.Chart(
        line="M44,224H44V85H176V16H374",
        area="M44,224H44V85H176V16H374V224H44Z",
        values=[
            charts.Mark(place, text)
            for place, text in [(224, "0"), (155, "1"), (85, "2"), (16, "3")]
        ],
        days=[
            charts.Mark(44, "5.11.2025", "start"),
            charts.Mark(242, "8.11.2025", "middle"),
            charts.Mark(506, "12.11.2025", "middle"),
            charts.Mark(704, "15.11.2025", "end"),
        ],
    )


@pytest.mark.parametrize(
    ("highest", "step"),
    [(0, 1), (5, 1), (6, 2), (10, 2), (11, 5), (26, 10), (101, 50), (5_001, 2_000)],
)
def test_lines_of_a_chart_are_few_and_round(highest, step):
    assert charts.fitting_step(highest) == step
