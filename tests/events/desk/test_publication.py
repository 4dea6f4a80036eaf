"""Since when, or from when, the public sees a talk, as the list of talks says it."""

import re
from datetime import datetime

import pytest

from events.models import Talk
from tests.admin_form import url
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_list_says_from_when_a_talk_is_public(admin_client):
    later = datetime(2025, 12, 3, 10, tzinfo=BERLIN)
    for fields in ({}, {"status": "draft"}, {"publish_at": later}, {"status": "cancelled"}):
        make_talk(**fields)

    html = admin_client.get(url(Talk, "changelist")).content.decode()
    assert sorted(re.findall(r'class="field-publication">(.*?)<', html)) == [
        "Abgesagt",
        "Entwurf",
        "Veröffentlicht",
        "Veröffentlicht ab 3.\u00a0Dezember 2025, 10:00\u00a0Uhr",
    ]
