"""Talks: who may see and book them, what they say, and what the database refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from events import states
from events.models import Material, Municipality, Series, Speaker, Talk, TalkTopic, Topic
from tests.conftest import BERLIN, NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PICTURE = f"bilder/{'0' * 32}/1600x900.jpg"

# What a talk can be at NOW: its fields, and the code of its registration state.
TALKS = {
    "coming": ({}, "open"),
    "draft": ({"status": "draft"}, "draft"),
    "draft, past": ({"status": "draft", "starts_in": -DAY}, "draft"),
    "cancelled": ({"status": "cancelled"}, "cancelled"),
    "cancelled, past": ({"status": "cancelled", "starts_in": -DAY}, "cancelled"),
    "postponed": ({"status": "postponed"}, "postponed"),
    "publish later": ({"publish_at": NOW + TICK}, "not_yet"),
    "publish now": ({"publish_at": NOW}, "open"),
    "publish later, past": ({"publish_at": NOW + DAY, "starts_in": -DAY}, "past"),
    "begins in a moment": ({"starts_in": TICK}, "open"),
    "begins now": ({"starts_in": timedelta()}, "closed"),
    "running": ({"starts_in": -HOUR / 2}, "closed"),
    "ends in a moment": ({"starts_in": -HOUR + TICK}, "closed"),
    "ended now": ({"starts_in": -HOUR}, "past"),
    "past": ({"starts_in": -DAY}, "past"),
    "opens later": ({"registration_opens_at": NOW + TICK}, "not_yet"),
    "opens now": ({"registration_opens_at": NOW}, "open"),
    "closes in a moment": ({"registration_closes_at": NOW + TICK}, "open"),
    "closes now": ({"registration_closes_at": NOW}, "closed"),
    "closes after its beginning": (
        {"starts_in": timedelta(), "registration_closes_at": NOW + HOUR},
        "closed",
    ),
    "one seat": ({"capacity": 1}, "few"),
    "many free": ({"capacity": 10, "seats_taken": 8}, "open"),
    "few free": ({"capacity": 10, "seats_taken": 9}, "few"),
    "full": ({"capacity": 10, "seats_taken": 10}, "waiting_list"),
    "full, no waiting list": (
        {"capacity": 10, "seats_taken": 10, "waiting_list": False},
        "full",
    ),
    "overfull": ({"capacity": 8, "seats_taken": 10, "waiting_count": 2}, "waiting_list"),
    "free seat for who waits": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 1},
        "waiting_list",
    ),
    "free seat for who waits, no list any more": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 1, "waiting_list": False},
        "full",
    ),
    "more free than wait": ({"capacity": 10, "seats_taken": 8, "waiting_count": 1}, "open"),
    "unlimited, some wait": ({"waiting_count": 3}, "open"),
    "full, just before the limit": (
        {"capacity": 1, "seats_taken": 1, "starts_in": 2 * HOUR + TICK},
        "waiting_list",
    ),
    "full, at the limit": ({"capacity": 1, "seats_taken": 1, "starts_in": 2 * HOUR}, "full"),
    "free seat at the limit though some wait": (
        {"capacity": 10, "seats_taken": 9, "waiting_count": 5, "starts_in": 2 * HOUR},
        "few",
    ),
}
RULES = {
    "published": "is_published",
    "upcoming": "is_upcoming",
    "past": "is_past",
    "taking_place": "is_taking_place",
    "bookable": "is_bookable",
}
BOOKABLE = {"open", "few", "waiting_list"}
# When the rules are compared, seen from NOW.
MOMENTS = [-2 * DAY, -TICK, timedelta(), TICK, HOUR, 19 * DAY, 21 * DAY, 22 * DAY]


def make_all() -> dict[str, Talk]:
    return {
        name: make_talk(title=name, speaker="", town=None, **fields)
        for name, (fields, _) in TALKS.items()
    }


def names(talks) -> set[str]:
    return {talk.title for talk in talks}


# The same rule in SQL and in Python


@pytest.mark.parametrize(("method", "prop"), RULES.items())
def test_rows_and_one_row_follow_the_same_rule(clock, method, prop):
    talks = make_all()

    for later in MOMENTS:
        clock.move_to(NOW + later)
        expected = {name for name, talk in talks.items() if getattr(talk, prop)}
        assert (later, names(getattr(Talk.objects, method)())) == (later, expected)


def test_published_keeps_all_but_drafts_and_what_is_not_out_yet():
    make_all()

    assert names(Talk.objects.published()) == TALKS.keys() - {
        "draft",
        "draft, past",
        "publish later",
        "publish later, past",
    }


def test_taking_place_leaves_out_cancelled_and_postponed_talks():
    make_all()

    assert names(Talk.objects.taking_place()) == TALKS.keys() - {
        "draft",
        "draft, past",
        "cancelled",
        "cancelled, past",
        "postponed",
    }


def test_past_talks_have_ended_and_upcoming_ones_are_all_others():
    make_all()

    past, upcoming = names(Talk.objects.past()), names(Talk.objects.upcoming())

    assert past == {
        "draft, past",
        "cancelled, past",
        "publish later, past",
        "ended now",
        "past",
    }
    assert upcoming == TALKS.keys() - past


def test_bookable_keeps_what_can_be_booked():
    make_all()

    assert names(Talk.objects.bookable()) == {
        name for name, (_, code) in TALKS.items() if code in BOOKABLE
    }


def test_upcoming_and_bookable_begin_with_the_next_talk_and_past_with_the_last():
    for days in (3, 1, 2, -1, -3, -2):
        make_talk(title=str(days), starts_in=days * DAY)

    assert [talk.title for talk in Talk.objects.upcoming()] == ["1", "2", "3"]
    assert [talk.title for talk in Talk.objects.bookable()] == ["1", "2", "3"]
    assert [talk.title for talk in Talk.objects.past()] == ["-1", "-2", "-3"]


def test_talks_at_the_same_time_keep_their_order():
    for title in "abc":
        make_talk(title=title)
        make_talk(title=title.upper(), starts_in=-DAY)

    assert [talk.title for talk in Talk.objects.upcoming()] == ["a", "b", "c"]
    assert [talk.title for talk in Talk.objects.past()] == ["C", "B", "A"]


@pytest.mark.parametrize(
    ("starts_in", "is_running"),
    [(TICK, False), (timedelta(), True), (-HOUR + TICK, True), (-HOUR, False)],
)
def test_talk_runs_from_its_beginning_until_before_its_end(starts_in, is_running):
    assert make_talk(starts_in=starts_in).is_running is is_running


# The answer to "Can I sign up?"


@pytest.mark.parametrize("name", TALKS)
def test_registration_state_of_each_talk(name):
    fields, code = TALKS[name]

    talk = make_talk(**fields)

    assert (talk.registration_state.code, talk.is_bookable) == (code, code in BOOKABLE)


@pytest.mark.parametrize(
    ("fields", "label", "action"),
    [
        ({}, "Anmeldung offen", "Kostenfrei anmelden"),
        ({"capacity": 1}, "Nur noch wenige Plätze", "Kostenfrei anmelden"),
        ({"capacity": 1, "seats_taken": 1}, "Warteliste", "Auf die Warteliste"),
        ({"capacity": 1, "seats_taken": 1, "waiting_list": False}, "Ausgebucht", ""),
        (
            {"registration_opens_at": NOW + DAY},
            "Anmeldung ab 6.\xa0November 2025, 9:00\xa0Uhr",
            "",
        ),
        ({"publish_at": NOW + DAY}, "Anmeldung noch nicht geöffnet", ""),
        ({"registration_closes_at": NOW}, "Anmeldung geschlossen", ""),
        ({"status": "cancelled"}, "Abgesagt", ""),
        ({"status": "postponed"}, "Verschoben", ""),
        ({"starts_in": -DAY}, "Vorbei", ""),
        ({"status": "draft"}, "Entwurf", ""),
    ],
)
def test_registration_state_in_words(fields, label, action):
    state = make_talk(**fields).registration_state

    assert (state.label, state.action) == (label, action)


def test_every_state_has_a_code_of_its_own():
    found = [
        value for value in vars(states).values() if isinstance(value, states.RegistrationState)
    ]

    assert len(found) == 10
    assert len({state.code for state in found}) == 10
    assert len({state.label for state in found}) == 10


@pytest.mark.parametrize(
    ("capacity", "last_open"),
    # `last_open`: the highest number of seats taken at which there still are more than a few.
    [(2, 0), (10, 8), (19, 17), (20, 17), (25, 22), (100, 89), (1000, 899)],
)
def test_few_seats_are_the_last_tenth_and_at_least_one(capacity, last_open):
    codes = [
        make_talk(capacity=capacity, seats_taken=taken).registration_state.code
        for taken in (last_open, last_open + 1, capacity - 1, capacity)
    ]

    assert codes == ["open", "few", "few", "waiting_list"]


def test_seats_free_counts_down_and_is_unknown_without_a_limit():
    free = [
        make_talk(capacity=capacity, seats_taken=7).seats_free for capacity in (10, 7, 5, None)
    ]

    assert free == [3, 0, -2, None]


def test_registration_url_names_the_talk():
    assert make_talk(slug="waerme").registration_url == "/anmeldung/?talk=waerme"


# Slugs


def test_slug_comes_from_the_title():
    talk = make_talk(title='Größe & "Wärme" – für Straßen')

    assert talk.slug == "groesse-waerme-fuer-strassen"
    assert talk.get_absolute_url() == "/talks/groesse-waerme-fuer-strassen/"


def test_slug_of_the_same_title_gets_a_number():
    assert [make_talk(title="Über Wärme").slug for _ in range(3)] == [
        "ueber-waerme",
        "ueber-waerme-2",
        "ueber-waerme-3",
    ]


def test_slug_of_a_long_title_leaves_room_for_the_number():
    first, second = (make_talk(title="ä" * 100) for _ in range(2))

    assert (first.slug, second.slug) == ("ae" * 40, "ae" * 37 + "a-2")


def test_slug_stays_when_the_title_changes():
    talk = make_talk(title="Früher")
    talk.title = "Später"
    talk.save()

    assert Talk.objects.get().slug == "frueher"


def test_emptied_slug_is_made_anew_though_only_another_field_is_saved():
    talk = make_talk(title="Früher", slug="alt")
    talk.slug = ""
    talk.save(update_fields=["recap"])

    assert Talk.objects.get().slug == "frueher"


def test_topics_whose_names_are_spelled_alike_get_different_slugs():
    slugs = [Topic.objects.create(name=name).slug for name in ("Klima", "Klima!", "KLIMA?")]

    assert slugs == ["klima", "klima-2", "klima-3"]


# The calendar's number


@pytest.mark.parametrize("only_that_field", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "rises_by"),
    [
        ("title", "Neuer Titel", 1),
        ("starts_at", NOW + DAY, 1),
        ("ends_at", NOW + 30 * DAY, 1),
        ("status", "cancelled", 1),
        ("subtitle", "Neu", 0),
        ("announcement", "Neu", 0),
        ("recap", "Neu", 0),
        ("capacity", 7, 0),
        ("publish_at", NOW, 0),
        ("slug", "neu", 0),
    ],
)
def test_calendar_sequence_rises_with_title_time_and_status(
    field, value, rises_by, only_that_field
):
    talk = Talk.objects.get(pk=make_talk(calendar_sequence=4).pk)
    setattr(talk, field, value)
    talk.save(update_fields=[field] if only_that_field else None)

    stored = Talk.objects.get()
    assert (stored.calendar_sequence, talk.calendar_sequence) == (4 + rises_by, 4 + rises_by)
    assert getattr(stored, field) == value


def test_calendar_sequence_rises_once_for_one_save():
    talk = make_talk()
    sequences = []
    for title, status in [("a", "cancelled"), ("a", "cancelled"), ("b", "cancelled")]:
        talk.title, talk.status = title, status
        talk.save()
        sequences.append(Talk.objects.get().calendar_sequence)

    assert sequences == [1, 1, 2]


def test_calendar_sequence_rises_from_what_a_cancellation_has_made_it_meanwhile():
    talk = make_talk()
    Talk.objects.update(calendar_sequence=5)
    talk.title = "Neu"
    talk.save()

    assert Talk.objects.get().calendar_sequence == 6


def test_calendar_sequence_waits_until_the_new_title_is_saved():
    talk = make_talk()
    talk.title = "Neu"
    talk.save(update_fields=["announcement"])
    before = Talk.objects.get()
    talk.save()
    after = Talk.objects.get()

    assert (before.title, before.calendar_sequence) == (TITLE, 0)
    assert (after.title, after.calendar_sequence) == ("Neu", 1)


# What the database refuses, whoever asks


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ends_at": F("starts_at")}, "talk_ends_later"),
        ({"image": PICTURE}, "talk_image_has_credit"),
    ],
)
def test_database_refuses_a_talk(fields, constraint):
    make_talk()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Talk.objects.update(**fields)


def test_database_takes_a_picture_with_credit_and_a_credit_without_picture():
    talk = make_talk(image=PICTURE, image_credit="© Stadt Größenau")
    Talk.objects.update(image="")

    talk.refresh_from_db()
    assert (talk.image.name, talk.image_credit) == ("", "© Stadt Größenau")


@pytest.mark.parametrize(
    "fields",
    [{"file": "", "url": ""}, {"file": "material/a.pdf", "url": "https://vhw.de/"}],
    ids=["neither", "both"],
)
def test_database_refuses_material_that_is_not_one_thing(fields):
    talk = make_talk()

    with pytest.raises(IntegrityError, match="material_file_or_url"), transaction.atomic():
        Material.objects.bulk_create([Material(talk=talk, title="Folien", **fields)])


def test_database_refuses_a_second_series():
    with pytest.raises(IntegrityError, match="series_is_one_row"), transaction.atomic():
        Series.objects.bulk_create([Series(pk=2)])


def test_database_refuses_a_topic_twice_on_a_talk():
    talk, topic = make_talk(), Topic.objects.create(name="Wärme")
    talk.topics.add(topic)

    with pytest.raises(IntegrityError), transaction.atomic():
        TalkTopic.objects.create(talk=talk, topic=topic)
    talk.topics.add(topic)
    assert list(talk.topics.all()) == [topic]


# What the forms say


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({}, {}),
        ({"ends_at": NOW + 21 * DAY}, {"ends_at": ["Das Ende muss nach dem Beginn liegen."]}),
        ({"ends_at": NOW}, {"ends_at": ["Das Ende muss nach dem Beginn liegen."]}),
        ({"ends_at": NOW + 21 * DAY + TICK}, {}),
        (
            {"image": PICTURE},
            {"image_credit": ["Bitte geben Sie an, von wem das Bild ist."]},
        ),
        ({"image": PICTURE, "image_credit": "© Stadt Größenau"}, {}),
        ({"image_credit": "© Stadt Größenau"}, {}),
        (
            {"registration_closes_at": NOW + 21 * DAY + TICK},
            {"registration_closes_at": ["Die Anmeldung endet spätestens mit dem Beginn."]},
        ),
        ({"registration_closes_at": NOW + 21 * DAY}, {}),
        (
            {"registration_opens_at": NOW + 21 * DAY},
            {"registration_opens_at": ["Die Anmeldung muss öffnen, bevor sie endet."]},
        ),
        (
            {"registration_opens_at": NOW + DAY, "registration_closes_at": NOW + DAY},
            {"registration_opens_at": ["Die Anmeldung muss öffnen, bevor sie endet."]},
        ),
        ({"registration_opens_at": NOW, "registration_closes_at": NOW + DAY}, {}),
        (
            {"title": "", "starts_at": None, "ends_at": None},
            {
                "title": ["Dieses Feld darf nicht leer sein."],
                "starts_at": ["Dieses Feld darf nicht null sein."],
                "ends_at": ["Dieses Feld darf nicht null sein."],
            },
        ),
        (
            {"capacity": 0},
            {"capacity": ["Dieser Wert muss größer oder gleich 1 sein."]},
        ),
    ],
)
def test_talk_tells_what_is_wrong_beside_the_field(fields, messages):
    values = {"title": TITLE, "starts_at": NOW + 21 * DAY, "ends_at": NOW + 21 * DAY + HOUR}

    assert messages_of(Talk(**values | fields)) == messages


def messages_of(row) -> dict:
    try:
        row.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


# Words


def test_talk_speaks_german():
    talk = make_talk(
        starts_at=datetime(2026, 3, 4, 10, tzinfo=BERLIN),
        registration_opens_at=datetime(2026, 2, 1, 9, tzinfo=BERLIN),
    )

    assert {
        name: getattr(talk, name)
        for name in (
            "date_text",
            "short_date_text",
            "time_text",
            "weekday_text",
            "day",
            "month_year",
            "opens_text",
        )
    } == {
        "date_text": "Mittwoch, 4.\u00a0März 2026",
        "short_date_text": "4.\u00a0März 2026",
        "time_text": "10–11\u00a0Uhr",
        "weekday_text": "Mittwoch",
        "day": "4",
        "month_year": "Mär 2026",
        "opens_text": "1.\u00a0Februar 2026, 9:00\u00a0Uhr",
    }


def test_talk_read_from_the_database_speaks_of_berlin_time():
    make_talk(
        starts_at=datetime(2026, 7, 1, 0, 30, tzinfo=BERLIN),
        ends_at=datetime(2026, 7, 1, 2, 0, tzinfo=BERLIN),
    )

    talk = Talk.objects.get()
    assert (talk.date_text, talk.time_text, talk.opens_text) == (
        "Mittwoch, 1.\u00a0Juli 2026",
        "0:30–2:00\u00a0Uhr",
        "",
    )
    assert talk.local_starts_at.isoformat() == "2026-07-01T00:30:00+02:00"
    assert talk.local_ends_at.isoformat() == "2026-07-01T02:00:00+02:00"


def test_speaker_line_names_all_in_their_order():
    talk = make_talk(speaker="")
    Speaker.objects.create(talk=talk, position=2, name="Jörg Öz")
    Speaker.objects.create(talk=talk, position=1, name='Änne "Anne" Groß', role="Amt 1 & 2")

    assert talk.speaker_line == 'Änne "Anne" Groß, Amt 1 & 2; Jörg Öz'
    assert make_talk(speaker="").speaker_line == ""


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Sina Massow", "SM"),
        ("Änne von der Öhe", "ÄÖ"),
        ("Kim", "K"),
        ("  jo   ße  ", "JSS"),
        ("王小明", "王"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name, initials):
    assert Speaker(name=name).initials == initials


@pytest.mark.parametrize(
    ("form", "text"), [("Referentin", "Referentin"), ("Referent", "Referent"), ("", "")]
)
def test_speaker_is_called_as_they_call_themselves(form, text):
    assert Speaker(name="Kim", form=form).get_form_display() == text


def test_rows_are_called_by_what_a_person_knows_them_by():
    talk = make_talk(title='Wärme & "Licht"')
    topic = Topic(name="Wärme & Licht")

    assert [
        str(row)
        for row in (
            talk,
            topic,
            TalkTopic(talk=talk, topic=topic),
            Municipality(name="Bad Süß", land="Hessen"),
            Material(title="Folien"),
            Series(),
        )
    ] == [
        'Wärme & "Licht"',
        "Wärme & Licht",
        'Wärme & "Licht": Wärme & Licht',
        "Bad Süß (Hessen)",
        "Folien",
        "Kleinstadt Web-Talks",
    ]


# The series


def test_series_is_there_before_anybody_has_saved_it():
    series = Series.load()

    assert (series.pk, series.name, series.organiser_list) == (None, "Kleinstadt Web-Talks", [])


def test_series_keeps_to_its_one_row():
    Series.objects.create(name="Erste", organisers=" vhw \n\n Kleinstadt Akademie")
    Series(name="Zweite", accessibility_assessed_on=date(2026, 1, 2)).save()

    assert [series.name for series in Series.objects.all()] == ["Zweite"]
    assert Series(organisers=" vhw \n\n Akademie ").organiser_list == ["vhw", "Akademie"]


def test_saving_a_talk_read_long_ago_overwrites_no_count():
    stale = Talk.objects.get(pk=make_talk().pk)
    fresh = Talk.objects.get()
    fresh.seats_taken, fresh.waiting_count, fresh.calendar_sequence = 3, 2, 5
    Talk.objects.store_counts(fresh)

    stale.recap = "Neu"
    stale.save()

    stored = Talk.objects.get()
    assert (stored.seats_taken, stored.waiting_count, stored.calendar_sequence, stored.recap) == (
        3,
        2,
        5,
        "Neu",
    )


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "publish_at", "registration_opens_at"])
@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_date_of_another_age_is_refused(field, year):
    talk = make_talk()
    setattr(talk, field, datetime(year, 12, 1, 10, tzinfo=UTC))

    with pytest.raises(ValidationError) as caught:
        talk.full_clean()

    assert caught.value.message_dict[field][0] == (
        "Bitte geben Sie ein Datum zwischen 2000 und 2100 ein."
    )


def test_talk_ends_on_the_day_it_begins():
    make_talk(ends_at=datetime(2025, 11, 26, 23, 59, tzinfo=BERLIN)).full_clean()

    with pytest.raises(ValidationError) as caught:
        make_talk(ends_at=datetime(2025, 11, 27, 0, 0, tzinfo=BERLIN)).full_clean()

    assert caught.value.message_dict == {
        "ends_at": ["Ein Talk endet an dem Tag, an dem er beginnt."]
    }


def test_start_page_announces_a_postponed_talk_until_it_has_its_new_date():
    make_talk(title="verschoben", starts_in=-30 * DAY, status="postponed")
    make_talk(title="vorbei", starts_in=-30 * DAY)
    make_talk(title="bald")

    assert [talk.title for talk in Talk.objects.awaited()] == ["verschoben", "bald"]
