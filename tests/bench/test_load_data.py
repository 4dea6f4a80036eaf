"""The invented data that `make bench` measures with."""

import pytest

from events.models import Talk
from registration.invariants import violations
from registration.models import Registration
from tests.bench.load_data import NotEmpty, fill
from tests.makers import make_registration

pytestmark = pytest.mark.django_db


def test_load_data_have_the_number_asked_for_and_keep_the_rules(client):
    fill(20, 2000)

    assert (Talk.objects.count(), Registration.objects.count()) == (20, 2000)
    assert {row.state for row in Registration.objects.all()} == {
        "confirmed",
        "waiting",
        "cancelled",
    }
    assert list(violations()) == []
    assert Talk.objects.upcoming().count() == 6
    row = Registration.objects.first()
    row.full_clean(exclude=["anonymised_at"])
    assert (len(row.uuid.hex), len(row.key), row.email_key) == (32, 32, row.email)
    assert client.get("/").content.decode().count("muster-talk-") > 6


def test_invented_people_never_come_among_real_ones():
    make_registration()

    with pytest.raises(NotEmpty):
        fill(1, 1)
    assert Talk.objects.count() == 1
