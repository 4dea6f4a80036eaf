"""The search text: which words it holds, and that it follows every change of a talk's parts."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from events.models import Municipality, PracticeProfile, Speaker, Talk, TalkTopic, Topic, search
from events.models.municipality import Land
from tests.makers import make_practice_profile, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def found(query: str) -> list[str]:
    return [talk.title for talk in Talk.objects.matching(query).order_by("title")]


def stored(talk) -> str:
    return Talk.objects.values_list("search_text", flat=True).get(pk=talk.pk)


# Words


@pytest.mark.parametrize("text", ["Größe", "GRÖSSE", "groesse", "Groesse", "große", "gro\u0308ße"])
def test_spellings_of_a_word_are_one_word(text):
    assert search.words(text) == ["grosse"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bürger-Rat (G1), 2. Teil", ["burger", "rat", "g1", "2", "teil"]),
        ("a_b%c'd\\e", ["a", "b", "c", "d", "e"]),
        ("Stadt\xadent\u200bwick\u200dlung", ["stadtentwicklung"]),
        ("Łódź 王小明 İ", ["łodz", "王小明", "i"]),
        ("", []),
        ("!?…", []),
        ("x" * 100, ["x" * 60]),
    ],
)
def test_words_are_letters_and_digits(text, expected):
    assert search.words(text) == expected


@given(st.text(alphabet="abeoußäöüÄÖÜẞ", min_size=1, max_size=12), st.integers(1, 12))
def test_beginning_of_a_word_stays_one(word, length):
    (whole,) = search.words(word)

    assert whole.startswith(search.words(word[:length])[0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Bürgerräte bürgerrat", ["burgerrat"]),
        ("Vrees", ["vree"]),
        ("eine", ["eine"]),
        ("1 2 3 4 5 6 7 8 9 10", [*"12345678"]),
    ],
)
def test_asked_words_lose_their_endings(query, expected):
    assert search.asked_words(query) == expected


# What is found


def test_search_looks_into_every_part_of_a_talk():
    talk = make_talk(
        title="Überschrift",
        subtitle="Unterzeile",
        announcement="Vorschau",
        recap="Rückblick",
        written_answers="Nachgereicht",
        town="Größenau",
        speaker="Änne Groß",
    )
    talk.topics.add(Topic.objects.create(name="Wärmewende"))
    make_practice_profile(talk)
    make_talk(title="Anderes", speaker="", town=None)

    for query in (
        "überschrift",
        "unterzeile",
        "vorschau",
        "rueckblick",
        "groessenau",
        "Änne",
        "Bürgermeisterin",
        "waermewende",
        "leerstehende",
        "hausbesuche",
        "heimatverein",
        "eigenanteil",
        "fruehzeitig",
        "bauamt@groessenau.example",
        "Hessen überschrift",
    ):
        assert (query, found(query)) == (query, ["Überschrift"])
    assert found("Nachgereicht") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Bürger", ["Die Größe der Bürgerräte"]),
        ("bürgerrat", ["Die Größe der Bürgerräte"]),
        ("Bürgerräten", ["Die Größe der Bürgerräte"]),
        ("GROESSE bürger", ["Die Größe der Bürgerräte"]),
        ("grosse", ["Die Größe der Bürgerräte"]),
        ("rat", []),
        ("Größe Markt", []),
        ("markt%", ["Am Markt"]),
        ("mar_kt", []),
        ("m'arkt \\ :* & | !", []),
        ("!?", []),
        ("", ["Am Markt", "Die Größe der Bürgerräte"]),
        ("ä" * 5000, []),
    ],
)
def test_search_finds_words_by_their_beginning(query, expected):
    for title in ("Die Größe der Bürgerräte", "Am Markt"):
        make_talk(title=title, speaker="", town=None, announcement="")

    assert found(query) == expected


@pytest.mark.parametrize("query", ["Stadtentwicklung", "Kleinstädten", "Stadt\xadentwicklung"])
def test_soft_hyphens_split_no_word(query):
    make_talk(announcement="Text über die Stadt\xadentwicklung in Klein\xadstädten.")

    assert len(found(query)) == 1


def test_postgresql_uses_the_index():
    if connection.vendor != "postgresql":
        assert "LIKE" in str(Talk.objects.matching("markt").query)
        return
    Talk.objects.bulk_create(
        [
            Talk(
                title=f"Talk {n}",
                slug=f"talk-{n}",
                starts_at="2025-01-01T10Z",
                ends_at="2025-01-01T11Z",
            )
            for n in range(300)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_talk")
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = Talk.objects.matching("markt").order_by().explain()

    assert "talk_search" in plan


# It follows every change


def test_new_talk_and_its_parts():
    talk = make_talk(title="Ä & B", town=None, announcement="", speaker="Kim Ö.")
    talk.topics.add(Topic.objects.create(name="Klima"))

    assert stored(talk) == " a b kim o burgermeisterin der stadt gudensberg klima"


CHANGES = {
    "talk saved": lambda talk: with_value(talk, "title", "Neues").save(),
    "one field saved": lambda talk: with_value(talk, "recap", "Neues").save(
        update_fields=["recap"]
    ),
    "talks updated": lambda talk: Talk.objects.filter(pk=talk.pk).update(subtitle="Neues"),
    "talk gets a town": lambda talk: Talk.objects.filter(pk=talk.pk).update(
        municipality_id=Municipality.objects.create(name="Neues", land="Hessen").pk
    ),
    "town gets the talk": lambda talk: Municipality.objects.create(
        name="Neues", land="Hessen"
    ).talks.add(talk),
    "town saved": lambda talk: with_value(talk.municipality, "name", "Neues").save(),
    "towns updated": lambda talk: Municipality.objects.update(name="Neues"),
    "towns updated in bulk": lambda talk: Municipality.objects.bulk_update(
        [with_value(talk.municipality, "name", "Neues")], ["name"]
    ),
    "speaker added": lambda talk: Speaker.objects.create(talk=talk, name="Neues"),
    "speakers added": lambda talk: Speaker.objects.bulk_create([Speaker(talk=talk, name="Neues")]),
    "speaker saved": lambda talk: with_value(talk.speakers.get(), "role", "Neues").save(),
    "speakers updated": lambda talk: talk.speakers.update(name="Neues"),
    "speaker comes over": lambda talk: make_talk(speaker="Neues").speakers.update(talk=talk),
    "speaker saved over": lambda talk: with_value(
        make_talk(speaker="Neues").speakers.get(), "talk", talk
    ).save(),
    "topic set": lambda talk: talk.topics.set([Topic.objects.create(name="Neues")]),
    "topic added": lambda talk: Topic.objects.create(name="Neues").talks.add(talk),
    "topic renamed": lambda talk: with_value(talk.topics.get(), "name", "Neues").save(),
    "topics updated": lambda talk: Topic.objects.update(name="Neues"),
    "profile added": lambda talk: PracticeProfile.objects.create(talk=talk, lessons="Neues"),
    "profile added in bulk": lambda talk: PracticeProfile.objects.bulk_create(
        [PracticeProfile(talk=talk, costs="Neues")]
    ),
    "profile saved": lambda talk: with_value(
        make_practice_profile(talk), "approach", "Neues"
    ).save(),
    "profiles updated": lambda talk: PracticeProfile.objects.filter(
        pk=make_practice_profile(talk).pk
    ).update(contact="Neues"),
    "profile comes over": lambda talk: PracticeProfile.objects.filter(
        pk=make_practice_profile(make_talk(), situation="Neues").pk
    ).update(talk=talk),
    "topic swapped": lambda talk: TalkTopic.objects.update(
        topic=Topic.objects.create(name="Neues")
    ),
}


def with_value(row, field, value):
    setattr(row, field, value)
    return row


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_search_text_follows(change):
    talk = make_talk()
    talk.topics.add(Topic.objects.create(name="Klima"))
    assert found("Neues") == []

    change(Talk.objects.get(pk=talk.pk))

    assert " neus" in stored(talk)
    assert stored(talk) == search.text_of(Talk.objects.get(pk=talk.pk))


def test_search_text_follows_the_land_of_the_town():
    talk = make_talk()

    Municipality.objects.update(land=Land.BAYERN)

    assert (found("Bayern"), found("Hessen")) == ([talk.title], [])


REMOVALS = {
    "speaker deleted": lambda talk: talk.speakers.get().delete(),
    "speakers deleted": lambda talk: talk.speakers.all().delete(),
    "speaker goes": lambda talk: talk.speakers.update(talk=make_talk(speaker="")),
    "speaker saved away": lambda talk: with_value(
        talk.speakers.get(), "talk", make_talk(speaker="")
    ).save(),
    "topic deleted": lambda talk: talk.topics.get().delete(),
    "topics deleted": lambda talk: Topic.objects.all().delete(),
    "topic removed": lambda talk: talk.topics.clear(),
    "profile deleted": lambda talk: talk.profile.delete(),
    "profiles deleted": lambda talk: PracticeProfile.objects.all().delete(),
    "profile emptied": lambda talk: PracticeProfile.objects.update(approach="", costs=""),
    "profile goes": lambda talk: PracticeProfile.objects.update(talk=make_talk(speaker="")),
    "town taken away": lambda talk: with_value(talk, "municipality", None).save(),
}


@pytest.mark.parametrize("change", REMOVALS.values(), ids=REMOVALS)
def test_search_text_loses(change):
    talk = make_talk(town="Größenau")
    talk.topics.add(Topic.objects.create(name="Klima"))
    make_practice_profile(talk)
    before = stored(talk)

    change(Talk.objects.get(pk=talk.pk))

    assert stored(talk) == search.text_of(Talk.objects.get(pk=talk.pk))
    assert stored(talk) != before


def test_talk_read_long_ago_does_not_write_back_an_old_text():
    talk = make_talk(speaker="")
    old = Talk.objects.get(pk=talk.pk)
    Speaker.objects.create(talk=talk, name="Neues")

    old.save()

    assert found("Neues") == [talk.title]


def test_change_that_no_text_holds_costs_nothing(django_assert_max_num_queries):
    talk = make_talk()

    with django_assert_max_num_queries(5):
        talk.save(update_fields=["capacity"])
