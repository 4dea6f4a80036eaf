"""The site opens no connection but to its database and its mail server.

A hook of the interpreter notes every connection and every look-up of a name while each address of
the site is asked and a mail of each kind goes out. (libpq connects without the interpreter.)
"""

import re
import socket
import sys
import threading
from contextlib import contextmanager

import pytest
from django.urls import get_resolver

from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk
from tests.registration.link_pages import purpose_of
from tests.registration.mail.every_kind import EVERY_KIND
from tests.webtalks.logs.test_formatters import routes

WATCHED = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
WATCHED |= {"socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"}
OWN_NAME = {socket.gethostname(), socket.getfqdn()}
noted = None


def note(event, arguments):
    if noted is None or event not in WATCHED or threading.current_thread() is not MAIN:
        return
    target = arguments[0] if event.startswith("socket.get") else arguments[-1]
    noted.append((event, str(target)))


MAIN = threading.main_thread()
sys.addaudithook(note)  # it stays for good, and is idle outside of `watched`


@contextmanager
def watched():
    global noted  # noqa: PLW0603
    noted = []
    try:
        yield noted
    finally:
        noted = None


# What differs most: texts alone, with calendars, to speakers, of a talk's end, to an account.
FIRST = {
    *("signed_up-three_talks", "talk_changed-talk_off", "speaker_link-speaker_link"),
    *("recap-recap_with_certificate", "message-message", "new_password-forgotten_password"),
}


def to_others(found, *allowed) -> list:
    """Return what went to anybody but the own machine's name and those allowed."""
    return [(event, target) for event, target in found if target not in OWN_NAME | set(allowed)]


def test_the_hook_sees_connections_and_names():
    with watched() as found, socket.socket() as probe:
        probe.connect_ex(("127.0.0.1", 9))
        socket.getaddrinfo("localhost", 80)

    assert found == [("socket.connect", "('127.0.0.1', 9)"), ("socket.getaddrinfo", "localhost")]


def token_for(name, row, interest) -> str:
    """Return a good token for the page of that name."""
    key = interest.key if name.startswith("interest") else row.key
    return links.token(key, purpose_of(name))


def addresses(row, interest):
    """Yield every address of the site, with what its places stand for filled in."""
    names = {
        str(pattern.pattern): getattr(pattern, "name", "")
        for part in get_resolver().url_patterns
        if hasattr(part, "url_patterns")
        for pattern in part.url_patterns
    }
    for route in routes(get_resolver().url_patterns):
        if "(?P" in route or "\\" in route:
            continue
        path = route.replace("<str:token>", token_for(names.get(route) or "", row, interest))
        path = path.replace("<slug:slug>", row.talk.slug).replace("<uuid:uuid>", str(row.uuid))
        yield "/" + re.sub(r"<[^>]+>", "1", path)


def status(response) -> int:
    if response.streaming:
        list(response.streaming_content)  # so that files are closed
    return response.status_code


@pytest.mark.once
@pytest.mark.django_db
def test_no_page_opens_a_connection(admin_client, clock):
    row = make_registration(make_talk(meeting_url="https://meeting.example/room"))
    interest = Interest.objects.ask("kim@stadt.example", topics=[])
    paths = sorted(addresses(row, interest), key=lambda path: "logout" in path)
    statuses = {}

    with watched() as found:
        for path in paths:
            statuses[path] = [status(admin_client.get(path))]
            if "loeschen" not in path:
                statuses[path].append(status(admin_client.post(path, {})))

    assert to_others(found) == []
    answered = [path for path, (status, *_) in statuses.items() if status == 200]
    assert len(answered) > 50
    assert [path for path, found in statuses.items() if max(found) >= 500] == []


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param([case for case in EVERY_KIND if case.id in FIRST], id="first"),
        pytest.param(EVERY_KIND, id="every kind", marks=pytest.mark.slow),
    ],
)
@pytest.mark.once
@pytest.mark.django_db
def test_mails_go_to_the_mail_server_alone(smtp_server, clock, cases):
    assert len(cases) >= len(FIRST)
    for case in cases:
        _, make = case.values
        make(clock)
        server = ("127.0.0.1", f"('127.0.0.1', {smtp_server.port})")

        with watched() as found:
            outcomes = deliver_due()

        assert len(outcomes) > 0
        assert to_others(found, *server) == []
        assert ("socket.connect", server[1]) in found
        Registration.objects.all().delete()
        OutgoingMail.objects.all().delete()
        Interest.objects.all().delete()
