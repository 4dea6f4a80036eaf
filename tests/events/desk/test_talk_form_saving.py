"""Entering a talk and correcting it: what the form saves, and what it leaves alone."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from events.models import Material, Municipality, Revision, Speaker, Talk, Topic
from registration.models import OutgoingMail, Registration
from tests.admin_form import NEW_TALK, fill_in, send, url
from tests.conftest import BERLIN
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# From the empty form to the public page


def test_organiser_enters_a_talk_with_everything_and_the_public_sees_it(organiser, client):
    town = Municipality.objects.create(name="Größenau", land="Hessen")
    topics = [Topic.objects.create(name=name) for name in ("Wärme & Licht", "Klima", "Wohnen")]
    response = send(
        organiser,
        url(Talk, "add"),
        NEW_TALK
        | {
            "municipality": town.pk,
            "chosen_topics": [topics[0].pk, topics[1].pk],
            "image": upload(jpeg((700, 400))),
            "image_alt": "Das Rathaus",
            "image_credit": CREDIT,
            "materials-TOTAL_FORMS": "2",
            "materials-0-position": "0",
            "materials-0-title": "Folien",
            "materials-0-file": SimpleUploadedFile("Folien.pdf", PDF),
            "materials-0-audience": "public",
            "materials-1-position": "0",
            "materials-1-title": "Seite",
            "materials-1-url": "https://vhw.de/",
            "materials-1-audience": "public",
        },
    )

    assert (response.status_code, response.url) == (302, url(Talk, "changelist"))
    talk = Talk.objects.get()
    assert (talk.title, talk.slug, talk.status) == (
        TITLE,
        "waerme-licht-fuer-gudensberg",
        "published",
    )
    assert talk.starts_at == datetime(2025, 12, 17, 10, tzinfo=BERLIN)
    assert talk.ends_at == datetime(2025, 12, 17, 11, 30, tzinfo=BERLIN)
    assert talk.speaker_line == 'Jörg Öz; Änne Groß, Amt für "Wärme" & Licht'
    assert {topic.name for topic in talk.topics.all()} == {"Wärme & Licht", "Klima"}
    assert (talk.municipality, talk.image_credit, talk.picture.width) == (town, CREDIT, 700)

    client.logout()
    page = client.get(talk.get_absolute_url())
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", page.content.decode())).split())
    for words in (
        TITLE,
        "Ein <b>Beispiel</b>",
        "Erster Absatz. Zweiter Absatz & mehr.",
        "Mittwoch, 17. Dezember 2025 10:00–11:30 Uhr",
        "Referent Jörg Öz",
        'Referentin Änne Groß Amt für "Wärme" & Licht',
        f"Foto: {CREDIT}",
        "Anmeldung offen",
        "Folien (PDF, 48 Bytes)",
        "Seite (Link)",
    ):
        assert words in text
    assert TITLE in unescape(client.get("/").content.decode())


def test_talk_entered_as_a_draft_stays_unseen_until_it_is_published(organiser):
    send(organiser, url(Talk, "add"), NEW_TALK | {"status": "draft"})
    talk = Talk.objects.get()
    before = organiser.get(talk.get_absolute_url()).status_code
    send(organiser, url(talk), {"status": "published", "means_incomplete": "on"})

    assert (before, organiser.get(talk.get_absolute_url()).status_code) == (404, 200)


# Corrected


def test_form_saves_what_was_changed_in_it(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    send(
        organiser,
        url(talk),
        {
            "title": "Neuer Titel",
            "starts_at_0": "18.12.2025",
            "slug": "",
            "image": upload(jpeg((30, 20))),
            "speakers-0-DELETE": "on",
        },
    )

    new = Talk.objects.get()
    assert (new.title, new.slug, new.calendar_sequence) == ("Neuer Titel", "neuer-titel", 1)
    assert (new.date_text, new.picture.width) == ("Donnerstag, 18.\u00a0Dezember 2025", 30)
    assert Speaker.objects.count() == 0


def test_changing_only_the_topics_works_and_raises_the_revision(organiser):
    talk = make_talk()
    old, new = (Topic.objects.create(name=name) for name in ("Wärme & Licht", "Klima"))
    talk.topics.add(old)
    before = Revision.current()

    assert send(organiser, url(talk), {"chosen_topics": [new.pk]}).status_code == 302
    assert list(talk.topics.all()) == [new]
    assert Revision.current() > before
    assert Talk.objects.get().calendar_sequence == 0


def test_topics_of_a_talk_are_ticked_and_unticking_them_takes_them_off(organiser):
    talk, topic = make_talk(), Topic.objects.create(name="Wärme & Licht")
    talk.topics.add(topic)
    data = fill_in(organiser, url(talk), {})

    assert data.pop("chosen_topics") == [str(topic.pk)]
    assert organiser.post(url(talk), data).status_code == 302
    assert list(talk.topics.all()) == []


def test_saving_an_unchanged_form_changes_nothing_a_reader_sees(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT, recap="Zeile\r\n\r\nZeile")
    talk.topics.add(Topic.objects.create(name="Klima"))
    before = Talk.objects.values().get()

    assert send(organiser, url(talk), {}).status_code == 302
    assert Talk.objects.values().get() == before
    assert talk.topics.count() == 1


def test_picture_can_be_taken_off_with_its_credit(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    send(organiser, url(talk), {"image-clear": "on", "image_credit": ""})

    talk.refresh_from_db()
    assert (talk.image.name, talk.image_credit) == ("", "")


def test_materials_of_a_talk_can_be_replaced(organiser):
    talk = make_talk()
    material = Material.objects.create(talk=talk, title="Folien", file=upload(PDF, "a.pdf"))

    send(
        organiser,
        url(talk),
        {"materials-0-file-clear": "on", "materials-0-url": "https://vhw.de/folien"},
    )

    material.refresh_from_db()
    assert (material.file.name, material.url) == ("", "https://vhw.de/folien")


# A form left open


class Meanwhile:
    """Does `change` in the middle of a request: just before the first UPDATE of a talk."""

    def __init__(self, change):
        self.change = change
        self.updates = []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith('UPDATE "events_talk"'):
            self.updates.append(sql)
            if len(self.updates) == 1:
                self.change()
        return execute(sql, params, many, context)


def test_form_overwrites_no_counter_that_changed_while_it_was_saved(organiser):
    talk = make_talk(capacity=10)
    counters = {"seats_taken": 4, "waiting_count": 2, "calendar_sequence": 7}
    data = fill_in(organiser, url(talk), {"recap": "So war es."})

    meanwhile = Meanwhile(lambda: Talk.objects.update(subtitle="Von anderswo", **counters))
    with connection.execute_wrapper(meanwhile):
        assert organiser.post(url(talk), data).status_code == 302

    own = meanwhile.updates[0]
    assert re.findall(r'"(\w+)" = %s', own.partition(" WHERE ")[0]) == ["recap", "updated_at"]
    assert Talk.objects.values("recap", "subtitle", *counters).get() == {
        "recap": "So war es.",
        "subtitle": "Von anderswo",
        **counters,
    }


def test_form_left_open_overwrites_no_counter(organiser):
    talk = make_talk(capacity=10)
    data = fill_in(organiser, url(talk), {"title": "Neuer Titel"})
    counters = {"seats_taken": 4, "waiting_count": 2}
    Talk.objects.update(calendar_sequence=7, **counters)

    assert organiser.post(url(talk), data).status_code == 302
    assert Talk.objects.values("title", "calendar_sequence", *counters).get() == {
        "title": "Neuer Titel",
        "calendar_sequence": 8,
        **counters,
    }


# The queue


def test_more_seats_move_the_queue_up_and_tell_everybody(organiser):
    talk = make_talk(capacity=1)
    people = [make_registration(talk, email=f"{name}@stadt.example") for name in "abcd"]
    OutgoingMail.objects.all().delete()

    changes = {"capacity": "3", "means_more_seats": "on"}
    response = organiser.post(url(talk), fill_in(organiser, url(talk), changes), follow=True)

    assert "Von der Warteliste nachgerückt: 2." in response.content.decode()
    states = [Registration.objects.get(pk=person.pk).state for person in people]
    assert states == ["confirmed", "confirmed", "confirmed", "waiting"]
    assert sorted(OutgoingMail.objects.values_list("kind", "recipient")) == [
        ("promoted", "b@stadt.example"),
        ("promoted", "c@stadt.example"),
    ]
    talk.refresh_from_db()
    assert (talk.capacity, talk.seats_taken, talk.waiting_count) == (3, 3, 1)


def test_fewer_seats_take_nobody_off(organiser):
    talk = make_talk(capacity=3)
    for name in "abc":
        make_registration(talk, email=f"{name}@stadt.example")

    assert send(organiser, url(talk), {"capacity": "1"}).status_code == 302
    assert Registration.objects.confirmed().count() == 3
    talk.refresh_from_db()
    assert (talk.capacity, talk.seats_taken, talk.seats_free) == (1, 3, -2)


def test_what_was_pasted_is_stored_clean_and_breaks_no_feed(organiser, client):
    pasted = {
        "title": "Steuer\vungstest im\u202e Ort",
        "announcement": "Folie eins\vFolie\ufffe zwei\r\nStadt\xadentwicklung\u2028👩‍💻",
        "speakers-0-name": "\ufeffÄn\xadne Groß",
        "speakers-0-role": "Amt\r\nfür Wärme",
    }
    send(organiser, url(Talk, "add"), NEW_TALK | pasted)

    talk = Talk.objects.get()
    assert (talk.title, talk.slug) == ("Steuer ungstest im Ort", "steuer-ungstest-im-ort")
    assert talk.announcement == "Folie eins\nFolie zwei\nStadtentwicklung\n👩‍💻"
    assert [(s.name, s.role) for s in talk.speakers.filter(name__startswith="Änne")] == [
        ("Änne Groß", "Amt für Wärme")
    ]
    assert client.get("/feed.xml").status_code == 200
    assert [found.pk for found in Talk.objects.matching("Stadtentwicklung")] == [talk.pk]
