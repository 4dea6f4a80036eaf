"""Every address of the site, with every status it can give: the whole set of headers."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve

from tests.webtalks.addresses import ADMIN, addresses, admin_of_models, routes
from tests.webtalks.faulty_urls import FAULTS
from tests.webtalks.http.expected_headers import (
    HTML,
    KINDS,
    LOGGED_IN,
    NEVER,
    NONCE,
    REDIRECT,
    REFUSAL,
    expected,
    seen,
)
from webtalks.login.sessions import begin

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Where somebody who has not logged in is answered by the page itself.
OPEN_IN_ADMIN = {"admin/login/", "admin/logout/", "admin/jsi18n/"}
OPEN_IN_ADMIN |= {route for route in ADMIN if route.startswith("admin/konto/")}


def of_each_kind():
    """Return the first address of each kind, in the admin and outside."""
    return list({(a.kind, a.in_admin): a for a in reversed(addresses())}.values())


def our_own():
    """Return all addresses, but of what Django's admin has for each model only two models."""
    others = {route for route in admin_of_models() if not re.search("/(topic|offer)/", route)}
    return [address for address in addresses() if address.route not in others]


# Whether the visit is in https, and what is visited. What differs in http, HSTS and the cookies'
# `Secure`, is no view's own; so the long run alone goes there everywhere.
IN_HTTP = pytest.param((False, addresses), id="in_http", marks=pytest.mark.slow)
IN_HTTPS = pytest.param((True, addresses), id="in_https", marks=pytest.mark.slow)
OUR_OWN = pytest.param((True, our_own), id="our_own_in_https")
SOME_IN_HTTP = pytest.param((False, of_each_kind), id="of_each_kind_in_http")
SOME_IN_HTTPS = pytest.param((True, of_each_kind), id="of_each_kind_in_https")
everywhere = pytest.mark.parametrize(
    "way", [IN_HTTP, IN_HTTPS, OUR_OWN, SOME_IN_HTTP], indirect=True
)
somewhere = pytest.mark.parametrize("way", [IN_HTTP, IN_HTTPS, SOME_IN_HTTPS], indirect=True)


@pytest.fixture(params=[IN_HTTP, OUR_OWN])
def way(request, settings):
    """Visit the site as the settings make it for an address with http, and with https."""
    if request.param[0]:
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return request.param


def organiser(**options) -> Client:
    client = Client(**options)
    client.force_login(User.objects.create_superuser("orga"))
    session = client.session
    begin(session)  # or the first answer would carry the session's cookie
    session.save()
    return client


def closed(response):
    response.getvalue()  # reads and closes what is a file
    return response


def lines(wrong) -> str:
    return "\n".join(f"{address}: {what}" for address, what in wrong.items())


def difference(found, wanted):
    """Return status and headers that are wrong: found, wanted."""
    wrong = {
        name: (found[1].get(name), wanted[1].get(name))
        for name in found[1] | wanted[1]
        if found[1].get(name) != wanted[1].get(name)
    }
    return (found[0], wanted[0], wrong)


def check(wrong, label, response, status, kind, *, secure):
    """Note in `wrong` what differs from the status and the whole set of headers."""
    found = (closed(response).status_code, seen(response))
    wanted = (status, expected(kind, secure=secure))
    if found != wanted:
        wrong[label] = difference(found, wanted)


def test_every_address_is_visited_and_exists():
    visited = addresses()

    assert {address.route for address in visited} == routes()
    assert {a.route: resolve(a.path.partition("?")[0]).route for a in visited} == {
        address.route: address.route for address in visited
    }


@everywhere
def test_usual_answer(way):
    secure, visited = way
    clients = {False: Client(), True: organiser()}
    wrong = {}
    for address in visited():
        response = clients[address.in_admin].get(address.path, secure=secure)
        check(wrong, address.route, response, address.status, address.kind, secure=secure)

    assert not wrong, lines(wrong)


# What is refused before a view is asked, or by its decorators

EVIL = {"origin": "https://evil.example"}
# How the routes begin that are behind a personal link: all of them are read and written.
OF_A_LINK = ("meine-anmeldung/", "vortragen/<", "vortragen/(")
READ_OR_WRITTEN = {
    "form",
    "form without cookie",
    "personal form",
    "personal redirect",
    "personal data",
}


# No view is asked before these are refused.
@somewhere
def test_foreign_host_and_nul_are_refused_at_every_address(way):
    secure, visited = way
    client = Client()
    wrong = {}
    for address in visited():
        path = address.path.partition("?")[0]
        evil = client.get(path, secure=secure, headers={"host": "evil.example"})
        check(wrong, f"host {address.route}", evil, 400, REFUSAL, secure=secure)
        nul = client.get(path + "?x=%00", secure=secure)
        check(wrong, f"NUL {address.route}", nul, 400, REFUSAL, secure=secure)

    assert not wrong, lines(wrong)


@everywhere
def test_forged_form_is_refused_at_every_address(way):
    secure, visited = way
    client = Client(enforce_csrf_checks=True)
    wrong = {}
    for address in visited():
        path = address.path.partition("?")[0]
        forged = client.post(path, secure=secure, headers=EVIL)
        # Without a cookie the view refuses, not the middleware, and keeps what was typed.
        refusal = address.kind if address.kind == "form without cookie" else REFUSAL
        check(wrong, f"forged {address.route}", forged, 403, refusal, secure=secure)

    assert not wrong, lines(wrong)


def test_other_method_at_every_public_address(way):
    secure, visited = way
    client = Client()
    wrong = {}
    for address in visited():
        if address.in_admin:
            continue
        of_a_link = address.route.removeprefix("^").startswith(OF_A_LINK)
        written = address.kind in READ_OR_WRITTEN or of_a_link
        allow = {"Allow": "GET, HEAD, POST" if written else "GET, HEAD"}
        is_never_kept = "Expires" in KINDS[address.kind] and not address.kind.startswith("health")
        kept = NEVER if is_never_kept else {"Cache-Control": "no-store"}
        for method in (client.put, client.options):
            response = method(address.path, secure=secure)
            headers = HTML | allow | kept
            check(wrong, address.route, response, 405, headers, secure=secure)

    assert not wrong, lines(wrong)


@everywhere
def test_anonymous_visitor_is_led_to_the_log_in_from_every_page_of_the_admin(way):
    secure, visited = way
    client = Client()
    wrong = {}
    for address in visited():
        if address.in_admin and address.route not in OPEN_IN_ADMIN:
            is_open = address.kind == "admin page that Django leaves open"
            kept = {"Cache-Control": "no-store"} if is_open else NEVER
            response = client.get(address.path, secure=secure)
            headers = REDIRECT | LOGGED_IN | kept
            check(wrong, address.route, response, 302, headers, secure=secure)

    assert not wrong, lines(wrong)


@somewhere
def test_head_carries_the_same(way):
    secure, visited = way
    client = Client()
    wrong = {}
    for address in visited():
        if not address.in_admin:
            response = client.head(address.path, secure=secure)
            check(wrong, address.route, response, address.status, address.kind, secure=secure)

    assert not wrong, lines(wrong)


def test_token_that_opens_nothing(way, settings):
    secure, visited = way
    settings.THROTTLE = {"dead_links": 1000}  # more than a network may try
    client = Client()
    wrong = {}
    for address in visited():
        if "<str:token>" in address.route:
            path = "/" + address.route.replace("<str:token>", "x.y").replace("<int:pk>", "1")
            path = path.replace("<uuid:uuid>", "0" * 8 + "-0000-0000-0000-" + "0" * 12)
            path = re.sub("<slug:[a-z]+>", "slides", path)
            response = client.get(path, secure=secure)
            of_admin = LOGGED_IN | NONCE if address.in_admin else {}
            check(wrong, address.route, response, 404, HTML | NEVER | of_admin, secure=secure)

    assert not wrong, lines(wrong)


def test_missing_slash(way):
    secure, visited = way
    client = Client()
    wrong = {}
    for address in visited():
        needs_none = address.in_admin or address.kind == "short address" or address.path == "/"
        if address.path.endswith("/") and not needs_none:
            response = client.get(address.path[:-1], secure=secure)
            check(wrong, address.route, response, 301, REDIRECT, secure=secure)

    assert not wrong, lines(wrong)


def test_everything_but_what_machines_ask_is_led_to_https(settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 365 * 24 * 3600
    client = Client()
    wrong = {}
    for address in addresses():
        to_https = (301, REDIRECT | {"Location": "//testserver/…"})
        if address.in_admin:
            to_https[1]["Cache-Control"] = "no-store"
        is_exempt = address.kind.startswith(("health", "metrics"))
        wanted = (200, address.kind) if is_exempt else to_https
        check(wrong, address.route, client.get(address.path), *wanted, secure=False)

    assert not wrong, lines(wrong)


EVERYWHERE = pytest.param(addresses, id="everywhere", marks=pytest.mark.slow)


@pytest.mark.parametrize("visited", [EVERYWHERE, pytest.param(of_each_kind, id="of_each_kind")])
@pytest.mark.parametrize("status", FAULTS)
def test_fault_at_every_address(settings, status, visited):
    settings.ROOT_URLCONF = "tests.webtalks.faulty_urls"
    client = Client(raise_request_exception=False, headers={"X-Fault": str(status)})
    wait = {"Retry-After": "5"} if status == 503 else {}
    wrong = {}
    for address in visited():
        response = client.get(address.path)
        vary = LOGGED_IN if address.in_admin else {}
        check(wrong, address.route, response, status, REFUSAL | wait | vary, secure=False)

    assert not wrong, lines(wrong)
