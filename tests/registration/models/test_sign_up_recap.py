"""The mail with the material of a talk: who was promised it, and who gets it, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Material, Talk
from registration.models import OutgoingMail, Registration
from registration.models.links import new_key
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "invariants")]

DAY = timedelta(days=1)


@pytest.fixture
def talk(clock):
    """Give a talk of yesterday with its recap, and Kim who had a seat in it."""
    talk = make_talk(recap="So war es.")
    make_registration(talk)
    clock.move_to(talk.ends_at + DAY)
    return talk


def change(row, **columns):
    Registration.objects.filter(pk=row.pk).update(**columns)


def recap_mails():
    mails = OutgoingMail.objects.filter(kind="recap").order_by("pk")
    return [mail.recipient or mail.state for mail in mails]


def test_everyone_who_was_promised_it_gets_it_once(talk):
    row = Registration.objects.get()

    numbers = [len(Registration.objects.release_recap(talk)) for _ in range(3)]

    assert numbers == [1, 0, 0]
    mail = OutgoingMail.objects.get(kind="recap")
    assert (mail.registration_key, mail.expires_at) == (row.key, talk.names_go_at)
    talk.refresh_from_db()
    assert talk.recap_released_at == mail.created_at


def test_released_again_it_reaches_whom_it_has_not_reached(talk, clock):
    row = Registration.objects.get()
    change(row, recap_off=True)
    assert Registration.objects.release_recap(talk) == []
    talk.refresh_from_db()
    assert talk.recap_released_at is None

    change(row, recap_off=False)
    Registration.objects.release_recap(talk)
    first = Talk.objects.get(pk=talk.pk).recap_released_at
    clock.shift(DAY)
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")

    assert Registration.objects.release_recap(talk) == []
    assert Talk.objects.get(pk=talk.pk).recap_released_at == first
    assert recap_mails() == ["kim@stadt.example"]


@pytest.mark.parametrize(
    "columns",
    [
        {"recap_promised": False},
        {"recap_off": True},
        {"state": "waiting"},
        {"state": "pending"},
        {"state": "cancelled"},
    ],
)
def test_all_others_get_none(talk, columns):
    row = Registration.objects.get()
    change(row, **columns)

    assert Registration.objects.release_recap(talk) == []
    change(row, recap_promised=True, recap_off=False, state="confirmed")  # for the invariants


def test_whoever_is_erased_gets_none(talk):
    Registration.objects.get().anonymise()

    assert Registration.objects.release_recap(talk) == []


def test_whoever_is_erased_while_it_waits_gets_none(talk):
    Registration.objects.release_recap(talk)
    Registration.objects.get().anonymise()

    mail = OutgoingMail.objects.get(kind="recap")
    assert (mail.state, mail.recipient, mail.registration_key) == ("obsolete", "", "")
    assert Registration.objects.release_recap(talk) == []


@pytest.mark.parametrize(
    ("moment", "number"),
    [(-1, 0), (0, 1), (30 * 24 * 3600 - 1, 1), (30 * 24 * 3600, 0)],
)
def test_it_goes_out_from_the_end_until_the_names_go(talk, clock, moment, number):
    clock.move_to(talk.ends_at + timedelta(seconds=moment))

    assert len(Registration.objects.release_recap(talk)) == number


@pytest.mark.parametrize("status", ["draft", "cancelled", "postponed"])
def test_none_for_a_talk_that_did_not_take_place(talk, status):
    talk.status = status
    talk.save()

    assert Registration.objects.release_recap(talk) == []


PIECES = {
    "recap": lambda talk: Talk.objects.filter(pk=talk.pk).update(recap="So war es."),
    "answers": lambda talk: Talk.objects.filter(pk=talk.pk).update(written_answers="Ja."),
    "material": lambda talk: Material.objects.create(
        talk=talk, title="F", url="https://f.example"
    ),
}


@pytest.mark.parametrize("piece", [*PIECES, "nothing"])
@pytest.mark.parametrize("was_there", [True, False])
@pytest.mark.parametrize("has_key", [True, False])
def test_the_rule_for_one_and_the_rule_for_many_agree(clock, settings, piece, was_there, has_key):
    """Where there is nothing to read, only a certificate is worth a mail."""
    settings.CERTIFICATE_KEY = settings.CERTIFICATE_KEY if has_key else ""
    talk = make_talk()
    for number, promised in enumerate((True, False)):
        row = make_registration(talk, email=f"p{number}@stadt.example")
        change(row, marked_present=was_there, recap_promised=promised)
    PIECES.get(piece, lambda talk: None)(talk)
    clock.move_to(talk.ends_at)
    talk.refresh_from_db()

    getting = set(Registration.objects.to_get_recap(talk))

    assert getting == {row for row in Registration.objects.all() if row.gets_recap}
    assert len(getting) == int((was_there and has_key) or piece != "nothing")


def test_the_form_promises_it_to_who_is_registered_already():
    talk = make_talk()
    row = make_registration(talk)
    change(row, recap_promised=False)

    make_registration(talk, tells_of_recap=False)
    row.refresh_from_db()
    by_organiser = row.recap_promised
    make_registration(talk)
    row.refresh_from_db()

    assert (by_organiser, row.recap_promised) == (False, True)


@pytest.mark.parametrize("double_opt_in", [True, False])
@pytest.mark.parametrize("tells_of_recap", [True, False])
def test_a_new_row_is_promised_it_by_the_form_or_by_its_mail(double_opt_in, tells_of_recap):
    row = make_registration(make_talk(double_opt_in=double_opt_in), tells_of_recap=tells_of_recap)

    assert row.recap_promised


def test_a_pending_row_is_promised_it_by_the_next_form():
    talk = make_talk(double_opt_in=True)
    row = make_registration(talk)
    change(row, recap_promised=False)

    make_registration(talk)

    assert Registration.objects.get().recap_promised


def test_whoever_gets_a_seat_from_another_is_promised_it_anew():
    row = make_registration()
    change(row, recap_promised=False, recap_off=True)
    row.refresh_from_db()

    row.hand_over(name="Lea", email="lea@stadt.example")

    row.refresh_from_db()
    assert (row.recap_promised, row.recap_off) == (True, False)


def test_opting_out_concerns_all_talks_of_the_person(talk):
    row = Registration.objects.get()
    make_registration(make_talk(title="Anderer"))
    make_registration(make_talk(title="Dritter"), email="lea@stadt.example")

    row.switch_recap(off=True)

    mine = Registration.objects.of("kim@stadt.example")
    assert list(mine.values_list("recap_off", flat=True)) == [True, True]
    assert Registration.objects.filter(recap_off=True).count() == 2


@pytest.mark.parametrize("number", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_thousands_of_people_take_few_statements(talk, number):
    people = [f"p{place}@stadt.example" for place in range(number - 1)]
    Registration.objects.bulk_create(
        Registration(
            talk=talk,
            name="Kim",
            email=email,
            email_key=email,
            key=new_key(),
            state="confirmed",
            recap_promised=True,
        )
        for email in people
    )
    talk.seats_taken = number
    Talk.objects.store_counts(talk)

    with CaptureQueriesContext(connection) as queries:
        mails = Registration.objects.release_recap(talk)

    assert len(mails) == number
    assert len(queries) <= 2 * 12
