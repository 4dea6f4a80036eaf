"""Requests that no page could answer sensibly: refused before anything is read or looked up."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.urls import reverse

from events.desk.takes_anything import KEY
from events.pages.requests import GetResponse, SiteRequest
from registration.models import SpeakerLink
from registration.models.speakers.proposed_change import Part
from registration.pages.link_holder import dead_link
from webtalks.http.admin_pages import in_admin
from webtalks.http.content_type import UNREADABLE
from webtalks.http.error_pages import error_page

# What a browser's form is sent as; mail programs send the same (RFC 8058 §3.2).
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_TYPES = ("", URLENCODED, MULTIPART)

# What the admin's own links and lists send; longer numbers break the database's arithmetic.
DATE_PART = re.compile(r"__(year|month|day)$")
# Python has no moment after the end of the year 9999, with which Django would compare.
NUMBER_OF_DATE = re.compile(r"(?!9999).{0,4}")

# Bytes of the largest body of a form for files: in the admin a PDF (30 MB) and a picture (15 MB).
UPLOAD = 64_000_000


class RefuseUnreadable:
    """Middleware: answer 400, 413 or 415 to a request that cannot be read.

    400 is for NUL characters, for text that is not UTF-8 and for a foreign host; 413 for too large
    a body; 415 for a body that is no form.

    No keyboard has NUL; PostgreSQL refuses it, and in SQLite it finds everything. Some charsets
    (UTF-7) decode to characters that cannot be stored. A body without a length is refused too:
    browsers always send one, the proxy in front adds one, and Django would read nothing. A foreign
    host is refused here, because files are answered before any view asks for the host.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refuse_foreign_host(request)
        decoded = "".join([request.path, *request.COOKIES.values()])
        if "\0" in decoded or not is_readable(request.META):
            raise BadRequest("NUL, or not UTF-8, in query, cookie or path")
        if request.content_type == UNREADABLE:
            raise BadRequest("A type of body that cannot be read")
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise BadRequest("A body that is not in UTF-8")
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise BadRequest("A body without a length")
        limit = UPLOAD if takes_files(request.path) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if body_size(request.META) > limit:
            return error_page(None, 413)
        if request.method == "POST" and request.content_type not in FORM_TYPES:
            return error_page(None, 415)
        if request.method == "POST":
            read_form(request)
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Refuse what only somebody who tampers with the admin's pages sends.

        Large files are taken from organisers and from speakers with a good link: here it is known
        who asks, and nothing of the body was read yet.
        """
        is_large = body_size(request.META) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if not in_admin(request):
            token = kwargs.get("token", "")
            is_strangers = is_large and not SpeakerLink.objects.holding(token).exists()
            return dead_link(cast(SiteRequest, request)) if is_strangers else None
        refuse_odd_numbers(request.GET)
        if is_large:
            if not request.user.is_staff:
                return error_page(request, 413, is_admin=True)
        elif request.method == "POST":
            try:
                refuse_odd_numbers(request.POST)
            except UnreadablePostError:
                raise BadRequest("The visitor went away") from None
        return None


def refuse_foreign_host(request: HttpRequest) -> None:
    """Raise DisallowedHost (400) for a name that is not the site's, in either header."""
    request.get_host()
    forwarded = request.META.get("HTTP_X_FORWARDED_HOST")
    for name in forwarded.split(",") if forwarded else ():
        domain, _ = split_domain_port(name.strip())
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            raise DisallowedHost("X-Forwarded-Host names another site")


def refuse_odd_numbers(parameters: QueryDict) -> None:
    """Raise BadRequest for keys of rows and for parts of dates that no page of the admin sends."""
    for name, values in parameters.lists():
        if name == "_selected_action":
            expected = KEY
        elif DATE_PART.search(name):
            expected = NUMBER_OF_DATE
        else:
            continue
        if not all(expected.fullmatch(value) for value in values):
            raise BadRequest("A number that no page of the admin sends")


def is_readable(meta: Mapping[str, Any]) -> bool:
    """Whether query and cookies are UTF-8 without NUL; WSGI gives bytes as Latin-1.

    A path that is not UTF-8 names a page that does not exist: 404.
    """
    query, cookie = (
        meta.get(name, "").encode("latin-1", "replace") for name in ("QUERY_STRING", "HTTP_COOKIE")
    )
    raw = unquote_to_bytes(query) + b";" + cookie
    return b"\0" not in raw and is_utf8(raw)


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_form(request: HttpRequest) -> None:
    """Read the fields before anybody else does: a broken form is a 400 on every page.

    Django would read text that is not UTF-8 as Latin-1. The admin's forms with files are left to
    the admin.
    """
    try:
        if request.content_type == URLENCODED and not is_utf8(unquote_to_bytes(request.body)):
            raise BadRequest("Fields that are not UTF-8")
        if not is_read_later(request) and not is_whole(request):
            raise BadRequest("Half a body")
        if takes_files(request.path):
            return
        if any("\0" in text for name, values in request.POST.lists() for text in (name, *values)):
            raise BadRequest("NUL in a field")
    except UnreadablePostError:
        raise BadRequest("The visitor went away") from None
    except (MultiPartParserError, SuspiciousOperation):
        raise BadRequest("A form that cannot be taken apart, or too many fields") from None


def is_read_later(request: HttpRequest) -> bool:
    """Whether the form's own view reads it: all with files, but for what speakers send without."""
    is_small = body_size(request.META) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    is_small_of_speaker = is_small and bool(speakers_forms().fullmatch(request.path))
    return takes_files(request.path) and not is_small_of_speaker


def is_whole(request: HttpRequest) -> bool:
    """Whether the body is as long as announced and, of several parts, has its end (RFC 2046 §5.1).

    Else the fields that are missing would seem not to have been filled in.
    """
    if len(request.body) < body_size(request.META):
        return False
    boundary = (request.content_params or {}).get("boundary", "")
    end = f"--{boundary}--".encode("latin-1", "replace")
    return request.content_type != MULTIPART or end in request.body


def body_size(meta: Mapping[str, Any]) -> int:
    """Return the bytes of the body that the request announces; 0 where it names no number."""
    length = meta.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def takes_files(path: str) -> bool:
    """Whether it is a form for files: of talks, of a talk's report, of what a speaker proposes."""
    if path.startswith(events_admin()):
        return True
    return bool(report_form().fullmatch(path) or speakers_forms().fullmatch(path))


@cache
def events_admin() -> str:
    """Return where the forms with files begin; remembered, because every request asks for it."""
    return reverse("admin:app_list", args=["events"])


@cache
def report_form() -> re.Pattern[str]:
    path = reverse("admin:import_attendance", args=[0])
    return re.compile(re.escape(path).replace("/0/", "/[0-9]+/"))


@cache
def speakers_forms() -> re.Pattern[str]:
    paths = [
        re.escape(reverse("registration:speaker_part", args=["0", part])).replace("/0/", "/[^/]+/")
        for part in (Part.PICTURE, Part.PORTRAIT, Part.SLIDES)
    ]
    return re.compile("|".join(paths))
