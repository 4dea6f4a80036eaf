"""Turns at hashing: two at a time, one waits, others are asked to come back."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.contrib.auth.models import User

from webtalks.http.database_away import ComeBackLater
from webtalks.login import hasher
from webtalks.login.hasher import FewAtOnce, turn


def test_two_work_one_waits_and_others_come_back():
    lock, inside, most, refused = Lock(), 0, 0, 0

    def work(_):
        nonlocal inside, most, refused
        try:
            with turn():
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.2)
                with lock:
                    inside -= 1
        except ComeBackLater:
            with lock:
                refused += 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))

    assert (most, refused) == (2, 9)
    with turn():  # nothing is left over
        pass


def test_site_hashes_in_turns_and_knows_older_hashes(settings):
    older = make_password("ein gutes Passwort 7")
    settings.PASSWORD_HASHERS = ["webtalks.login.hasher.FewAtOnce"]

    assert isinstance(get_hasher(), FewAtOnce)
    assert check_password("ein gutes Passwort 7", older)
    assert not check_password("ein anderes", make_password("ein gutes Passwort 7"))


@pytest.mark.django_db
def test_log_in_asks_to_come_back_while_others_are_checked(client, settings, monkeypatch):
    User.objects.create_superuser("änne", password="ein gutes Passwort 7")
    settings.PASSWORD_HASHERS = ["webtalks.login.hasher.FewAtOnce"]
    monkeypatch.setattr(hasher, "_admitted", hasher.BoundedSemaphore(1))

    with turn():
        data = {"username": "änne", "password": "ein gutes Passwort 7"}
        answer = client.post("/admin/login/", data)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.post("/admin/login/", data).status_code == 302


@pytest.mark.django_db
def test_proof_asks_to_come_back_too(client, settings, monkeypatch):
    User.objects.create_superuser("änne", password="ein gutes Passwort 7")
    settings.PASSWORD_HASHERS = ["webtalks.login.hasher.FewAtOnce"]
    client.force_login(User.objects.get(), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["seen_at"], session["proved_at"] = time.time(), 0
    session.save()
    monkeypatch.setattr(hasher, "_admitted", hasher.BoundedSemaphore(1))
    proof = {"nachweis-fuer": "GET", "nachweis-password": "ein gutes Passwort 7"}

    client.raise_request_exception = False
    with turn():
        answer = client.post("/admin/auth/user/add/", proof)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
