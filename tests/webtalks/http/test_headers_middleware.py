"""The headers of unusual answers, whole; the nonce; and what no request may carry."""

import re

import pytest
from django.contrib.auth.models import User
from django.templatetags.static import static
from django.test import Client

from tests.events.upload_files import fetch
from tests.makers import make_talk
from tests.webtalks.http.expected_headers import (
    HTML,
    KEPT,
    LOGGED_IN,
    NEVER,
    NONCE,
    POLICY,
    REDIRECT,
    REFUSAL,
    SOME,
    expected,
    seen,
)

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# What a page may not have; a talk for search engines is data and no script.
INLINE = r'<style|<script(?! type="application/ld\+json">)| style=| on\w+='


def form(answer, client, **data):
    """Return the answer to an address's form with these fields."""
    return client.post(answer, {"name": "x"} | data)


def not_modified(client, path):
    response = client.get(path)
    asked = {"if-none-match": response.headers.get("ETag", "")}
    if response.streaming:  # a file
        response.close()
    return client.get(path, headers=asked)


def wrong_password(client):
    for _ in range(5):
        response = client.post("/admin/login/", {"username": "orga", "password": "x"})
    return response


KEPT_STATIC = {
    "Cache-Control": "max-age=315360000, public, immutable",
    "ETag": SOME,
    "Vary": "Accept-Encoding",
}
STYLE_SHEET = KEPT_STATIC | {
    "Content-Type": 'text/css; charset="utf-8"',
    "Last-Modified": SOME,
}

# What an address answers beside the usual (tests/webtalks/http/test_headers.py).
# name: (status, headers beside those of all, how to ask)
ANSWERS = {
    "form without a talk": (422, HTML | NEVER, lambda client: form("/anmeldung/", client)),
    "interest with errors": (422, "form", lambda client: form("/terminhinweise/", client)),
    "lost link with errors": (422, "form", lambda client: form("/anmeldung/links/", client)),
    "form taken": (
        302,
        REDIRECT | NEVER,
        lambda client: form("/anmeldung/links/", client, email="kim@stadt.de"),
    ),
    "empty fields of the archive": (302, REDIRECT, lambda client: client.get("/archiv/?q=")),
    "API not modified": (304, KEPT, lambda client: not_modified(client, "/api/talks.json")),
    "sitemap not modified": (
        304,
        KEPT,
        lambda client: not_modified(client, "/sitemap.xml"),
    ),
    "style sheet": (200, STYLE_SHEET, lambda client: fetch(client, static("css/site.css"))),
    "style sheet not modified": (
        304,
        KEPT_STATIC,
        lambda client: not_modified(client, static("css/site.css")),
    ),
    "static 404": (404, REFUSAL, lambda client: client.get("/static/gibt-es-nicht.css")),
    "list of static files": (
        404,
        REFUSAL,
        lambda client: client.get("/static/staticfiles.json"),
    ),
    "404": (404, REFUSAL, lambda client: client.get("/gibt/es/nicht")),
    "seat of somebody else": (404, REFUSAL, lambda client: client.get("/material/9/")),
    "foreign host": (
        400,
        REFUSAL,
        lambda client: client.get("/", headers={"host": "evil.example"}),
    ),
    "NUL in a cookie": (
        400,
        REFUSAL,
        # What a browser sends octal-escaped, Django unescapes.
        lambda client: client.get("/", headers={"cookie": 'sessionid="\\000aaaaaaaa"'}),
    ),
    "NUL in the path": (400, REFUSAL, lambda client: client.get("/talks/%00/")),
    "forged form": (
        403,
        REFUSAL,
        lambda client: Client(enforce_csrf_checks=True).post(
            "/anmeldung/", {"name": "x"}, headers={"origin": "https://evil.example"}
        ),
    ),
    "too large": (
        413,
        REFUSAL,
        lambda client: client.post("/anmeldung/", {"question": "ä" * 600_000}),
    ),
    "too large, not multipart": (
        413,
        REFUSAL,
        lambda client: client.post(
            "/anmeldung/",
            b"question=" + b"a" * 10_000_000,
            content_type="application/x-www-form-urlencoded",
        ),
    ),
    "too many fields": (
        400,
        REFUSAL,
        lambda client: client.post("/anmeldung/", {f"f{n}": "" for n in range(1001)}),
    ),
    "broken multipart": (
        400,
        REFUSAL,
        lambda client: client.post("/anmeldung/", b"x", content_type="multipart/form-data"),
    ),
    "no form": (
        415,
        REFUSAL,
        lambda client: client.post("/anmeldung/", "{}", content_type="application/json"),
    ),
    "admin without slash": (301, REDIRECT, lambda client: client.get("/admin")),
    "admin 404": (
        302,
        "admin redirect",
        lambda client: client.get("/admin/gibt/es/nicht"),
    ),
    "locked out": (429, REFUSAL | LOGGED_IN | NONCE | {"Retry-After": "3600"}, wrong_password),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_carries_exactly_these_headers(client, name):
    status, kind, ask = ANSWERS[name]

    response = ask(client)

    assert (response.status_code, seen(response)) == (status, expected(kind))


def test_hosts_below_are_named_where_the_operator_says_so(client, settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True

    sent = client.get("/healthz", secure=True)["Strict-Transport-Security"]

    assert sent == "max-age=31536000; includeSubDomains; preload"


def test_fault_of_ours_is_a_german_page_with_the_same_headers(settings):
    settings.ROOT_URLCONF = "tests.webtalks.broken_urls"

    response = Client(raise_request_exception=False).get("/kaputt/")

    assert (response.status_code, seen(response)) == (500, expected(REFUSAL))
    assert "<h1>Da ist etwas schiefgegangen.</h1>" in response.content.decode()


# The admin's nonce


def nonces(response) -> tuple[list, list]:
    """Return the nonces in the header and in the page."""
    return (
        re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"]),
        re.findall(r'nonce="([^"]+)"', response.content.decode()),
    )


def test_admin_allows_its_own_inline_style_by_a_nonce_of_its_own(client):
    client.force_login(User.objects.create_superuser("orga"))
    seen = set()
    for path in ("/admin/", "/admin/events/talk/", "/admin/events/talk/add/"):
        response = client.get(path)
        in_header, in_page = nonces(response)
        assert response.status_code == 200
        assert (len(in_header), {*in_page}) == (1, {*in_header})
        policy = POLICY.format(nonce=f" 'nonce-{in_header[0]}'")
        assert response.headers["Content-Security-Policy"] == policy
        # What it allows is really there, and nothing else inline.
        html = response.content.decode()
        assert re.findall(r"<style(?![^>]*nonce)|<script(?![^>]* src=)(?![^>]*json)", html) == []
        seen |= {*in_header}

    assert len(seen) == 3


def test_log_in_page_of_the_admin_carries_the_headers(client):
    response = client.get("/admin/login/")

    in_header, in_page = nonces(response)
    assert response.status_code == 200
    assert {*in_page} == {*in_header}
    nonce = f" 'nonce-{in_header[0]}'" if in_header else ""
    assert response.headers["Content-Security-Policy"] == POLICY.format(nonce=nonce)


def test_public_pages_have_no_nonce_and_nothing_inline(client):
    for path in ("/", make_talk().get_absolute_url(), "/anmeldung/", "/gibt/es/nicht", "/?q=%00"):
        response = client.get(path)
        assert (path, nonces(response)) == (path, ([], []))
        html = response.content.decode()
        assert (path, re.findall(INLINE, html)) == (path, [])


# HTTPS


def test_no_hsts_without_https_in_the_site_address():
    assert seen(Client().get("/", secure=True)) == expected("reading page", secure=False)


# What is refused


@pytest.mark.parametrize(
    "path",
    [
        "/?q=%00",
        "/?a=1&b=x%00y",
        "/?%00=1",
        "/%00",
        "/talks/a%00b/",
        "/static/%00",
        "/admin/?q=%00",
        "/anmeldung/?talk=%00",
        "/meine-anmeldung/%00/",
        "/healthz?%00",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "head", "put"])
def test_nul_is_refused_everywhere(client, method, path):
    response = getattr(client, method)(path)

    assert response.status_code == 400
    if method != "head":
        assert "Diese Anfrage ist nicht lesbar." in response.content.decode()


@pytest.mark.parametrize("path", ["/?q=%2500", "/?q=%0", "/?q=00", "/?q=%01"])
def test_what_only_looks_like_nul_is_not_refused(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("foreign host", "Diese Anfrage ist nicht lesbar."),
        ("too large", "Das ist zu groß."),
        ("no form", "Das ist kein Formular."),
        ("too many fields", "Diese Anfrage ist nicht lesbar."),
        ("forged form", "Ihre Eingaben sind nicht angekommen."),
        ("404", "Diese Seite gibt es nicht."),
    ],
)
def test_refusal_is_a_german_page(client, name, heading):
    html = ANSWERS[name][2](client).content.decode()

    assert re.findall(r"<h1>(.*?)</h1>", html) == [heading]
    assert '<html lang="de">' in html


def test_preflight_of_a_foreign_page_is_refused(client):
    for path in ("/", "/anmeldung/", static("css/site.css")):
        response = client.options(path, headers={"origin": "https://evil.example"})
        found = [header for header in response.headers if header.startswith("Access-Control")]
        assert (path, response.status_code, found) == (path, 405, [])
