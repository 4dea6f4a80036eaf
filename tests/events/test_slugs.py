import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models import place_names, search
from events.slugs import MAX_LENGTH, german_slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Größe Straße", "groesse-strasse"),
        ("Ärger, Öl & „Übermut“", "aerger-oel-uebermut"),
        ("Vom Supermarkt – zum G1!", "vom-supermarkt-zum-g1"),
        ("Čapek à Łódź", "capek-a-odz"),
        # A letter and its dots, and the capital ß.
        ("Gro\u0308ße", "groesse"),
        ("GROẞ-GERAU", "gross-gerau"),
        ("日本", "talk"),
        ("!!!", "talk"),
        ("", "talk"),
    ],
)
def test_german_slug_spells_umlauts_out(text, slug):
    assert german_slug(text) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        # 80 characters fit, one more costs the last word.
        ("a" * 75 + " bbbb", "a" * 75 + "-bbbb"),
        ("a" * 75 + " bbbbb", "a" * 75),
        ("a" * 80 + " b", "a" * 80),
        # A single word that is too long is cut.
        ("a" * 90, "a" * 80),
    ],
)
def test_german_slug_ends_with_a_whole_word(text, slug):
    assert german_slug(text) == slug


@given(st.text(max_size=300))
def test_german_slug_is_always_a_slug(text):
    slug = german_slug(text)

    assert re.fullmatch(r"[a-z0-9_-]+", slug)
    assert len(slug) <= MAX_LENGTH == 80


@pytest.mark.parametrize("typed", ["Größe", "Gro\u0308ße", "GRÖẞE", "Groesse", "größe"])
def test_every_spelling_is_one_for_slugs_places_and_the_search(typed):
    """Names of people alone keep their umlauts."""
    assert german_slug(typed) == "groesse"
    assert place_names.words(typed) == ["groesse"]
    assert search.words(typed) == ["grosse"]
