"""What a site of the version before looks like; `make.py` runs this text in the site's process.

It names only what every version has: models, their verbs, commands. The clock stands at
MONTHS_AGO first, and at NOW when the backup is made.
"""

from datetime import UTC, datetime, timedelta

import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import call_command, get_commands, load_command_class

from events.models import Material, Municipality, Series, Speaker, Talk, Topic
from registration.models import Interest, Message, OutgoingMail, Registration

MONTHS_AGO = datetime(2025, 8, 20, 7, 0, tzinfo=UTC)
NOW = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
PASSWORD = "ein langes Passwort"


def work():
    """Do once what the worker does all the time: its duties, and the mail that is due."""
    load_command_class(get_commands()["worker"], "worker").run_once()


def make_talk(title, starts_at, **fields):
    hour = timedelta(hours=1)
    values = {"announcement": "Worum es geht.", "status": "published", "municipality": town}
    talk = Talk.objects.create(
        title=title, starts_at=starts_at, ends_at=starts_at + hour, **values | fields
    )
    talk.topics.set(topics)
    Speaker.objects.create(
        talk=talk, name="Sina Massow", role="Bürgermeisterin", form="Referentin"
    )
    return talk


def sign_up(talk, name, **fields):
    first, last = name.split()
    person = {"name": name, "email": f"{first}.{last}@stadt.example".lower()}
    (row,) = Registration.objects.sign_up([talk], **person | fields)
    return row


clock = time_machine.travel(MONTHS_AGO).start()
series = Series.load()
series.contact_email = "kontakt@stadt.example"
series.save()
town = Municipality.objects.create(name="Gudensberg", land="Hessen")
# Nothing has kept organisers from typing a Land that is none.
Municipality.objects.create(name="Homberg (Efze)", land="Hesen")
topics = [Topic.objects.create(name=name) for name in ("Wärme & Licht", "Mobilität")]
for username, group in {"teil": "Teilnehmende", "redaktion": "Redaktion"}.items():
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
User.objects.create_superuser("chef", password=PASSWORD)

past = make_talk("Was war", MONTHS_AGO + timedelta(days=14))
sign_up(past, "Kim Beispiel")
sign_up(past, "Robin Beispiel").join()
work()

clock.move_to(NOW - timedelta(days=1))
talk = make_talk('Größe & "Glück" 🎈', NOW + timedelta(days=21), capacity=3, subtitle="Für alle")
Material.objects.create(talk=talk, title="Quelle", url="https://example.org/")
sign_up(talk, "Kim Beispiel", organisation="Stadt Gudensberg", question="Wie? 🤔")
sign_up(talk, "Lea Beispiel")
sign_up(talk, "Ada Beispiel")
sign_up(talk, "Wanda Beispiel")
sign_up(talk, "Willi Beispiel")
sign_up(talk, "Mo Beispiel").cancel()
sign_up(make_talk("Gefragt", NOW + timedelta(days=40), double_opt_in=True), "Pia Beispiel")
make_talk("Noch nicht fertig", NOW + timedelta(days=60), status="draft", municipality=None)
Interest.objects.ask("inge.beispiel@stadt.example", topics[:1]).confirm()
Interest.objects.ask("ida.beispiel@stadt.example")
Message.objects.create(talk=talk, subject="Hinweis", text="Bis dann, {name}!").release()
work()
Registration.objects.erase_person("ada.beispiel@stadt.example")
work()

clock.move_to(NOW)
other = make_talk("Zwei Mails warten", NOW + timedelta(days=30))
sign_up(other, "Bo Beispiel")
OutgoingMail.objects.hold()
sign_up(other, "Lea Beispiel")
call_command("backup")

# The erasure log beside the backup knows of somebody whom the backup still names.
clock.shift(timedelta(minutes=5))
Registration.objects.erase_person("bo.beispiel@stadt.example")
work()
