"""How the talk's page will look: with the speaker's proposals, and saved nowhere."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Material, PracticeProfile, Speaker, Talk
from registration.models import ProposedChange, SpeakerLink
from registration.speakers.preview import apply
from tests.events.upload_files import CREDIT, PDF, fetch, jpeg, upload
from tests.makers import make_speaker_link, make_talk
from tests.registration.rows import all_rows
from tests.registration.speakers.desk_pages import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEW = {
    "title": "Ä & <b>Neu</b>",
    "announcement": "Ein neuer Text.",
    "name": "Dr. Sina Massow",
    "role": "Bürgermeisterin & mehr",
}
AS_SHOWN = (
    "<h1>Ä &amp; &lt;b&gt;Neu&lt;/b&gt;</h1>",
    "Ein neuer Text.",
    "<b>Dr. Sina Massow</b>",
    "Bürgermeisterin &amp; mehr",
)


def preview(client, link):
    return client.get(path_of(link, "speaker_preview"))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "published"},
        {"status": "cancelled"},
        {"starts_in": -timedelta(days=2)},
    ],
)
def test_preview_shows_the_proposals_and_changes_nothing(client, fields):
    link = make_speaker_link(make_talk(**fields))
    for field, text in NEW.items():
        ProposedChange.objects.propose(link, field, text)
    before = all_rows()

    answer = preview(client, link)

    html = answer.content.decode()
    assert [text in html for text in AS_SHOWN] == [True] * 4
    assert "Noch ist nichts davon öffentlich." in html
    assert f'href="{path_of(link)}"' in html
    assert 'content="noindex, nofollow"' in html
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == (
        "noindex, nofollow",
        True,
    )
    assert all_rows() == before


def test_preview_without_a_proposal_says_so(client):
    link = make_speaker_link()
    ProposedChange.objects.propose(link, "title", "Abgelehnt").decide("declined", "Nein.")

    html = preview(client, link).content.decode()

    assert "Sie schlagen zurzeit nichts vor" in html
    assert "Abgelehnt" not in html


def test_fellow_speakers_stay_as_they_are(client):
    link = make_speaker_link()
    other = SpeakerLink.objects.make(
        Speaker.objects.create(talk=link.talk, name="Bo Beispiel"), "bo@stadt.example"
    )
    ProposedChange.objects.propose(other, "name", "Bo Anders")
    ProposedChange.objects.propose(other, "title", "Titel von Bo")

    html = preview(client, link).content.decode()

    assert [word in html for word in ("Bo Beispiel", "Bo Anders", "Titel von Bo")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("is_there", [True, False])
def test_practice_profile_is_applied_in_memory(is_there):
    link = make_speaker_link()
    if is_there:
        PracticeProfile.objects.create(talk=link.talk, costs="12.000 Euro", lessons="Früh")
    change = ProposedChange.objects.propose(link, "costs", "15.000 Euro")
    talk = Talk.objects.with_all_parts().get(pk=link.talk.pk)

    apply([change], link, talk)

    assert talk.practice.costs == "15.000 Euro"
    assert talk.practice.lessons == ("Früh" if is_there else "")
    stored = PracticeProfile.objects.values_list("costs", flat=True)
    assert list(stored) == ["12.000 Euro"] * is_there


def test_proposals_of_a_speaker_who_is_gone_meanwhile_break_nothing():
    link = make_speaker_link()
    change = ProposedChange.objects.propose(link, "name", "Dr. Sina Massow")
    talk = Talk.objects.with_all_parts().get(pk=link.talk.pk)
    link.speaker_id = 0

    apply([change], link, talk)

    assert [speaker.name for speaker in talk.speakers.all()] == ["Sina Massow"]


def test_proposed_picture_takes_the_place_of_what_is_there():
    link = make_speaker_link(make_talk(image="bilder/a/1x1.jpg", image_credit="© Stadt"))
    change = ProposedChange(link=link, field="image", picture="bilder/b/1600x900.jpg")
    talk = Talk.objects.with_all_parts().get(pk=link.talk.pk)

    apply([change, ProposedChange(link=link, field="slides", pdf="material/b.pdf")], link, talk)

    assert (talk.picture.name, talk.picture.token) == ("bilder/b/1600x900.jpg", link.token)


@pytest.mark.parametrize("before", ["", f"portraits/{'a' * 32}/400x400.jpg"])
def test_proposed_portrait_takes_the_place_of_initials_and_of_a_former_one(client, before):
    link = make_speaker_link()
    Speaker.objects.update(portrait=before, portrait_credit="© Früher" * bool(before))
    folder = "b" * 32
    ProposedChange.objects.create(
        link=link, field="portrait", picture=f"bilder/{folder}/900x1200.jpg"
    )
    ProposedChange.objects.propose(link, "portrait_credit", "© Büro & Söhne")

    html = preview(client, link).content.decode()

    shown = reverse("registration:speaker_picture", args=[link.token, folder, "480.jpg"])
    assert [shown in html, "Porträt: © Büro &amp; Söhne" in html] == [True, True]
    assert ['aria-hidden="true">SM<' in html, "a" * 32 in html] == [False, False]


@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize("status", ["draft", "published"])
def test_preview_shows_all_pictures_and_gives_away_no_link_but_the_speakers_own(client, status):
    talk = make_talk(status=status, image=upload(jpeg()), image_credit=CREDIT)
    link = make_speaker_link(talk)
    Speaker.objects.create(
        talk=talk, name="Bo Beispiel", portrait=upload(jpeg((480, 480))), portrait_credit=CREDIT
    )
    Material.objects.create(talk=talk, title="Plan & Karte", file=upload(PDF, "a.pdf"))

    html = preview(client, link).content.decode()

    assert "vorschau=" not in html
    pictures = set(re.findall(r'/[^" ]*/bild/[^" ,]*', html))
    assert {url.startswith(path_of(link)) for url in pictures} == {True}
    assert len({url.split("/")[-2] for url in pictures}) == 2
    assert {fetch(client, url).status_code for url in pictures} == {200}
    assert [words in html for words in ("Plan &amp; Karte", "/material/", "nirgendwohin")] == [
        True,
        False,
        True,
    ]


def test_proposed_slides_are_named_where_they_will_stand(client):
    link = make_speaker_link()
    assert "Unterlagen" not in preview(client, link).content.decode()
    ProposedChange.objects.create(link=link, field="slides", pdf="material/b.pdf")

    html = preview(client, link).content.decode()

    assert "<li>Folien (PDF), Vorschlag</li>" in html.partition("<h2>Unterlagen</h2>")[2]
