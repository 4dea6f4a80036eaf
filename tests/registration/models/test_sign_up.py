"""Signing up: who gets a seat, who a place in the queue, and one mail about all of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from events.models import Municipality, Revision, Talk
from registration.models import NotBookable, OutgoingMail, Registration
from tests.makers import make_registration, make_talk
from tests.registration.rows import mails, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants", "clock")]

KIM = {"name": "Kim Beispiel", "email": "kim@stadt.example"}


def test_sign_up_gives_a_seat_and_queues_one_mail():
    talk = make_talk(capacity=10)

    (row,) = Registration.objects.sign_up(
        [talk], **KIM, organisation="Stadt Musterstadt", questions={talk.pk: "Wie?"}
    )

    talk.refresh_from_db()
    assert (row.state, row.name, row.email, row.email_key) == (
        "confirmed",
        "Kim Beispiel",
        "kim@stadt.example",
        "kim@stadt.example",
    )
    assert (row.organisation, row.question, len(row.key)) == ("Stadt Musterstadt", "Wie?", 22)
    assert (talk.seats_taken, talk.waiting_count) == (1, 0)
    assert mails() == [("signed_up", "kim@stadt.example", "queued")]


def test_sign_up_to_several_talks_queues_one_mail_about_all():
    first, second = make_talk(), make_talk(starts_in=timedelta(days=49), title="Zweiter")

    rows = Registration.objects.sign_up([second, first], **KIM)

    mail = OutgoingMail.objects.get()
    assert {row.talk for row in rows} == {first, second}
    assert set(mail.registrations.all()) == set(rows)


def test_sign_up_is_all_or_nothing():
    good, full = make_talk(), make_talk(title="Voll", capacity=1, waiting_list=False)
    make_registration(full, email="erste@stadt.example")

    with pytest.raises(NotBookable) as caught:
        Registration.objects.sign_up([good, full], **KIM)

    assert caught.value.talks == [full]
    assert states(good) == []
    assert mails() == [("signed_up", "erste@stadt.example", "queued")]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Talk.Status.DRAFT},
        {"status": Talk.Status.CANCELLED},
        {"status": Talk.Status.POSTPONED},
        {"starts_in": timedelta(0)},
        {"starts_in": timedelta(days=-1)},
    ],
)
def test_sign_up_is_refused_for_what_cannot_be_booked(fields):
    talk = make_talk(**fields)

    with pytest.raises(NotBookable):
        Registration.objects.sign_up([talk], **KIM)

    assert states(talk) == []


def test_sign_up_is_refused_for_a_talk_deleted_meanwhile():
    gone, there = make_talk(title="Weg"), make_talk()
    Talk.objects.get(pk=gone.pk).delete()

    with pytest.raises(NotBookable):
        Registration.objects.sign_up([there, gone], **KIM)

    assert states(there) == []


def test_refusal_does_not_depend_on_the_address():
    talk = make_talk(capacity=1, waiting_list=False)
    make_registration(talk, email="kim@stadt.example")

    for email in ("kim@stadt.example", "fremd@stadt.example"):
        with pytest.raises(NotBookable):
            Registration.objects.sign_up([talk], name="Kim", email=email)


def test_sign_up_stays_within_its_statements(django_assert_max_num_queries):
    talks = [make_talk(capacity=5), make_talk(title="Zweiter")]

    with django_assert_max_num_queries(12):
        Registration.objects.sign_up(talks, **KIM)


def test_failed_change_leaves_no_mail():
    talk = make_talk()

    with transaction.atomic():
        make_registration(talk)
        transaction.set_rollback(True)

    assert (states(talk), mails()) == ([], [])


def test_revision_rises_only_when_the_label_changes():
    talk = make_talk(capacity=3)
    seen = [Revision.current()]
    for name in "abcd":
        make_registration(talk, email=f"{name}@stadt.example")
        seen.append(Revision.current())

    # open, open, few, waiting list, waiting list
    assert [later - earlier for earlier, later in zip(seen, seen[1:], strict=False)] == [
        0,
        1,
        1,
        0,
    ]


def test_organisation_that_names_one_town_gives_the_town():
    talk = make_talk(town="Gudensberg")
    named = make_registration(talk, organisation="Stadtverwaltung Gudensberg")
    other = make_registration(talk, email="lea@stadt.example", organisation="Ingenieurbüro")

    assert (named.municipality, other.municipality) == (talk.municipality, None)
    named.anonymise()
    named.refresh_from_db()
    assert named.municipality == talk.municipality


# The same address again


def test_same_address_again_is_one_row_and_one_more_mail_a_day(clock):
    talk = make_talk()
    first = make_registration(talk)
    make_registration(talk)
    assert [kind for kind, *_ in mails()] == ["signed_up"]  # a double click
    clock.shift(timedelta(minutes=11))

    again = make_registration(talk, email="KIM@stadt.example", name="Anders")
    make_registration(talk)

    assert again == first
    assert states(talk) == [("kim@stadt.example", "confirmed")]
    assert [kind for kind, *_ in mails()] == ["signed_up", "already"]

    clock.shift(timedelta(hours=24, seconds=1))
    make_registration(talk)
    assert [kind for kind, *_ in mails()] == ["signed_up", "already", "already"]


def test_known_for_one_talk_and_new_for_another_gets_one_mail_about_both():
    known, new = make_talk(), make_talk(title="Neu")
    make_registration(known)

    rows = Registration.objects.sign_up([known, new], **KIM)

    mail = OutgoingMail.objects.latest("pk")
    assert mail.kind == "signed_up"
    assert set(mail.registrations.all()) == set(rows)


def test_one_live_row_per_talk_and_address_in_the_database():
    row = make_registration()

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(
            talk=row.talk, name="Kim", email=row.email, email_key=row.email_key, state="waiting"
        )


def test_already_mail_about_one_talk_silences_no_other(clock):
    first, second = make_talk(), make_talk(title="Zweiter")
    Registration.objects.sign_up([first, second], **KIM)
    clock.shift(timedelta(minutes=11))

    for talks in ([first], [first], [first, second], [second]):
        Registration.objects.sign_up(talks, **KIM)

    assert [kind for kind, *_ in mails()] == ["signed_up", "already", "already"]


# The queue


def test_full_talk_fills_the_queue_in_the_order_of_the_forms(clock):
    talk = make_talk(capacity=1)
    for name in ("a", "b", "c"):
        make_registration(talk, email=f"{name}@stadt.example")
        clock.shift(1)

    talk.refresh_from_db()
    assert states(talk) == [
        ("a@stadt.example", "confirmed"),
        ("b@stadt.example", "waiting"),
        ("c@stadt.example", "waiting"),
    ]
    assert (talk.seats_taken, talk.waiting_count) == (1, 2)


def test_queue_stops_two_hours_before_the_start(clock):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    make_registration(talk, email="b@stadt.example")
    clock.move_to(talk.starts_at - timedelta(hours=2))

    seated.cancel()
    late = make_registration(talk, email="neu@stadt.example")

    assert late.state == "confirmed"
    assert states(talk) == [
        ("a@stadt.example", "cancelled"),
        ("b@stadt.example", "waiting"),
        ("neu@stadt.example", "confirmed"),
    ]


@pytest.mark.parametrize(("capacity", "moved"), [(2, 1), (3, 2), (9, 2), (None, 2)])
def test_raised_capacity_moves_up(capacity, moved):
    talk = make_talk(capacity=1)
    for name in "abc":
        make_registration(talk, email=f"{name}@stadt.example")
    talk = Talk.objects.get(pk=talk.pk)
    talk.capacity = capacity
    talk.save(update_fields=["capacity"])

    assert len(Registration.objects.promote_waiting(talk)) == moved
    assert Registration.objects.promote_waiting(talk) == []


def test_who_waits_in_vain_gets_a_free_seat_by_a_new_form(clock):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    clock.move_to(talk.starts_at - timedelta(hours=1))
    seated.cancel()

    again = make_registration(talk, email="b@stadt.example")

    assert (again, again.state) == (waiting, "confirmed")
    talk.refresh_from_db()
    assert (talk.seats_taken, talk.waiting_count) == (1, 0)
    assert [kind for kind, *_ in mails()] == ["signed_up", "signed_up", "cancelled", "signed_up"]


# One person's rows


def test_name_of_who_is_erased_meanwhile_is_not_written_back():
    row = make_registration()
    rows = list(Registration.objects.of("kim@stadt.example"))
    Registration.objects.erase_person("kim@stadt.example")

    Registration.objects.change_person(rows, name="Kim Anders", organisation="")

    row.refresh_from_db()
    assert row.name is None


def test_town_put_right_stays_until_the_person_names_another_organisation():
    town = Municipality.objects.create(name="Herzberg (Elster)", land="Brandenburg")
    row = make_registration(organisation="Büro A")
    Registration.objects.correct_person(row, {"municipality": town, "town_settled": True})

    Registration.objects.change_person([row], name="Kim Anders", organisation="Büro A")
    row.refresh_from_db()
    assert (row.name, row.municipality, row.town_settled) == ("Kim Anders", town, True)

    Registration.objects.change_person([row], name="Kim Anders", organisation="Büro B")
    row.refresh_from_db()
    assert (row.organisation, row.municipality, row.town_settled) == ("Büro B", None, False)


def test_name_of_the_new_owner_stays_when_the_former_one_changes_theirs():
    row = make_registration()
    rows = list(Registration.objects.of("kim@stadt.example"))
    row.hand_over(name="Lea", email="lea@stadt.example")

    Registration.objects.change_person(rows, name="Kim Anders", organisation="")

    row.refresh_from_db()
    assert row.name == "Lea"
