"""Plain objects for tests; titles carry what breaks sloppy templates: `ä`, `&` and `"`."""

import time
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.core.signing import Signer
from django.utils import timezone

from events.models import Municipality, PracticeProfile, Speaker, Talk
from registration.models import (
    Feedback,
    Interest,
    Message,
    Offer,
    OutgoingMail,
    Registration,
    ReportLine,
    SpeakerLink,
)
from registration.roles import ROLES, codenames

TITLE = 'Wärme & "Licht" für Gudensberg'


def make_groups():
    """Create the groups of organisers with exactly their rights, also where nothing migrated."""
    ours = Permission.objects.filter(content_type__app_label__in=["events", "registration"])
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(ours.filter(codename__in=codenames(role)))


def make_talk(*, starts_in=timedelta(days=21), town="Gudensberg", speaker="Sina Massow", **fields):
    """Return a published talk of one hour that begins `starts_in` from now."""
    starts_at = fields.pop("starts_at", timezone.now() + starts_in)
    values = {
        "title": TITLE,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "status": Talk.Status.PUBLISHED,
        "announcement": "Erster Absatz.\n\nZweiter Absatz.",
        "municipality": town and Municipality.objects.get_or_create(name=town, land="Hessen")[0],
    }
    talk = Talk.objects.create(**values | fields)
    if speaker:
        Speaker.objects.create(
            talk=talk, name=speaker, role="Bürgermeisterin der Stadt Gudensberg", form="Referentin"
        )
    return talk


PRACTICE = {
    "situation": 'Sieben leerstehende Läden in der "Großen Gasse", jährlich einer mehr.',
    "approach": "Erst Hausbesuche & ein Kataster, dann Verträge auf Zeit:\n\n- drei Monate "
    "kostenfrei\n- danach die halbe Miete\n\nVorlagen: https://groessenau.example/leerstand.",
    "participants": "Bauamt, Heimatverein, Gewerbering und zwölf Eigentümerinnen und Eigentümer.",
    "costs": "48.000 Euro in zwei Jahren, davon 90 Prozent Städtebauförderung; Eigenanteil 4.800 "
    "Euro.",
    "lessons": "Frühzeitig mit den Erben sprechen. Was nicht gelang: Ein Ladenlokal steht wieder "
    "leer, weil die Heizung fehlte.",
    "contact": "Bauamt Größenau, bauamt@groessenau.example",
}


def make_practice_profile(talk, **texts):
    """Return the practice profile of the talk: a full one, or of these texts alone."""
    return PracticeProfile.objects.create(talk=talk, **(texts or PRACTICE))


def make_registration(
    talk=None, *, email="kim@stadt.example", name="Kim Beispiel", question="", **person
):
    """Return the registration of one person, made the way the form makes it."""
    talk = talk or make_talk()
    person |= {"name": name, "email": email, "questions": {talk.pk: question}}
    (row,) = Registration.objects.sign_up([talk], **person)
    return row


def let_know(talk):
    """Let the people of the talk know what it is now, as if their mails had arrived."""
    OutgoingMail.objects.all().delete()
    rows = Registration.objects.in_talk(talk).select_related("talk")
    Registration.objects.remember_told(rows)


def make_interest(email="kim@stadt.example", topics=()):
    """Return an address on the interest list; the outbox is empty."""
    interest = Interest.objects.ask(email, topics)
    assert interest.confirm()
    OutgoingMail.objects.all().delete()
    return interest


def make_message(talk, **fields):
    """Return an organisers' message to those with a seat in the talk; it is not released."""
    return Message.objects.create(
        talk=talk, **{"subject": "{titel}", "text": "Bis {termin}!"} | fields
    )


def make_offer(*, email="kim@stadt.example", name="Kim Beispiel", **fields):
    """Return a town's offer to report, made the way the form makes it."""
    values = {"town": "Gemeinde Größenau", "subject": 'Der Bahnhof & das "Café"'} | fields
    return Offer.objects.take(email=email, name=name, **values)


def give_feedback(talk, number=1, **answers):
    """Let so many people say the same of the talk; it takes feedback now."""
    values = {"worth": "rather", "use": "maybe", "could_follow": True} | answers
    for _ in range(number):
        assert Feedback.objects.give(talk, **values)


def make_report_line(talk, name="Kim Beispiel", *, email="", seconds=1800, **fields):
    """Return a line of the report of a talk that somebody has read just now."""
    values = {"kind": ReportLine.Kind.PERSON, "read_at": timezone.now()}
    values |= {"spans": f"0-{seconds}", "seconds": seconds}
    return ReportLine.objects.create(talk=talk, name=name, email=email, **values | fields)


def make_speaker_link(talk=None, *, email="sina@stadt.example"):
    """Return the link of the talk's first speaker, read with speaker and talk."""
    talk = talk or make_talk()
    link = SpeakerLink.objects.make(talk.speakers.first(), email)
    return SpeakerLink.objects.with_talks().get(pk=link.pk)


def opened(seconds_ago=60) -> str:
    """Return what the sign-up form carries that was opened so long ago."""
    signer = Signer(salt="webtalks.form-opened", sep=".")
    return signer.sign(str(int(time.time()) - seconds_ago))
