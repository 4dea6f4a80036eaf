"""The log-in, which takes a name or an address."""

import pytest

from tests.webtalks.team.people import PASSWORD, make_colleague

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def log_in(client, name, password=PASSWORD):
    return client.post("/admin/login/", {"username": name, "password": password})


@pytest.mark.parametrize("name", ["änne", "Aenne@Verein.example"])
def test_name_and_address_both_log_in(client, name):
    make_colleague(email="aenne@verein.example")

    assert log_in(client, name).status_code == 302


def test_address_of_two_accounts_logs_nobody_in(client):
    make_colleague(email="orga@verein.example")
    make_colleague("bo", email="orga@verein.example")

    assert log_in(client, "orga@verein.example").status_code == 200


def test_name_that_is_an_address_goes_before_the_address_of_another(client):
    named = make_colleague("orga@verein.example", email="neu@verein.example")
    make_colleague("bo", email="orga@verein.example", password="etwas ganz anderes 3")

    log_in(client, "orga@verein.example")

    assert client.session["_auth_user_id"] == str(named.pk)


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_refusal_is_in_plain_words(client, fields):
    make_colleague(**fields)

    html = log_in(client, "änne").content.decode()

    assert "Anmeldename oder Passwort stimmt nicht" in html
    assert "Staff" not in html


def test_wrong_passwords_by_address_count_for_the_account(client):
    make_colleague(email="aenne@verein.example")

    for name in ("änne", "aenne@verein.example") * 3:
        last = log_in(client, name, "falsch")

    assert last.status_code == 429
