"""A form that is sent when its session is over, or after a log-in in another tab."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Topic
from tests.events.upload_files import jpeg, upload
from tests.webtalks.http.test_csrf import fields_of
from tests.webtalks.login.test_second_factor import code_of, set_up
from tests.webtalks.login.test_sessions import ADD, PASSWORD, log_in

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TYPED = {"name": 'Wärme & "Licht"', "slug": "waerme"}
ANSWER = TYPED | {"nachweis-fuer": "LOGIN", "nachweis-username": "änne"}
OURS = {"Origin": "http://testserver"}


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def organiser(client):
    user = User.objects.create_superuser("änne", password=PASSWORD)
    log_in(client)
    return user


def test_form_that_is_sent_after_the_end_goes_on_after_the_log_in(client, organiser, clock):
    clock.shift(timedelta(hours=13))
    page = client.post(ADD, TYPED)
    html = unescape(page.content.decode())

    assert page.status_code == 200
    assert "noch nicht gesichert, aber auch nicht verloren" in html
    assert 'name="name" value="Wärme & "Licht""' in html
    assert page["Cache-Control"] == "no-store"
    wrong = client.post(ADD, ANSWER | {"nachweis-password": "falsch"}).content.decode()
    assert "Anmeldename oder Passwort stimmt nicht" in wrong
    assert "Wärme &amp; &quot;Licht&quot;" in wrong
    assert Topic.objects.count() == 0

    answer = client.post(ADD, ANSWER | {"nachweis-password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/admin/events/topic/")
    assert Topic.objects.get().name == 'Wärme & "Licht"'
    assert client.get("/admin/").status_code == 200
    # It is a log-in like any other: it ends after twelve hours.
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600


def test_address_of_the_account_logs_in_here_too(client, organiser):
    organiser.email = "aenne@verein.example"
    organiser.save()
    client.logout()
    answer = ANSWER | {"nachweis-username": "Aenne@Verein.example", "nachweis-password": PASSWORD}

    assert client.post(ADD, answer).status_code == 302
    assert Topic.objects.count() == 1


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_form_of_another_site_is_not_carried_through_the_log_in(origin):
    """Nobody's first POST is shown again, and so sent by a log-in, that was not ours."""
    User.objects.create_superuser("änne", password=PASSWORD)
    victim = Client(enforce_csrf_checks=True)
    victim.get("/admin/login/")
    ours = {"csrfmiddlewaretoken": victim.cookies["csrftoken"].value}

    for sent in (TYPED, ANSWER | {"nachweis-password": PASSWORD}):
        page = victim.post(ADD, sent, headers=origin)
        assert (page.status_code, "nachweis" in page.content.decode()) == (403, False)
    # The control: our own page gets the log-in.
    page = victim.post(ADD, TYPED | ours, headers=OURS)
    assert 'name="nachweis-fuer" value="LOGIN"' in page.content.decode()
    assert Topic.objects.count() == 0


def test_second_factor_is_not_skipped(client, organiser, clock):
    set_up(client, organiser)
    client.logout()
    clock.shift(60)
    answer = ANSWER | {"nachweis-password": PASSWORD}

    for code, words in (("", "Bitte geben Sie auch den Code ein."), ("000000", "stimmt nicht")):
        assert words in client.post(ADD, answer | {"nachweis-code": code}).content.decode()
        assert client.get("/admin/").status_code == 302
    assert Topic.objects.count() == 0

    assert client.post(ADD, answer | {"nachweis-code": code_of(organiser)}).status_code == 302
    assert Topic.objects.count() == 1
    assert client.get("/admin/").status_code == 200


def test_who_has_to_set_up_the_second_factor_does_that_first(client, organiser, settings):
    settings.ADMIN_2FA = "required"
    client.logout()

    answer = client.post(ADD, ANSWER | {"nachweis-password": PASSWORD})

    assert (answer.status_code, answer.url) == (302, "/admin/zwei-schritte/")
    assert Topic.objects.count() == 0


def test_account_without_the_right_gets_no_further(client):
    User.objects.create_user("gast", password=PASSWORD)
    User.objects.create_user("lea", password=PASSWORD, is_staff=True)
    answer = ANSWER | {"nachweis-password": PASSWORD}

    guest = client.post(ADD, answer | {"nachweis-username": "gast"})
    assert "das Konto hat keinen Zugang zur Verwaltung" in guest.content.decode()
    assert client.post(ADD, answer | {"nachweis-username": "lea"}).status_code == 403
    assert Topic.objects.count() == 0


def test_five_wrong_passwords_lock_here_too(client, organiser):
    client.logout()
    for _ in range(5):
        answer = client.post(ADD, ANSWER | {"nachweis-password": "falsch"})
    assert answer.status_code == 429
    assert client.post(ADD, ANSWER | {"nachweis-password": PASSWORD}).status_code == 429


def test_passwords_are_not_carried_and_files_are_spoken_of(client):
    page = client.post(ADD, TYPED | {"password1": "geheim-4711", "image": upload(jpeg())})

    assert "geheim-4711" not in page.content.decode()
    assert "laden Sie sie danach noch einmal hoch" in page.content.decode()


def test_script_gets_no_page(client):
    assert client.post(ADD, TYPED, headers={"Sec-Fetch-Mode": "cors"}).status_code == 403


# A log-in in another tab, which gives the browser another token


@pytest.fixture
def tab():
    """Return a browser in which somebody opened a form, and then logged in again elsewhere."""
    User.objects.create_superuser("änne", password=PASSWORD)
    tab = Client(enforce_csrf_checks=True)
    log_in_by_form(tab)
    tab.form = fields_of(tab.get(ADD).content.decode())
    tab.post("/admin/logout/", tab.form, headers=OURS)
    log_in_by_form(tab)
    return tab


def log_in_by_form(tab):
    tab.get("/admin/login/")
    token = tab.cookies["csrftoken"].value
    fields = {"username": "änne", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert tab.post("/admin/login/", fields, headers=OURS).status_code == 302


def test_form_of_a_former_log_in_is_sent_once_more(tab):
    page = tab.post(ADD, tab.form | TYPED, headers=OURS)
    html = page.content.decode()

    assert page.status_code == 422
    assert "no-store" in page["Cache-Control"]
    assert "schicken Sie es einfach noch einmal ab" in html
    assert Topic.objects.count() == 0
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html[html.rindex("<form") :]))
    again = {name: unescape(value) for name, value in again.items()}
    assert tab.post(ADD, again, headers=OURS).url == "/admin/events/topic/"
    assert Topic.objects.get().name == 'Wärme & "Licht"'


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_form_of_another_site_stays_refused(tab, origin):
    page = tab.post(ADD, tab.form | TYPED, headers=origin)

    assert (page.status_code, "evil" in page.content.decode()) == (403, False)
    assert "Noch einmal abschicken" not in page.content.decode()
