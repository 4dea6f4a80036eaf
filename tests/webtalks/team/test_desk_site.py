"""The admin's menu."""

import pytest

from tests.webtalks.team.people import make_colleague, make_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_djangos_pages_of_accounts_are_called_technical_and_stand_last(client):
    client.force_login(make_lead())

    names = [app["name"] for app in client.get("/admin/").context["app_list"]]

    assert names[-1] == "Konten (technisch)"
    assert names.count("Konten (technisch)") == 1


def test_colleague_sees_no_accounts(client):
    client.force_login(make_colleague())

    html = client.get("/admin/").content.decode()

    assert "Konten (technisch)" not in html
    assert "/admin/profil/" in html
