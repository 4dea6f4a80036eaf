"""The invented data that `make bench` measures with."""

import pytest
from django.core.management import CommandError, call_command

from events.models import Talk
from registration.invariants import violations
from registration.models import Registration
from tests.makers import make_registration

pytestmark = pytest.mark.django_db


def test_load_data_have_the_number_asked_for_and_keep_the_rules(client, capsys):
    call_command("make_load_data", "--talks=20", "--registrations=2000")

    assert capsys.readouterr().out.startswith("20 Talks, 2000 Anmeldungen in ")
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

    with pytest.raises(CommandError, match="schon Anmeldungen"):
        call_command("make_load_data", "--talks=1", "--registrations=1")
    assert Talk.objects.count() == 1
