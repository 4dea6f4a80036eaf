"""What people type in the admin's forms, and what nobody types."""

import time
from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from events.desk.takes_anything import KeyedAutocomplete, MomentField, TakesAnything
from events.models import Talk, Topic
from registration.models import Message
from tests.admin_form import NEW_TALK, errors_in, errors_of, fill_in, send, send_unseen, url
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# Rows that verbs alone change.
SHOWN_ALONE = {"Registration", "OutgoingMail", "Interest", "Offer", "Erasure"}

NO_TIME = "Bitte eine gültige Uhrzeit eingeben."
DIGITS = "9" * 23


# Times


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        *[("10", 10, 0), ("10 Uhr", 10, 0), ("10 uhr", 10, 0), ("10Uhr", 10, 0), ("9", 9, 0)],
        *[("14.30", 14, 30), ("14:30 Uhr", 14, 30), ("14.30 Uhr", 14, 30), ("1430", 14, 30)],
        *[("14", 14, 0), ("14:30:00", 14, 30), ("14 Uhr 30", 14, 30), ("14h", 14, 0)],
        *[(" 9.05\u00a0Uhr ", 9, 5), ("08:15", 8, 15), ("0:00", 0, 0), ("14 : 30", 14, 30)],
    ],
)
def test_times_as_people_write_them(text, hour, minute):
    moment = MomentField().clean(["17.12.2025", text])

    assert moment == datetime(2025, 12, 17, hour, minute, tzinfo=BERLIN)


def test_talk_begins_at_the_time_as_it_was_written(organiser):
    sent = NEW_TALK | {"starts_at_1": "14.30 Uhr", "ends_at": "15", "publish_at_0": ""}

    assert send(organiser, url(Talk, "add"), sent).status_code == 302
    assert Talk.objects.get().starts_at == datetime(2025, 12, 17, 14, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text", ["25", "9.5", "143", "10-11", "24 Uhr", "zehn", "14:60", "٣", "-1"]
)
def test_what_is_no_time_or_could_be_two_gets_a_message(text):
    with pytest.raises(ValidationError, match=NO_TIME):
        MomentField().clean(["17.12.2025", text])


def test_message_stands_beside_the_time(organiser):
    refused = send(organiser, url(Talk, "add"), NEW_TALK | {"starts_at_1": "25"})

    assert errors_of(refused) == {"starts_at": [NO_TIME]}


def test_times_are_shown_without_seconds(organiser):
    talk = make_talk()
    html = organiser.get(url(talk)).content.decode()

    assert 'name="starts_at_1" value="09:00"' in html
    assert 'name="ends_at" value="60"' in html
    assert (
        "%H:%M:%S"
        not in organiser.get("/admin/jsi18n/")
        .content.decode()
        .partition('"TIME_INPUT_FORMATS": [')[2]
        .partition(",")[0]
    )


def test_seconds_that_are_not_shown_are_no_change(organiser):
    moment = timezone.now() + timedelta(days=21, seconds=30)
    talk = make_talk(starts_at=moment)

    assert send(organiser, url(talk), {"recap": "So war es."}).status_code == 302
    saved = Talk.objects.get()
    assert (saved.starts_at, saved.calendar_sequence) == (moment, 0)


def fields_of_moments() -> list[tuple[str, str, type]]:
    """Return the field for each moment that the admin lets somebody enter."""
    return [
        (model.__name__, field.name, type(page.formfield_for_dbfield(field, request=None)))
        for model, page in admin.site._registry.items()
        for field in model._meta.fields
        if isinstance(field, models.DateTimeField) and field.editable
    ]


def test_every_moment_of_the_admin_is_entered_like_this():
    found = fields_of_moments()

    assert {kind for *_, kind in found if issubclass(kind, MomentField)} == {MomentField}
    others = {model for model, _, kind in found if not issubclass(kind, MomentField)}
    assert others <= SHOWN_ALONE


# Rows within a form


@pytest.mark.parametrize(
    ("prefix", "number"),
    [
        ("speakers", "100000"),
        *(pytest.param("materials", each, marks=pytest.mark.slow) for each in (DIGITS, "x")),
    ],
)
def test_more_rows_than_anybody_fills_in_are_refused_at_once(organiser, prefix, number):
    talk = make_talk()
    data = fill_in(organiser, url(talk), {f"{prefix}-TOTAL_FORMS": number, "title": "Neu"})
    begin = time.process_time()

    response = organiser.post(url(talk), data)

    assert (response.status_code, Talk.objects.get().title != "Neu") == (200, True)
    assert time.process_time() - begin < 4


def test_fifty_rows_are_taken(organiser):
    talk = make_talk()
    rows = {
        f"speakers-{number}-{name}": value
        for number in range(1, 50)
        for name, value in {"name": f"Änne {number}", "form": "Referentin", "position": 0}.items()
    }

    sent = {"speakers-TOTAL_FORMS": "50"} | rows
    assert send(organiser, url(talk), sent).status_code == 302
    assert talk.speakers.count() == 50


# Rows that nobody has


@pytest.mark.parametrize(
    "value",
    [
        DIGITS,
        "x",
        *(pytest.param(each, marks=pytest.mark.slow) for each in (f"-{DIGITS}", "0", "1.5")),
    ],
)
def test_choices_that_nobody_offers_get_a_message_at_their_field(organiser, value):
    talk = make_talk()
    message = Message.objects.create(talk=talk, subject="Betreff", text="Text")
    account, group = User.objects.get(), Group.objects.create(name="Rolle")
    fields = [
        (url(talk), "municipality"),
        (url(talk), "chosen_topics"),
        (url(message), "talk"),
        (url(account), "groups"),
        (url(account), "user_permissions"),
        (url(group), "permissions"),
    ]
    Topic.objects.create(name="Wärme & Licht")

    for address, field in fields:
        assert (address, list(errors_in(send_unseen(organiser, address, {field: value})))) == (
            address,
            [field],
        )


def test_address_fills_in_what_our_links_fill_in(organiser):
    talk = make_talk()

    page = organiser.get(
        f"{url(Message, 'add')}?talk={talk.pk}&subject=Gru%C3%9F"
    ).content.decode()

    assert f'<option value="{talk.pk}" selected>' in page
    assert 'value="Gruß"' in page


# Nothing is forgotten


def test_every_page_of_the_admin_where_something_is_entered_takes_anything():
    others = {
        model.__name__
        for model, page in admin.site._registry.items()
        if not isinstance(page, TakesAnything)
    }

    assert others == SHOWN_ALONE


def test_every_type_ahead_is_keyed(rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    found = {
        (model.__name__, name): type(
            page.formfield_for_dbfield(model._meta.get_field(name), request).widget.widget
        )
        for model, page in admin.site._registry.items()
        for name in page.autocomplete_fields
    }

    assert found == {
        ("Talk", "municipality"): KeyedAutocomplete,
        ("Message", "talk"): KeyedAutocomplete,
    }
    assert BaseModelAdmin.autocomplete_fields == ()
