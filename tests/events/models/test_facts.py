"""What holds for a talk: its own answer, else the series', else nothing is claimed."""

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import Revision, Series, Talk
from events.models.facts import Fact
from tests.makers import make_talk

TEST = "https://zoom.example/test"
SERIES = {
    "programme": "Zoom",
    "runs_in_browser": True,
    "test_url": TEST,
    "is_recorded": True,
    "recording_use": "Das Video steht danach auf der Seite des Talks.",
    "has_captions": True,
    "has_sign_language": False,
    "has_telephone": True,
}
SAID = [
    Fact("Videokonferenz", "Zoom, im Browser, ohne Installation", TEST),
    Fact(
        "Aufzeichnung",
        "Der Talk wird aufgezeichnet. Das Video steht danach auf der Seite des Talks.",
    ),
    Fact("Zugänglichkeit", "Live-Untertitel, keine Gebärdensprache, Einwahl per Telefon"),
]


def facts(talk=None, **series):
    return Talk(**talk or {}).facts_in(Series(**series))


def test_where_nobody_says_anything_nothing_is_claimed():
    assert (facts().lines, facts().text) == ([], "")


def test_talk_that_says_nothing_is_as_its_series():
    assert facts(**SERIES).lines == SAID
    assert Series(**SERIES).facts == facts(**SERIES)


def test_plain_text_writes_the_address_out():
    assert facts(**SERIES).text.splitlines()[:2] == [
        "Videokonferenz: Zoom, im Browser, ohne Installation",
        f"Verbindung testen: {TEST}",
    ]
    assert facts(test_url=TEST).text == f"Verbindung testen: {TEST}"


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ({"has_captions": False}, "keine Live-Untertitel, keine Gebärdensprache, Einwahl"),
        ({"has_sign_language": True}, "Live-Untertitel, Gebärdensprache, Einwahl"),
        ({"has_telephone": False}, "keine Gebärdensprache, keine Einwahl per Telefon"),
        ({"recording_use": "Nur der Vortrag."}, "Der Talk wird aufgezeichnet. Nur der Vortrag."),
        ({"runs_in_browser": False}, "Zoom, mit installiertem Programm"),
        ({"test_url": "https://a.example/"}, "Verbindung testen: https://a.example/"),
    ],
)
def test_own_answer_of_a_talk_counts(own, line):
    assert line in facts(own, **SERIES).text


def test_what_is_done_with_a_recording_is_said_of_a_recording_alone():
    assert "Der Talk wird nicht aufgezeichnet.\n" in facts({"is_recorded": False}, **SERIES).text
    assert facts(recording_use="Das Video kommt.").lines == []


def test_another_programme_takes_no_word_of_the_series_about_its_own():
    assert facts({"programme": "Webex"}, **SERIES).lines[0] == Fact("Videokonferenz", "Webex")
    own = {"programme": "Webex", "runs_in_browser": True, "test_url": "https://w.example/"}
    found = facts(own, **SERIES).lines[0]
    assert found.text == "Webex, im Browser, ohne Installation"
    assert found.link == "https://w.example/"


@pytest.mark.parametrize(
    ("own", "series", "is_possible"),
    [(None, None, True), (None, False, True), (True, None, True), (False, True, False)],
)
def test_number_says_that_one_can_dial_unless_the_talk_denies_it(own, series, is_possible):
    talk = {"dial_in": "030 123456", "has_telephone": own}
    found = facts(talk, has_telephone=series)

    assert found.has_telephone == is_possible
    assert "030" not in found.text


@pytest.mark.parametrize("address", ["http://zoom.example/", "javascript:alert(1)"])
@pytest.mark.parametrize("model", [Talk, Series])
def test_page_for_testing_is_reached_by_https_alone(model, address):
    with pytest.raises(ValidationError, match="mit https:// beginnt"):
        model._meta.get_field("test_url").clean(address, None)


@pytest.mark.django_db
def test_fact_raises_the_revision_and_makes_nobody_untold(clock):
    talk, series = make_talk(), Series.load()
    before = Revision.current()

    talk.has_captions = True
    talk.save()
    assert (talk.change_no, talk.calendar_sequence) == (0, 0)
    series.programme = "Zoom"
    series.save()
    assert Revision.current() == before + 2


@pytest.mark.django_db(transaction=True)
def test_migration_keeps_what_is_ticked_and_can_be_taken_back(clock):
    talks = {name: make_talk(title=name) for name in ("ticked", "unticked", "dialled")}
    Talk.objects.filter(pk=talks["ticked"].pk).update(has_captions=True, has_sign_language=True)
    Talk.objects.filter(pk=talks["dialled"].pk).update(dial_in="030 123456")
    try:
        MigrationExecutor(connection).migrate([("events", "0014_clean_text")])
        assert ticks() == {"ticked": (1, 1), "unticked": (0, 0), "dialled": (0, 0)}
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    columns = ("has_captions", "has_sign_language", "has_telephone", "programme")
    assert sorted(Talk.objects.values_list("title", *columns)) == [
        ("dialled", None, None, True, ""),
        ("ticked", True, True, None, ""),
        ("unticked", None, None, None, ""),
    ]


def ticks():
    """Return the columns as the version before had them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, has_captions, has_sign_language FROM events_talk")
        return {title: (int(captions), int(sign)) for title, captions, sign in cursor.fetchall()}


def test_migration_knows_the_columns_as_they_are():
    migration = import_module("events.migrations.0015_facts")

    assert set(migration.NEW | migration.TICKED) == set(SERIES)
