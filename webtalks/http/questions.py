"""What a request asks, word for word: by this the short way to a kept page knows it again.

Until the page cache answers, Django's handler and the middlewares look at nothing of a request but
HEARD and UNUSUAL (a test records it). So whoever asks the same gets the same page.
"""

from collections.abc import Mapping
from typing import Any

# Where the question stands in a request's environ.
ASKED = "webtalks.question"
HEARD = (
    "wsgi.url_scheme",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_HOST",
    "SERVER_NAME",
    "SERVER_PORT",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_ENCODING",
)
# Headers by which somebody who has the page asks whether it has changed (RFC 9110 §13.1).
CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE"})
# Such a request has a body, wants less than the whole page, or says what nobody else does.
UNUSUAL = CONDITIONS | {
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_COOKIE",
    "HTTP_TRANSFER_ENCODING",
}

type Question = tuple[Any, ...]


def question(environ: Mapping[str, Any]) -> Question | None:
    """Return what a plain GET says in HEARD; None: the request is another one, or unusual."""
    if environ["REQUEST_METHOD"] != "GET" or not UNUSUAL.isdisjoint(environ):
        return None
    return tuple([environ.get(name) for name in HEARD])
