"""The practice profile in a talk's form: it comes with its first text and goes with its last."""

from datetime import timedelta

import pytest

from events.models import PracticeProfile, Talk
from tests.admin_form import NEW_TALK, errors_of, fill_in, send, url
from tests.makers import PRACTICE, make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOTHING = dict.fromkeys(PracticeProfile.TEXTS, "")


def rows(**texts) -> dict[str, str]:
    """Return what the form sends for these texts."""
    return {f"profile-0-{name}": text for name, text in texts.items()}


def stored() -> list[dict[str, str]]:
    return [profile.texts for profile in PracticeProfile.objects.all()]


def history(client, talk) -> list[str]:
    entries = client.get(url(talk, "history")).context["action_list"]
    return [entry.get_change_message() for entry in entries]


def test_profile_comes_with_its_first_text(admin_client):
    talk = make_talk()

    assert send(admin_client, url(talk), rows(costs='48.000 Euro & "mehr"')).status_code == 302

    assert stored() == [NOTHING | {"costs": '48.000 Euro & "mehr"'}]
    assert Talk.objects.get().practice.talk == talk
    assert history(admin_client, talk) == ["Geändert: Praxisprofil (Kosten und Förderung)."]


def test_new_talk_may_have_a_profile_at_once(admin_client):
    assert send(admin_client, url(Talk, "add"), NEW_TALK | rows(**PRACTICE)).status_code == 302

    assert stored() == [PRACTICE]


@pytest.mark.parametrize("blank", ["", " \r\n\r\n ", "\u200b"])
def test_form_without_any_text_makes_no_profile(admin_client, blank):
    send(admin_client, url(make_talk()), rows(situation=blank, contact=blank))

    assert stored() == []


@pytest.mark.parametrize("blank", ["", " \r\n "])
def test_profile_goes_with_its_last_text(admin_client, blank):
    talk = make_talk()
    make_practice_profile(talk, situation="Läden", costs="48.000 Euro")

    send(admin_client, url(talk), rows(situation=blank))
    after_the_first = stored()
    send(admin_client, url(talk), rows(costs=blank))

    assert (after_the_first, stored()) == ([NOTHING | {"costs": "48.000 Euro"}], [])
    assert Talk.objects.get().search_text.count("euro") == 0
    assert set(history(admin_client, talk)) == {
        "Geändert: Praxisprofil (Ausgangslage).",
        "Geändert: Praxisprofil (Kosten und Förderung).",
    }


def test_change_is_told_with_those_of_the_talk(admin_client):
    talk = make_talk()
    make_practice_profile(talk)

    send(admin_client, url(talk), {"subtitle": "Neu"} | rows(situation="Läden", contact="Bauamt"))

    assert history(admin_client, talk) == [
        "Geändert: Untertitel und Praxisprofil (Ausgangslage, Ansprechstelle)."
    ]


def test_form_that_touches_no_profile_leaves_it(admin_client):
    talk = make_talk()
    make_practice_profile(talk)

    send(admin_client, url(talk), {"subtitle": "Neu"})

    assert stored() == [PRACTICE]


def test_private_address_is_refused_beside_its_field_and_nothing_is_lost(admin_client):
    talk = make_talk()

    page = send(admin_client, url(talk), rows(costs="Viel", contact="kim@gmx.de"))

    assert errors_of(page) == {
        "profile-0-contact": [
            "kim@gmx.de sieht nach einer privaten Adresse aus. Bitte geben Sie die eines Amtes "
            "oder einer Stelle an: Sie steht öffentlich auf der Seite des Talks."
        ]
    }
    html = page.content.decode()
    assert ("Viel</textarea>" in html, "kim@gmx.de</textarea>" in html) == (True, True)
    assert stored() == []


def test_text_that_is_too_long_is_refused(admin_client):
    page = send(admin_client, url(make_talk()), rows(lessons="ä" * 2001))

    assert errors_of(page) == {
        "profile-0-lessons": [
            "Bitte sicherstellen, dass der Wert aus höchstens 2000 Zeichen besteht. "
            "(Er besteht aus 2001 Zeichen.)"
        ]
    }


@pytest.mark.parametrize(
    "change",
    [
        {"profile-TOTAL_FORMS": "9", "profile-1-costs": "Zwei"},
        pytest.param({"profile-TOTAL_FORMS": ""}, marks=pytest.mark.slow),
        pytest.param({"profile-INITIAL_FORMS": "5"}, marks=pytest.mark.slow),
        {"profile-0-id": "x"},
        {"profile-0-talk": "99"},
    ],
)
def test_tampered_rows_make_no_second_profile_and_no_error(admin_client, change):
    talk, other = make_talk(), make_talk(title="Anderer")
    make_practice_profile(other)

    response = send(admin_client, url(talk), rows(costs="Eins") | change)

    assert response.status_code in (200, 302)
    assert other.profile.texts == PRACTICE
    assert PracticeProfile.objects.filter(talk=talk).count() <= 1


def test_of_two_forms_that_both_bring_the_first_text_one_is_told(admin_client, clock):
    talk = make_talk()
    first, second = (
        fill_in(admin_client, url(talk), rows(costs=costs)) for costs in ("Eins", "Zwei")
    )
    clock.shift(timedelta(seconds=1))

    admin_client.post(url(talk), first)
    page = admin_client.post(url(talk), second)

    assert "Jemand anderes hat diesen Talk" in page.content.decode()
    assert "Zwei</textarea>" in page.content.decode()
    assert stored() == [NOTHING | {"costs": "Eins"}]
