"""Talks: their slugs, and what the database and the forms refuse."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from events.models import Talk
from tests.conftest import BERLIN, NOW
from tests.makers import TITLE, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PICTURE = f"bilder/{'0' * 32}/1600x900.jpg"


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


# What the forms say


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({}, {}),
        ({"ends_at": NOW + 21 * DAY}, {"ends_at": ["Das Ende muss nach dem Beginn liegen."]}),
        ({"ends_at": NOW}, {"ends_at": ["Das Ende muss nach dem Beginn liegen."]}),
        (
            {"recognition_number": "26-1"},
            {"recognition_chamber": ["Bitte geben Sie auch an, wer anerkannt hat."]},
        ),
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
