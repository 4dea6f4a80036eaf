"""WSGI entry point: `gunicorn -c python:webtalks.gunicorn webtalks.wsgi`."""

import gc
import os
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from webtalks import checks
from webtalks.http.content_type import readable_type
from webtalks.http.patience import limit_waits
from webtalks.logs import formatters

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webtalks.settings")

django_application = get_wsgi_application()

from webtalks.http.page_cache import short_answer  # noqa: E402 - its models need Django set up

# Imports all views, which else the first visitors of a process would wait for.
import_module(settings.ROOT_URLCONF)
limit_waits()
checks.refuse_danger()
# What is loaded by now stays for good: the collector need not look through it again and again.
gc.freeze()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer the request: give it a number for the log, and mend what Django would stumble over.

    A request line may name the whole address (`GET http://host/`). Then its host counts, not the
    header's (RFC 9112 §3.2.2), and is refused like any other that is not ours.
    A kept page that was asked for like this before needs no Django.
    """
    target = environ.get("RAW_URI", "/")
    if not target.startswith("/"):
        environ["HTTP_HOST"] = urlsplit(target).netloc
    if short := short_answer(environ):
        headers, content = short
        start_response("200 OK", headers)
        return [content]
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = readable_type(environ["CONTENT_TYPE"])
    with formatters.number_request(environ):
        return django_application(environ, start_response)
