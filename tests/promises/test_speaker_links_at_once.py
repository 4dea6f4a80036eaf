"""Organisers who send, renew and withdraw one speaker's link at once: one wins, nothing doubles.

In a process of its own, on SQLite and on PostgreSQL.
"""

import pytest

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


def test_one_link_and_one_mail_whoever_is_first(site_apart):
    assert site_apart.shell(AT_ONCE) == "1 1 1 True"


MEANWHILE = """
import threading
from datetime import timedelta
from django.db import connection, transaction
from django.utils import timezone
from events.models import Speaker, Talk
from registration.models import ProposedChange, SpeakerLink

start = timezone.now() + timedelta(days=9)
talk = Talk.objects.create(title="Alt", starts_at=start, ends_at=start + timedelta(hours=1))
speaker = Speaker.objects.create(talk=talk, name="Kim Beispiel")
SpeakerLink.objects.send(speaker, "kim@stadt.example")
link = SpeakerLink.objects.with_talks().get()

def meanwhile(other, form):
    # Run `other` while `form`, which begins by locking the talk and its links, is being saved.
    failed = []
    def run():
        try:
            other()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()
    thread = threading.Thread(target=run)
    with transaction.atomic():
        Talk.objects.lock([talk.pk])
        list(SpeakerLink.objects.in_talk(talk).select_for_update(of=("self",)))
        thread.start()
        thread.join(1)
        form()
    thread.join()
    return failed
"""
RENEWED = """
def form():
    Speaker.objects.filter(pk=speaker.pk).update(name="Kim Anders")

print(meanwhile(lambda: link.renew("kim@stadt.example"), form), Speaker.objects.get().name)
"""
REMOVED = """
print(meanwhile(lambda: link.renew("kim@stadt.example"), lambda: Speaker.objects.all().delete()),
      SpeakerLink.objects.count())
"""
PROPOSED = """
def form():
    Talk.objects.filter(pk=talk.pk).update(title="Neu")

print(meanwhile(lambda: ProposedChange.objects.propose(link, "title", "Neu"), form),
      ProposedChange.objects.count())
"""


@pytest.mark.parametrize(
    ("deeds", "result"),
    [(RENEWED, "[] Kim Anders"), (REMOVED, "[] 0"), (PROPOSED, "[] 0")],
)
def test_form_that_is_saved_meanwhile_waits_for_nobody_in_a_ring(site_apart, deeds, result):
    assert site_apart.shell(MEANWHILE + deeds) == result
