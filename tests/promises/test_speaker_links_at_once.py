"""Organisers who send, renew and withdraw one speaker's link at once: one wins, nothing doubles.

In a process of its own, on SQLite and on PostgreSQL.
"""

import pytest

from tests.server import Server

AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from events.models import Speaker, Talk
from registration.models import OutgoingMail, SpeakerLink

start = timezone.now() + timedelta(days=9)
talk = Talk.objects.create(title="Ä", starts_at=start, ends_at=start + timedelta(hours=1))
speaker = Speaker.objects.create(talk=talk, name="Kim Beispiel")

def alone(deed):
    try:
        return bool(deed())
    finally:
        connection.close()

def at_once(deeds):
    with ThreadPoolExecutor(len(deeds)) as pool:
        print(sum(pool.map(alone, deeds)), end=" ")

def address(number):
    return f"p{number}@stadt.example"

at_once([lambda n=n: SpeakerLink.objects.send(speaker, address(n)) for n in range(8)])
seen = [SpeakerLink.objects.with_talks().get() for _ in range(8)]
at_once([lambda n=n, link=link: link.renew(address(n)) for n, link in enumerate(seen)])
seen = [SpeakerLink.objects.with_talks().get() for _ in range(8)]
at_once([link.withdraw if n % 2 else lambda link=link, n=n: link.renew(address(n))
         for n, link in enumerate(seen)])
link = SpeakerLink.objects.get()
going = list(OutgoingMail.objects.queued().values_list("registration_key", "recipient"))
print(going == ([] if link.withdrawn_at else [(link.key, link.email)]))
"""


@pytest.fixture
def server(tmp_path, database_url):
    server = Server(tmp_path, database_url)
    server.set_up()
    return server


def test_one_link_and_one_mail_whoever_is_first(server):
    assert server.shell(AT_ONCE) == "1 1 1 True"
