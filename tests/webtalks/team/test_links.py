"""The links in mails to an account: what they do, once, and for whom they do nothing."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail
from tests.mailbox import Mailbox
from tests.webtalks.team.people import (
    PASSWORD,
    give_second_factor,
    kinds_to,
    make_colleague,
    make_lead,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORGOTTEN = "/admin/konto/passwort/"
NEW = "noch ein besseres 8"


def write_to(user, kind) -> None:
    OutgoingMail.objects.enqueue_to_account(kind, user)


def link_in_mail(smtp_server) -> str:
    """Send what waits; return the path of the link in the newest mail, as the text has it."""
    deliver_due()
    link = Mailbox(smtp_server, "aenne@verein.example").link("/admin/konto/")
    return urlsplit(link).path


@pytest.fixture
def colleague():
    return make_colleague(email="aenne@verein.example")


def without_nonce(response) -> str:
    return re.sub(r'nonce="[^"]*"', "", response.content.decode())


def send(client, link, password=NEW):
    return client.post(link, {"new_password1": password, "new_password2": password})


def log_in(client, password) -> int:
    return client.post("/admin/login/", {"username": "änne", "password": password}).status_code


@pytest.mark.parametrize("kind", ["invitation", "new_password"])
def test_link_sets_the_password_once(client, smtp_server, colleague, kind):
    write_to(colleague, kind)
    link = link_in_mail(smtp_server)

    for _ in range(2):  # programs look first
        assert client.get(link).status_code == 200
    assert send(client, link).url == "/admin/login/"

    assert (log_in(Client(), PASSWORD), log_in(Client(), NEW)) == (200, 302)
    assert [client.get(link).status_code, send(client, link, "x" * 20).status_code] == [404, 404]
    assert kinds_to(colleague)[1:] == ["account_changed"]


def test_link_logs_nobody_in_and_leaves_the_second_factor(client, smtp_server, colleague):
    give_second_factor(colleague)
    write_to(colleague, "new_password")

    send(client, link_in_mail(smtp_server))

    assert client.get("/admin/").url.startswith("/admin/login/")
    log_in(client, NEW)
    assert client.get("/admin/").url.startswith("/admin/zwei-schritte/code/")
    assert TOTPDevice.objects.count() == 1


def test_new_password_ends_all_sessions(smtp_server, colleague):
    other = Client()
    other.force_login(colleague)
    assert other.get("/admin/").status_code == 200
    write_to(colleague, "new_password")

    send(Client(), link_in_mail(smtp_server))

    assert other.get("/admin/").status_code == 302


def test_new_password_in_the_browser_that_is_logged_in_ends_that_session_too(
    client, smtp_server, colleague, clock
):
    client.force_login(colleague)
    client.get("/admin/")
    clock.shift(timedelta(minutes=2))
    write_to(colleague, "new_password")

    response = client.post(
        link_in_mail(smtp_server), {"new_password1": NEW, "new_password2": NEW}, follow=True
    )

    assert "Bitte melden Sie sich jetzt damit an" in response.content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("end", ["time", "password", "log-in", "access", "address"])
def test_link_dies(client, smtp_server, colleague, clock, end):
    write_to(colleague, "new_password")
    link = link_in_mail(smtp_server)
    assert client.get(link).status_code == 200

    if end == "time":
        clock.shift(timedelta(hours=72, seconds=1))
    elif end == "password":
        colleague.set_password("ein anderes Passwort 9")
    elif end == "log-in":
        clock.shift(timedelta(seconds=1))
        log_in(Client(), PASSWORD)
        colleague.refresh_from_db()
    elif end == "access":
        colleague.is_active = False
    else:
        colleague.email = "neu@verein.example"
    colleague.save()

    assert client.get(link).status_code == 404
    assert send(client, link).status_code == 404


def test_link_is_good_for_its_account_and_purpose_alone(client, smtp_server, colleague):
    other = make_colleague("bo")
    write_to(colleague, "new_password")
    link = link_in_mail(smtp_server)

    wrong = [
        link.replace(f"/{colleague.pk}/", f"/{other.pk}/"),
        link.replace("/passwort/", "/zweiter-schritt/"),
        link[:-2] + "x/",
    ]

    assert [client.get(path).status_code for path in wrong] == [404, 404, 404]


def test_who_tries_many_links_has_to_wait(client, colleague):
    link = f"/admin/konto/{colleague.pk}/passwort/abc-def/"

    statuses = [client.get(link, REMOTE_ADDR="192.0.2.9").status_code for _ in range(31)]

    assert statuses == [404] * 30 + [429]


def test_bad_password_is_refused_in_words(client, smtp_server, colleague):
    write_to(colleague, "new_password")
    link = link_in_mail(smtp_server)

    response = send(client, link, "kurz")

    assert response.status_code == 422
    assert "zu kurz" in response.content.decode()
    assert log_in(Client(), PASSWORD) == 302


def test_second_factor_goes_with_link_and_password_together(client, smtp_server, colleague):
    give_second_factor(colleague)
    write_to(colleague, "new_second_factor")
    link = link_in_mail(smtp_server)

    assert client.get(link).status_code == 200
    assert client.post(link, {"password": "falsch"}).status_code == 422
    assert TOTPDevice.objects.count() == 1
    assert client.post(link, {"password": PASSWORD}).url == "/admin/login/"

    assert TOTPDevice.objects.count() == 0
    assert client.get(link).status_code == 404
    assert kinds_to(colleague)[1:] == ["account_changed"]


def test_log_in_with_the_password_leaves_the_link_of_the_second_factor(smtp_server, colleague):
    give_second_factor(colleague)
    write_to(colleague, "new_second_factor")
    link = link_in_mail(smtp_server)

    log_in(Client(), PASSWORD)

    assert Client().get(link).status_code == 200


def test_wrong_passwords_at_the_link_lock_the_name(client, smtp_server, colleague):
    give_second_factor(colleague)
    write_to(colleague, "new_second_factor")
    link = link_in_mail(smtp_server)

    statuses = [client.post(link, {"password": "falsch"}).status_code for _ in range(5)]

    assert 429 in statuses
    assert client.post(link, {"password": PASSWORD}).status_code != 302


def test_forgotten_password_is_answered_alike_for_every_address(client, smtp_server, colleague):
    pages = [
        without_nonce(client.post(FORGOTTEN, {"email": address}))
        for address in ("aenne@verein.example", "niemand@verein.example")
    ]
    deliver_due()

    assert pages[0] == pages[1]
    assert kinds_to(colleague) == ["new_password"]
    assert Mailbox(smtp_server, "aenne@verein.example").subjects == ["Neues Passwort festlegen"]


def test_forgotten_password_is_mailed_three_times_a_day(client, colleague):
    for _ in range(5):
        assert client.post(FORGOTTEN, {"email": "AENNE@verein.example"}).status_code == 200

    assert kinds_to(colleague) == ["new_password"] * 3


def test_network_that_asks_for_many_passwords_has_to_wait(client):
    statuses = [
        client.post(
            FORGOTTEN, {"email": f"a{number}@verein.example"}, REMOTE_ADDR="192.0.2.9"
        ).status_code
        for number in range(31)
    ]

    assert statuses == [200] * 30 + [429]


def test_forgotten_password_of_who_may_not_enter_is_not_mailed(client, colleague):
    User.objects.create_user("ohne", "ohne@verein.example", PASSWORD)
    colleague.is_active = False
    colleague.save()

    for address in ("aenne@verein.example", "ohne@verein.example"):
        client.post(FORGOTTEN, {"email": address})

    assert OutgoingMail.objects.count() == 0


def test_address_that_is_none_is_said(client):
    response = client.post(FORGOTTEN, {"email": "änne@"})

    assert response.status_code == 422
    assert 'value="änne@"' in response.content.decode()


def test_log_in_page_leads_to_the_forgotten_password(client):
    assert f'href="{FORGOTTEN}"' in client.get("/admin/login/").content.decode()


def test_mail_is_not_sent_to_an_account_that_has_ended(smtp_server, colleague):
    make_lead()
    write_to(colleague, "new_password")
    colleague.is_active = False
    colleague.save()

    deliver_due()

    assert smtp_server.messages == []
    assert OutgoingMail.objects.get().state == "obsolete"
