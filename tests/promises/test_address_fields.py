"""Every field for an e-mail address, on public pages and in the admin, takes what was typed.

Browsers rewrite the domain in a field of `type=email` by IDNA 2003: `straße.de` became
`strasse.de`, which is somebody else's.
"""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.models import Series
from registration.models import Message, OutgoingMail
from tests.admin_form import errors_of, send, url
from tests.makers import make_message, make_talk
from tests.webtalks.addresses import addresses

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

INPUT = re.compile(r"<input\b[^>]*>")
# What takes long to be written, and is no page.
FILES = {"admin pdf", "admin sheet", "sign"}
TYPED, CANONICAL = "Kim@Straße.example", "Kim@xn--strae-oqa.example"


def fields(html: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in INPUT.findall(html)]


def fields_by_page(organiser) -> dict[str, list[dict[str, str]]]:
    """Return the fields of every page of the site by its route."""
    found = {}
    for address in addresses():
        if address.kind in FILES:
            continue
        response = (organiser if address.in_admin else Client()).get(address.path)
        if response.streaming:
            response.getvalue()  # reads and closes what is a file
        elif response.headers.get("Content-Type", "").startswith("text/html"):
            found[address.route] = fields(response.content.decode())
    return found


def test_no_form_lets_the_browser_rewrite_an_address(admin_client):
    of_pages = fields_by_page(admin_client)

    assert [page for page, found in of_pages.items() if "email" in map(kind, found)] == []
    for_mail = {
        page: field
        for page, found in of_pages.items()
        for field in found
        if field.get("name", "").endswith("email") and kind(field) != "hidden"
    }
    assert {
        "anmeldung/",
        "anmeldung/links/",
        "talks/<slug:slug>/teilnehmen/",
        "terminhinweise/",
        "meine-anmeldung/<str:token>/adresse/",
        "meine-anmeldung/<str:token>/<uuid:uuid>/weitergeben/",
        "admin/events/series/<path:object_id>/change/",
        "admin/auth/user/<path:object_id>/change/",
    } <= for_mail.keys()
    for page, field in for_mail.items():
        found = tuple(field.get(name) for name in ("inputmode", "autocapitalize", "spellcheck"))
        assert (page, kind(field), found) == (page, "text", ("email", "none", "false"))
        # Who hands over a seat types somebody else's, who changes an address not the known one.
        of_colleague = page.startswith("admin/team/") or page.endswith("vortragende/")
        is_another = of_colleague or page.endswith(("weitergeben/", "/adresse/"))
        assert field["autocomplete"] == ("off" if is_another else "email")


def kind(field: dict[str, str]) -> str:
    return field.get("type", "text")


def test_contact_of_the_series_is_canonical_wherever_it_stands(admin_client, client):
    series = Series.objects.create(name="Reihe")

    send(admin_client, url(series), {"contact_email": TYPED})

    assert Series.objects.values_list("contact_email", flat=True).get() == CANONICAL
    for page in ("/impressum/", "/.well-known/security.txt", "/sicherheit/", "/ueber/"):
        html = client.get(page).content.decode()
        assert (page, CANONICAL in html, "traße" in html) == (page, True, False)


def test_contact_written_past_the_forms_is_canonical_too():
    Series.objects.create(contact_email=TYPED)
    Series.objects.update(contact_email=f"\u202a{TYPED}\u202c")

    assert Series.load().contact_email == CANONICAL


def test_account_is_clean_and_a_test_goes_to_its_canonical_address(admin_client, admin_user):
    changes = {"email": TYPED, "first_name": "Kim\xad\v", "last_name": "Bei\u200bspiel"}
    send(admin_client, url(admin_user), changes | {"username": "ki\u00adm"})

    account = User.objects.get()
    names = (account.username, account.first_name, account.last_name)
    assert (*names, account.email) == ("kim", "Kim", "Beispiel", CANONICAL)


def test_message_is_tested_at_the_canonical_address_of_an_old_account(admin_client, admin_user):
    User.objects.update(email=TYPED)
    message = make_message(make_talk())

    admin_client.post(reverse("admin:test_message", args=[message.pk]))

    assert Message.objects.count() == 1
    assert OutgoingMail.objects.get().recipient == CANONICAL


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("müller@stadt.de", "Meinen Sie vielleicht mueller@stadt.de?"),
        ("kim@stadt", "Hinter dem @ fehlt"),
        ("\u202akim", "Unsichtbare Zeichen darin haben wir entfernt."),
    ],
)
def test_admin_names_the_cause_too(admin_client, typed, words):
    series = Series.objects.create(name="Reihe")

    response = send(admin_client, url(series), {"contact_email": typed})

    (message,) = errors_of(response)["contact_email"]
    assert words in message
