"""The password once more, before people leave the site or are erased."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from registration.models import Registration
from tests.makers import make_registration
from tests.webtalks.login.test_second_factor import code_of, set_up
from tests.webtalks.login.test_sessions import PASSWORD, log_in
from webtalks.login import reauthentication
from webtalks.login.reauthentication import PAGES_WITH_PROOF

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"
# Every page that takes people out of the site, or erases them, and what makes it do so.
EXPORT = {"states": "confirmed", "columns": "email", "file_format": "csv"}
PAGES = {
    "export_registrations": EXPORT,
    "person_data": {"who": KIM, "ja": "1"},
    "person_letter": {"who": KIM},
    "erase_person": {"who": KIM, "ja": "1"},
}
# Every page that lets somebody in, or decides what they have to show.
ACCOUNTS = {"auth_user_add", "auth_user_change", "auth_user_password_change"}
ACCOUNTS |= {"auth_group_add", "auth_group_change"}
# Every page that invites colleagues, changes what they may, or where their links go.
ACCOUNTS |= {"team_invite", "team_member", "team_act", "team_access", "profile_address"}
FACTOR = "/admin/zwei-schritte/"
# Words in the name of a page that takes people out of the site, or erases them.
WORDS = (
    "password",
    "export",
    "data",
    "letter",
    "erase",
    "download",
    "csv",
    "xlsx",
    "json",
    "anonym",
)
# Pages with such a word, or of accounts, that ask for no proof, and why.
WITHOUT_PROOF = {
    # They have numbers without names.
    "admin:statistics_xlsx",
    "admin:funder_report_xlsx",
    # They show accounts, the own one and its name.
    "admin:team",
    "admin:profile",
    # A link from a mail proves it, and they leave the second factor, or ask for the password.
    "forgotten_password",
    "set_password",
    "reset_second_factor",
    # They ask for the old password themselves.
    "admin:password_change",
    "admin:password_change_done",
    # They show accounts, and take some away; they give nobody a way in.
    "admin:auth_user_changelist",
    "admin:auth_user_history",
    "admin:auth_user_delete",
    "admin:auth_group_changelist",
    "admin:auth_group_history",
    "admin:auth_group_delete",
    # It is where the second factor is given after the password.
    "second_factor_code",
}


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def organiser(client):
    user = User.objects.create_superuser("änne", password=PASSWORD)
    log_in(client)
    return user


def page_names(resolver, route="", namespace="") -> set[str]:
    """Return the names of all pages below /admin/."""
    found = set()
    for entry in resolver.url_patterns:
        path = route + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found |= page_names(entry, path, inner)
        elif entry.name and path.startswith("admin/"):
            found.add(f"{namespace}{entry.name}")
    return found


def test_pages_with_proof_exist_and_are_all_that_move_people_or_accounts():
    names = page_names(get_resolver())
    moves_people = {name for name in names if any(word in name for word in WORDS)}
    of_accounts = ("auth_", "second_factor", ":team", ":profile")
    moves_accounts = {name for name in names if any(word in name for word in of_accounts)}

    asking = {f"admin:{name}" for name in (*PAGES, *ACCOUNTS)} | {resolve(FACTOR).view_name}
    assert asking == PAGES_WITH_PROOF
    assert names >= PAGES_WITH_PROOF
    assert (moves_people | moves_accounts) - WITHOUT_PROOF == PAGES_WITH_PROOF


@pytest.mark.parametrize("name", sorted(PAGES_WITH_PROOF))
def test_page_asks_when_the_proof_is_too_old(client, organiser, clock, name):
    group = Group.objects.create(name="Ausgabe")
    numbers = {
        "admin:auth_user_change": [organiser.pk],
        "admin:auth_user_password_change": [organiser.pk],
        "admin:auth_group_change": [group.pk],
        "admin:team_member": [organiser.pk],
        "admin:team_act": [organiser.pk],
        "admin:team_access": [organiser.pk],
    }
    url = reverse(name, args=numbers.get(name))
    assert "nachweis-password" not in client.get(url).content.decode()

    clock.shift(timedelta(minutes=10, seconds=1))

    for response in (client.get(url), client.post(url)):
        assert "nachweis-password" in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_and_nothing_goes_before_the_proof(client, organiser, clock, name):
    make_registration()
    url = reverse(f"admin:{name}")
    clock.shift(timedelta(minutes=10, seconds=1))

    for response in (client.get(url), client.post(url, PAGES[name])):
        html = response.content.decode()
        assert (response.status_code, "nachweis-password" in html) == (200, True)
        assert "Content-Disposition" not in response
    assert Registration.objects.get().email == KIM
    assert LogEntry.objects.count() == 0
    # The form carries along what was sent, and the e-mail address stands in no URL.
    for field, value in PAGES[name].items():
        assert f'<input type="hidden" name="{field}" value="{value}">' in html
    assert "?" not in response.request["PATH_INFO"] + response.request["QUERY_STRING"]


def test_open_desk_gives_nobody_a_password_of_their_own(client, organiser, clock):
    clock.shift(timedelta(minutes=11))
    url = reverse("admin:auth_user_password_change", args=[organiser.pk])
    new = "ein neues langes Wort"

    for response in (
        client.get(url),
        client.post(url, {"usable_password": "true", "password1": new, "password2": new}),
    ):
        assert "nachweis-password" in response.content.decode()
    organiser.refresh_from_db()
    assert organiser.check_password(PASSWORD)


@pytest.mark.parametrize("button", ["codes", "remove"])
def test_open_desk_does_not_change_the_second_factor(client, organiser, clock, button):
    set_up(client, organiser)
    kept = list(StaticToken.objects.values_list("token", flat=True))
    clock.shift(timedelta(minutes=11))

    for response in (client.get(FACTOR), client.post(FACTOR, {button: ""})):
        assert "nachweis-code" in response.content.decode()
    assert TOTPDevice.objects.filter(user=organiser, confirmed=True).exists()
    assert list(StaticToken.objects.values_list("token", flat=True)) == kept


def test_open_desk_takes_no_second_factor_from_others(client, organiser, clock):
    other = User.objects.create_superuser("kim", password=PASSWORD)
    TOTPDevice.objects.create(user=other, confirmed=True)
    clock.shift(timedelta(minutes=11))
    url = reverse("admin:auth_user_changelist")
    sent = {"action": "remove_second_factor", "_selected_action": other.pk}

    assert "nachweis-password" in client.post(url, sent).content.decode()
    assert TOTPDevice.objects.filter(user=other).exists()
    sent |= {"nachweis-fuer": "POST", "nachweis-password": PASSWORD}
    assert client.post(url, sent).status_code == 302
    assert not TOTPDevice.objects.filter(user=other).exists()


@pytest.mark.parametrize("name", PAGES)
def test_after_the_proof_it_goes_on_as_it_was_sent(client, organiser, clock, name):
    make_registration()
    url = reverse(f"admin:{name}")
    clock.shift(timedelta(minutes=11))

    sent = PAGES[name] | {"nachweis-fuer": "POST", "nachweis-password": PASSWORD}
    response = client.post(url, sent)

    response.getvalue()
    assert response.status_code == (302 if name == "erase_person" else 200)
    assert ("Content-Disposition" in response) == (name in ("export_registrations", "person_data"))
    assert LogEntry.objects.count() == 1
    # It is good for ten minutes.
    clock.shift(timedelta(minutes=10))
    assert "nachweis" not in client.get(url, follow=True).content.decode()
    clock.shift(1)
    assert "nachweis" in client.get(url).content.decode()


def test_page_is_shown_after_the_proof(client, organiser, clock):
    url = reverse("admin:export_registrations") + "?talk=1"
    clock.shift(timedelta(minutes=11))

    response = client.post(url, {"nachweis-fuer": "GET", "nachweis-password": PASSWORD})

    assert (response.status_code, response.url) == (302, url)
    assert "Datei herunterladen" in client.get(url).content.decode()


def test_log_in_is_proof_enough_for_ten_minutes(client, organiser, clock):
    clock.shift(timedelta(minutes=10))

    html = client.get(reverse("admin:export_registrations")).content.decode()
    assert "nachweis" not in html


def test_wrong_passwords_lock(client, organiser, clock):
    clock.shift(timedelta(minutes=11))
    url = reverse("admin:export_registrations")
    wrong = {"nachweis-fuer": "GET", "nachweis-password": "falsch"}

    statuses = [client.post(url, wrong).status_code for _ in range(5)]
    locked = client.post(url, wrong | {"nachweis-password": PASSWORD})

    assert (statuses, locked.status_code) == ([200, 200, 200, 200, 429], 429)
    assert "Zu viele falsche Passwörter" in locked.content.decode()
    client.logout()
    data = {"username": "änne", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", data).status_code == 429


def test_password_of_another_account_is_no_proof(client, organiser, clock):
    User.objects.create_superuser("kim", password="ein anderes langes Wort")
    clock.shift(timedelta(minutes=11))
    url = reverse("admin:export_registrations")

    sent = {"nachweis-fuer": "GET", "nachweis-password": "ein anderes langes Wort"}
    assert client.post(url, sent | {"username": "kim"}).status_code == 200


def test_second_factor_is_part_of_the_proof(client, organiser, clock):
    set_up(client, organiser)
    clock.shift(timedelta(minutes=11))
    url = reverse("admin:export_registrations")
    sent = {"nachweis-fuer": "GET", "nachweis-password": PASSWORD}

    assert client.post(url, sent).status_code == 200
    assert client.post(url, sent | {"nachweis-code": "000000"}).status_code == 200
    clock.shift(60)
    code = code_of(organiser)
    assert client.post(url, sent | {"nachweis-code": code}).status_code == 302


def test_visitor_is_led_to_the_log_in_and_not_asked(client):
    for name in PAGES:
        assert client.get(reverse(f"admin:{name}")).url.startswith("/admin/login/?next=")


def test_forged_form_is_refused(organiser, clock):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(organiser)
    strict.get("/admin/")
    clock.shift(timedelta(minutes=11))
    sent = {"nachweis-fuer": "POST", "nachweis-password": PASSWORD} | PAGES["erase_person"]

    assert strict.post(reverse("admin:erase_person"), sent).status_code == 403


def test_session_without_a_moment_is_no_proof():
    assert reauthentication.is_fresh({}) is False
