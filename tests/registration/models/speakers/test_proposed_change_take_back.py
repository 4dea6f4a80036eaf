"""A speaker takes back what they propose for one part."""

import pytest

from registration.models import ProposedChange
from tests.makers import make_speaker_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_open_changes_of_the_part_go_and_all_others_stay():
    link = make_speaker_link()
    propose = ProposedChange.objects.propose
    propose(link, "title", "Ä & B")
    propose(link, "subtitle", "Neu").decide("declined", "Nein.")
    propose(link, "name", "Dr. Sina Massow")
    other = make_speaker_link(email="bo@stadt.example")
    propose(other, "title", "Ä & B")

    results = [ProposedChange.objects.take_back(link, "talk") for _ in range(2)]

    assert results == [True, False]
    left = ProposedChange.objects.values_list("link", "field", "outcome")
    assert sorted(left) == [
        (link.pk, "name", ""),
        (link.pk, "subtitle", "declined"),
        (other.pk, "title", ""),
    ]
