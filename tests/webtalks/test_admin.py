"""Passwords and sessions of organisers, as Django and our settings treat them."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.signing import Signer
from django.urls import reverse

from tests.makers import make_registration

pytestmark = [pytest.mark.once, pytest.mark.django_db]

OLD, NEW = "ein gutes Passwort 7", "noch ein besseres 8"
CHANGE = "/admin/password_change/"


@pytest.fixture
def organiser(client):
    user = get_user_model().objects.create_user("änne", password=OLD, is_staff=True)
    client.force_login(user)
    return user


def change(client, new, old=OLD):
    """Try to change the password; return the messages, none if it is changed."""
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    response = client.post(CHANGE, data)
    if response.status_code == 302:
        return []
    return [str(text) for texts in response.context["form"].errors.values() for text in texts]


def test_history_calls_accounts_by_their_numbers(admin_client):
    """The name to log in with is often an address, and the history outlives the account."""
    user = User.objects.create_user("kim@verein.example", is_staff=True)

    admin_client.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"})

    assert LogEntry.objects.get().object_repr == f"Konto Nr. {user.pk}"


def test_new_site_has_no_account():
    assert get_user_model().objects.count() == 0


def test_password_is_changed_by_who_knows_the_old_one(client, organiser):
    assert change(client, NEW, old="falsch") != []
    assert change(client, NEW) == []
    organiser.refresh_from_db()
    assert organiser.check_password(NEW)


@pytest.mark.parametrize(
    "password", ["kurz-7!", "12345678", "password1", "iloveyou", "qwertyuiop"]
)
def test_short_and_common_passwords_are_refused(client, organiser, password):
    assert change(client, password) != []


@pytest.mark.parametrize(
    "password",
    ["nurkleinebuchstaben", "8675309867530986", "ä ö ü 王小明 🌻🌻", "x" * 8 + "y" * 120],
)
def test_any_characters_make_a_password(client, organiser, password):
    assert change(client, password) == []


@pytest.mark.parametrize("typed", [OLD.upper(), f"{OLD} ", f" {OLD}", OLD[:-1], f"{OLD}\u0301"])
def test_password_counts_as_it_was_typed(client, organiser, typed):
    client.logout()

    response = client.post("/admin/login/", {"username": "änne", "password": typed})

    assert response.status_code == 200
    assert client.post("/admin/login/", {"username": "änne", "password": OLD}).status_code == 302


def test_password_fields_hide_and_allow_managers(client, organiser):
    pages = [client.get(CHANGE).content.decode()]
    client.logout()
    pages.append(client.get("/admin/login/").content.decode())

    fields = re.findall(r"<input[^>]*password[^>]*>", "".join(pages))
    assert len(fields) == 4
    for field in fields:
        assert 'type="password"' in field
        assert "onpaste" not in field
        assert 'autocomplete="off"' not in field


def test_log_in_asks_for_name_and_password_and_no_hint(client):
    html = client.get("/admin/login/").content.decode()

    names = re.findall(r'<input[^>]* name="(\w+)"', html)
    assert sorted(names) == ["csrfmiddlewaretoken", "next", "password", "username"]


def test_session_is_new_after_the_log_in_and_long(client, organiser):
    client.logout()
    client.get("/admin/login/")
    keys = set()
    for _ in range(3):
        before = client.session.session_key
        client.post("/admin/login/", {"username": "änne", "password": OLD})
        keys |= {before, client.session.session_key}
        client.session.cycle_key()

    real = keys - {None}
    assert len(real) >= 3
    # 32 of 36 characters: 165 bits.
    assert [key for key in real if not re.fullmatch(r"[a-z0-9]{32}", key)] == []


def test_log_out_ends_the_session_on_the_server(client, organiser):
    key = client.session.session_key
    assert client.get("/admin/").status_code == 200

    client.post("/admin/logout/")

    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get("/admin/").status_code == 302


def test_forged_session_is_none(client):
    client.cookies["sessionid"] = "a" * 32

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("end", ["disabled", "deleted"])
def test_session_ends_with_the_account(client, organiser, end):
    assert client.get("/admin/").status_code == 200

    if end == "disabled":
        organiser.is_active = False
        organiser.save()
    else:
        organiser.delete()

    assert client.get("/admin/").status_code == 302


def test_links_are_signed_in_one_way_alone(client, settings):
    row = make_registration()
    salt = "webtalks.meine-anmeldung"
    good = Signer(salt=salt, sep=".").sign(row.key)
    forged = [
        row.key,
        f"{row.key}.",
        f"{row.key}.none",
        Signer(salt=salt, sep=".", algorithm="md5").sign(row.key),
        Signer(salt=salt, sep=".", algorithm="sha1").sign(row.key),
        Signer(salt=salt, sep=".", key="another key").sign(row.key),
        Signer(salt="webtalks.teilnehmen", sep=".").sign(row.key),
        good[:-1],
        good.swapcase(),
    ]

    found = [
        client.get(reverse("registration:mine", args=[token])).status_code for token in forged
    ]

    assert client.get(reverse("registration:mine", args=[good])).status_code == 200
    assert 200 not in found


TEXTS = ["/", "/robots.txt", "/sitemap.xml", "/feed.xml", "/kalender.ics", "/healthz", "/readyz"]
TEXTS += ["/gibt/es/nicht", "/?q=%00", "/.well-known/security.txt", "/admin/login/"]


@pytest.mark.parametrize("path", TEXTS)
def test_every_text_names_its_encoding(client, path):
    content_type = client.get(path).headers["Content-Type"]

    # JSON is always UTF-8 (RFC 8259 §8.1).
    assert content_type == "application/json" or content_type.lower().endswith("charset=utf-8")
