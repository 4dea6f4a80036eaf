"""Every line in its section, and what is taken over of them."""

import pytest

from registration.desk.presence.review import MATCHED, PROPOSED, SECTIONS, UNKNOWN, Review
from registration.models import Registration
from tests.makers import make_registration, make_report_line, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_every_line_is_in_one_section():
    talk = make_talk()
    kim = make_registration(talk)
    for kind in ("host", "waiting", "outside", "silent"):
        make_report_line(talk, kind, kind=kind)
    make_report_line(talk, "Wer", email="kim@stadt.example", number=3)
    make_report_line(talk, "K. Beispiel")
    make_report_line(talk, "Kim Beispiel", is_guest=True)
    make_report_line(talk, "Niemand")
    make_report_line(talk, "Niemand", registration=kim)

    review = Review.of_talk(talk)

    names = {
        section.title: [match.line.name for match in review.of[section]] for section in SECTIONS
    }
    assert names == {
        "Vorschlag": ["K. Beispiel"],
        "Nicht gefunden": ["Kim Beispiel", "Niemand"],
        "Zugeordnet": ["Wer", "Niemand"],
        "Gastgeber und Vortragende": ["host"],
        "Nicht gezählt": ["waiting", "outside", "silent"],
    }
    assert (review.people, review.lines, review.guests, review.still_open) == (8, 11, 3, 1)
    assert sum(count.lines for count in review.counted) == review.lines


def test_two_lines_of_one_person_are_joined():
    talk = make_talk()
    kim = make_registration(talk)
    make_report_line(talk, email="kim@stadt.example", spans="0-1200", seconds=1200)
    make_report_line(talk, "+49", registration=kim, spans="600-1800", seconds=1200)

    assert Review.of_talk(talk).minutes == {kim.pk: 30}


def test_lines_of_another_talk_and_people_without_a_seat_are_not_there():
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, name="Änne Groß", email="aenne@stadt.example")  # waits
    make_report_line(make_talk(town="Vrees"), "Kim Beispiel")
    make_report_line(talk, "Änne Groß")

    review = Review.of_talk(talk)

    assert [len(review.of[section]) for section in (MATCHED, PROPOSED, UNKNOWN)] == [0, 0, 1]


def test_minutes_of_earlier_reports_are_counted():
    talk = make_talk()
    for number in range(3):
        make_registration(talk, name=f"P {number}", email=f"p{number}@stadt.example")
    Registration.objects.exclude(name="P 2").update(minutes_present=5)
    make_report_line(talk, email="p0@stadt.example")
    make_report_line(talk, email="p2@stadt.example")

    assert Review.of_talk(talk).known_before == (1, 1)


def test_page_begins_with_what_is_to_decide():
    talk = make_talk()
    make_registration(talk)
    for number in range(60):
        make_report_line(talk, f"Niemand{number}")
    make_report_line(talk, "K. Beispiel")

    first = Review.of_talk(talk).page(None)

    assert (len(first), first.paginator.num_pages) == (50, 2)
    assert first[0].match.line.name == "K. Beispiel"
    assert [len(Review.of_talk(talk).page(number)) for number in ("2", "99", "x")] == [11, 11, 50]


def test_what_was_chosen_in_an_earlier_reading_is_known_again():
    talk = make_talk()
    kim = make_registration(talk)
    Registration.objects.update(minutes_present=30)
    make_report_line(talk, "K. Beispiel")

    review = Review.of_talk(talk)

    (match,) = review.of[MATCHED]
    assert (match.row, match.is_known_before, match.is_by_name) == (kim, True, True)
    assert (review.minutes, review.guests) == ({kim.pk: 30}, 0)


def test_second_device_that_was_chosen_is_known_again_by_both_together():
    talk = make_talk()
    kim = make_registration(talk)
    Registration.objects.update(minutes_present=40)
    make_report_line(talk, email="kim@stadt.example")
    make_report_line(talk, "K. Beispiel", spans="1800-2400", seconds=600)

    review = Review.of_talk(talk)

    assert (len(review.of[MATCHED]), review.minutes) == (2, {kim.pk: 40})


@pytest.mark.parametrize(
    ("minutes", "lines"),
    [
        (None, ["K. Beispiel"]),
        (29, ["K. Beispiel"]),
        (30, ["K. Beispiel", "Kim B."]),  # either may be it
    ],
)
def test_what_may_be_another_stays_open(minutes, lines):
    talk = make_talk()
    make_registration(talk)
    Registration.objects.update(minutes_present=minutes)
    for name in lines:
        make_report_line(talk, name)

    assert Review.of_talk(talk).still_open == len(lines)


def test_of_two_with_the_same_minutes_nobody_is_guessed():
    talk = make_talk()
    make_registration(talk)
    make_registration(talk, name="Kai Beispiel", email="kai@stadt.example")
    Registration.objects.update(minutes_present=30)
    make_report_line(talk, "K. Beispiel")

    assert Review.of_talk(talk).still_open == 1


def test_somebody_known_again_who_is_said_to_be_another_is_a_guest():
    talk = make_talk()
    make_registration(talk)
    Registration.objects.update(minutes_present=30)
    make_report_line(talk, "K. Beispiel", is_guest=True)

    review = Review.of_talk(talk)

    assert (review.minutes, review.guests) == ({}, 1)
