"""`manage.py load_talks`: the real talks; --demo: test_load_talks_demo.py."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict

from events.management.commands import load_talks
from events.models import Material, Municipality, Revision, Series, Speaker, Talk, Topic

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

G1 = "Vom Supermarkt zum Begegnungszentrum – Das G1 in Gudensberg"
HERZBERG = "Vier Jahre Bürgerräte in Herzberg – Praxiserfahrungen und Maßnahmen zur Verstetigung"


def load(*options) -> list[str]:
    out = StringIO()
    call_command("load_talks", *options, stdout=out)
    return out.getvalue().splitlines()


def all_rows() -> dict:
    """Return every row of every table the command writes, whole."""
    models = [Series, Municipality, Topic, Talk, Talk.topics.through, Speaker, Material]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_load_talks_loads_all_six_with_their_true_dates():
    out = load()

    assert out == ["6 Talks angelegt, 6 in der Datei."]
    assert [
        (
            f"{talk.local_starts_at:%Y-%m-%d %H:%M}",
            f"{talk.local_ends_at:%H:%M}",
            talk.title,
            str(talk.municipality),
            talk.speaker_line,
            [topic.name for topic in talk.topics.all()],
        )
        for talk in Talk.objects.order_by("starts_at")
    ] == [
        (
            "2024-07-03 10:00",
            "11:00",
            "Demokratie stärken: Per Bürgerrat zum Klimaschutzkonzept",
            "Osterburg (Altmark) (Sachsen-Anhalt)",
            "",
            ["Beteiligung", "Klima"],
        ),
        (
            "2025-06-17 10:00",
            "11:00",
            "Kommunale Medizinische Versorgungszentren als Antwort auf den Ärztemangel",
            "Schwarzenborn (Hessen)",
            "Jürgen Liebermann, Bürgermeister der Stadt Schwarzenborn",
            ["Daseinsvorsorge", "Gesundheit"],
        ),
        (
            "2025-07-02 10:00",
            "11:00",
            "Wie Kinder- und Jugendbeteiligung kommunale Klimastrategien stärkt!",
            "Luckenwalde (Brandenburg)",
            "Liza Ruschin, Amtsleiterin Gemeindeplanung Blankenfelde-Mahlow, "
            "Sachverständige im Programm Kinderfreundliche Kommune",
            ["Beteiligung", "Klima"],
        ),
        (
            "2025-08-27 10:00",
            "11:00",
            "Wir für Euch – Wohnen im Alter in der Gemeinde Vrees",
            "Vrees (Niedersachsen)",
            "Heribert Kleene, Bürgermeister der Gemeinde Vrees",
            ["Demografie", "Wohnen"],
        ),
        (
            "2025-10-29 10:00",
            "11:00",
            G1,
            "Gudensberg (Hessen)",
            "Sina Massow, Bürgermeisterin der Stadt Gudensberg",
            ["Begegnung", "Leerstand"],
        ),
        (
            "2025-11-25 10:00",
            "11:00",
            HERZBERG,
            "Herzberg (Elster) (Brandenburg)",
            "Stephanie Kuntze, Fachbereichsleiterin und 2. stellvertretende "
            "Bürgermeisterin der Stadt Herzberg (Elster)",
            ["Beteiligung"],
        ),
    ]


def test_loaded_talks_are_published_with_an_announcement_and_nothing_else():
    load()

    for talk in Talk.objects.all():
        assert talk.announcement
        assert {
            name: str(value)
            for name, value in model_to_dict(talk).items()
            if name
            not in ("id", "title", "subtitle", "slug", "starts_at", "ends_at", "announcement")
            and name not in ("municipality", "topics", "image_caption", "image_credit")
        } == {
            "recap": "",
            "image": "",
            "image_alt": "",
            "image_focus": "center",
            "status": "published",
            "publish_at": "None",
            "capacity": "None",
            "waiting_list": "True",
            "registration_opens_at": "None",
            "registration_closes_at": "None",
            "double_opt_in": "False",
            "reminds_day_before": "True",
            "reminds_hour_before": "True",
            "meeting_url": "",
            "check_at": "None",
            "check_url": "",
            "programme": "",
            "runs_in_browser": "None",
            "test_url": "",
            "is_recorded": "None",
            "recording_use": "",
            "recognition_chamber": "",
            "recognition_hours": "",
            "recognition_number": "",
            "report_sentence": "",
            "has_captions": "None",
            "has_sign_language": "None",
            "has_telephone": "None",
            "dial_in": "",
            "written_answers": "",
        }
    assert Talk.objects.get(title=G1).announcement == (
        "Ein lange leer stehender Supermarkt im hessischen Gudensberg ist heute ein offenes "
        "Begegnungszentrum für Kultur, Vereine und Bürgerschaft."
    )


def test_only_the_photograph_of_the_g1_has_credit_and_caption():
    load()

    assert set(Talk.objects.values_list("title", "image", "image_caption", "image_credit")) == {
        (title, "", "", "")
        for title in Talk.objects.exclude(title=G1).values_list("title", flat=True)
    } | {(G1, "", "Das G1 in Gudensberg", "© Stadt Gudensberg/Christin Gerstner")}


def test_credit_without_its_photograph_stands_on_no_page(client):
    load()

    for path in ("/", "/archiv/", Talk.objects.get(title=G1).get_absolute_url()):
        html = client.get(path).content.decode()
        assert (path, G1 in html) == (path, True)
        assert (path, "Gerstner" in html, "Foto:" in html) == (path, False, False)


def test_speakers_are_called_as_they_are_called_in_the_source():
    load()

    assert dict(Speaker.objects.values_list("name", "form")) == {
        "Jürgen Liebermann": "Referent",
        "Liza Ruschin": "Referentin",
        "Heribert Kleene": "Referent",
        "Sina Massow": "Referentin",
        "Stephanie Kuntze": "Referentin",
    }


def test_series_comes_from_the_source_and_its_legal_fields_stay_empty():
    load()

    series = Series.objects.get()
    assert (series.name, series.claim) == (
        "Kleinstadt Web-Talks",
        "Wie gestalten kleine Städte Zukunft?",
    )
    assert series.organiser_list == [
        "vhw – Bundesverband für Wohnen und Stadtentwicklung e. V.",
        "Kleinstadt Akademie",
    ]
    legal = ("contact_email", "contact_phone", "provider_name", "provider_address", "hosting")
    assert [getattr(series, name) for name in legal] == [""] * 5


@pytest.mark.parametrize("options", [[], ["--demo"]])
def test_loading_again_changes_nothing(clock, options):
    load(*options)
    before, revision = all_rows(), Revision.current()
    assert len(before["Talk"]) == 6

    clock.shift(timedelta(days=1))
    assert load(*options) == ["0 Talks angelegt, 6 in der Datei."]
    assert (all_rows(), Revision.current()) == (before, revision)


def test_loading_overwrites_nothing_that_was_edited():
    load()
    Talk.objects.filter(title=G1).update(title="Neu", slug="neu", announcement="", status="draft")
    Series.objects.update(name='Reihe & "Größe"', organisers="")
    Speaker.objects.filter(name="Sina Massow").delete()
    Topic.objects.filter(name="Klima").delete()
    Municipality.objects.filter(name="Vrees").update(population=1700)
    before = all_rows()

    load()

    assert all_rows() == before


def test_loading_creates_what_is_missing():
    load()
    Talk.objects.filter(title=G1).delete()

    assert load() == ["1 Talks angelegt, 6 in der Datei."]
    assert Talk.objects.filter(title=G1).count() == 1


def test_failed_load_leaves_nothing(monkeypatch, tmp_path):
    broken = tmp_path / "talks.json"
    text = load_talks.SOURCE.read_text().replace('"date": "2025-11-25"', '"date": "2025-11-99"')
    broken.write_text(text)
    monkeypatch.setattr(load_talks, "SOURCE", broken)
    with pytest.raises(ValueError, match="day is out of range"):
        load()

    assert {name: len(rows) for name, rows in all_rows().items() if rows} == {}
