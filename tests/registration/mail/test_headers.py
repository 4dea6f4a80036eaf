"""What stands in headers, read back by a reader that forgives nothing (strict_headers.py)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.mail.mail import Mail
from tests.registration.mail import strict_headers

SUBJECTS = (
    "Warteliste: {} am 16. Dezember 2026",
    "Ihr Zugang, 16. Dezember, 9 Uhr: {}",
    "Morgen: {}, 10–11 Uhr",
    "Neuer Termin, 3. März, 9:30 Uhr: {}",
    "Geändert: {} am 16. Dezember 2026, 9–10 Uhr",
    "Nachgerückt, 16. Dezember, 9 Uhr: {}",
)
TOPICS = (
    "Wärmeplanung",
    "Künstliche Intelligenz",
    "Bürgerbeteiligung",
    "Fördermittel",
    "Straßen & Plätze",
    'Der "Dritte Ort"',
    "Jugendräte",
    "Klimaanpassung im Ort",
    "Grünflächen",
    "Vereine und Ehrenämter",
)
FOR = ("für kleine Städte", "in Osterburg (Altmark)", "über Gemeindegrenzen", "ohne Geld", "jetzt")
ENDS = (
    "",
    " – ein Werkstattbericht",
    ": was hilft?",
    " – Teil 1/2",
    " „von unten“",
    " → Praxis 🏡",
)
HARD = ("Wärme", "für", "–", "die", "&", "„Ort“:", "ß", "=?utf-8?q?=0A?=", "a_b", "?=", "🏡")
words = st.lists(
    st.sampled_from(HARD)
    | st.text(
        st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=90
    ),
    min_size=1,
    max_size=12,
).map(" ".join)


def on_the_wire(**fields) -> dict[str, str]:
    raw = Mail(**{"body": "Text", "to": ["kim@stadt.example"]} | fields).message().as_bytes()
    return dict(strict_headers.headers(raw))


# Seven shares no factor with the numbers of parts, so that each part is tried with many others.
@pytest.mark.parametrize(
    ("every", "number"), [(7, 258), pytest.param(1, 1800, marks=pytest.mark.slow)]
)
def test_natural_subjects_are_read_as_they_were_written(every, number):
    parts = product(SUBJECTS, TOPICS, FOR, ENDS)
    subjects = [subject.format(f"{topic} {to}{end}") for subject, topic, to, end in parts][::every]

    read = [strict_headers.text(on_the_wire(subject=subject)["Subject"]) for subject in subjects]

    assert len(subjects) == number
    assert read == subjects


@given(words)
def test_any_subject_is_read_as_it_was_written(subject):
    assert strict_headers.text(on_the_wire(subject=subject)["Subject"]) == subject


def test_short_plain_subject_stays_readable_in_the_source():
    assert (
        on_the_wire(subject="Abgesagt: Licht am 1. Mai")["Subject"] == "Abgesagt: Licht am 1. Mai"
    )


@pytest.mark.parametrize("header", ["From", "To", "Reply-To"])
@pytest.mark.parametrize(
    "name",
    [
        "Kleinstadt Web-Talks",
        "Kleinstadt Web-Talks der Kleinstadt Akademie und des Verbandes in Berlin e. V., Büro",
        "Stadt Königs Wusterhausen – Amt für Städtebau, Wärmeplanung & Öffentlichkeitsarbeit",
        'Die "Reihe" (vhw), Berlin; \\ gut',
        "W" * 90,
        "王小明",
        "",
    ],
)
def test_display_names_are_read_as_they_were_written(header, name):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    value = f'"{quoted}" <kim@stadt.example>' if name else "kim@stadt.example"
    fields = {
        "From": {"from_email": value},
        "To": {"to": [value]},
        "Reply-To": {"reply_to": [value]},
    }

    found = strict_headers.people(on_the_wire(**fields[header])[header])

    assert found == [(name, "kim@stadt.example")]


def test_several_people_in_one_header():
    people = [
        "Änne Müller <a@stadt.example>",
        '"Kim, Bürgermeister" <b@stadt.example>',
        "c@x.example",
    ]

    assert strict_headers.people(on_the_wire(to=people)["To"]) == [
        ("Änne Müller", "a@stadt.example"),
        ("Kim, Bürgermeister", "b@stadt.example"),
        ("", "c@x.example"),
    ]


@pytest.mark.parametrize("name", ["List-Unsubscribe", "Message-ID"])
def test_long_address_in_a_header_stays_whole(name):
    value = f"<https.//{'x' * 100}@{'stadt.' * 20}example>"

    assert on_the_wire(headers={name: value})[name] == value


def test_longest_address_stays_whole():
    address = f"{'k' * 64}@{'stadt.' * 30}example"

    assert strict_headers.people(on_the_wire(to=[address])["To"]) == [("", address)]
