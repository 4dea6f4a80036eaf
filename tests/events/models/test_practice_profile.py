"""The practice profile: which talks have one, what stands in it, and whose address it refuses."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import PracticeProfile, Talk, Topic
from events.models.practice_profile import ProfilePart, refuse_private_address
from registration.invariants import violations
from tests.makers import PRACTICE, make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def test_profile_shows_what_stands_in_it_in_its_order():
    texts = {"contact": "Bauamt", "situation": "Läden"}

    assert make_practice_profile(make_talk(), **texts).parts == [
        ProfilePart("praxis-ausgangslage", "Ausgangslage", "Läden"),
        ProfilePart("praxis-ansprechstelle", "Ansprechstelle", "Bauamt"),
    ]
    assert [part.text for part in PracticeProfile(**PRACTICE).parts] == [*PRACTICE.values()]
    assert PracticeProfile().parts == []


@pytest.mark.parametrize("name", PracticeProfile.TEXTS)
def test_rows_and_one_row_have_a_profile_by_the_same_rule(name):
    make_practice_profile(make_talk(title="mit"), **{name: "ä"})
    make_practice_profile(make_talk(title="leer"), situation="")
    make_talk(title="ohne")

    kept = [talk.title for talk in Talk.objects.with_practice()]
    marked = {talk.title: talk.has_practice for talk in Talk.objects.with_practice_mark()}
    asked = {talk.title: talk.has_practice for talk in Talk.objects.all()}

    assert kept == ["mit"]
    assert marked == asked == {"mit": True, "leer": False, "ohne": False}
    assert [talk.practice for talk in Talk.objects.exclude(title="mit")] == [None, None]


def test_profile_is_read_with_all_parts_and_with_the_mark(django_assert_num_queries):
    for number in range(3):
        talk = make_talk(title=f"Talk {number}")
        if number:
            make_practice_profile(talk)

    with django_assert_num_queries(4):
        talks = list(Talk.objects.with_all_parts().order_by("pk"))
        assert [talk.practice and talk.practice.costs for talk in talks] == [
            None,
            PRACTICE["costs"],
            PRACTICE["costs"],
        ]
    with django_assert_num_queries(1):
        marked = Talk.objects.with_practice_mark().order_by("pk")
        assert [talk.has_practice for talk in marked] == [False, True, True]


def test_talk_has_one_profile():
    talk = make_talk()
    make_practice_profile(talk)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_practice_profile(talk)


def test_profile_goes_with_its_talk():
    talk = make_talk()
    make_practice_profile(talk)

    talk.delete()

    assert PracticeProfile.objects.count() == 0


def test_invariants_know_the_words_of_the_profile():
    talk = make_talk()
    profile = make_practice_profile(talk)
    assert list(violations()) == []

    PracticeProfile.objects.filter(pk=profile.pk)._raw_delete("default")

    assert list(violations()) == [f"{talk.slug}: Der Suchtext ist veraltet"]


# Related talks


def related(talk) -> list[str]:
    return [other.title for other in Talk.objects.links().related_to(talk)]


def test_related_talks_with_a_profile_come_first_each_time_the_newest():
    topic = Topic.objects.create(name="Klima")
    for number, has_profile in enumerate([False, True, False, True, False]):
        talk = make_talk(title=f"Talk {number}", starts_in=-(number + 1) * DAY, town=None)
        talk.topics.add(topic)
        if has_profile:
            make_practice_profile(talk)
    asked = make_talk(town=None)
    asked.topics.add(topic)
    make_practice_profile(make_talk(title="Nicht verwandt", town=None))

    assert related(asked) == ["Talk 1", "Talk 3", "Talk 0"]
    PracticeProfile.objects.all().delete()
    assert related(asked) == ["Talk 0", "Talk 1", "Talk 2"]


# Whom to ask


@pytest.mark.parametrize(
    "text",
    [
        "Bauamt Größenau, bauamt@groessenau.example",
        "Rathaus, Markt 1, Telefon 05601 12",
        "gemeinde-vrees@t-online.de",
        "Gemeinde.Vrees@gmx.de und info@web.de",
        "stadt.sued@t-online.de",
        "bauamt.sued@gmx.de",
        "kim@web.de.example",
        "kim@gmx-rathaus.de",
        "@web.de",
        "kim@localhost",
        "",
    ],
)
def test_address_of_an_office_is_taken(text):
    PracticeProfile(talk=make_talk(), contact=text).full_clean()


@pytest.mark.parametrize(
    "address",
    [
        "kim.beispiel@gmx.de",
        "kim@GMX.net",
        "kim@web.de",
        "kim+rat@gmail.com",
        "kim@googlemail.com",
        "kim_b@t-online.de",
        "kim@outlook.de",
        "kim@mail.yahoo.de",
        "kim@icloud.com",
        "samtmeier@gmx.de",
    ],
)
def test_private_address_is_refused_with_the_reason(address):
    profile = PracticeProfile(talk=make_talk(), contact=f"Kim, ({address}), Bauamt")

    with pytest.raises(ValidationError) as refused:
        profile.full_clean()

    assert refused.value.message_dict == {
        "contact": [
            f"{address} sieht nach einer privaten Adresse aus. Bitte geben Sie die eines Amtes "
            "oder einer Stelle an: Sie steht öffentlich auf der Seite des Talks."
        ]
    }


@pytest.mark.once
@pytest.mark.parametrize("piece", ["a.", "@", "a@", "a@b.", "-amt"])
def test_endless_text_is_looked_through_at_once(piece):
    started = time.perf_counter()

    refuse_private_address(piece * 50_000 + "a@b.de")

    assert time.perf_counter() - started < 0.5
