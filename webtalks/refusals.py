"""Requests that no page could answer sensibly: refused before anything is read or looked up."""

from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.urls import reverse

# What a browser's form is sent as; mail programs send the same (RFC 8058 §3.2).
URLENCODED = "application/x-www-form-urlencoded"
FORM_TYPES = ("", URLENCODED, "multipart/form-data")


# The largest body that the admin takes: a PDF (30 MB) and a picture (15 MB) in one form.
UPLOAD = 64_000_000


class RefuseUnreadable:
    """Answer 400 to NUL and to what is not UTF-8, 413 to too large a body, 415 to no form at all.

    PostgreSQL refuses a NUL, SQLite finds everything; in a form's field it gets a message there.
    Some charsets (UTF-7) decode to characters that cannot be stored. A body without a length is
    refused too: browsers send none, the proxy in front makes one, and Django would read nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        decoded = "".join([request.path, *request.COOKIES.values()])
        if "\0" in decoded or not is_readable(request.META):
            raise BadRequest("NUL, or not UTF-8, in query, cookie or path")
        if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise BadRequest("A body that is not in UTF-8")
        if "HTTP_TRANSFER_ENCODING" in request.META:
            raise BadRequest("A body without a length")
        may_be = UPLOAD if takes_files(request.path) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if body_size(request.META) > may_be:
            return HttpResponse(render_to_string("413.html"), status=413)
        if request.method == "POST" and request.content_type not in FORM_TYPES:
            return HttpResponse(render_to_string("415.html"), status=415)
        if request.method == "POST":
            read_form(request)
        return self.get_response(request)


def is_readable(meta) -> bool:
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


def read_form(request):
    """Read the fields before anybody else does: what is broken is a 400, whatever the page.

    Django would take what is not UTF-8 for Latin-1. The admin's files are left to the admin.
    """
    try:
        if request.content_type == URLENCODED and not is_utf8(unquote_to_bytes(request.body)):
            raise BadRequest("Fields that are not UTF-8")
        if not takes_files(request.path):
            request.POST.keys()
    except UnreadablePostError:
        raise BadRequest("The visitor went away") from None


def body_size(meta) -> int:
    length = meta.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def takes_files(path: str) -> bool:
    return path.startswith(reverse("admin:app_list", args=["events"]))
