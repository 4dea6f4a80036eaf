"""What the talk's form refuses: each error beside its field, and nothing saved."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Talk
from tests.admin_form import NEW_TALK, errors_of, send, url
from tests.events import upload_files
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import make_interest, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MESSAGES = {
    "not a picture": "Diese Datei ist kein Bild, das sich lesen lässt. "
    "Möglich sind JPEG, PNG, WebP und AVIF.",
    "too many pixels": "Das Bild hat zu viele Bildpunkte: Als JPEG darf es 50 Megapixel haben, "
    "als PNG, WebP oder AVIF 20 Megapixel. Bitte verkleinern Sie es vor dem Hochladen.",
    "too big": "Das Bild ist größer als 15 MB. Bitte verkleinern Sie es vor dem Hochladen.",
    "no length": "Bitte geben Sie die Länge in Minuten an, zum Beispiel „60“.",
    "no seats": "Bitte geben Sie mindestens einen Platz an. Leer gelassen heißt: unbegrenzt.",
    "not a pdf": "Diese Datei ist kein PDF.",
    "never appears": "Erscheint nie von selbst: Der Stand ist „Entwurf“. Soll der Talk am "
    "1.\u00a0Dezember 2025, 10:00\u00a0Uhr, zu sehen sein, wählen Sie bitte den Stand "
    "„Veröffentlicht“.",
    "too many": "Dieser Wert muss kleiner oder gleich 100000 sein.",
}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            lambda: {"image": upload(jpeg())},
            {"image_credit": ["Bitte geben Sie an, von wem das Bild ist."]},
        ),
        (
            lambda: {"check_at_0": "5.11.2025", "check_at_1": "8:59"},
            {"check_at": ["Der Technik-Check liegt in der Vergangenheit."]},
        ),
        pytest.param(
            lambda: {"check_at_0": "1.12.2030", "check_at_1": "10:00"},
            {"check_at": ["Der Technik-Check muss vor dem Beginn des Talks liegen."]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"check_url": "morgen mehr"},
            {"check_url": ["Bitte eine gültige Adresse eingeben."]},
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"ends_at": "0"},
            {"ends_at": ["no length"]},
        ),
        pytest.param(
            lambda: {"ends_at": "bis elf"},
            {"ends_at": ["no length"]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"ends_at": "840"},
            {"ends_at": ["Ein Talk endet an dem Tag, an dem er beginnt."]},
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"starts_at_0": "31.02.2026"},
            {"starts_at": ["Bitte ein gültiges Datum eingeben."]},
        ),
        pytest.param(
            lambda: {"image": upload(b"Nur Text"), "image_credit": CREDIT},
            {"image": ["not a picture"]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {
                "image": upload(upload_files.SVG, "x.svg", "image/svg+xml"),
                "image_credit": "x",
            },
            {"image": ["not a picture"]},
            marks=pytest.mark.slow,
        ),
        (
            lambda: {
                "image": upload(upload_files.png_of_one_bit(12_000, 12_000)),
                "image_credit": "x",
            },
            {"image": ["too many pixels"]},
        ),
        pytest.param(
            lambda: {"image": upload(jpeg() + bytes(15 * 1024 * 1024)), "image_credit": "x"},
            {"image": ["too big"]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"image": upload(b""), "image_credit": "x"},
            {"image": ["Die übertragene Datei ist leer."]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"title": "\xad\v"},
            {"title": ["Dieses Feld ist zwingend erforderlich."]},
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"title": "ä" * 201},
            {
                "title": [
                    "Bitte sicherstellen, dass der Wert aus höchstens 200 Zeichen besteht. "
                    "(Er besteht aus 201 Zeichen.)"
                ]
            },
        ),
        pytest.param(
            lambda: {"capacity": "0"},
            {"capacity": ["no seats"]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"capacity": "-3"},
            {"capacity": ["no seats"]},
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"capacity": "99999999999999999999"},
            {"capacity": ["too many"]},
        ),
        pytest.param(
            lambda: {"status": "gibt es nicht"},
            {
                "status": [
                    "Bitte eine gültige Auswahl treffen. gibt es nicht ist keine gültige Auswahl."
                ]
            },
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {
                "registration_closes_at_0": "18.12.2025",
                "registration_closes_at_1": "10:00",
            },
            {"registration_closes_at": ["Die Anmeldung endet spätestens mit dem Beginn."]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"registration_opens_at_0": "17.12.2025", "registration_opens_at_1": "10:00"},
            {"registration_opens_at": ["Die Anmeldung muss öffnen, bevor sie endet."]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {"slug": "Größe & mehr"},
            {
                "slug": [
                    "Bitte ein gültiges Kürzel, bestehend aus Buchstaben, Ziffern, "
                    "Unterstrichen und Bindestrichen, eingeben."
                ]
            },
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"slug": "vergeben"},
            {"slug": ["Das gibt es schon: Talk mit demselben Wert im Feld „Adresse“."]},
        ),
        (
            lambda: {"municipality": "999999999"},
            {
                "municipality": [
                    "Bitte eine gültige Auswahl treffen. Dies ist keine gültige Auswahl."
                ]
            },
        ),
        (
            lambda: {"speakers-0-name": ""},
            {"speakers-0-name": ["Dieses Feld ist zwingend erforderlich."]},
        ),
        (
            lambda: {
                "materials-TOTAL_FORMS": "1",
                "materials-0-position": "0",
                "materials-0-title": "Folien",
                "materials-0-audience": "public",
                "materials-0-file": SimpleUploadedFile("x.pdf", b"Text"),
            },
            {"materials-0-file": ["not a pdf"]},
        ),
        pytest.param(
            lambda: {
                "materials-TOTAL_FORMS": "1",
                "materials-0-position": "0",
                "materials-0-title": "Folien",
                "materials-0-audience": "public",
                "materials-0-url": "javascript:alert(1)",
            },
            {"materials-0-url": ["Bitte eine gültige Adresse eingeben."]},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            lambda: {
                "materials-TOTAL_FORMS": "1",
                "materials-0-position": "0",
                "materials-0-title": "Folien",
                "materials-0-audience": "public",
                "materials-0-file": SimpleUploadedFile("x.pdf", upload_files.PDF),
                "materials-0-url": "https://vhw.de/",
            },
            {
                "materials-0-url": [
                    "Bitte geben Sie eine Datei oder eine Adresse an, nicht beides."
                ]
            },
            marks=pytest.mark.slow,
        ),
        (
            lambda: {"status": "draft", "publish_at_0": "01.12.2025", "publish_at_1": "10 Uhr"},
            {"means_draft": ["never appears"]},
        ),
    ],
)
def test_error_stands_beside_its_field_and_nothing_is_saved(organiser, changes, errors):
    other = make_talk(slug="vergeben")
    response = send(organiser, url(Talk, "add"), NEW_TALK | changes())

    assert errors_of(response) == {
        field: [MESSAGES.get(text, text) for text in texts] for field, texts in errors.items()
    }
    assert list(Talk.objects.all()) == [other]
    # What was typed is still there.
    assert unescape(response.content.decode()).count("Zweiter Absatz & mehr.") == 1


def test_picture_that_is_none_leaves_the_old_one(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    response = send(organiser, url(talk), {"image": upload(b"Text")})

    assert errors_of(response) == {"image": [MESSAGES["not a picture"]]}
    assert Talk.objects.get().image.name == talk.image.name


def test_credit_cannot_be_taken_from_a_picture(organiser):
    talk = make_talk(image=upload(jpeg()), image_credit=CREDIT)

    response = send(organiser, url(talk), {"image_credit": " "})

    assert errors_of(response) == {"image_credit": ["Bitte geben Sie an, von wem das Bild ist."]}
    assert Talk.objects.get().image_credit == CREDIT


def test_errors_stand_above_the_form_too_and_lead_to_their_fields(admin_client):
    talk = make_talk()
    christmas = {"starts_at_0": "25.12.2025", "capacity": 'Ä & "ö"'}

    html = unescape(send(admin_client, url(talk), christmas).content.decode())

    above = html[html.index('class="errors-above"') : html.index('<fieldset class="module')]
    assert re.findall(r'<a href="#(\w+)">(.*?)</a>', above) == [
        (
            "id_means_holiday",
            "Der 25.\u00a0Dezember 2025 ist ein Feiertag: Erster Weihnachtstag. "
            "Ist das so gemeint?",
        ),
        (
            "id_capacity",
            "Plätze: Bitte geben Sie die Zahl der Plätze an. Leer gelassen heißt: unbegrenzt.",
        ),
    ]
    assert [f'id="{target}"' in html for target in ("id_means_holiday", "id_capacity")] == [
        True
    ] * 2


def test_around_a_refused_form_stands_what_is_stored(admin_client):
    make_interest()
    talk = make_talk(status="draft", town=None)

    html = send(admin_client, url(talk), {"_publish": "1"}).content.decode()

    assert "Soll der Talk trotzdem zu sehen sein?" in html
    said = (
        "Mail über neue Termine geht",
        "Auf der Website anzeigen",
        "Der Talk ist veröffentlicht.",
    )
    assert [words in html for words in said] == [False] * 3
    assert 'name="_publish"' in html
    assert "/vorschau/" in html
