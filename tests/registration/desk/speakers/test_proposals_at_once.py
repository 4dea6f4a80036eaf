"""Organisers decide, and the speaker saves, in the same moment: one outcome, one mail.

Processes with connections of their own, on SQLite and on PostgreSQL.
"""

AT_ONCE = """
import os, sys
from datetime import timedelta
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import timezone
from events.models import Speaker, Talk
from registration.desk.speakers.decisions import state_of
from registration.models import OutgoingMail, ProposedChange, SpeakerLink

settings.ALLOWED_HOSTS = ["*"]
# By day: the form takes no talk that goes on past midnight.
starts = timezone.localtime().replace(hour=10, minute=0) + timedelta(days=1)
talk = Talk.objects.create(title="Alt", starts_at=starts, ends_at=starts + timedelta(hours=1))
SpeakerLink.objects.make(Speaker.objects.create(talk=talk, name="Sina"), "sina@stadt.example")
link = SpeakerLink.objects.with_talks().get()
change = ProposedChange.objects.propose(link, "title", "Neu")
client = Client()
client.force_login(User.objects.create_superuser("orga"))
page = f"/admin/events/talk/{talk.pk}/vorschlaege/"
sent = {f"v{change.pk}-choice": "taken", f"v{change.pk}-seen": state_of(change, "Alt")}
TAKEN, SHOWN_AGAIN, PROPOSED = 10, 11, 12


def decide():
    status = client.post(page, sent, secure=True).status_code
    return {302: TAKEN, 422: SHOWN_AGAIN}[status]


def propose():
    ProposedChange.objects.propose(link, "title", "Neuer")
    return PROPOSED


def at_once(*works):
    connections.close_all()
    waits, begins = os.pipe()
    people = []
    for work in works:
        if not (pid := os.fork()):
            os.close(begins)
            os.read(waits, 1)
            try:
                os._exit(work())
            except BaseException as error:
                print(repr(error), file=sys.stderr)
                os._exit(1)
        people.append(pid)
    os.close(waits)
    os.close(begins)
    return sorted(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in people)


"""
FOUR = """
print(at_once(decide, decide, decide, decide))
talk.refresh_from_db()
change.refresh_from_db()
print(talk.title, change.outcome, talk.change_no, OutgoingMail.objects.count())
"""
WITH_SPEAKER = """
statuses = at_once(decide, propose)
talk.refresh_from_db()
change.refresh_from_db()
end = (talk.title, change.text, change.is_open, change.version, OutgoingMail.objects.count())
# Either the organiser was first, and the speaker's next proposal waits; or nothing was taken.
print((statuses, end) in (
    ([TAKEN, PROPOSED], ("Neu", "Neuer", True, 2, 1)),
    ([SHOWN_AGAIN, PROPOSED], ("Alt", "Neuer", True, 2, 0)),
), statuses, end)
"""


def test_of_four_organisers_one_takes_it_over(site_apart):
    assert site_apart.shell(AT_ONCE + FOUR).splitlines() == ["[10, 11, 11, 11]", "Neu taken 1 1"]


def test_speaker_who_saves_just_then_loses_nothing(site_apart):
    answer = site_apart.shell(AT_ONCE + WITH_SPEAKER)

    assert answer.startswith("True "), answer
