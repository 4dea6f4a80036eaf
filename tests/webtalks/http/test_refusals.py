"""Requests that are too large, unreadable or no form: refused in German, never by a status 500."""

import io
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from registration.models import Interest, OutgoingMail, Registration
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import make_talk, opened
from tests.webtalks.http.form_addresses import (
    everywhere,
    public_addresses,
    some_addresses,
    somewhere,
)

pytestmark = pytest.mark.django_db

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
# What a person would send, for every public address that takes a form.
PERSON = {"name": "Kim Beispiel", "email": "kim@stadt.example", "consent": "on"}
PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


@pytest.fixture(name="public_addresses")
def _public_addresses():
    return public_addresses()


@pytest.fixture(name="some_addresses")
def _some_addresses():
    return some_addresses()


def posted(body, content_type=URLENCODED, **extra):
    """Return a function that sends exactly this body; the test client adds nothing."""

    def send(client, path):
        return client.generic("POST", path, body, content_type=content_type, **extra)

    return send


def in_query(query):
    return lambda client, path: client.generic(
        "POST", f"{path}?x", b"", content_type=URLENCODED, QUERY_STRING=query
    )


# name: (status, how to send it)
REFUSED = {
    "10 MB": (413, posted(b"name=" + b"a" * 10_000_000)),
    "10 MB of a file": (
        413,
        posted(PART.format('f"; filename="f', "a" * 10_000_000).encode(), MULTIPART),
    ),
    "1,001 fields": (400, posted(urlencode({f"f{number}": "" for number in range(1001)}))),
    "1,001 parts": (
        400,
        posted("".join(PART.format(f"f{n}", "") for n in range(1001)) + "--x--\r\n", MULTIPART),
    ),
    "NUL in the query": (400, in_query("a=%00")),
    "raw NUL in the query": (400, in_query("a=\0")),
    "NUL in a cookie": (400, posted(b"", headers={"cookie": 'sessionid="\\000aaaaaaaa"'})),
    "no UTF-8 in the query": (400, in_query("a=%ff%fe")),
    "raw bytes in the query": (400, in_query("a=\xff")),
    "half a character in the query": (400, in_query("a=%C3")),
    "no UTF-8 in a cookie": (400, posted(b"", headers={"cookie": "csrftoken=\xff\xfe"})),
    "NUL in a field": (400, posted(urlencode(PERSON | {"name": "a\0b"}))),
    "NUL in what programs fill in": (400, posted(urlencode(PERSON | {"website": "\0"}))),
    "NUL in a field nobody has": (400, posted(urlencode(PERSON | {"x": "\0"}))),
    "NUL in the name of a field": (400, posted(urlencode(PERSON | {"\0": "x"}))),
    "NUL in multipart": (400, posted((PART.format("x", "\0") + "--x--\r\n").encode(), MULTIPART)),
    "no UTF-8 in the body": (400, posted(b"name=M\xfcller&email=kim@stadt.example")),
    "no UTF-8 in the body, escaped": (400, posted(b"name=M%FCller")),
    "a surrogate in the body": (400, posted(b"name=%ED%A0%80")),
    "another charset": (400, posted(b"name=x", f"{URLENCODED}; charset=utf-7")),
    "a charset that nobody has": (400, posted(b"name=x", f"{URLENCODED}; charset=\xff")),
    "JSON": (415, posted(b'{"name": "Kim"}', "application/json")),
    "plain text": (415, posted(b"name=Kim", "text/plain")),
    "XML": (415, posted(b"<name/>", "application/xml; charset=utf-8")),
    "no type that anybody knows": (415, posted(b"name=Kim", "Unfug")),
    "multipart without a boundary": (400, posted(b"--x--\r\n", "multipart/form-data")),
    "multipart with a broken boundary": (400, posted(b"x", "multipart/form-data; boundary=\xff")),
    "multipart with an endless boundary": (
        400,
        posted(b"x", f"multipart/form-data; boundary={'x' * 300}"),
    ),
    "101 files": (
        400,
        posted(
            "".join(PART.format(f'f{n}"; filename="f', "a") for n in range(101)) + "--x--\r\n",
            MULTIPART,
        ),
    ),
    "a body in chunks": (400, posted(b"", HTTP_TRANSFER_ENCODING="chunked")),
    "a foreign host": (400, posted(b"", HTTP_HOST="evil.example")),
    "a foreign host from a proxy": (400, posted(b"", HTTP_X_FORWARDED_HOST="evil.example")),
    "a foreign host among others": (
        400,
        posted(b"", HTTP_X_FORWARDED_HOST="testserver, evil.example"),
    ),
    "a host from a proxy that is none": (400, posted(b"", HTTP_X_FORWARDED_HOST="\xff")),
    "a host that is none": (400, posted(b"", HTTP_HOST="\xff\xfe:99999")),
}


REFUSED_EVERYWHERE = {"10 MB", "NUL in a field", "a surrogate in the body", "JSON"}


@pytest.mark.parametrize("name", everywhere(REFUSED, REFUSED_EVERYWHERE))
def test_refusal_is_the_same_german_page_at_every_address(client, public_addresses, name):
    check_refusal(client, public_addresses, name)


@pytest.mark.parametrize("name", somewhere(REFUSED, REFUSED_EVERYWHERE))
def test_refusal_is_the_same_german_page(client, some_addresses, name):
    check_refusal(client, some_addresses, name)


def check_refusal(client, paths, name):
    """Send what is refused to each path: one page, and nothing is written."""
    status, send = REFUSED[name]
    before = [model.objects.count() for model in (Registration, Interest, OutgoingMail)]

    client.handler.enforce_csrf_checks = True
    for path in paths:
        response = send(client, path)
        page = response.content.decode()
        assert (path, response.status_code) == (path, status)
        assert ('<html lang="de">' in page, len(re.findall("<h1>", page))) == (True, 1)
        assert "Content-Security-Policy" in response.headers

    after = [model.objects.count() for model in (Registration, Interest, OutgoingMail)]
    assert after == before


# Bodies that reach the pages but that no form of ours sends. They come without the form's token;
# the test client does not ask for it.
ODD = {
    "nothing": posted(b""),
    "no type": posted(b"name=Kim", ""),
    "truncated multipart": posted(PART.format("name", "Kim").encode()[:-3], MULTIPART),
    "multipart that never ends": posted(PART.format("name", "Kim").encode(), MULTIPART),
    "a file where a text belongs": posted(
        (PART.format('name"; filename="f', "Kim") + "--x--\r\n").encode(), MULTIPART
    ),
    "Latin-1 in multipart": posted(
        PART.format("name", "M\xfcller").encode("latin-1") + b"--x--\r\n", MULTIPART
    ),
    "half a letter in UTF-7": posted(
        (
            PART.format("email", "+2AA-@x.de") + PART.format("talks", "+2AA-") + "--x--\r\n"
        ).encode(),
        f"{MULTIPART}; charset=utf-7",
    ),
    "broken base64": posted(
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
        MULTIPART,
    ),
    "everything twice": posted(urlencode([*PERSON.items(), *PERSON.items()])),
    "every field in vain": posted(urlencode(dict.fromkeys(["talks", *PERSON], ""))),
    "control characters": posted(urlencode(dict.fromkeys(["talks", "topics", *PERSON], "\x01"))),
    "too long everywhere": posted(
        urlencode(dict.fromkeys(["talks", "topics", *PERSON], "a" * 100_000))
    ),
    "absurd headers": posted(
        urlencode(PERSON),
        headers={
            "accept": "\xff" * 4000,
            "accept-language": "xx-" * 2000,
            "if-modified-since": "gestern",
            "if-none-match": "\xff",
            "range": "bytes=99-1,,-",
            "referer": "http://[::1",
            "user-agent": "\xff" * 4000,
            "x-forwarded-for": "Unfug, \xff,,,",
            "x-http-method-override": "DELETE",
        },
    ),
    "a length that is none": posted(b"name=Kim", CONTENT_LENGTH="viel"),
    "a negative length": posted(b"name=Kim", CONTENT_LENGTH="-1"),
}


ODD_EVERYWHERE = {"nothing", "control characters", "too long everywhere"}


@pytest.mark.parametrize("name", everywhere(ODD, ODD_EVERYWHERE))
def test_odd_forms_are_never_a_fault_of_ours_at_any_address(client, public_addresses, name):
    check_odd(client, public_addresses, name)


@pytest.mark.parametrize("name", somewhere(ODD, ODD_EVERYWHERE))
def test_odd_forms_are_never_a_fault_of_ours(client, some_addresses, name):
    check_odd(client, some_addresses, name)


def check_odd(client, paths, name):
    """Send the odd form to each path."""
    for path in paths:
        response = ODD[name](client, path)
        # A button has no fields and works; a form says what is missing.
        assert (path, response.status_code in {200, 302, 400, 403, 404, 422}) == (path, True)
        assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_file_is_given_under_the_name_of_the_site_alone(client, header):
    path = static("css/site.css")

    for own in ({}, {"HTTP_X_FORWARDED_HOST": "testserver"}):
        assert client.head(path, **own).status_code == 200
    response = client.head(path, **{header: "evil.example"})
    assert response.status_code == 400
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("path", ["/", "/archiv/", "/talks/%ff/", "/meine-anmeldung/%ff/", "/%c3"])
def test_path_that_is_not_utf8_is_no_fault(client, path):
    assert client.get(path).status_code in {200, 404}


@pytest.mark.parametrize("field", ["name", "organisation", "question-{pk}", "email"])
def test_too_long_a_field_gets_a_message_beside_it(client, field):
    talk = make_talk()
    field = field.format(pk=talk.pk)
    data = PERSON | {"talks": [talk.slug], field: "a" * 1500, "opened": opened()}

    response = client.post("/anmeldung/", data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Bitte kürzen Sie auf höchstens" in response.content.decode()


def test_name_in_another_charset_gets_a_message_beside_it(client):
    data = {"name": b"M\xfcller", "email": "kim@stadt.example", "talks": make_talk().slug}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else value.encode())
        for name, value in data.items()
    ]

    response = posted(b"\r\n".join(parts) + b"\r\n--x--\r\n", MULTIPART)(client, "/anmeldung/")

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Dieser Text enthält unlesbare Zeichen. Bitte tippen Sie ihn neu ein."]
    }


class Counting(io.BytesIO):
    """A body that counts what is read of it."""

    taken = 0

    def read(self, *args):
        found = super().read(*args)
        self.taken += len(found)
        return found


@pytest.mark.parametrize("content_type", [URLENCODED, MULTIPART, "application/json"])
def test_too_large_a_body_is_not_read(client, content_type):
    body = Counting(b"a" * 2_000_000)

    response = client.generic(
        "POST",
        "/anmeldung/",
        b"",
        # The test client names no type for an empty body.
        **{"wsgi.input": body, "CONTENT_LENGTH": "2000000", "CONTENT_TYPE": content_type},
    )

    assert response.wsgi_request.content_type == content_type.partition(";")[0]
    assert (response.status_code, body.taken) == (413, 0)


def test_largest_body_is_taken(client):
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = b"name=" + b"a" * (size - 5)

    assert posted(body)(client, "/anmeldung/").status_code == 422
    assert posted(body + b"a")(client, "/anmeldung/").status_code == 413


def test_admin_takes_files_and_nobody_else(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    talk = make_talk()
    client.force_login(User.objects.create_superuser("orga"))
    change = reverse("admin:events_talk_change", args=[talk.pk])

    def send(path, size):
        data = {"file": upload(PDF + b" " * size), "image": upload(jpeg())}
        return client.post(path, data).status_code

    # Nothing is read of what a stranger sends to a form of the organisers.
    body = Counting(b"a" * 2_000_000)
    sent = {"wsgi.input": body, "CONTENT_LENGTH": "2000000"}
    refusal = Client().generic("POST", change, b"x", MULTIPART, **sent)
    assert (refusal.status_code, body.taken) == (413, 0)
    assert "Ihre Sitzung ist zu Ende" in refusal.content.decode()
    # 45 MB reach the form, which says what else is missing.
    assert send(change, 45_000_000) == 200
    assert send(change, 64_000_000) == 413
    # So does a large report to the page that reads it, and to no page beside it.
    report = reverse("admin:import_attendance", args=[talk.pk])
    assert send(report, 9_000_000) == 422
    assert send(report + "pruefen/", 1_000_000) == 413
    assert send("/admin/login/", 1_000_000) == 413
    assert (
        Client().post("/anmeldung/", {"file": upload(PDF + b" " * 1_000_000)}).status_code == 413
    )
