"""Towns that offer to report: kept for a year, erased with the person, known to Art. 15."""

from datetime import timedelta

import pytest

from registration.models import Erasure, Offer, Registration
from registration.privacy.erase_again import erase_again
from registration.privacy.own_data import Person, own_data
from registration.privacy.retention import carry_out
from tests.makers import make_offer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"


def test_second_click_is_the_same_offer_and_a_second_idea_another_one():
    first = make_offer(email="Kim@Stadt.example")

    assert make_offer() == first
    assert make_offer(subject="Noch etwas") != first
    assert make_offer(email="lea@stadt.example") != first
    assert first.email_key == KIM


def test_answer_is_noted_once_and_taken_back():
    make_offer()
    make_offer(subject="Noch etwas")

    assert [Offer.objects.all().mark_answered() for _ in range(2)] == [2, 0]
    assert Offer.objects.open().count() == 0
    assert [Offer.objects.all().mark_open() for _ in range(2)] == [2, 0]


def test_offer_goes_after_twelve_months_by_itself(clock, settings):
    offer = make_offer()
    clock.move_to(offer.created_at + timedelta(days=365, seconds=-1))
    carry_out()
    assert Offer.objects.count() == 1

    clock.move_to(offer.created_at + timedelta(days=365))
    carry_out()
    carry_out()

    assert Offer.objects.count() == 0
    entry = Erasure.objects.get()
    assert (entry.uuid, entry.kind, entry.reason) == (offer.uuid, "offer", "retention")


def test_period_is_the_one_of_the_settings(clock, settings):
    settings.OFFER_MONTHS = 1
    offer = make_offer()

    clock.move_to(offer.created_at + timedelta(days=31))
    carry_out()

    assert Offer.objects.count() == 0


def test_offers_go_with_the_person_and_stay_gone_after_an_old_backup():
    make_offer()
    other = make_offer(email="lea@stadt.example")
    row = Offer.objects.of(KIM).get()

    Registration.objects.erase_person(KIM)
    assert [*Offer.objects.all()] == [other]

    row.save(force_insert=True)  # an older backup brings it back
    assert erase_again(Erasure.objects.filter(uuid=row.uuid)) == 1
    assert [*Offer.objects.all()] == [other]


def test_person_is_told_of_every_column():
    offer = make_offer()
    person = Person.of(KIM)

    (told,) = own_data(person)["Angebote zu berichten"]

    assert told == {
        "Kommune": "Gemeinde Größenau",
        "Name": "Kim Beispiel",
        "E-Mail-Adresse": KIM,
        "Worum es geht": 'Der Bahnhof & das "Café"',
        "Eingegangen am": "2025-11-05T09:00:00+01:00",
        "Beantwortet": False,
        "Kennung": str(offer.uuid),
    }
    internal = {"id", "email_key"}
    assert len(told) == len({f.name for f in Offer._meta.concrete_fields} - internal)
    assert (person.is_known, person.rows) == (True, [offer])
