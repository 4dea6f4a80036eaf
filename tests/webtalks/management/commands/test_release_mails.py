"""`manage.py release_mails`: lists held mails and lets them go out, by kind or all."""

import pytest
from django.core.management import call_command

from registration.models import OutgoingMail
from tests.makers import make_registration, make_talk

pytestmark = pytest.mark.django_db


def test_held_mails_are_listed_and_released_by_kind(capsys):
    make_registration()
    make_registration(make_talk(title="Zwei", double_opt_in=True), email="b@stadt.example")
    OutgoingMail.objects.hold()

    call_command("release_mails")
    *listed, last = capsys.readouterr().out.splitlines()
    assert [line.split()[2:] for line in listed] == [
        ["signed_up", "kim@stadt.example"],
        ["please_confirm", "b@stadt.example"],
    ]
    assert last == "Zurückgehalten: 2. Freigeben mit --all oder --kind."
    call_command("release_mails", kind="signed_up")
    call_command("release_mails", "--all")
    call_command("release_mails", "--all")
    assert capsys.readouterr().out.splitlines() == [
        "Freigegeben: 1.",
        "Freigegeben: 1.",
        "Freigegeben: 0.",
    ]
