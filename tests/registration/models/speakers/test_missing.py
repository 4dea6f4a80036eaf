"""What a talk lacks from its speakers: neither there nor proposed."""

import pytest

from events.models import Material, PracticeProfile, Speaker
from registration.models import Consent, ProposedChange, SpeakerLink
from registration.models.speakers.missing import (
    State,
    lacking,
    missing,
    pieces,
    pieces_of,
    to_remind_of,
)
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def names(wanted) -> list[str]:
    return [each.name for each in wanted]


def test_a_bare_talk_lacks_everything():
    link = make_speaker_link()

    assert names(missing(link)) == [
        "Bild",
        "Bildnachweis",
        "Alternativtext",
        "Folien",
        "Porträt",
        "Praxisprofil",
    ]
    assert names(to_remind_of(link)) == ["Bild", "Bildnachweis", "Folien"]


def test_a_full_talk_lacks_nothing():
    talk = make_talk(image="bilder/a.jpg", image_credit="© Stadt", image_alt="Ein Haus")
    talk.speakers.update(portrait="bilder/b.jpg", portrait_credit="© Stadt")
    Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/folien")
    PracticeProfile.objects.create(talk=talk, costs="12.000 Euro")

    link = make_speaker_link(talk)

    assert {piece.state for piece in pieces(link)} == {State.THERE}
    assert missing(link) == to_remind_of(link) == []


def test_what_is_proposed_is_not_missing_until_it_is_declined():
    link = make_speaker_link()
    change = ProposedChange.objects.propose(link, "image_credit", "© Stadt")
    ProposedChange.objects.propose(link, "lessons", "Früh anfangen")
    states = {piece.wanted.name: piece.state for piece in pieces(link)}

    change.decide(ProposedChange.Outcome.DECLINED, "Bitte mit Namen")

    assert states == {
        "Bild": State.MISSING,
        "Bildnachweis": State.PROPOSED,
        "Alternativtext": State.MISSING,
        "Folien": State.MISSING,
        "Porträt": State.MISSING,
        "Praxisprofil": State.PROPOSED,
    }
    assert "Bildnachweis" in names(missing(link))


def test_an_empty_proposal_brings_nothing():
    talk = make_talk(image_alt="Ein Haus")
    link = make_speaker_link(talk)
    ProposedChange.objects.propose(link, "image_alt", "")
    talk.image_alt = ""
    talk.save()

    assert "Alternativtext" in names(missing(make_speaker_link(talk)))


def test_what_one_speaker_proposes_the_other_is_not_asked_for_but_their_portrait():
    link = make_speaker_link()
    other = Speaker.objects.create(talk=link.talk, name="Kim Beispiel", position=1)
    ProposedChange.objects.create(link=link, field="slides", pdf="pdf/folien.pdf")
    ProposedChange.objects.create(link=link, field="portrait", picture="bilder/b.jpg")

    def proposed(speaker) -> list[str]:
        found = pieces_of(speaker, ProposedChange.objects.all())
        return [piece.wanted.name for piece in found if piece.state == State.PROPOSED]

    assert proposed(link.speaker) == ["Folien", "Porträt"]
    assert proposed(other) == ["Folien"]


def test_a_recording_is_no_slides_and_an_empty_profile_is_none():
    link = make_speaker_link()
    Material.objects.create(
        talk=link.talk, title="Video", url="https://stadt.example/v", recording="captioned"
    )
    PracticeProfile.objects.create(talk=link.talk)

    assert {"Folien", "Praxisprofil"} <= set(names(missing(link)))


@pytest.mark.parametrize(
    ("image", "credit", "slides", "lacks"),
    [
        ("bilder/a.jpg", "© Stadt", True, False),
        ("bilder/a.jpg", "© Stadt", False, True),
        ("", "", True, True),
    ],
)
def test_speakers_of_talks_that_lack_what_reminders_ask_for(image, credit, slides, lacks):
    talk = make_talk(image=image, image_credit=credit)
    if slides:
        Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/folien")

    assert lacking(Speaker.objects.all()).exists() is lacks


def test_who_has_withdrawn_the_slides_is_not_asked_for_them_again():
    link = make_speaker_link()
    consent = Consent.objects.give(link, "slides")
    assert "Folien" in names(missing(link))

    consent.withdraw()

    link = SpeakerLink.objects.get()
    assert "Folien" not in names(missing(link))
    assert names(to_remind_of(link)) == ["Bild", "Bildnachweis"]
    Consent.objects.give(link, "slides")
    assert "Folien" in names(missing(SpeakerLink.objects.get()))


def test_four_questions_a_link(django_assert_num_queries):
    link = make_speaker_link()

    with django_assert_num_queries(4):
        missing(link)
