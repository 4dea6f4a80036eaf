"""How long an answer takes tells nobody whether an address is known (500 requests each).

All states of an address take turns in one run, so that noise meets all of them alike.
"""

import http.client
import time
from statistics import median
from urllib.parse import urlencode

import pytest

from tests import postgres
from tests.makers import opened
from tests.server import Server

REQUESTS = 500
APART = 0.010  # seconds

STATES = ["new", "pending", "confirmed", "waiting", "cancelled", "erased", "throttled"]
# The interest list has states of its own.
LISTED = ["new", "pending", "active", "ended", "throttled"]

# Every address is asked for once, for a second form would be another story.
SEED = f"""
from datetime import timedelta
from django.utils import timezone
from events.models import Talk
from registration.models import Interest, Registration, Tally
from registration.models.limits import judge_form

starts_at = timezone.now() + timedelta(days=9)
talk = Talk.objects.create(
    title="Talk", slug="talk", status="published", starts_at=starts_at,
    ends_at=starts_at + timedelta(hours=1), capacity=1, seats_taken=1,
)
def address(form, state, number):
    return f"{{form}}-{{state}}-{{number}}@stadt.example"
for form in ("form", "links", "way-in"):
    for state in ("pending", "confirmed", "waiting", "cancelled", "erased"):
        Registration.objects.bulk_create(
            Registration(
                talk=talk, name="Kim", state="cancelled" if state == "erased" else state,
                email=address(form, state, number), email_key=address(form, state, number),
            )
            for number in range({REQUESTS})
        )
        if state == "erased":
            gone = Registration.objects.filter(email__contains="erased")
            gone.update(email=None, email_key=None, name=None, key=None, anonymised_at=starts_at)
confirmed, waiting = Registration.objects.confirmed(), Registration.objects.waiting()
Talk.objects.update(seats_taken=confirmed.count(), waiting_count=waiting.count())
for state in ("pending", "active", "ended"):
    Interest.objects.bulk_create(
        Interest(
            state=state, consent_version="x", consent_text="x",
            email=address("news", state, number), email_key=address("news", state, number),
        )
        for number in range({REQUESTS})
    )
for form in ("form", "links", "way-in", "news"):
    for number in range({REQUESTS}):
        judge_form(address(form, "throttled", number))
Tally.objects.update(number=9)
"""

FORMS = {
    "form": ("/anmeldung/", STATES, {"talks": "talk", "name": "Kim Beispiel"}),
    "links": ("/anmeldung/links/", STATES, {}),
    "way-in": ("/talks/talk/teilnehmen/", STATES, {}),
    "news": ("/terminhinweise/", LISTED, {"consent": "on"}),
}


def medians(server, form) -> dict:
    """Send the form for 500 addresses in each state; return the median of the seconds."""
    path, states, fields = FORMS[form]
    cookie, token = server.open_form(path)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    taken = {state: [] for state in states}
    connection = http.client.HTTPConnection("localhost", server.port, timeout=60)
    for number in range(REQUESTS):
        for state in states[number % len(states) :] + states[: number % len(states)]:
            email = f"{form}-{state}-{number}@stadt.example"
            body = urlencode(token | fields | {"email": email, "opened": opened()})
            began = time.perf_counter()
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            response.read()
            taken[state].append(time.perf_counter() - began)
            assert response.status == 302
    connection.close()
    return {state: median(seconds) for state, seconds in taken.items()}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request, tmp_path_factory):
    def run(url):
        # The visitor is one; the addresses keep their limits.
        lifted = "sign_ups=999999 sign_ups_refused=999999"
        server = Server(tmp_path_factory.mktemp("timing"), url, THROTTLE=lifted)
        server.manage("migrate", "--verbosity=0")
        server.shell(SEED)
        with server:
            yield server
        assert server.violations() == ""

    if request.param == "SQLite":
        yield from run("")
    else:
        with postgres.server() as url:
            yield from run(url)


@pytest.mark.parametrize("form", FORMS)
def test_time_tells_nothing_of_an_address(server, form):
    found = medians(server, form)

    print(f"\n{form}:", {state: f"{1000 * each:.1f} ms" for state, each in found.items()})
    assert max(found.values()) - min(found.values()) < APART
