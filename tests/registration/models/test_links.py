"""Signed links: what ends them, and what does not."""

import pytest
from django.urls import reverse

from registration.models import Registration, links
from tests.makers import make_registration
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("change", ["forged", "purpose", "new key", "erased"])
def test_dead_link_gets_one_neutral_page(client, change):
    row = make_registration()
    path = page_of("mine", row.key)
    if change == "forged":
        path = path[:-2] + ("A/" if path[-2] != "A" else "B/")
    elif change == "purpose":
        path = reverse("registration:mine", args=[links.token(row.key, "andere-seite")])
    elif change == "new key":
        Registration.objects.update(key="neu")
    else:
        row.anonymise()

    responses = [client.get(path), client.post(path, {"registration": str(row.uuid)})]

    assert [r.status_code for r in responses] == [404, 404]
    assert responses[0].templates[0].name == "registration/link_invalid.html"
    assert responses[0].content == client.get("/meine-anmeldung/x.y/").content.replace(
        b"/meine-anmeldung/x.y/", path.encode()
    )
    expected = "cancelled" if change == "erased" else "confirmed"
    assert Registration.objects.get().state == expected


def test_link_survives_a_new_secret_key(client, settings):
    row = make_registration()
    path = page_of("mine", row.key)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new-" * 20

    assert client.get(path).status_code == 200
