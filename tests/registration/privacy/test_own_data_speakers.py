"""What speakers are told about themselves: link, proposals, consents, mails."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Speaker
from registration.models import Consent, OutgoingMail, ProposedChange, SpeakerLink
from registration.privacy import own_data
from registration.privacy.own_data import Person
from tests.makers import TITLE, make_registration, make_speaker_link, make_talk
from tests.registration.link_pages import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINA = "sina@stadt.example"
BEGINNING, NOW = "2025-11-26T09:00:00+01:00", "2025-11-05T09:00:00+01:00"


def told(key=SINA) -> dict:
    return json.loads(own_data.file(Person.of(key), "x.json").content)


@pytest.fixture
def link():
    """Give the link of somebody who proposed, agreed and got a mail; another speaks beside."""
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", 'Größe & "Glück"').decide("declined", "Zu lang.")
    ProposedChange.objects.propose(link, "costs", "Nichts")
    Consent.objects.give(link, "slides")
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    OutgoingMail.objects.update(state="sent", recipient="")
    other = Speaker.objects.create(talk=link.talk, name="Lea Groß")
    foreign = SpeakerLink.objects.make(other, "lea@stadt.example")
    ProposedChange.objects.propose(foreign, "title", "Anders")
    Consent.objects.give(foreign, "slides")
    return link


def test_speaker_is_told_everything_and_nothing_of_others(link):
    data = told()

    assert data["Vorträge"] == [
        {
            "Talk": TITLE,
            "Beginn": BEGINNING,
            "Name": "Sina Massow",
            "Funktion": "Bürgermeisterin der Stadt Gudensberg",
            "E-Mail-Adresse": SINA,
            "Angelegt am": NOW,
            "Zurückgezogen am": None,
            "Erinnerungen abgestellt": False,
            "Zuletzt mitgeteilter Beginn": None,
            "Zuletzt mitgeteiltes Ende": None,
            "Zuletzt mitgeteilter Stand": "",
            "Zuletzt mitgeteilter Technik-Check": None,
            "Zuletzt mitgeteilter Ort des Technik-Checks": "",
            "Kennung": str(link.uuid),
        }
    ]
    assert data["Vorschläge zum Vortrag"] == [
        {
            "Talk": TITLE,
            "Was": "Titel",
            "Vorschlag": 'Größe & "Glück"',
            "Mit Datei": False,
            "Stand bisher": TITLE,
            "Vorgeschlagen am": NOW,
            "Wie oft gespeichert": 1,
            "Entschieden am": NOW,
            "Ergebnis": "nicht übernommen",
            "Antwort": "Zu lang.",
        },
        {
            "Talk": TITLE,
            "Was": "Kosten und Förderung",
            "Vorschlag": "Nichts",
            "Mit Datei": False,
            "Stand bisher": "",
            "Vorgeschlagen am": NOW,
            "Wie oft gespeichert": 1,
            "Entschieden am": None,
            "Ergebnis": "",
            "Antwort": "",
        },
    ]
    wording = Consent.WORDINGS[Consent.Kind.SLIDES]
    assert data["Einwilligungen zum Vortrag"] == [
        {
            "Talk": TITLE,
            "Wozu": "Folien",
            "Name": "Sina Massow",
            "Wortlaut": wording.text,
            "Fassung": wording.version,
            "Erklärt am": NOW,
            "Widerrufen am": None,
        }
    ]
    # A mail that went out holds no address any more, but is the person's.
    assert [(mail["Art"], mail["Talks"]) for mail in data["E-Mails"]] == [
        ("Vortrag: Ihr Link", [TITLE])
    ]
    everything = json.dumps(data, ensure_ascii=False)
    assert [word for word in ("Lea", "Anders", link.key) if word in everything] == []


def test_what_the_speaker_was_told_is_in_german_words(link):
    SpeakerLink.objects.filter(pk=link.pk).update(told_status="postponed", reminders_off=True)

    (row,) = told()["Vorträge"]

    shown = (row["Zuletzt mitgeteilter Stand"], row["Erinnerungen abgestellt"])
    assert shown == ("Verschoben, neuer Termin offen", True)


@pytest.mark.parametrize(
    ("model", "heading", "internal"),
    [
        (SpeakerLink, "Vorträge", {"id", "key", "email_key", "speaker"}),
        (ProposedChange, "Vorschläge zum Vortrag", {"id", "link", "pdf"}),
        (Consent, "Einwilligungen zum Vortrag", {"id", "link"}),
    ],
)
def test_every_column_is_in_the_own_data(link, model, heading, internal):
    """A column that is added later must be shown here, or named as not about the person."""
    columns = {field.name for field in model._meta.concrete_fields} - internal
    of_talk = {"Talk", "Beginn", "Name", "Funktion"} if model is SpeakerLink else {"Talk"}
    if model is Consent:
        of_talk = set()  # it has a column for the talk itself

    assert len(told()[heading][0]) == len(columns) + len(of_talk)


def test_own_page_of_a_participant_who_speaks_has_it_too(client, link):
    row = make_registration(email=SINA)

    data = client.get(page_of("mine", row.key) + "daten.json").json()

    assert len(data["Vorträge"]) == 1


def test_name_is_that_of_the_registration_or_of_the_speaker(link):
    assert (Person.of(SINA).name, Person.of("x@stadt.example").name) == ("Sina Massow", "")
    make_registration(email=SINA, name="Sina Neu")
    assert Person.of(SINA).name == "Sina Neu"


def test_many_links_need_as_many_queries_as_one():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            told()
        return len(captured)

    def make(number):
        link = make_speaker_link(make_talk(title=f"Talk {number}"))
        ProposedChange.objects.propose(link, "title", "Neu")
        Consent.objects.give(link, "slides")
        OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")

    make(0)
    first = queries()
    for number in range(1, 5):
        make(number)

    assert queries() == first <= 16
