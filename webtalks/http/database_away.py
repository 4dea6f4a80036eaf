"""The answer while the database cannot be reached: 503, and when to ask again."""

import logging
import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from registration.pdf import Busy
from webtalks.http.error_pages import UNUSABLE, error_page

logger = logging.getLogger(__name__)

# Seconds after which the visitor may ask again.
RETRY_AFTER = 5


class ComeBackLater(Exception):
    """Too many do the same expensive thing; whoever asks again in a moment is served."""


class DatabaseAway:
    """Middleware: answer 503 where a view could not use the database, or too many came at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer_to(exception)


def answer_to(error: BaseException | None) -> HttpResponse | None:
    """Answer 503 to an error that passes by itself; None: it is a fault of ours."""
    if isinstance(error, Busy):
        return pdf_later()
    if isinstance(error, ComeBackLater):
        logger.error("Somebody is asked to come back: %s", error)
        return come_back_later()
    return database_away(error) if isinstance(error, UNUSABLE) else None


def database_away(error: Exception) -> HttpResponse:
    """Log the error and answer 503; the page itself asks the database nothing."""
    logger.error("The database cannot be used: %s", error)
    return come_back_later()


def come_back_later() -> HttpResponse:
    """Answer 503, and when to ask again."""
    return _later(error_page(None, 503))


def pdf_later() -> HttpResponse:
    """Answer 503 to whoever asks for a PDF while others are written; browsers ask again."""
    logger.warning("Many PDFs at once: somebody is asked to come back")
    response = _later(error_page(None, 503, "pdf/"))
    response["Refresh"] = str(RETRY_AFTER)
    return response


def _later(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def fault(request: HttpRequest) -> HttpResponse:
    """Answer an error that nothing has caught (Django's `handler500`): 503 or 500.

    A middleware's error arrives here, and so does one of the page for 404, which reads the
    series from the database.
    """
    return answer_to(sys.exception()) or error_page(None, 500)
