"""What an organiser decides of a line."""

import pytest
from django.http import QueryDict

from registration.desk.presence.forms import UNKNOWN_PERSON, LineForm, People
from registration.desk.presence.names import Match
from registration.models import Registration, ReportLine

KIM, LEA, LEO = (
    Registration(pk=pk, name=name, email=email)
    for pk, name, email in [
        (1, "Kim Beispiel", "kim@stadt.example"),
        (2, "Lea Klein", "lea@stadt.example"),
        (3, "Lea Klein", "leo@stadt.example"),
    ]
)


def form(data=None, **fields):
    """Return the form of a line, with what was sent for it."""
    line = ReportLine(pk=7, name="iPhone", **{"is_guest": fields.pop("is_guest", False)})
    match = Match(line, **fields)
    sent = None
    if data is not None:
        sent = QueryDict(mutable=True)
        sent.update({f"7-{name}": value for name, value in data.items()})
    made = LineForm(sent, match, People([KIM, LEA, LEO]))
    made.is_valid()
    return made


def test_choices_are_the_proposals_and_nobody():
    labels = [label for _, label in form(proposals=[LEA, LEO]).fields["choice"].choices]

    assert labels == [
        "noch offen (zählt als Gast)",
        "Lea Klein, lea@stadt.example",
        "Lea Klein, leo@stadt.example",
        "niemand von diesen (Gast)",
    ]


@pytest.mark.parametrize(
    ("data", "decided"),
    [
        ({"choice": ""}, (None, False)),
        ({"choice": "2"}, (2, False)),
        ({"choice": "gast"}, (None, True)),
        ({"choice": "", "person": "Kim Beispiel"}, (1, False)),
        ({"choice": "2", "person": " kim@STADT.example "}, (1, False)),
        ({"choice": "", "person": "Lea Klein, leo@stadt.example"}, (3, False)),
    ],
)
def test_decision_is_noted(data, decided):
    sent = form(data, proposals=[LEA, LEO])

    assert sent.errors == {}
    assert sent.decide() is (decided != (None, False))
    assert (sent.match.line.registration_id, sent.match.line.is_guest) == decided


@pytest.mark.parametrize("person", ["Lea Klein", "Niemand", "lea", "x" * 400])
def test_who_is_not_one_person_is_asked_for_again(person):
    sent = form({"choice": "", "person": person})

    assert list(sent.errors) == ["person"]
    if len(person) < 300:
        assert sent.errors["person"] == [UNKNOWN_PERSON]


@pytest.mark.parametrize("choice", ["1", "99", "x", "\0"])
def test_nobody_is_chosen_who_was_not_offered(choice):
    assert "choice" in form({"choice": choice}, proposals=[LEA]).errors


def test_what_the_page_found_is_no_decision_and_can_be_refused():
    assert form({"choice": "1"}, found=KIM).decide() is False
    refused = form({"choice": "gast"}, found=KIM)
    assert refused.decide() is True
    assert refused.match.line.is_guest
    again = form({"choice": "1"}, found=KIM, is_guest=True)
    assert again.initial["choice"] == "gast"
    assert again.decide() is True
    assert not again.match.line.is_guest
