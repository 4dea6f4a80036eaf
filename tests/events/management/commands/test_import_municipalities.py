"""`manage.py import_municipalities`: the register of all towns, filled in and never doubled."""

from io import StringIO

import pytest
from django.core.management import call_command

from events.models import Municipality, Revision

pytestmark = pytest.mark.django_db


def import_register() -> str:
    out = StringIO()
    call_command("import_municipalities", stdout=out)
    return out.getvalue().strip()


def six_towns() -> set:
    return set(
        Municipality.objects.filter(talks__isnull=False)
        .distinct()
        .values_list("geonames_id", "name", "land", "population")
    )


SIX_TOWNS = {
    (2856639, "Osterburg (Altmark)", "Sachsen-Anhalt", 7231),
    (2834963, "Schwarzenborn", "Hessen", 1251),
    (2875484, "Luckenwalde", "Brandenburg", 21616),
    (2815823, "Vrees", "Niedersachsen", 1577),
    (2913890, "Gudensberg", "Hessen", 9032),
    (2905504, "Herzberg (Elster)", "Brandenburg", 11033),
}


@pytest.mark.parametrize("talks_first", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_towns_of_the_real_talks_are_filled_and_not_doubled(talks_first):
    if talks_first:
        call_command("load_talks", stdout=StringIO())
    said = import_register()
    call_command("load_talks", stdout=StringIO())

    assert (
        said
        == [
            "11870 Orte angelegt, 0 ergänzt.",
            "11864 Orte angelegt, 6 ergänzt.",
        ][talks_first]
    )
    assert Municipality.objects.count() == 11870
    assert six_towns() == SIX_TOWNS
    assert Municipality.objects.filter(latitude=None).count() == 0


def test_importing_again_changes_nothing_and_asks_little(django_assert_max_num_queries):
    import_register()
    Municipality.objects.filter(name="Vrees").update(population=1, name="Vrees (Emsland)")
    before = set(Municipality.objects.values_list()), Revision.current()

    with django_assert_max_num_queries(4):
        assert import_register() == "0 Orte angelegt, 0 ergänzt."
    assert (set(Municipality.objects.values_list()), Revision.current()) == before


def test_import_raises_the_revision_and_keeps_what_was_entered():
    own = Municipality.objects.create(name="Gudensberg", land="Hessen", population=9500)
    other = Municipality.objects.create(name="Neuenkirchen", land="Niedersachsen")
    before = Revision.current()

    import_register()

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.geonames_id, own.population, own.latitude) == (2913890, 9500, 51.17706)
    # Several places are called so: which one was meant is for people to say.
    assert other.geonames_id is None
    assert Revision.current() > before
