"""Wrong passwords at the admin's door, and what remains of them."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "richtig und lang genug"
WRONG = "falsch-geheim-4711"
LOGIN = "/admin/login/"
ERASE = "/admin/registration/registration/person/loeschen/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """Spend no time on hashes: a hundred passwords are tried here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def organiser():
    return User.objects.create_superuser("änne", password=PASSWORD)


def log_in(client, password, name="änne", **extra):
    data = {"username": name, "password": password, "next": "/admin/"}
    return client.post(LOGIN, data, **extra)


def test_fifth_wrong_password_locks_out_with_a_german_page(client, organiser):
    answers = [log_in(client, WRONG).status_code for _ in range(5)]
    locked = log_in(client, PASSWORD)

    assert (answers, locked.status_code) == ([200, 200, 200, 200, 429], 429)
    html = locked.content.decode()
    assert "Zu viele falsche Passwörter" in html
    assert "höchstens 1 Stunde lang" in html
    assert html.count("Kleinstadt Web-Talks") == 2
    assert "Access-Control-Allow-Origin" not in locked
    assert "'unsafe-inline'" not in locked["Content-Security-Policy"]


def test_scripted_log_in_gets_no_cors_header(client, organiser):
    for _ in range(5):
        response = log_in(client, WRONG, headers={"X-Requested-With": "XMLHttpRequest"})

    assert response.status_code == 429
    assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_four_wrong_passwords_and_the_right_one_begin_anew(client, organiser):
    for _ in range(2):
        for _ in range(4):
            assert log_in(client, WRONG).status_code == 200
        assert log_in(client, PASSWORD).status_code == 302
        client.logout()

    assert AccessAttempt.objects.count() == 0


def test_lock_names_the_ways_on(client, organiser):
    for _ in range(5):
        log_in(client, WRONG)
    page = log_in(client, PASSWORD).content.decode()

    for name in ("admin:login", "forgotten_password"):
        assert f'<a href="{reverse(name)}">' in page


def test_lock_holds_for_the_pair_of_name_and_address(client, organiser):
    User.objects.create_superuser("kim", password=PASSWORD)
    for number in range(5):
        # Another browser does not make another person.
        log_in(client, WRONG, headers={"User-Agent": f"Browser {number}"})

    assert log_in(client, PASSWORD).status_code == 429
    # Capital letters do not make another name.
    assert log_in(client, PASSWORD, name="ÄNNE").status_code == 429
    assert log_in(client, PASSWORD, name="kim").status_code == 302
    client.logout()
    assert log_in(client, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_address_behind_a_trusted_proxy_is_the_one_it_names_last(client, organiser):
    def forwarded(chain, peer="127.0.0.1"):
        return {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": chain}

    for number in range(5):
        # The first address is what the visitor claims; it counts for nothing.
        log_in(client, WRONG, **forwarded(f"198.51.100.{number}, 203.0.113.7"))
    assert log_in(client, PASSWORD, **forwarded("203.0.113.7")).status_code == 429
    assert log_in(client, PASSWORD, **forwarded("203.0.113.8")).status_code == 302
    client.logout()

    for number in range(5):
        log_in(client, WRONG, **forwarded(f"198.51.100.{number}", peer="203.0.113.9"))
    assert log_in(client, PASSWORD, **forwarded("x", peer="203.0.113.9")).status_code == 429


def test_lock_ends_after_an_hour_however_often_one_tries(client, organiser, clock):
    for _ in range(5):
        log_in(client, WRONG)
    for _ in range(6):
        clock.shift(timedelta(minutes=9))
        assert log_in(client, PASSWORD).status_code == 429
    clock.shift(timedelta(minutes=7))

    assert log_in(client, PASSWORD).status_code == 302


def test_unknown_name_is_locked_in_the_same_way(client, organiser):
    unknown = [log_in(client, WRONG, name="niemand") for _ in range(6)]
    known = [log_in(client, WRONG) for _ in range(6)]

    assert [response.status_code for response in unknown] == [
        response.status_code for response in known
    ]


def test_no_table_and_no_log_holds_password_name_or_token(client, organiser, caplog):
    caplog.set_level(logging.DEBUG)
    client.get(LOGIN)
    token = client.cookies["csrftoken"].value
    for _ in range(6):
        client.post(
            LOGIN + "?next=/admin/&geheim=1",
            # Many type the password where the name belongs.
            {"username": WRONG, "password": PASSWORD, "csrfmiddlewaretoken": token},
        )
    log_in(client, WRONG)
    assert log_in(client, PASSWORD).status_code == 302
    asked = {"who": "kim@stadt.example", "nachweis-fuer": "POST", "nachweis-password": WRONG}
    session = client.session
    session["proved_at"] = 0
    session.save()
    for _ in range(2):
        assert client.post(ERASE, asked).status_code == 200

    tables = [AccessAttempt, AccessFailureLog, AccessLog, Session]
    kept = repr([list(model.objects.values()) for model in tables]) + caplog.text
    assert AccessAttempt.objects.exists()
    found = {word for word in (PASSWORD, WRONG, token, "änne", "kim@") if word in kept}
    assert found == set()


@pytest.mark.parametrize("name", ["", "x" * 5000, "😀", "' or 1=1 --"])
def test_odd_names_are_no_error(client, name):
    assert log_in(client, WRONG, name=name).status_code == 200


def test_log_in_page_sends_nobody_to_another_site(client, organiser):
    response = client.post(
        LOGIN, {"username": "änne", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert (response.status_code, response.url) == (302, reverse("admin:index"))
