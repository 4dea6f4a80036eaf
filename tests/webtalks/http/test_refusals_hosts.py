"""Whoever asks cannot choose the host: raw requests against gunicorn, and where links lead."""

import contextlib
import re
import socket
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from registration.mail.deliver import deliver_due
from tests.mailbox import Mailbox, links
from tests.makers import make_talk
from tests.server import Server

EVIL = "evil.example"


def answer(peer, *lines) -> tuple[int, str]:
    """Send a request of these lines from the peer; return status and the whole answer."""
    source, port = peer
    with socket.create_connection(("127.0.0.1", port), 20, (source, 0)) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        with contextlib.suppress(OSError):  # it may have answered and gone already
            connection.shutdown(socket.SHUT_WR)
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(raw.split()[1]), raw.decode()


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Run gunicorn, which trusts 127.0.0.1 as its proxy."""
    directory = tmp_path_factory.mktemp("hosts")
    Server(directory).set_up()
    with Server(directory, SITE_URL="https://localhost", WEB_CONCURRENCY="1") as server:
        yield server.port


@pytest.fixture
def stranger(port):
    """Return an address of this machine that is no proxy which gunicorn trusts."""
    return "127.0.0.9", port


@pytest.fixture
def proxied(port):
    return "127.0.0.1", port


HTTP = "GET /robots.txt HTTP/1.1"
ATTACKS = {
    "other host": [HTTP, f"Host: {EVIL}"],
    "other host with our port": [HTTP, f"Host: {EVIL}:443"],
    "empty host": [HTTP, "Host: "],
    "two hosts": [HTTP, "Host: localhost", f"Host: {EVIL}"],
    "two hosts turned round": [HTTP, f"Host: {EVIL}", "Host: localhost"],
    "list of hosts": [HTTP, f"Host: localhost, {EVIL}"],
    "userinfo": [HTTP, f"Host: localhost@{EVIL}"],
    "userinfo turned round": [HTTP, f"Host: {EVIL}@localhost"],
    "port that is none": [HTTP, f"Host: localhost:@{EVIL}"],
    "path in the host": [HTTP, f"Host: localhost/{EVIL}"],
    "subdomain": [HTTP, f"Host: localhost.{EVIL}"],
    "folded": [HTTP, "Host: localhost", f" {EVIL}"],
    "absolute": [f"GET http://{EVIL}/robots.txt HTTP/1.1", "Host: localhost"],
    "absolute with https": [f"GET https://{EVIL}/robots.txt HTTP/1.1", "Host: localhost"],
    "absolute with userinfo": [f"GET http://localhost@{EVIL}/ HTTP/1.1", "Host: localhost"],
    "absolute and forwarded": [
        f"GET http://{EVIL}/ HTTP/1.1",
        "Host: localhost",
        "X-Forwarded-Host: localhost",
    ],
    "forwarded": [HTTP, "Host: localhost", f"X-Forwarded-Host: {EVIL}"],
    "forwarded twice": [HTTP, "Host: localhost", f"X-Forwarded-Host: localhost, {EVIL}"],
    "other scheme": [f"GET ftp://{EVIL}/ HTTP/1.1", "Host: localhost"],
    "broken address": ["GET http://[/ HTTP/1.1", "Host: localhost"],
    "authority": [f"CONNECT {EVIL}:443 HTTP/1.1", "Host: localhost"],
    "asterisk": ["OPTIONS * HTTP/1.1", "Host: localhost"],
}


@pytest.mark.parametrize("name", ATTACKS)
def test_other_host_is_refused(stranger, proxied, name):
    for peer in (stranger, proxied):
        status, text = answer(peer, *ATTACKS[name])

        assert (status, EVIL in text) == (400, False)


@pytest.mark.parametrize("path", ["/", "/ueber/", "/healthz", "/api/talks.json", "/admin/login/"])
def test_other_host_is_refused_on_every_kind_of_page(stranger, path):
    assert answer(stranger, f"GET {path} HTTP/1.1", f"Host: {EVIL}")[0] == 400


def test_forwarded_host_of_anybody_is_ignored(stranger, proxied):
    forged = ["X-Forwarded-Host: localhost", f"Forwarded: host={EVIL};proto=https"]
    forged += [f"X-Original-Host: {EVIL}", f"X-Host: {EVIL}", f"X-Original-URL: //{EVIL}/"]
    for peer in (stranger, proxied):
        status, text = answer(peer, HTTP, "Host: localhost", *forged)

        assert (status, place_of(text)) == (301, "https://localhost/robots.txt")
        assert EVIL not in text


def test_port_of_anybody_leads_nowhere(stranger):
    status, text = answer(stranger, HTTP, "Host: localhost:1234")

    assert (status, place_of(text)) == (301, "https://localhost/robots.txt")


def place_of(text):
    return re.search(r"\r\nLocation: (.*)\r\n", text)[1]


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "X-Forwarded-Protocol: ssl"]
)
def test_https_is_believed_of_the_trusted_proxy_alone(stranger, proxied, header):
    for peer, status in ((stranger, 301), (proxied, 200)):
        found, text = answer(peer, HTTP, "Host: localhost", header)

        assert (found, "Strict-Transport-Security" in text) == (status, status == 200)


def test_own_address_in_the_request_line_is_answered(proxied):
    line = "GET http://localhost/robots.txt HTTP/1.1"

    assert answer(proxied, line, f"Host: {EVIL}", "X-Forwarded-Proto: https")[0] == 200


# Where links lead


@pytest.mark.once
@pytest.mark.django_db
def test_mails_lead_to_the_site_whatever_the_request_said(client, settings, smtp_server, clock):
    settings.SITE_URL = "https://talks.stadt.example"
    settings.ALLOWED_HOSTS = ["*"]  # as if the guard were gone
    talk = make_talk()
    forged = {"host": EVIL, "x-forwarded-host": EVIL, "x-forwarded-proto": "https"}
    data = {"talks": talk.slug, "name": "Kim Beispiel", "email": "kim@stadt.example"}

    client.post(reverse("registration:form"), data, headers=forged)
    client.post(reverse("registration:lost_link"), {"email": data["email"]}, headers=forged)
    deliver_due()

    messages = Mailbox(smtp_server, data["email"]).messages
    found = {link for message in messages for link in links(message)}
    assert len(messages) == 2
    assert {
        link for link in found if urlsplit(link)[:2] != ("https", "talks.stadt.example")
    } == set()
    assert EVIL not in "".join(message.as_string() for message in messages)


NOT_OURS = [
    f"https://{EVIL}/",
    f"http://{EVIL}/",
    f"//{EVIL}",
    f"///{EVIL}",
    f"////{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"\\/{EVIL}",
    f"/\t/{EVIL}",
    f"\t//{EVIL}",
    f" //{EVIL}",
    f"\x01//{EVIL}",
    f"https:{EVIL}",
    f"https:///{EVIL}",
    f"http:\\\\{EVIL}",
    f"//testserver@{EVIL}/",
    f"https://testserver.{EVIL}/",
    f"//{EVIL}\\@testserver/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
]


@pytest.mark.once
@pytest.mark.django_db
def test_next_never_leaves_the_site(client, django_user_model):
    password = {"username": "anne", "password": "ein gutes Passwort 7"}
    django_user_model.objects.create_superuser(**password)
    for target in NOT_OURS:
        client.logout()
        query = {"next": target}
        answers = [
            client.post("/admin/login/", password, query_params=query),
            client.get("/admin/login/", query),
            # Organisers without a second factor are led on at once.
            client.get("/admin/zwei-schritte/code/", query),
        ]
        found = [(response.status_code, response.url) for response in answers]
        log_out = client.post("/admin/logout/", query)

        assert (target, found) == (target, [(302, "/admin/")] * 3)
        assert (log_out.status_code, EVIL in str(log_out.headers)) == (200, False)


@pytest.mark.once
@pytest.mark.django_db
def test_next_leads_to_our_pages(client, django_user_model):
    password = {"username": "anne", "password": "ein gutes Passwort 7"}
    django_user_model.objects.create_superuser(**password)

    response = client.post("/admin/login/?next=/admin/events/talk/", password)

    assert (response.status_code, response.url) == (302, "/admin/events/talk/")


@pytest.mark.parametrize("path", [f"//{EVIL}", f"//{EVIL}/talks", f"/\\{EVIL}", f"/%5C{EVIL}"])
def test_missing_slash_leads_to_no_other_site(proxied, path):
    status, text = answer(
        proxied, f"GET {path} HTTP/1.1", "Host: localhost", "X-Forwarded-Proto: https"
    )

    assert (status, re.findall(r"\r\nLocation: .*", text)) == (404, [])
