"""Taking over files and rows: pictures, portraits, slides, the practice profile."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from events.models import Material, PracticeProfile, Speaker, Talk
from registration.models import Consent, ProposedChange
from registration.models.speakers.proposed_change import FIELDS, Part, present
from tests.events.upload_files import CREDIT, PDF, fetch, jpeg
from tests.makers import make_speaker_link
from tests.registration.desk.speakers.page import (
    address,
    problems,
    propose,
    propose_picture,
    propose_slides,
    send,
    typed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(name="committed")
def _committed(django_capture_on_commit_callbacks):
    """Do what is done after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def give_picture(talk) -> str:
    """Give the talk a picture that stands there already; return its name."""
    talk = Talk.objects.get(pk=talk.pk)
    talk.image, talk.image_credit = ContentFile(jpeg(), name="alt.jpg"), "© Alt"
    talk.save()
    return talk.image.name


def test_picture_with_its_credit_is_handed_over_as_it_is_stored(admin_client, committed):
    link = make_speaker_link()
    old = give_picture(link.talk)
    picture = propose_picture(link)
    credit, alt, focus = propose(
        link, image_credit=f"Foto: {CREDIT}", image_alt="Das Rathaus", image_focus="top"
    )
    name = picture.file_name

    html = admin_client.get(address(link.talk)).content.decode()
    assert "480.jpg" in html
    with committed():
        response = send(admin_client, link.talk, *map(typed, (picture, credit, alt, focus)))

    assert response.status_code == 302
    talk = Talk.objects.get()
    assert (talk.image.name, talk.image_credit) == (name, CREDIT)
    assert (talk.image_alt, talk.image_focus) == ("Das Rathaus", "top")
    assert (default_storage.exists(name), default_storage.exists(old)) == (True, False)
    picture.refresh_from_db()
    assert (picture.outcome, picture.file_name) == ("taken", "")
    assert fetch(admin_client, talk.picture.src).status_code == 200


def test_declined_picture_is_deleted_and_the_present_one_stays(admin_client, committed):
    link = make_speaker_link()
    old = give_picture(link.talk)
    picture = propose_picture(link)
    name = picture.file_name

    with committed():
        send(admin_client, link.talk, typed(picture, "declined", answer="Zu dunkel."))

    assert Talk.objects.get().image.name == old
    assert (default_storage.exists(name), default_storage.exists(old)) == (False, True)


def test_picture_without_any_credit_is_refused_by_the_form(admin_client):
    link = make_speaker_link()
    picture = propose_picture(link)

    response = send(admin_client, link.talk, typed(picture))

    assert problems(response) == ["Bildnachweis: Bitte geben Sie an, von wem das Bild ist."]
    assert Talk.objects.get().image.name == ""
    picture.refresh_from_db()
    assert (picture.is_open, default_storage.exists(picture.file_name)) == (True, True)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (
            {"image": "taken"},
            [
                "Alternativtext: Bitte entscheiden Sie auch hierüber: Es gehört zum neuen Bild.",
                "Bildnachweis: Ein neues Bild braucht seinen eigenen Bildnachweis. Bitte "
                "übernehmen Sie ihn mit dem Bild; nachbessern können Sie danach im Formular.",
            ],
        ),
        (
            {"image_credit": "taken", "image_alt": "taken"},
            [
                "Alternativtext: Das gehört zum neuen Bild. Bitte übernehmen Sie es zusammen mit "
                "dem Bild oder gar nicht.",
                "Bildnachweis: Das gehört zum neuen Bild. Bitte übernehmen Sie es zusammen mit "
                "dem Bild oder gar nicht.",
            ],
        ),
    ],
)
def test_picture_gets_no_words_of_another_one(admin_client, choices, expected):
    link = make_speaker_link()
    old = give_picture(link.talk)
    changes = {"image": propose_picture(link)}
    changes["image_credit"], changes["image_alt"] = propose(
        link, image_credit=CREDIT, image_alt="Das Rathaus"
    )

    chosen = [typed(changes[field], choice) for field, choice in choices.items()]

    assert problems(send(admin_client, link.talk, *chosen)) == expected
    talk = Talk.objects.get()
    assert (talk.image.name, talk.image_credit) == (old, "© Alt")


def test_credit_alone_is_corrected_where_no_picture_is_proposed(admin_client):
    link = make_speaker_link()
    old = give_picture(link.talk)
    (credit,) = propose(link, image_credit=CREDIT)

    send(admin_client, link.talk, typed(credit))

    talk = Talk.objects.get()
    assert (talk.image.name, talk.image_credit) == (old, CREDIT)


def test_portrait_is_taken_over_with_its_credit(admin_client):
    link = make_speaker_link()
    portrait = propose_picture(link, "portrait")
    (credit,) = propose(link, portrait_credit=CREDIT)

    send(admin_client, link.talk, alles=str(link.pk))

    speaker = Speaker.objects.get()
    assert (speaker.portrait.name, speaker.portrait_credit) == (portrait.file_name, CREDIT)
    assert default_storage.exists(portrait.file_name)


def test_picture_that_is_lost_on_disk_is_said_so(admin_client):
    link = make_speaker_link()
    picture = propose_picture(link)
    (credit,) = propose(link, image_credit=CREDIT)
    default_storage.delete(picture.file_name)

    response = send(admin_client, link.talk, alles=str(link.pk))

    assert problems(response) == [
        "Bild: Die Datei liegt nicht mehr auf dem Server. Sie muss noch einmal hochgeladen werden."
    ]
    assert Talk.objects.get().image_credit == ""


# Slides


def test_slides_become_a_public_material_with_consent(admin_client):
    link = make_speaker_link()
    Consent.objects.give(link, "slides")
    slides = propose_slides(link)
    name = slides.file_name

    html = admin_client.get(address(link.talk)).content.decode()
    assert "Sina Massow hat der Veröffentlichung zugestimmt." in html
    assert "Das PDF ist barrierefrei." in html
    send(admin_client, link.talk, alles=str(link.pk))

    material = Material.objects.get()
    assert (material.title, material.audience, material.file.name, material.url) == (
        "Folien",
        "public",
        name,
        "",
    )
    assert fetch(admin_client, material.file.url).body == PDF
    slides.refresh_from_db()
    assert (slides.outcome, slides.file_name) == ("taken", "")
    assert "Material „Folien“" in LogEntry.objects.order_by("pk")[0].get_change_message()


def test_without_consent_slides_are_for_participants_alone(admin_client):
    link = make_speaker_link()
    slides = propose_slides(link)
    page = admin_client.get(address(link.talk)).content.decode()
    assert "Sina Massow hat der Veröffentlichung noch nicht zugestimmt." in page

    response = send(admin_client, link.talk, typed(slides, audience="public"))
    assert problems(response) == [
        "Folien: Bitte eine gültige Auswahl treffen. public ist keine gültige Auswahl."
    ]
    assert not Material.objects.exists()

    send(admin_client, link.talk, alles=str(link.pk))
    assert Material.objects.get().audience == "participants"


def test_new_slides_take_the_place_of_the_old_ones_if_that_is_chosen(admin_client, committed):
    link = make_speaker_link()
    Consent.objects.give(link, "slides")
    send(admin_client, link.talk, typed(propose_slides(link)))
    old = Material.objects.get()
    again = propose_slides(link)

    with committed():
        send(admin_client, link.talk, typed(again, place=str(old.pk)))

    material = Material.objects.get()
    assert (material.pk, material.file.name) == (old.pk, again.file_name)
    assert (default_storage.exists(old.file.name), default_storage.exists(again.file_name)) == (
        False,
        True,
    )


def test_new_slides_are_one_more_material_if_nothing_is_chosen(admin_client):
    link = make_speaker_link()
    Consent.objects.give(link, "slides")
    send(admin_client, link.talk, typed(propose_slides(link)))
    send(admin_client, link.talk, typed(propose_slides(link)))

    assert [row.title for row in Material.objects.all()] == ["Folien", "Folien"]


def test_slides_of_one_of_several_speakers_say_whose_they_are(admin_client):
    link = make_speaker_link()
    Speaker.objects.create(talk=link.talk, name="Jörg Öz", position=1)

    send(admin_client, link.talk, typed(propose_slides(link), audience="participants"))

    assert Material.objects.get().title == "Folien von Sina Massow"


def test_made_up_place_of_slides_is_refused(admin_client):
    link = make_speaker_link()
    Consent.objects.give(link, "slides")
    send(admin_client, link.talk, typed(propose_slides(link)))

    response = send(admin_client, link.talk, typed(propose_slides(link), place="999"))

    assert problems(response) == [
        "Folien: Bitte eine gültige Auswahl treffen. 999 ist keine gültige Auswahl."
    ]


# The practice profile


def test_practice_profile_is_made_and_later_changed(admin_client):
    link = make_speaker_link()
    propose(link, situation="Leere Läden & Plätze.", costs="20.000 Euro")
    send(admin_client, link.talk, alles=str(link.pk))

    profile = PracticeProfile.objects.get()
    assert (profile.talk, profile.situation, profile.costs) == (
        link.talk,
        "Leere Läden & Plätze.",
        "20.000 Euro",
    )

    propose(link, costs="30.000 Euro")
    send(admin_client, link.talk, alles=str(link.pk))

    profile = PracticeProfile.objects.get()
    assert (profile.situation, profile.costs) == ("Leere Läden & Plätze.", "30.000 Euro")


def test_too_long_text_of_a_profile_is_said_beside_it(admin_client):
    link = make_speaker_link()
    propose(link, situation="ä" * 2001)

    assert problems(send(admin_client, link.talk, alles=str(link.pk))) == [
        "Ausgangslage: Bitte sicherstellen, dass der Wert aus höchstens 2000 Zeichen besteht. "
        "(Er besteht aus 2001 Zeichen.)"
    ]
    assert not PracticeProfile.objects.exists()


def test_every_field_that_can_be_proposed_is_taken_over(admin_client):
    link = make_speaker_link()
    Consent.objects.give(link, "slides")
    texts = [
        field
        for part, (_, fields) in FIELDS.items()
        for field in fields
        if field not in ("image", "portrait", "slides", "image_focus")
    ]
    propose_picture(link)
    propose_picture(link, "portrait")
    propose_slides(link)
    propose(link, image_focus="left", **{field: f"Neu: {field}" for field in texts})

    response = send(admin_client, link.talk, alles=str(link.pk))

    assert response.status_code == 302
    link = type(link).objects.with_talks().get()
    assert {field: present(link, field) for field in texts} == {
        field: f"Neu: {field}" for field in texts
    }
    assert not ProposedChange.objects.open().exists()
    assert set(Part) == {change.part for change in ProposedChange.objects.all()}
