"""Several tabs of one speaker save at the same time: one row, and nothing of it is lost.

Processes with connections of their own, on SQLite and on PostgreSQL.
"""

AT_ONCE = """
import os, sys
from datetime import timedelta
from django.db import connections
from django.utils import timezone
from events.models import Speaker, Talk
from registration.models import Consent, ProposedChange, SpeakerLink

starts = timezone.now() + timedelta(days=1)
talk = Talk.objects.create(
    title="Wie es war", starts_at=starts, ends_at=starts + timedelta(hours=1), status="published"
)
speaker = Speaker.objects.create(talk=talk, name="Sina Massow")
link = SpeakerLink.objects.make(speaker, "sina@stadt.example")
link = SpeakerLink.objects.with_talks().get()


def in_tabs(work):
    connections.close_all()
    waits, begins = os.pipe()
    tabs = []
    for number in range(6):
        if not (pid := os.fork()):
            os.close(begins)
            os.read(waits, 1)
            try:
                work(number)
            except SpeakerLink.DoesNotExist:
                os._exit(3)
            except BaseException as error:
                print(repr(error), file=sys.stderr)
                os._exit(1)
            os._exit(0)
        tabs.append(pid)
    os.close(waits)
    os.close(begins)
    return {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in tabs}


"""
SAVES = """
print(in_tabs(lambda number: ProposedChange.objects.propose(link, "title", f"Titel {number}")))
change = ProposedChange.objects.get()
print(change.version, change.before)
"""
CONSENTS = """
print(in_tabs(lambda _: Consent.objects.give(link, "slides")), Consent.objects.count())
"""
ERASED = """
def work(number):
    if number == 3:
        SpeakerLink.objects.get(pk=link.pk).erase("organiser")
    else:
        ProposedChange.objects.propose(link, "title", f"Titel {number}")

print(in_tabs(work) - {0, 3}, SpeakerLink.objects.count(), ProposedChange.objects.count())
"""


def test_saves_of_one_field_at_once_are_one_row(site_apart):
    assert site_apart.shell(AT_ONCE + SAVES).splitlines() == ["{0}", "6 Wie es war"]


def test_ticking_a_consent_many_times_at_once_gives_it_once(site_apart):
    assert site_apart.shell(AT_ONCE + CONSENTS) == "{0} 1"


def test_link_that_is_erased_while_others_propose_leaves_nothing(site_apart):
    assert site_apart.shell(AT_ONCE + ERASED) == "set() 0 0"
