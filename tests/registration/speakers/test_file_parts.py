"""Picture, portrait and slides on a speaker's page."""

import re
from html import unescape

import pytest

from events.models import Speaker, Talk
from registration.models import ProposedChange
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_speaker_link, make_talk
from tests.registration.speakers.desk_pages import section
from tests.registration.speakers.file_forms import (
    ALT,
    again,
    errors_of,
    page_of,
    proposals,
    send,
    send_picture,
    take_back,
)

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db,
    pytest.mark.usefixtures("clock", "own_folders"),
]

STILL_TRUE = (
    "Ist dieser Bildnachweis auch der des neuen Bildes? Dann speichern Sie bitte noch einmal; "
    "sonst berichtigen Sie ihn."
)
NO_STRUCTURE = (
    "Ihre Folien haben keine Struktur: Wer einen Screenreader nutzt, kann ihnen kaum folgen. In "
    "PowerPoint: Datei › Exportieren › PDF, Optionen, „Dokumentstrukturtags für "
    "Barrierefreiheit“."
)


@pytest.fixture
def link():
    return make_speaker_link()


@pytest.fixture
def link_with_picture():
    return make_speaker_link(make_talk(image=upload(jpeg((30, 20))), image_credit=CREDIT))


def untouched(talk) -> tuple:
    talk.refresh_from_db()
    return talk.image.name, talk.image_credit, talk.image_alt


# The picture


def test_picture_is_proposed_with_its_texts_and_nothing_is_public(client, link):
    done = send_picture(client, link, image_alt=ALT, image_focus="left")

    assert done.status_code == 302
    assert proposals(link) == {
        "image": "Datei",
        "image_focus": "left",
        "image_alt": ALT,
        "image_credit": CREDIT,
    }
    assert untouched(link.talk) == ("", "", "")
    page = unescape(page_of(client, link))
    assert "Ihr Vorschlag" in page
    assert "vom 5. November 2025, 9:00\xa0Uhr" in page
    assert ALT in page


def test_texts_of_todays_picture_can_be_proposed_alone(client, link_with_picture):
    link = link_with_picture
    before = untouched(link.talk)

    assert send(client, link, "picture", image_alt=ALT).status_code == 302

    assert proposals(link) == {"image_alt": ALT}
    assert untouched(link.talk) == before


def test_todays_picture_is_shown_beside_the_proposed_one(client, link_with_picture):
    send_picture(client, link_with_picture, image_credit="© Neu")

    page = page_of(client, link_with_picture)

    assert re.findall(r'<img src="[^"]*/bild/[^"]*/(\w+.jpg)" width="(\d+)"', page) == [
        ("30.jpg", "30"),
        ("64.jpg", "64"),
    ]
    assert "So steht es heute da" in page


@pytest.mark.parametrize("credit", ["", "   ", "\u200b"])
def test_picture_needs_its_credit_and_is_kept_until_it_has_one(client, link, credit):
    refused = send_picture(client, link, image_credit=credit, image_alt=ALT)

    assert refused.status_code == 422
    assert errors_of(refused, "picture") == {
        "image_credit": ["Bitte geben Sie an, von wem das Bild ist."]
    }
    html = refused.content.decode()
    assert "Das Bild „Foto vom Größenauer Rathaus.jpg“ ist noch da" in html
    assert 'src="data:image/jpeg;base64,' in html
    done = again(client, link, "picture", html, image_credit=CREDIT)
    assert done.status_code == 302
    assert proposals(link) == {"image": "Datei", "image_alt": ALT, "image_credit": CREDIT}


def test_credit_of_a_picture_that_is_there_cannot_be_emptied(client, link, link_with_picture):
    send_picture(client, link)

    for each in (link, link_with_picture):
        refused = send(client, each, "picture", image_credit="")
        assert list(errors_of(refused, "picture")) == ["image_credit"]


@pytest.mark.parametrize("has_picture", [True, False])
def test_new_picture_asks_once_whether_the_former_credit_is_its_own(client, link, has_picture):
    if has_picture:
        send_picture(client, link)
    else:
        Talk.objects.update(image_credit=CREDIT)  # left of a picture that was removed

    refused = send(client, link, "picture", image=upload(jpeg((30, 20))), image_alt=ALT)

    html = refused.content.decode()
    assert (refused.status_code, errors_of(refused, "picture")) == (
        422,
        {"image_credit": [STILL_TRUE]},
    )
    assert len(html.split(CREDIT)) > 1
    assert again(client, link, "picture", html).status_code == 302
    assert proposals(link)["image_alt"] == ALT
    assert link.changes.get(field="image").picture.name.endswith("/30x20.jpg")


def test_credit_that_was_typed_for_the_new_picture_is_not_asked_for_again(client, link):
    send_picture(client, link)

    assert send_picture(client, link, image_credit="© Neu").status_code == 302
    assert proposals(link)["image_credit"] == "© Neu"


def test_middle_of_the_picture_that_nobody_touched_is_no_proposal(client, link_with_picture):
    link = link_with_picture
    html = page_of(client, link)
    Talk.objects.update(image_focus="top")

    shown = again(client, link, "picture", html, image_alt=ALT, image_credit="").content.decode()
    assert again(client, link, "picture", shown, image_credit=CREDIT).status_code == 302

    assert proposals(link) == {"image_alt": ALT}


def test_only_what_is_not_asked_for_is_called_optional(client, link):
    html = page_of(client, link)

    labels = re.findall(r'<label for="id_picture-(\w+)">(.*?)</label>', html)
    assert [name for name, label in labels if "freiwillig" in label] == ["image_caption"]


def test_texts_without_any_picture_are_refused_and_not_lost(client, link):
    refused = send(client, link, "picture", image_credit=CREDIT, image_alt=ALT)

    assert errors_of(refused, "picture") == {
        "image": ["Bitte wählen Sie das Bild aus; die Angaben darunter gehören zu ihm."]
    }
    assert ALT in unescape(refused.content.decode())
    assert proposals(link) == {}


def test_kept_picture_can_be_dropped(client, link_with_picture):
    link = link_with_picture
    refused = send_picture(client, link, image_credit="").content.decode()

    again(client, link, "picture", refused, image_credit="© Neu", **{"image-drop": "on"})

    assert proposals(link) == {"image_credit": "© Neu"}


def test_proposed_picture_is_taken_back_with_its_texts(client, link):
    assert "zurückziehen" not in page_of(client, link)
    send_picture(client, link, image_alt=ALT)
    assert "Vorschlag zurückziehen" in page_of(client, link)

    done = take_back(client, link, "picture")

    assert done.status_code == 302
    assert proposals(link) == {}
    assert "Vorschlag zurückziehen" not in page_of(client, link)


def test_picture_proposed_again_after_a_decision_is_open_again(client, link):
    send_picture(client, link)
    for change in link.changes.all():
        change.decide("declined", "Bitte im Querformat.")

    send_picture(client, link)

    assert proposals(link) == {"image": "Datei", "image_credit": CREDIT}


@pytest.mark.parametrize(("width", "is_small"), [(959, True), (960, False)])
def test_picture_that_will_look_blurred_is_taken_with_a_word(client, link, width, is_small):
    assert send_picture(client, link, jpeg((width, 40))).status_code == 302

    said = f"Ihr Vorschlag ist nur {width} Pixel breit"
    assert (said in page_of(client, link)) == is_small


# The portrait


@pytest.mark.parametrize(("width", "is_small"), [(479, True), (480, False)])
def test_portrait_that_will_look_blurred_is_taken_with_a_word(client, link, width, is_small):
    content = jpeg((width, 40))
    send(client, link, "portrait", portrait=upload(content), portrait_credit=CREDIT)

    said = f"Ihr Vorschlag ist nur {width} Pixel breit"
    assert (said in page_of(client, link)) == is_small


def test_portrait_is_proposed_with_its_credit(client, link):
    refused = send(client, link, "portrait", portrait=upload(jpeg()))
    assert errors_of(refused, "portrait") == {
        "portrait_credit": ["Bitte geben Sie an, von wem das Porträt ist."]
    }

    again(client, link, "portrait", refused.content.decode(), portrait_credit=CREDIT)

    assert proposals(link) == {"portrait": "Datei", "portrait_credit": CREDIT}
    assert Speaker.objects.get().portrait.name == ""
    assert "neben Ihrem Namen anstelle der Anfangsbuchstaben" in page_of(client, link)


def test_new_portrait_asks_whether_the_former_credit_is_its_own(client, link):
    send(client, link, "portrait", portrait=upload(jpeg()), portrait_credit=CREDIT)

    refused = send(client, link, "portrait", portrait=upload(jpeg((30, 20))))

    assert errors_of(refused, "portrait") == {"portrait_credit": [STILL_TRUE]}


@pytest.mark.parametrize("field", ["portrait", "slides"])
@pytest.mark.parametrize(
    ("outcome", "answer", "says"),
    [
        ("taken", "", "übernommen am 5. November 2025."),
        ("declined", "Zu dunkel & klein.", "Zu dunkel &amp; klein."),
    ],
)
def test_what_became_of_a_file_is_told(client, link, field, outcome, answer, says):
    name = {"picture": "bilder/b/900x1200.jpg"} if field == "portrait" else {"pdf": "a.pdf"}
    ProposedChange.objects.create(link=link, field=field, **name).decide(outcome, answer)

    assert says in section(page_of(client, link), field)


# The slides


def test_slides_are_proposed_and_said_not_to_be_checkable(client, link):
    assert send(client, link, "slides", slides=upload(PDF, "Größe & Maß.pdf")).status_code == 302

    change = ProposedChange.objects.get()
    assert (change.field, change.text, change.pdf.read()) == ("slides", "nicht prüfbar", PDF)
    change.pdf.close()
    page = page_of(client, link)
    assert "Ihre Folien vom 5. November 2025, 9:00 Uhr" in page
    assert "lässt sich hier nicht prüfen" in page


def test_slides_without_structure_are_taken_and_said_so(client, link):
    untagged = PDF + b"2 0 obj <</Lang(de)>> endobj 3 0 obj <</Title(A)>> endobj"

    send(client, link, "slides", slides=upload(untagged + b"/Root 2 0 R /Info 3 0 R", "a.pdf"))

    assert ProposedChange.objects.get().text == "keine Struktur"
    page = unescape(page_of(client, link))
    assert NO_STRUCTURE in page
    assert '<a href="/vortragen/#folien">Schritt für Schritt' in page


def test_slides_with_all_that_can_be_seen_are_praised(client, link):
    tagged = b"2 0 obj <</Lang(de)/StructTreeRoot 4 0 R/MarkInfo<</Marked true>>>> endobj "
    tagged += b"3 0 obj <</Title(A)>> endobj /Root 2 0 R /Info 3 0 R"

    send(client, link, "slides", slides=upload(PDF + tagged, "a.pdf"))

    assert ProposedChange.objects.get().text == ""
    assert "Ihre Folien haben Struktur, Titel und Sprache" in page_of(client, link)


def test_no_slides_are_no_proposal(client, link):
    refused = send(client, link, "slides")

    assert errors_of(refused, "slides") == {
        "slides": ["Bitte wählen Sie Ihre Folien als PDF aus."]
    }


def test_slides_are_taken_back(client, link):
    send(client, link, "slides", slides=upload(PDF, "a.pdf"))
    assert send(client, link, "slides").status_code == 302
    assert proposals(link) == {"slides": "Datei"}

    assert take_back(client, link, "slides").status_code == 302

    assert ProposedChange.objects.count() == 0


def test_stranger_with_the_link_changes_nothing_public(client, link):
    before = Talk.objects.values().get(), Speaker.objects.values().get()

    send_picture(client, link)
    send(client, link, "portrait", portrait=upload(jpeg()), portrait_credit=CREDIT)
    send(client, link, "slides", slides=upload(PDF, "a.pdf"))

    assert (Talk.objects.values().get(), Speaker.objects.values().get()) == before
    assert link.talk.materials.count() == 0
    assert len(proposals(link)) == 5
