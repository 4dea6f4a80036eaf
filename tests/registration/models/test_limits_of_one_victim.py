"""What the owner of an address gets when a stranger enters it again and again (SECURITY.md)."""

from collections import Counter

import pytest

from registration.models import OutgoingMail
from tests.makers import make_talk, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TALKS, ROUNDS = 10, 6


def test_one_mail_per_open_talk_and_three_a_day(client, settings, clock):
    settings.THROTTLE = {}
    talks = [make_talk(title=f"Talk {number}") for number in range(TALKS)]
    person = {"name": "Kim Beispiel", "email": "kim@stadt.example"}

    for _ in range(ROUNDS):
        for talk in talks:
            sent = person | {"talks": talk.slug, "opened": opened()}
            assert client.post("/anmeldung/", sent).status_code == 302
            client.post("/anmeldung/links/", {"email": person["email"]})
        client.post("/terminhinweise/", {"email": person["email"], "consent": "on"})
        clock.shift(3601)

    kinds = Counter(OutgoingMail.objects.values_list("kind", flat=True))
    first = kinds.pop("signed_up", 0) + kinds.pop("please_confirm", 0)
    assert (first, kinds.pop("interest_confirm", 0)) == (TALKS, 1)
    assert sum(kinds.values()) <= 3
