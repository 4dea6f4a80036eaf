"""The page "Mein Profil"."""

from datetime import timedelta

import pytest

from registration.models.account import wanted_by
from tests.html_form import form_data
from tests.webtalks.team.people import PASSWORD, kinds_to, make_colleague
from tests.webtalks.team.test_pages import log_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PROFILE = "/admin/profil/"
ADDRESS = "/admin/profil/adresse/"


@pytest.fixture
def colleague(client):
    return log_in(client, make_colleague(roles=["Teilnehmende"]))


def test_everybody_sees_their_roles_in_words(client, colleague):
    html = text(client.get(PROFILE))

    assert "Betreut die Angemeldeten" in html
    assert "aenne@verein.example" in html
    assert f'href="{PROFILE}"' in text(client.get("/admin/"))


def test_notices_are_on_at_first_and_can_be_switched_off(client, colleague):
    data = form_data(text(client.get(PROFILE)), "account_form")
    assert data["notices"] == ["no_way_in", "put_off", "talk_full", "names_go", "bounced", "offer"]

    response = client.post(
        PROFILE,
        data | {"first_name": "Ä", "last_name": "G", "notices": ["talk_full"]},
        follow=True,
    )

    colleague.refresh_from_db()
    assert "Gesichert." in text(response)
    assert (wanted_by(colleague), colleague.get_full_name()) == (["talk_full"], "Ä G")


def test_only_notices_that_concern_the_role_are_offered(client):
    log_in(client, make_colleague("lu", roles=["Lesend"]))

    assert "Mails an Sie" not in text(client.get(PROFILE))
    data = {"first_name": "L", "last_name": "U", "notices": ["talk_full"]}
    assert client.post(PROFILE, data).status_code == 302


def test_address_is_changed_after_the_password_and_both_are_told(client, colleague, clock):
    clock.shift(timedelta(minutes=11))
    wish = {"email": "neu@verein.example"}
    assert "nachweis-password" in text(client.post(ADDRESS, wish))
    colleague.refresh_from_db()
    assert colleague.email == "aenne@verein.example"

    proof = {"nachweis-password": PASSWORD, "nachweis-fuer": "POST"}
    response = client.post(ADDRESS, wish | proof, follow=True)

    colleague.refresh_from_db()
    assert "Beide Adressen bekommen eine Mail" in text(response)
    assert colleague.email == "neu@verein.example"
    assert kinds_to(colleague) == ["account_changed"] * 2


def test_address_of_another_account_is_refused(client, colleague):
    make_colleague("bo", email="bo@verein.example")

    response = client.post(ADDRESS, {"email": "BO@verein.example"})

    assert response.status_code == 422
    assert "gehört schon zu einem anderen Konto" in text(response)


def test_missing_address_is_no_dead_end(client, colleague):
    colleague.email = ""
    colleague.save()

    html = text(client.get(PROFILE))

    assert "Ohne Adresse bekommen Sie kein neues Passwort" in html
    assert f'href="{ADDRESS}"' in html
