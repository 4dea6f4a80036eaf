"""What happens to a proposal while organisers look at it, and beside others."""

from datetime import timedelta

import pytest

from events.models import Speaker, Talk
from registration.models import OutgoingMail, ProposedChange, SpeakerLink
from tests.makers import TITLE, make_speaker_link, make_talk
from tests.registration.desk.first_page.page import words
from tests.registration.desk.speakers.page import (
    address,
    opened,
    problems,
    propose,
    send,
    sides,
    typed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHANGED = (
    "Hier hat sich etwas geändert, seit Sie die Seite geöffnet haben. Bitte sehen Sie noch einmal "
    "hin und entscheiden Sie neu."
)
GONE = "Ein Vorschlag ist nicht mehr da: Er wurde zurückgenommen oder gelöscht."


def save_title(talk, title):
    """Save another title, as a colleague does in the form."""
    talk = Talk.objects.get(pk=talk.pk)
    talk.title = title
    talk.save()


def second_link(talk):
    speaker = Speaker.objects.create(talk=talk, name="Jörg Öz", position=1)
    return SpeakerLink.objects.make(speaker, "joerg@stadt.example")


def test_talk_changed_after_the_proposal_shows_all_three_and_can_be_taken(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, title="Vorschlag")
    save_title(link.talk, "Jetzt & hier")

    response = admin_client.get(address(link.talk))
    page = words(response.content.decode())
    assert (
        "Hier wurde etwas geändert, nachdem Sina Massow den Vorschlag geschickt hat "
        "(5. November 2025, 9:00 Uhr). Wenn Sie ihn übernehmen, geht diese Änderung verloren. "
        f"Als der Vorschlag kam {TITLE} Jetzt Jetzt & hier Vorschlag Vorschlag" in page
    )

    send(admin_client, link.talk, typed(change))
    assert Talk.objects.get().title == "Vorschlag"


def test_everything_leaves_open_what_was_changed_meanwhile(admin_client):
    link = make_speaker_link()
    propose(link, title="Vorschlag", subtitle="Neu")
    save_title(link.talk, "Jetzt & hier")

    send(admin_client, link.talk, alles=str(link.pk))

    talk = Talk.objects.get()
    assert (talk.title, talk.subtitle) == ("Jetzt & hier", "Neu")
    assert [change.field for change in ProposedChange.objects.open()] == ["title"]


def test_talk_saved_while_the_page_is_open_is_seen_before_it_is_replaced(admin_client):
    link = make_speaker_link()
    title, subtitle = propose(link, title="Vorschlag", subtitle="Neu")
    data = opened(admin_client, link.talk) | typed(title) | typed(subtitle, answer="Gern.")
    save_title(link.talk, "Jetzt & hier")

    response = admin_client.post(address(link.talk), data)

    assert problems(response) == [f"Titel: {CHANGED}"]
    assert ("<del>Jetzt & hier</del>", "<ins>Vorschlag</ins>") in [
        pair[::1] for pair in sides_without_before(response)
    ]
    talk = Talk.objects.get()
    assert (talk.title, talk.subtitle) == ("Jetzt & hier", "")
    assert "Gern." in response.content.decode()


def sides_without_before(response):
    """Return the sides; the text as it was when the proposal came stands before them."""
    html = response.content.decode()
    start, end = html.index("Als der Vorschlag kam"), html.index('<div class="sides">')
    response.content = html[:start] + html[end:]
    return sides(response)


def test_speaker_saves_again_while_the_page_is_open_and_nothing_of_that_is_taken(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, title="Erster Vorschlag")
    data = opened(admin_client, link.talk) | typed(change)
    propose(link, title="Zweiter Vorschlag")

    response = admin_client.post(address(link.talk), data)

    assert problems(response) == [f"Titel: {CHANGED}"]
    assert "<ins>Zweiter Vorschlag</ins>" in response.content.decode()
    assert (Talk.objects.get().title, OutgoingMail.objects.count()) == (TITLE, 0)

    # What is shown now can be taken over.
    shown = opened(admin_client, link.talk)
    assert admin_client.post(address(link.talk), shown | typed(change)).status_code == 302
    assert Talk.objects.get().title == "Zweiter Vorschlag"


def test_second_of_two_organisers_sees_that_it_was_decided(admin_client):
    link = make_speaker_link()
    title, _ = propose(link, title="Vorschlag", subtitle="Neu")
    data = opened(admin_client, link.talk) | typed(title, "declined", answer="Nein.")
    send(admin_client, link.talk, typed(title))

    response = admin_client.post(address(link.talk), data)

    assert problems(response) == [
        "Titel: Darüber ist schon entschieden (5. November 2025, 9:00 Uhr)."
    ]
    assert Talk.objects.get().title == "Vorschlag"
    assert OutgoingMail.objects.get().note == "Titel: übernommen"


def test_double_click_decides_once(admin_client):
    link = make_speaker_link()
    (title,) = propose(link, title="Vorschlag")
    data = opened(admin_client, link.talk) | {"alles": str(link.pk)}

    assert admin_client.post(address(link.talk), data).status_code == 302
    again = admin_client.post(address(link.talk), data)

    assert again.status_code == 422
    assert "Es wartet kein Vorschlag." in words(again.content.decode())
    assert OutgoingMail.objects.count() == 1


def test_proposal_edited_after_it_was_taken_over_is_open_again(admin_client):
    link = make_speaker_link()
    (title,) = propose(link, title="Erster")
    send(admin_client, link.talk, typed(title))
    (again,) = propose(link, title="Zweiter")
    assert again.pk == title.pk

    page = admin_client.get(address(link.talk))
    assert sides(page) == [("<del>Erster</del>", "<ins>Zweiter</ins>")]
    send(admin_client, link.talk, typed(again, "declined", answer="Der erste ist gut."))

    assert Talk.objects.get().title == "Erster"
    notes = OutgoingMail.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes) == [
        "Titel: übernommen",
        "Titel: nicht übernommen. Der erste ist gut.",
    ]


def test_of_two_speakers_one_title_is_taken_and_the_other_is_outdated_then(admin_client):
    link = make_speaker_link()
    other = second_link(link.talk)
    (first,), (second,) = propose(link, title="Erster"), propose(other, title="Zweiter")

    both = send(admin_client, link.talk, typed(first), typed(second))
    only_one = (
        "Titel: Das schlagen zwei Personen vor. Bitte übernehmen Sie nur einen der beiden "
        "Vorschläge."
    )
    assert problems(both) == [only_one, only_one]
    assert Talk.objects.get().title == TITLE

    send(admin_client, link.talk, typed(first))
    page = words(admin_client.get(address(link.talk)).content.decode())
    assert "nachdem Jörg Öz den Vorschlag geschickt hat" in page
    send(admin_client, link.talk, typed(second, "declined", answer="Danke!"))
    assert Talk.objects.get().title == "Erster"
    assert sorted(OutgoingMail.objects.values_list("recipient", "note")) == [
        ("joerg@stadt.example", "Titel: nicht übernommen. Danke!"),
        ("sina@stadt.example", "Titel: übernommen"),
    ]


def test_two_speakers_names_are_taken_over_at_once(admin_client):
    link = make_speaker_link()
    other = second_link(link.talk)
    (first,), (second,) = propose(link, name="Sina Maßow"), propose(other, role="Bauamt")

    send(admin_client, link.talk, typed(first), typed(second))

    assert Talk.objects.get().speaker_line == (
        "Sina Maßow, Bürgermeisterin der Stadt Gudensberg; Jörg Öz, Bauamt"
    )
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("what", ["speaker", "link", "proposal"])
def test_what_is_gone_is_said_and_nothing_happens(admin_client, what):
    link = make_speaker_link()
    title, subtitle = propose(link, title="Vorschlag", subtitle="Neu")
    data = opened(admin_client, link.talk) | typed(title)
    if what == "speaker":
        link.speaker.delete()
    elif what == "link":
        link.erase("retention")
    else:
        propose(link, title=TITLE)

    response = admin_client.post(address(link.talk), data)

    assert problems(response) == [GONE]
    assert (Talk.objects.get().title, OutgoingMail.objects.count()) == (TITLE, 0)


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"status": "draft"}, "Entwurf: nur hier zu sehen. Was Sie übernehmen"),
        ({}, "Veröffentlicht: für alle zu sehen. Was Sie übernehmen"),
        ({"starts_in": timedelta(days=-2)}, "Veröffentlicht, und vorbei. Was Sie übernehmen"),
        ({"status": "cancelled"}, "Abgesagt. Was Sie übernehmen"),
        ({"status": "postponed"}, "Verschoben, neuer Termin offen. Was Sie übernehmen"),
    ],
)
def test_proposal_is_taken_over_wherever_the_talk_stands(admin_client, fields, standing):
    link = make_speaker_link(make_talk(**fields))
    (change,) = propose(link, announcement="Neu & anders.")
    before = Talk.objects.get()
    page = words(admin_client.get(address(link.talk)).content.decode())

    assert standing in page
    assert ("sofort für alle zu sehen" in page) is (fields.get("status") != "draft")
    assert send(admin_client, link.talk, typed(change)).status_code == 302

    talk = Talk.objects.get()
    assert talk.announcement == "Neu & anders."
    assert (talk.status, talk.starts_at, talk.change_no) == (
        before.status,
        before.starts_at,
        before.change_no,
    )


def test_talk_that_the_form_refuses_for_another_reason_is_said_so(admin_client):
    link = make_speaker_link()
    (change,) = propose(link, subtitle="Neu")
    Talk.objects.update(recognition_number="12")

    response = send(admin_client, link.talk, typed(change))

    assert problems(response) == ["Anerkannt durch: Bitte geben Sie auch an, wer anerkannt hat."]
    assert Talk.objects.get().subtitle == ""
