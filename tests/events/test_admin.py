"""The organisers' pages, used the way a browser uses them: get the form, fill it in, send it."""

import re
from datetime import datetime
from html import unescape
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from events.models import Material, Municipality, Revision, Series, Speaker, Talk, Topic
from registration.models import Erasure, Interest, Message, OutgoingMail, Registration
from tests.conftest import BERLIN
from tests.events import uploads
from tests.events.htmlforms import form_data
from tests.events.uploads import PDF, jpeg, upload
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CREDIT = "© Stadt Größenau/Änne Groß"
NEW_TALK = {
    "title": TITLE,
    "subtitle": "Ein <b>Beispiel</b>",
    "announcement": "Erster Absatz.\r\n\r\nZweiter Absatz & mehr.",
    "starts_at_0": "17.12.2025",
    "starts_at_1": "10:00",
    "ends_at_0": "17.12.2025",
    "ends_at_1": "11:30",
    "status": "published",
    "speakers-TOTAL_FORMS": "2",
    "speakers-0-name": "Änne Groß",
    "speakers-0-role": 'Amt für "Wärme" & Licht',
    "speakers-0-form": "Referentin",
    "speakers-0-position": "2",
    "speakers-1-name": "Jörg Öz",
    "speakers-1-form": "Referent",
    "speakers-1-position": "1",
}


@pytest.fixture
def organiser(client):
    client.force_login(User.objects.create_superuser("orga"))
    return client


def url(row_or_model, page="change") -> str:
    """Return the admin's address of a row, or of a model's page `add` or `changelist`."""
    meta = row_or_model._meta
    args = [row_or_model.pk] if page in ("change", "delete", "history") else []
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def fill_in(client, address, changes) -> dict:
    """Return what a browser sends when `changes` were typed into the form at `address`."""
    response = client.get(address)
    assert response.status_code == 200
    form_id = re.search(r'<form [^>]*id="(\w+_form)"', response.content.decode()).group(1)
    data = form_data(response.content.decode(), form_id)
    return data | changes


def send(client, address, changes):
    return client.post(address, fill_in(client, address, changes))


def errors_of(response) -> dict[str, list[str]]:
    """Return the messages as they stand in the page, by the field they stand beside."""
    assert response.status_code == 200
    html = response.content.decode()
    found = {}
    for field, errors in re.findall(
        r'<ul class="errorlist[^"]*" id="(?:id_)?(\S+?)_error"[^>]*>(.*?)</ul>', html, re.DOTALL
    ):
        found[field] = [unescape(text) for text in re.findall(r"<li>(.*?)</li>", errors)]
    return found


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
            "themes": [topics[0].pk, topics[1].pk],
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
    send(organiser, url(talk), {"status": "published"})

    assert (before, organiser.get(talk.get_absolute_url()).status_code) == (404, 200)


# Errors beside their field

MESSAGES = {
    "not a picture": "Diese Datei ist kein Bild, das sich lesen lässt. "
    "Möglich sind JPEG, PNG, WebP und AVIF.",
    "too many pixels": "Das Bild hat mehr als 50 Megapixel. "
    "Bitte verkleinern Sie es vor dem Hochladen.",
    "too big": "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen.",
    "too many": "Dieser Wert muss kleiner oder gleich 100000 sein.",
}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            lambda: {"image": upload(jpeg())},
            {"image_credit": ["Bitte geben Sie an, von wem das Bild ist."]},
        ),
        (
            lambda: {"ends_at_1": "09:59"},
            {"ends_at": ["Das Ende muss nach dem Beginn liegen."]},
        ),
        (
            lambda: {"ends_at_1": "10:00"},
            {"ends_at": ["Das Ende muss nach dem Beginn liegen."]},
        ),
        (
            lambda: {"starts_at_0": "31.02.2026"},
            {"starts_at": ["Bitte ein gültiges Datum eingeben."]},
        ),
        (
            lambda: {"image": upload(b"Nur Text"), "image_credit": CREDIT},
            {"image": ["not a picture"]},
        ),
        (
            lambda: {"image": upload(uploads.SVG, "x.svg", "image/svg+xml"), "image_credit": "x"},
            {"image": ["not a picture"]},
        ),
        (
            lambda: {
                "image": upload(uploads.png_of_one_bit(12_000, 12_000)),
                "image_credit": "x",
            },
            {"image": ["too many pixels"]},
        ),
        (
            lambda: {"image": upload(jpeg() + bytes(15 * 1024 * 1024)), "image_credit": "x"},
            {"image": ["too big"]},
        ),
        (
            lambda: {"image": upload(b""), "image_credit": "x"},
            {"image": ["Die übertragene Datei ist leer."]},
        ),
        (
            lambda: {"title": "a\0b"},
            {"title": ["Nullzeichen sind nicht erlaubt."]},
        ),
        (
            lambda: {"title": "ä" * 201},
            {
                "title": [
                    "Bitte sicherstellen, dass der Wert aus höchstens 200 Zeichen besteht. "
                    "(Er besteht aus 201 Zeichen.)"
                ]
            },
        ),
        (
            lambda: {"capacity": "0"},
            {"capacity": ["Dieser Wert muss größer oder gleich 1 sein."]},
        ),
        (
            lambda: {"capacity": "99999999999999999999"},
            {"capacity": ["too many"]},
        ),
        (
            lambda: {"status": "gibt es nicht"},
            {
                "status": [
                    "Bitte eine gültige Auswahl treffen. gibt es nicht ist keine gültige Auswahl."
                ]
            },
        ),
        (
            lambda: {
                "registration_closes_at_0": "18.12.2025",
                "registration_closes_at_1": "10:00",
            },
            {"registration_closes_at": ["Die Anmeldung endet spätestens mit dem Beginn."]},
        ),
        (
            lambda: {"registration_opens_at_0": "17.12.2025", "registration_opens_at_1": "10:00"},
            {"registration_opens_at": ["Die Anmeldung muss öffnen, bevor sie endet."]},
        ),
        (
            lambda: {"slug": "Größe & mehr"},
            {
                "slug": [
                    "Bitte ein gültiges Kürzel, bestehend aus Buchstaben, Ziffern, "
                    "Unterstrichen und Bindestrichen, eingeben."
                ]
            },
        ),
        (
            lambda: {"slug": "vergeben"},
            {"slug": ["Talk mit diesem Wert für das Feld Adresse existiert bereits."]},
        ),
        (
            lambda: {"municipality": "999999999"},
            {
                "municipality": [
                    "Bitte eine gültige Auswahl treffen. Dies ist keine gültige Auswahl."
                ]
            },
        ),
        (
            lambda: {"speakers-0-name": ""},
            {"speakers-0-name": ["Dieses Feld ist zwingend erforderlich."]},
        ),
        (
            lambda: {
                "materials-TOTAL_FORMS": "1",
                "materials-0-position": "0",
                "materials-0-title": "Folien",
                "materials-0-audience": "public",
                "materials-0-file": SimpleUploadedFile("x.pdf", b"Text"),
            },
            {"materials-0-file": ["Diese Datei ist kein PDF."]},
        ),
        (
            lambda: {
                "materials-TOTAL_FORMS": "1",
                "materials-0-position": "0",
                "materials-0-title": "Folien",
                "materials-0-audience": "public",
                "materials-0-url": "javascript:alert(1)",
            },
            {"materials-0-url": ["Bitte eine gültige Adresse eingeben."]},
        ),
    ],
)
def test_error_stands_beside_its_field_and_nothing_is_saved(organiser, changes, errors):
    other = make_talk(slug="vergeben")
    response = send(organiser, url(Talk, "add"), NEW_TALK | changes())

    assert errors_of(response) == {
        field: [MESSAGES.get(text, text) for text in texts] for field, texts in errors.items()
    }
    assert list(Talk.objects.all()) == [other]
    # What was typed is still there.
    assert unescape(response.content.decode()).count("Zweiter Absatz & mehr.") == 1


def test_picture_that_is_none_leaves_the_old_one(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    response = send(organiser, url(talk), {"image": upload(b"Text")})

    assert errors_of(response) == {"image": [MESSAGES["not a picture"]]}
    assert Talk.objects.get().image.name == talk.image.name


def test_credit_cannot_be_taken_from_a_picture(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    response = send(organiser, url(talk), {"image_credit": " "})

    assert errors_of(response) == {"image_credit": ["Bitte geben Sie an, von wem das Bild ist."]}
    assert Talk.objects.get().image_credit == CREDIT


def test_picture_can_be_taken_off_with_its_credit(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    send(organiser, url(talk), {"image-clear": "on", "image_credit": ""})

    talk.refresh_from_db()
    assert (talk.image.name, talk.image_credit) == ("", "")


@pytest.mark.parametrize(
    ("model", "values", "errors"),
    [
        (Topic, {"name": ""}, {"name": ["Dieses Feld ist zwingend erforderlich."]}),
        (
            Topic,
            {"name": "Klima"},
            {"name": ["Thema mit diesem Wert für das Feld Name existiert bereits."]},
        ),
        (
            Municipality,
            {"name": "A", "land": "Hessen", "population": "-1"},
            {"population": ["Dieser Wert muss größer oder gleich 0 sein."]},
        ),
        (
            Municipality,
            {"name": "A", "land": "Hessen", "latitude": "nan"},
            {"latitude": ["Bitte eine Zahl eingeben."]},
        ),
    ],
)
def test_other_forms_say_what_is_wrong(organiser, model, values, errors):
    Topic.objects.create(name="Klima")

    assert errors_of(send(organiser, url(model, "add"), values)) == errors


def test_topic_spelled_nearly_like_another_is_taken(organiser):
    Topic.objects.create(name="Klima")

    assert send(organiser, url(Topic, "add"), {"name": "Klima!"}).status_code == 302
    assert list(Topic.objects.values_list("name", "slug")) == [
        ("Klima", "klima"),
        ("Klima!", "klima-2"),
    ]


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


def test_form_saves_what_was_changed_in_it(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    send(
        organiser,
        url(talk),
        {
            "title": "Neuer Titel",
            "starts_at_0": "18.12.2025",
            "ends_at_0": "18.12.2025",
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

    assert send(organiser, url(talk), {"themes": [new.pk]}).status_code == 302
    assert list(talk.topics.all()) == [new]
    assert Revision.current() > before
    assert Talk.objects.get().calendar_sequence == 0


def test_topics_of_a_talk_are_ticked_and_unticking_them_takes_them_off(organiser):
    talk, topic = make_talk(), Topic.objects.create(name="Wärme & Licht")
    talk.topics.add(topic)
    data = fill_in(organiser, url(talk), {})

    assert data.pop("themes") == [str(topic.pk)]
    assert organiser.post(url(talk), data).status_code == 302
    assert list(talk.topics.all()) == []


def test_saving_an_unchanged_form_changes_nothing_a_reader_sees(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT, recap="Zeile\r\n\r\nZeile")
    talk.topics.add(Topic.objects.create(name="Klima"))
    before = Talk.objects.values().get()

    assert send(organiser, url(talk), {}).status_code == 302
    assert Talk.objects.values().get() == before
    assert talk.topics.count() == 1


# The queue


def test_more_seats_move_the_queue_up_and_tell_everybody(organiser):
    talk = make_talk(capacity=1)
    people = [make_registration(talk, email=f"{name}@stadt.example") for name in "abcd"]
    OutgoingMail.objects.all().delete()

    response = organiser.post(
        url(talk), fill_in(organiser, url(talk), {"capacity": "3"}), follow=True
    )

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


# Every page of the admin


def rows() -> dict:
    """Return a row of every registered model."""
    registration = make_registration(name='Änne "O\'Groß" & <b>', question="<script>")
    Series.objects.create()
    return {
        Talk: registration.talk,
        Series: Series.objects.get(),
        Municipality: registration.talk.municipality,
        Topic: Topic.objects.create(name='Wärme & "Licht" <b>'),
        Registration: registration,
        OutgoingMail: OutgoingMail.objects.get(),
        Message: Message.objects.create(
            talk=registration.talk, subject='Wärme & "Licht" <b>', text="{name}"
        ),
        Interest: Interest.objects.create(email='o"groß@b.example', email_key="<b>"),
        Erasure: Erasure.objects.create(uuid=uuid4(), kind="interest"),
        User: User.objects.get(),
        Group: Group.objects.create(name="Gruppe"),
    }


def test_every_page_of_every_model_answers(organiser):
    found = rows()
    assert set(admin.site._registry) == set(found)

    answers = {}
    for model, row in found.items():
        pages = {page: url(model, page) for page in ("changelist", "add")}
        pages |= {page: url(row, page) for page in ("change", "history", "delete")}
        answers[model.__name__] = {
            page: organiser.get(address).status_code for page, address in pages.items()
        }

    everything = dict.fromkeys(["changelist", "add", "change", "history", "delete"], 200)
    assert answers == {
        # Somebody is registered for it.
        "Talk": everything | {"delete": 403},
        "Series": everything | {"add": 403, "delete": 403},
        "Municipality": everything,
        "Topic": everything,
        "Registration": everything | {"add": 403, "delete": 403},
        "OutgoingMail": everything | {"add": 403, "delete": 403},
        "Message": everything | {"delete": 403},
        "Interest": everything | {"add": 403, "delete": 403},
        "Erasure": everything | {"add": 403, "delete": 403},
        "User": everything,
        "Group": everything,
    }


def test_pages_of_the_admin_are_german_and_show_no_markup_of_others(organiser):
    for model, row in rows().items():
        for address in (url(model, "changelist"), url(row)):
            html = organiser.get(address).content.decode()
            assert (address, '<html lang="de"' in html) == (address, True)
            assert (address, "<script>" in html, "& <b>" in html) == (address, False, False)
            assert (address, "Kleinstadt Web-Talks" in html) == (address, True)


@pytest.mark.parametrize(
    "query", ["'", '"', "\\", "%25", "_", "ä%20%26", "%F0%9F%98%80", "a" * 5000]
)
def test_search_takes_whatever_is_typed(organiser, query):
    found = rows()

    for model in found:
        address = f"{url(model, 'changelist')}?q={query}"
        assert (address[:60], organiser.get(address).status_code) == (address[:60], 200)


def test_search_for_nul_is_refused(organiser):
    for model in rows():
        for query in ("q=%00", "q=a%00b", "status__exact=%00", "o=1&q=%00"):
            response = organiser.get(f"{url(model, 'changelist')}?{query}")
            assert (query, response.status_code) == (query, 400)
            assert "Diese Anfrage ist nicht lesbar." in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "p=-1",
        "p=99999",
        "p=x",
        "o=99",
        "o=x",
        "all=1",
        "e=1",
        "gibtesnicht=1",
        "status__exact=x",
        "starts_at__year=0",
        "starts_at__year=x",
        "starts_at__year=2025&starts_at__month=13",
        "starts_at__gte=x",
        "topics__id__exact=x",
        "topics__id__exact=99999999999999999999",
        "_popup=1",
    ],
)
def test_odd_filters_of_the_list_are_no_error(organiser, query):
    make_talk()

    response = organiser.get(f"{url(Talk, 'changelist')}?{query}")

    assert response.status_code in (200, 302)


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999", "%27", "_5F"])
def test_row_that_is_not_there_leads_back_with_a_message(organiser, pk):
    response = organiser.get(f"{url(Talk, 'changelist')}{pk}/change/", follow=True)

    assert response.redirect_chain == [("/admin/", 302)]
    assert "existiert nicht" in response.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"speakers-TOTAL_FORMS": ""},
        {"speakers-INITIAL_FORMS": "5"},
        {"speakers-0-id": "x"},
        {"themes": "x"},
        {"_save": ""},
    ],
)
def test_tampered_forms_are_no_error(organiser, change):
    talk = make_talk()

    response = organiser.post(url(talk), fill_in(organiser, url(talk), {"title": "x"} | change))

    assert response.status_code in (200, 302)


def test_series_has_one_row_that_stays(organiser):
    assert organiser.get(url(Series, "add")).status_code == 200
    send(organiser, url(Series, "add"), {"name": 'Reihe & "Größe"'})
    series = Series.objects.get()

    assert (series.pk, series.name) == (1, 'Reihe & "Größe"')
    assert organiser.get(url(Series, "add")).status_code == 403
    assert organiser.post(url(series, "delete"), {"post": "yes"}).status_code == 403
    assert organiser.post(
        url(Series, "changelist"), {"action": "delete_selected", "_selected_action": "1"}
    ).status_code in (200, 302)
    assert Series.objects.count() == 1
    assert (
        'value="delete_selected"' not in organiser.get(url(Series, "changelist")).content.decode()
    )


def test_deleting_selected_talks_removes_their_pictures(
    organiser, django_capture_on_commit_callbacks
):
    kept, *gone = (make_talk(image=upload(jpeg()), image_credit=CREDIT) for _ in range(3))
    with django_capture_on_commit_callbacks(execute=True):
        organiser.post(
            url(Talk, "changelist"),
            {
                "action": "delete_selected",
                "_selected_action": [talk.pk for talk in gone],
                "post": "yes",
            },
        )

    assert list(Talk.objects.all()) == [kept]
    assert [default_storage.exists(talk.image.name) for talk in (kept, *gone)] == [
        True,
        False,
        False,
    ]


def test_talk_with_registrations_cannot_be_deleted(organiser):
    talk = make_registration().talk

    response = organiser.post(url(talk, "delete"), {"post": "yes"})

    assert response.status_code in (200, 403)
    assert list(Talk.objects.all()) == [talk]


def test_town_of_a_talk_cannot_be_deleted(organiser):
    town = make_talk().municipality

    response = organiser.post(url(town, "delete"), {"post": "yes"})

    assert response.status_code in (200, 403)
    assert list(Municipality.objects.all()) == [town]


def test_lists_do_not_ask_more_for_more_rows(organiser, django_assert_max_num_queries):
    for number in range(20):
        talk = make_talk(title=f"Talk {number}", town=f"Ort {number}")
        make_registration(talk, email=f"p{number}@stadt.example")

    for model in (Talk, Registration, OutgoingMail, Municipality, Topic):
        with django_assert_max_num_queries(14):
            assert organiser.get(url(model, "changelist")).status_code == 200


@pytest.mark.parametrize("is_staff", [False, True])
def test_who_has_no_permission_sees_and_changes_nothing(client, is_staff):
    talk = make_talk()
    client.force_login(User.objects.create_user("gast", is_staff=is_staff))

    answers = {
        response.status_code
        for response in (
            client.get(url(Talk, "changelist")),
            client.get(url(talk)),
            client.post(url(talk), {"title": "x"}),
            client.get(url(Registration, "changelist")),
        )
    }

    assert answers == ({403} if is_staff else {302})
    assert Talk.objects.get().title == TITLE


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
