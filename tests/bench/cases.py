"""What is asked of a site, by name."""

from urllib.parse import urlencode

from tests.bench.site import FORM, Site
from tests.bench.wrk import Request
from tests.server import thanks

START, TALK, ARCHIVE, LAST = "Startseite", "Talk", "Archiv, erste Seite", "Archiv, letzte Seite"
SEARCH, SIGN_UP_FORM, SIGN_UP = "Suche", "Formular", "Anmeldung (POST)"
THANKS, CALENDAR, UNCHANGED = "Danke-Seite", "/kalender.ics", "304"
# These are answered from memory.
KEPT = {START, TALK, ARCHIVE, LAST, CALENDAR, UNCHANGED}

PERSON = {"name": "Kim Muster", "email": "pNUMBER@muster.example"}
FORM_TYPE = ("Content-Type", "application/x-www-form-urlencoded")
# The talk next to the oldest twelve, behind which the archive's last page begins.
LAST_PAGE = """
from urllib.parse import quote
from events.pages.archive import place_of
from events.models import Talk
oldest = list(Talk.objects.archived().order_by('starts_at', 'pk')[:13])
print('/archiv/?vor=' + quote(place_of(oldest[12]), safe=':'))
"""


def main_cases(site: Site) -> dict[str, Request]:
    """Return what every commit can be asked."""
    cookie, fields = site.open_form(FORM)
    # As usual: each form for one of several talks. Many for the same one: `sign_up_at_once`.
    bodies = tuple(urlencode(fields | PERSON | {"talks": slug}) for slug in site.bookable()[:5])
    return {
        START: Request("/"),
        TALK: Request("/talks/muster-talk-0/"),
        ARCHIVE: Request("/archiv/"),
        SIGN_UP_FORM: Request(FORM),
        SIGN_UP: Request(FORM, "POST", (("Cookie", cookie), FORM_TYPE), bodies),
    }


def all_cases(site: Site) -> dict[str, Request]:
    etag = site.request("GET", "/")[1]["ETag"]
    return main_cases(site) | {
        LAST: Request(site.shell(LAST_PAGE)),
        SEARCH: Request("/archiv/?q=Mitte"),
        THANKS: Request(thanks(site.bookable()[0])),
        CALENDAR: Request("/kalender.ics"),
        UNCHANGED: Request("/", headers=(("If-None-Match", etag),)),
    }


def bytes_of(site: Site, request: Request) -> int:
    """Return the length of the answer; a POST and a 304 are compared with the page itself."""
    path = request.path if request.method == "GET" else FORM
    return len(site.request("GET", path)[2].encode())


def yardstick(site: Site, name: str, request: Request) -> tuple[Site, Request]:
    """Return whom to ask for what, to compare: the bare function, or the constant view."""
    if name in KEPT:
        return site.bare, request
    return site, Request(f"/bench/{bytes_of(site, request)}/")
