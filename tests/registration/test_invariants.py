import pytest
from django.core.management import CommandError, call_command

from events.models import Talk
from registration.models import Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_all_is_well(capsys):
    make_registration()

    call_command("check_invariants")

    assert capsys.readouterr().out == "Alles stimmt.\n"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"seats_taken": 2}, "wert: 2 Plätze gezählt, 1 vergeben\n"),
        ({"waiting_count": 0}, "wert: 0 Wartende gezählt, 1 da\n"),
        ({"capacity": 5}, "wert: 1 warten, obwohl ein Platz frei ist\n"),
        ({"search_text": "Änderung & Rest"}, "wert: Der Suchtext ist veraltet\n"),
        ({"capacity": None}, "wert: 1 warten, obwohl ein Platz frei ist\n"),
    ],
)
def test_each_contradiction_is_named(capsys, change, line):
    talk = make_talk(capacity=1, slug="wert")
    make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    Talk.objects.filter(pk=talk.pk).update(**change)

    with pytest.raises(CommandError, match=r"^1 Abweichungen gefunden\.$"):
        call_command("check_invariants")

    assert capsys.readouterr().err == line


def test_state_written_past_the_verbs_is_found(capsys):
    row = make_registration()
    Registration.objects.filter(pk=row.pk).update(state="cancelled")

    with pytest.raises(CommandError):
        call_command("check_invariants")
