"""An organiser sends a speaker's mail once more while the speaker's address is erased.

Processes with connections of their own, on SQLite and on PostgreSQL.
"""

MEANWHILE = """
import os, sys, time
from datetime import timedelta
from django.db import connections, transaction
from django.utils import timezone
from events.models import Speaker, Talk
from registration.models import OutgoingMail, SpeakerLink

starts = timezone.now() + timedelta(days=1)
talk = Talk.objects.create(
    title="Wie es war", starts_at=starts, ends_at=starts + timedelta(hours=1), status="published"
)
link = SpeakerLink.objects.make(
    Speaker.objects.create(talk=talk, name="Sina Massow"), "sina@stadt.example"
)
link.mail()
OutgoingMail.objects.update(state="sent")
connections.close_all()
waits, begins = os.pipe()
if not (pid := os.fork()):
    os.read(waits, 1)
    again = OutgoingMail.objects.get().resend()
    os._exit(0 if again is None else 3)
with transaction.atomic():
    SpeakerLink.objects.lock(link)
    os.write(begins, b"x")
    time.sleep(0.5)
    link.erase("person")
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(SpeakerLink.objects.count(), *OutgoingMail.objects.values_list("state", "recipient"))
"""


def test_mail_that_is_sent_again_while_its_address_is_erased_goes_nowhere(site_apart):
    assert site_apart.shell(MEANWHILE).splitlines() == ["0", "0 ('sent', '')"]
