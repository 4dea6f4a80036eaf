"""The headers of every kind of answer, whole, and what no request may carry."""

import re

import pytest
from django.contrib.auth.models import User
from django.templatetags.static import static
from django.test import Client

from tests.events.uploads import PDF, fetch, jpeg, upload
from tests.makers import make_talk

pytestmark = pytest.mark.django_db

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": CSP.format(nonce=""),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), "
        "encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), "
        "idle-detection=(), keyboard-map=(), magnetometer=(), microphone=(), midi=(), "
        "payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), "
        "serial=(), storage-access=(), usb=(), xr-spatial-tracking=()"
    ),
}
# Headers that say what the body is, or serve its transport.
OTHER = {
    "Accept-Ranges",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "ETag",
    "Expires",
    "Last-Modified",
    "Location",
    "Vary",
}


# What a page may not have; a talk for search engines is data and no script.
INLINE = r'<style|<script(?! type="application/ld\+json">)| style=| on\w+='


def security(response) -> dict:
    return {name: value for name, value in response.headers.items() if name not in OTHER}


def public_file(kind):
    talk = make_talk(image=upload(jpeg()), image_credit="© Stadt Größenau")
    if kind == "picture":
        return talk.picture.src
    return f"/material/{talk.materials.create(title='Folien', file=upload(PDF)).pk}/"


# name: (status, headers that differ, how to ask)
ANSWERS = {
    "page": (200, {}, lambda client: client.get("/")),
    "talk": (200, {}, lambda client: client.get(make_talk().get_absolute_url())),
    "HEAD": (200, {}, lambda client: client.head("/")),
    "form": (200, {}, lambda client: client.get("/anmeldung/")),
    "form with errors": (422, {}, lambda client: client.post("/anmeldung/", {"name": "x"})),
    "calendar": (200, {}, lambda client: client.get("/kalender.ics")),
    "feed": (200, {}, lambda client: client.get("/feed.xml")),
    "API": (200, {}, lambda client: client.get("/api/talks.json")),
    "sitemap": (200, {}, lambda client: client.get("/sitemap.xml")),
    "robots": (200, {}, lambda client: client.get("/robots.txt")),
    "town sign": (
        200,
        {},
        lambda client: client.get(f"{make_talk().get_absolute_url()}ortsschild.png"),
    ),
    # The one page that others may frame. None: the header is not there.
    "frame": (
        200,
        {
            "Content-Security-Policy": CSP.format(nonce="")
            .replace("form-action 'self'", "form-action 'none'")
            .replace("frame-ancestors 'none'", "frame-ancestors *"),
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Frame-Options": None,
        },
        lambda client: client.get("/einbetten/"),
    ),
    "health": (200, {}, lambda client: client.get("/healthz")),
    "404": (404, {}, lambda client: client.get("/gibt/es/nicht")),
    "dead link": (404, {}, lambda client: client.get("/meine-anmeldung/x/")),
    "foreign host": (400, {}, lambda client: client.get("/", headers={"host": "evil.example"})),
    "NUL in the query": (400, {}, lambda client: client.get("/?q=%00")),
    "NUL in a cookie": (
        400,
        {},
        # What a browser sends octal-escaped, Django unescapes.
        lambda client: client.get("/", headers={"cookie": 'sessionid="\\000aaaaaaaa"'}),
    ),
    "NUL in the path": (400, {}, lambda client: client.get("/talks/%00/")),
    "405": (405, {}, lambda client: client.post("/")),
    "405 at the form": (405, {}, lambda client: client.put("/anmeldung/")),
    "forged form": (
        403,
        {},
        lambda client: Client(enforce_csrf_checks=True).post("/anmeldung/", {"name": "x"}),
    ),
    "too large": (
        413,
        {},
        lambda client: client.post("/anmeldung/", {"question": "ä" * 600_000}),
    ),
    "too large, not multipart": (
        413,
        {},
        lambda client: client.post(
            "/anmeldung/",
            b"question=" + b"a" * 10_000_000,
            content_type="application/x-www-form-urlencoded",
        ),
    ),
    "too many fields": (
        400,
        {},
        lambda client: client.post("/anmeldung/", {f"f{n}": "" for n in range(1001)}),
    ),
    "broken multipart": (
        400,
        {},
        lambda client: client.post("/anmeldung/", b"x", content_type="multipart/form-data"),
    ),
    "no form": (
        415,
        {},
        lambda client: client.post("/anmeldung/", "{}", content_type="application/json"),
    ),
    "missing slash": (301, {}, lambda client: client.get("/archiv")),
    "admin without slash": (301, {}, lambda client: client.get("/admin")),
    "admin to the log-in": (302, {}, lambda client: client.get("/admin/")),
    "admin 404": (302, {}, lambda client: client.get("/admin/gibt/es/nicht")),
    "style sheet": (200, {}, lambda client: fetch(client, static("css/site.css"))),
    "static 404": (404, {}, lambda client: client.get("/static/gibt-es-nicht.css")),
    "favicon": (404, {}, lambda client: client.get("/favicon.ico")),
    "picture": (
        200,
        {"Content-Security-Policy": "default-src 'none'; sandbox"},
        lambda client: fetch(client, public_file("picture")),
    ),
    "pdf": (
        200,
        {"Content-Security-Policy": "default-src 'none'; sandbox"},
        lambda client: fetch(client, public_file("pdf")),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_carries_exactly_these_headers(client, name):
    status, differing, ask = ANSWERS[name]

    response = ask(client)

    expected = {k: v for k, v in (SECURITY | differing).items() if v is not None}
    assert (response.status_code, security(response)) == (status, expected)


def test_fault_of_ours_is_a_german_page_with_the_same_headers(settings):
    settings.ROOT_URLCONF = "tests.webtalks.broken_urls"

    response = Client(raise_request_exception=False).get("/kaputt/")

    assert (response.status_code, security(response)) == (500, SECURITY)
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
        assert security(response) == SECURITY | {
            "Content-Security-Policy": CSP.format(nonce=f" 'nonce-{in_header[0]}'")
        }
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
    assert security(response) == SECURITY | {"Content-Security-Policy": CSP.format(nonce=nonce)}


def test_public_pages_have_no_nonce_and_nothing_inline(client):
    for path in ("/", make_talk().get_absolute_url(), "/anmeldung/", "/gibt/es/nicht", "/?q=%00"):
        response = client.get(path)
        assert (path, nonces(response)) == (path, ([], []))
        html = response.content.decode()
        assert (path, re.findall(INLINE, html)) == (path, [])


# HTTPS


def test_hsts_is_sent_over_https_alone(settings):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    hsts = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"}
    client = Client()

    for path in ("/", "/gibt/es/nicht", "/?q=%00", "/favicon.ico", "/admin"):
        assert (path, security(client.get(path, secure=True))) == (path, SECURITY | hsts)
        assert (path, security(client.get(path))) == (path, SECURITY)
    foreign = client.get("/", secure=True, headers={"host": "evil.example"})
    assert (foreign.status_code, security(foreign)) == (400, SECURITY | hsts)


def test_no_hsts_without_https_in_the_site_address():
    assert security(Client().get("/", secure=True)) == SECURITY


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


def test_foreign_page_may_read_nothing(client):
    for name, (_, _, ask) in ANSWERS.items():
        found = [header for header in ask(client).headers if header.startswith("Access-Control")]
        assert (name, found) == (name, [])


def test_preflight_of_a_foreign_page_is_refused(client):
    for path in ("/", "/anmeldung/", static("css/site.css")):
        response = client.options(path, headers={"origin": "https://evil.example"})
        found = [header for header in response.headers if header.startswith("Access-Control")]
        assert (path, response.status_code, found) == (path, 405, [])
