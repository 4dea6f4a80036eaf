"""docs/api.md says what the API does."""

import json
import re

import pytest
from django.conf import settings

from events.models import bookability
from events.models.bookability import RegistrationState
from tests.makers import make_talk
from webtalks.http.page_cache import MAX_AGE

TEXT = (settings.BASE_DIR / "docs" / "api.md").read_text()


def test_time_for_which_an_answer_may_be_kept():
    assert f"kept for {MAX_AGE} seconds" in " ".join(TEXT.split())


@pytest.mark.django_db
def test_fields_of_a_talk_are_these(client):
    make_talk()

    (talk,) = json.loads(client.get("/api/talks.json").content)["talks"]

    table = TEXT.partition("| field of a talk |")[2]
    named = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(named))) == set(talk)


def test_states_of_the_registration_are_these():
    row = re.search(r"^\| `registration` \| `state` \((.*?)\)", TEXT, re.MULTILINE)[1]

    states = [s for s in vars(bookability).values() if isinstance(s, RegistrationState)]
    assert set(re.findall(r"`(\w+)`", row)) == {state.code for state in states} - {"draft"}
