"""WSGI entry point: `gunicorn -c python:webtalks.gunicorn webtalks.wsgi`."""

import os
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application

from webtalks import checks
from webtalks.logs import formatters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webtalks.settings")

django_application = get_wsgi_application()
checks.refuse_danger()


def application(environ, start_response):
    """Answer the request: give it a number for the log, take its host where HTTP says it stands.

    A request line may name the whole address (`GET http://host/`); its host counts then, not the
    header's (RFC 9112 §3.2.2), and is refused like any other that is not ours.
    """
    target = environ.get("RAW_URI", "/")
    if not target.startswith("/"):
        environ["HTTP_HOST"] = urlsplit(target).netloc
    with formatters.request(environ):
        return django_application(environ, start_response)
