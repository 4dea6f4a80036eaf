"""The text parts of the speaker's desk: limits, cleaning, and what is merely remarked."""

import pytest

from events.models import PracticeProfile, Speaker, Talk
from registration.models import ProposedChange
from registration.speakers.text_parts import (
    MAX_ANNOUNCEMENT,
    NO_ADDRESS,
    PersonPart,
    PracticePart,
    TalkPart,
)
from tests.makers import make_speaker_link, make_talk
from tests.registration.speakers.desk_pages import PERSON, TALK, proposed, save, section, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TEN_THOUSAND_WORDS = "Wörter " * 10_000


def test_limits_are_those_of_the_organisers_form():
    link = make_speaker_link()
    for form, model in ((PersonPart, Speaker), (TalkPart, Talk), (PracticePart, PracticeProfile)):
        for name, field in form(link).fields.items():
            theirs = model._meta.get_field(name).formfield()
            if name != "announcement":
                assert (name, field.max_length) == (name, theirs.max_length)
            assert (name, field.required, type(field)) == (name, theirs.required, type(theirs))
            assert "maxlength" not in field.widget.attrs


@pytest.mark.parametrize(
    ("part", "data", "field", "limit"),
    [
        ("person", PERSON, "name", 120),
        ("person", PERSON, "role", 200),
        ("talk", TALK, "title", 200),
        ("talk", TALK, "subtitle", 200),
        ("talk", TALK, "announcement", MAX_ANNOUNCEMENT),
        ("practice", {}, "lessons", 2000),
        ("practice", {}, "contact", 500),
    ],
)
def test_ten_thousand_words_are_refused_with_the_limit_and_kept(client, part, data, field, limit):
    link = make_speaker_link()

    answer = save(client, link, part, data | {f"{part}-{field}": TEN_THOUSAND_WORDS})

    html = section(answer.content.decode(), part)
    assert answer.status_code == 422
    assert f"Bitte kürzen Sie auf höchstens {limit} Zeichen; es sind " in html
    assert TEN_THOUSAND_WORDS.strip() in html
    assert proposed(link) == {}


def test_a_text_that_is_longer_already_keeps_nobody_from_saving_the_title(client):
    link = make_speaker_link(make_talk(announcement="ä" * (MAX_ANNOUNCEMENT + 5)))
    long = {"talk-announcement": link.talk.announcement}

    assert save(client, link, "talk", TALK | long | {"talk-title": "Neu"}).status_code == 302
    assert proposed(link) == {"title": "Neu"}
    longer = {"talk-announcement": link.talk.announcement + "ä"}
    assert save(client, link, "talk", TALK | longer).status_code == 422


def test_what_nobody_sees_is_taken_out_and_markup_stays_text(client):
    link = make_speaker_link()
    typed = {
        "talk-title": "Wärme\u202e\x01 <script>\r\nund\x07 Licht",
        "talk-announcement": "Eins\x0b\x02<b>\r\n\r\n\u200bZwei\ufeff",
    }

    save(client, link, "talk", TALK | typed)

    assert proposed(link) == {
        "title": "Wärme <script> und Licht",
        "announcement": "Eins\n<b>\n\nZwei",
    }
    html = shown(client, link)
    assert ("<script>" in html, "Wärme &lt;script&gt; und Licht" in html) == (False, True)


def test_name_is_taken_as_the_organisers_form_takes_it(client):
    link = make_speaker_link()
    name = "Prof.Dr. Änne van der Straße-Kapitänsmütze (kommune.digital)"

    save(client, link, "person", PERSON | {"person-name": name})

    assert proposed(link) == {"name": name}


def test_optional_text_can_be_emptied(client):
    link = make_speaker_link()

    save(client, link, "person", PERSON | {"person-role": ""})

    assert proposed(link) == {"role": ""}
    assert "Jetzt steht dort: „Bürgermeisterin der Stadt Gudensberg“" in shown(client, link)


@pytest.mark.parametrize(
    ("contact", "is_remarked"),
    [
        ("Bauamt Musterstadt, bauamt@musterstadt.example", False),
        ("Gemeinde Kleinau, gemeinde-kleinau@t-online.de", False),
        ("", False),
        ("Bauamt Musterstadt", True),
    ],
)
def test_contact_without_an_address_is_saved_and_remarked(client, contact, is_remarked):
    link = make_speaker_link()

    assert save(client, link, "practice", {"practice-contact": contact}).status_code == 302

    assert proposed(link) == ({"contact": contact} if contact else {})
    assert (NO_ADDRESS in section(shown(client, link), "practice")) is is_remarked


def test_private_address_of_a_contact_is_refused_as_in_the_organisers_form(client):
    link = make_speaker_link()
    typed = {"practice-contact": "Sina, sina.massow@GMX.de", "practice-costs": "1.200 Euro"}

    refused = save(client, link, "practice", typed)

    part = section(refused.content.decode(), "practice")
    assert (refused.status_code, proposed(link)) == (422, {})
    assert "sina.massow@GMX.de sieht nach einer privaten Adresse aus" in part
    assert "1.200 Euro" in part


def test_profile_that_is_there_is_shown_and_changed(client):
    link = make_speaker_link()
    PracticeProfile.objects.create(talk=link.talk, costs="12.000 Euro", lessons="Früh anfangen")

    data = {"practice-costs": "15.000 Euro", "practice-lessons": "Früh anfangen"}
    save(client, link, "practice", data)

    assert ("Früh anfangen" in shown(client, link), proposed(link)) == (
        True,
        {"costs": "15.000 Euro"},
    )
    assert ProposedChange.objects.get().before == "12.000 Euro"
