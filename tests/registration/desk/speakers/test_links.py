"""The organisers' page about the speakers of a talk and their links."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from events.models import Speaker, Talk
from registration.models import Consent, OutgoingMail, ProposedChange, SpeakerLink
from tests.admin_form import NEW_TALK, send
from tests.makers import TITLE, make_speaker_link, make_talk
from tests.registration.desk.first_page.page import as_role, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SINA, KIM = "sina@stadt.example", "kim@stadt.example"


def page_of(talk) -> str:
    return reverse("admin:speaker_links", args=[talk.pk])


def read(client, talk) -> str:
    return words(client.get(page_of(talk)).content.decode())


def press(client, speaker, deed, *, email=SINA, note="", follow=True, **fields):
    """Send the form of one speaker as the page shows it now."""
    html = client.get(page_of(speaker.talk)).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html)
    data = {
        "speaker": speaker.pk,
        "deed": deed,
        f"speaker-{speaker.pk}-email": email,
        f"speaker-{speaker.pk}-note": note,
        "token": token[1] if token else "",
    }
    return client.post(page_of(speaker.talk), data | fields, follow=follow)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def deeds_of(response) -> list[str]:
    return re.findall(r'name="deed" value="(\w+)"', response.content.decode())


def history() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


@pytest.fixture
def speaker():
    return make_talk().speakers.get()


def test_link_is_sent_with_a_sentence(admin_client, speaker):
    before = read(admin_client, speaker.talk)
    response = press(admin_client, speaker, "send", email=" Sina@STADT.example ", note='Ä & "ö"')

    mail = OutgoingMail.objects.get()
    assert "Noch kein Link verschickt." in before
    assert response.redirect_chain == [(f"{page_of(speaker.talk)}#speaker-{speaker.pk}", 302)]
    assert said(response) == ["Die Mail mit dem Link geht jetzt an Sina@stadt.example."]
    assert (mail.kind, mail.recipient, mail.note) == (
        "speaker_link",
        "Sina@stadt.example",
        'Ä & "ö"',
    )
    assert history() == ["Link an Sina Massow verschickt."]
    assert "Die Mail mit dem Link geht gleich hinaus. Der Link gilt bis zum" in words(
        response.content.decode()
    )


@pytest.mark.parametrize("email", ["", "sina", "müller@stadt.example", "a" * 400, "a@b\x00.de"])
def test_what_is_no_address_is_said_and_nothing_typed_is_lost(admin_client, speaker, email):
    response = press(admin_client, speaker, "send", email=email, note="Mein & Satz")

    html = response.content.decode()
    assert response.status_code == 422
    assert ("errorlist" in html, "Mein &amp; Satz" in html) == (True, True)
    assert (SpeakerLink.objects.count(), OutgoingMail.objects.count(), history()) == (0, 0, [])


def test_pressed_twice_is_once(admin_client, speaker):
    press(admin_client, speaker, "send")
    again = press(admin_client, speaker, "send")
    once_more = press(admin_client, speaker, "again")

    assert said(again)[0].startswith("Einen Link gibt es schon")
    assert said(once_more)[0].startswith("Die Mail ist schon unterwegs")
    assert OutgoingMail.objects.count() == 1
    assert history() == ["Link an Sina Massow verschickt."]


def test_the_same_link_again_and_never_to_another_address(admin_client, speaker, clock):
    press(admin_client, speaker, "send")
    clock.shift(timedelta(minutes=2))

    elsewhere = press(admin_client, speaker, "again", email=KIM)
    again = press(admin_client, speaker, "again", email="SINA@stadt.example")

    assert elsewhere.status_code == 422
    assert "Derselbe Link geht nur an dieselbe Adresse." in words(elsewhere.content.decode())
    assert said(again) == ["Die Mail mit dem Link geht jetzt an sina@stadt.example."]
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == [SINA, SINA]
    assert history()[-1] == "Link an Sina Massow noch einmal verschickt."


def test_new_link_is_asked_about_and_kills_the_old_one(admin_client, speaker):
    press(admin_client, speaker, "send")
    old = SpeakerLink.objects.get()

    question = press(admin_client, speaker, "renew", email=KIM, note="Neu & gut")
    asked = question.content.decode()
    assert SpeakerLink.objects.get().key == old.key
    assert f"Der neue Link geht an {KIM}." in words(asked)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked))
    sent = {name: unescape(value) for name, value in hidden.items()} | {"ja": "Neuen Link"}
    first = admin_client.post(page_of(speaker.talk), sent, follow=True)
    second = admin_client.post(page_of(speaker.talk), sent, follow=True)

    link = SpeakerLink.objects.get()
    assert (link.email, link.key != old.key) == (KIM, True)
    assert said(first) == [f"Die Mail mit dem Link geht jetzt an {KIM}."]
    assert said(second)[0].startswith("Inzwischen hat jemand diesen Link erneuert")
    states = OutgoingMail.objects.order_by("pk").values_list("state", "recipient", "note")
    assert list(states) == [("obsolete", "", ""), ("queued", KIM, "Neu & gut")]
    assert history()[-1] == "Neuer Link an Sina Massow verschickt; der alte gilt nicht mehr."


def test_withdrawing_is_asked_about(admin_client, speaker):
    press(admin_client, speaker, "send")
    ProposedChange.objects.propose(SpeakerLink.objects.get(), "image_credit", "© Stadt")

    question = press(admin_client, speaker, "withdraw", email="")
    assert "Link zurückziehen?" in words(question.content.decode())
    assert SpeakerLink.objects.alive().count() == 1
    response = press(admin_client, speaker, "withdraw", email="", ja="ja")

    text = words(response.content.decode())
    assert said(response) == ["Der Link von Sina Massow führt nirgendwohin mehr."]
    assert "Zurückgezogen am" in text
    assert "Vorgeschlagen Bildnachweis: noch nicht entschieden" in text
    assert OutgoingMail.objects.get().state == "obsolete"
    assert history()[-1] == "Link von Sina Massow zurückgezogen."


def test_mail_is_shown_before_it_goes(admin_client, speaker):
    response = press(admin_client, speaker, "show", email=KIM, note='Ä & "ö"')

    text = words(response.content.decode())
    assert response.status_code == 200
    assert "Verschickt ist noch nichts." in text
    assert f"So sieht die Mail an {KIM} als reiner Text aus." in text
    assert 'Die Veranstalter schreiben dazu: Ä & "ö"' in text
    assert deeds_of(response) == ["send", "show"]
    assert (SpeakerLink.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_page_says_what_was_asked_and_what_became_of_it(admin_client, speaker):
    press(admin_client, speaker, "send")
    OutgoingMail.objects.update(state="failed", last_error="550 5.1.1 No such user")

    html = admin_client.get(page_of(speaker.talk)).content.decode()

    assert "Die Mail mit dem Link kam nicht an. Das Postfach gibt es nicht" in words(html)
    assert "Vortrag: Ihr Link: unzustellbar, geschrieben am" in words(html)
    assert "<details open>" in html


def test_mail_that_came_back_later_is_not_called_sent(admin_client, speaker):
    press(admin_client, speaker, "send")
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(state="sent", sent_at=mail.created_at, recipient="")
    mail.refresh_from_db()
    mail.mark_bounced("5.1.1")

    html = admin_client.get(page_of(speaker.talk)).content.decode()

    assert "verschickt am" not in words(html)
    assert f"{SINA} Die letzte Mail dorthin kam nicht an." in words(html)
    assert "Vortrag: Ihr Link: unzustellbar, geschrieben am" in words(html)
    assert "Kam zurück: Das Postfach gibt es nicht" in words(html)


def test_page_says_when_the_technics_are_tried_and_who_wants_no_reminders(admin_client, speaker):
    talk = speaker.talk
    make_speaker_link(talk).switch_reminders(off=True)
    assert "Für den Technik-Check steht noch kein Termin fest." in read(admin_client, talk)
    talk.check_at = talk.starts_at - timedelta(days=3)
    talk.save()

    text = read(admin_client, talk)

    assert "Technik-Check:" in text
    assert "Erinnerungen hat die Person abgestellt." in text
    assert "Angelegt, aber nicht verschickt." in text


def test_what_is_voluntary_is_not_called_missing(admin_client, speaker):
    text = read(admin_client, speaker.talk)

    assert (
        "Fehlt Bild, Bildnachweis, Alternativtext, Folien Freiwillig Porträt, Praxisprofil" in text
    )


def test_link_is_there_to_be_copied_as_long_as_it_lives(admin_client, speaker):
    link = make_speaker_link(speaker.talk)
    assert link.url in admin_client.get(page_of(speaker.talk)).content.decode()

    link.withdraw()

    assert "Link zum Kopieren" not in read(admin_client, speaker.talk)


@pytest.mark.parametrize(
    ("fields", "standing", "buttons"),
    [
        ({"starts_in": timedelta(days=-15)}, "Es gibt keinen Link.", []),
        ({"status": "cancelled"}, "Es gibt keinen Link.", []),
        ({"starts_in": -timedelta(days=3)}, "Noch kein Link verschickt.", ["send", "show"]),
        (
            {"starts_in": -timedelta(days=30), "status": "postponed"},
            "Noch kein Link verschickt.",
            ["send", "show"],
        ),
    ],
)
def test_links_are_for_talks_that_somebody_prepares(admin_client, fields, standing, buttons):
    talk = make_talk(**fields)
    speaker = talk.speakers.get()

    shown = admin_client.get(page_of(talk))
    press(admin_client, speaker, "send")

    assert standing in words(shown.content.decode())
    assert deeds_of(shown) == buttons
    assert SpeakerLink.objects.count() == bool(buttons)


def test_link_to_a_cancelled_talk_can_be_withdrawn(admin_client, speaker):
    make_speaker_link(speaker.talk)
    speaker.talk.status = "cancelled"
    speaker.talk.save()

    shown = admin_client.get(page_of(speaker.talk))
    press(admin_client, speaker, "again")
    press(admin_client, speaker, "withdraw", ja="ja")

    assert deeds_of(shown) == ["withdraw"]
    assert (SpeakerLink.objects.alive().count(), OutgoingMail.objects.count()) == (0, 0)


@pytest.mark.parametrize("who", ["", "x", "999999", "\x00"])
def test_speaker_of_no_talk_is_said(admin_client, speaker, who):
    data = {"speaker": who, "deed": "send"}
    response = admin_client.post(page_of(speaker.talk), data, follow=True)

    assert said(response) == [
        "Diese Person steht nicht mehr bei dem Talk. Es ist nichts geschehen."
    ]


def test_link_of_another_speaker_does_nothing(admin_client, speaker):
    other = Speaker.objects.create(talk=speaker.talk, name="Kim & Co", position=1)
    link = make_speaker_link(speaker.talk)

    press(admin_client, other, "withdraw", ja="ja", token=link.token)

    assert SpeakerLink.objects.alive().count() == 1


def test_page_asks_the_same_few_questions_for_any_number(admin_client, django_assert_num_queries):
    talk = make_talk()
    for number in range(3):
        speaker = Speaker.objects.create(talk=talk, name=f"Ä {number}", position=number)
        link = SpeakerLink.objects.send(speaker, f"a{number}@stadt.example")
        ProposedChange.objects.propose(link, "role", "Bürgermeisterin & mehr")
    admin_client.get(page_of(talk))

    with django_assert_num_queries(8):
        admin_client.get(page_of(talk))


def test_only_who_may_change_talks_sees_the_page_and_the_way_to_it(client, speaker):
    form = reverse("admin:events_talk_change", args=[speaker.talk.pk])
    make_speaker_link(speaker.talk)

    as_role(client, "Teilnehmende")
    assert client.get(page_of(speaker.talk)).status_code == 403
    assert page_of(speaker.talk) not in client.get(form).content.decode()

    as_role(client, "Redaktion")
    html = read(client, speaker.talk)
    assert (SINA in html, TITLE in html) == (True, True)
    assert client.get(form).content.decode().count(page_of(speaker.talk)) == 2


def test_slides_are_not_missed_of_who_has_withdrawn_them_neither_here_nor_in_the_mail(
    admin_client, speaker
):
    link = make_speaker_link(speaker.talk)
    Consent.objects.give(link, "slides").withdraw()

    html = admin_client.get(page_of(speaker.talk)).content.decode()

    assert "Fehlt Bild, Bildnachweis, Alternativtext Freiwillig" in words(html)
    shown = press(admin_client, speaker, "show").content.decode()
    assert ("Bildnachweis" in shown, "Folien (PDF" in shown) == (True, False)


def test_after_a_new_date_it_is_said_that_the_speaker_hears_of_it(admin_client, speaker):
    link = make_speaker_link(speaker.talk)
    link.remember_told()
    page = reverse("admin:events_talk_change", args=[speaker.talk.pk])

    response = send(admin_client, page, {"check_at_0": "20.11.2025", "check_at_1": "10:00"})

    assert "Sina Massow erfährt das in 10 Minuten von selbst per E-Mail." in said(
        admin_client.get(response.url)
    )


def test_after_a_new_talk_the_way_to_the_links_is_said(admin_client):
    response = send(admin_client, reverse("admin:events_talk_add"), NEW_TALK)

    page = page_of(Talk.objects.get())
    (message,) = [each for each in said(admin_client.get(response.url)) if page in each]
    assert words(message) == (
        "Jörg Öz und Änne Groß können Text, Bild und Folien selbst vorschlagen. Link verschicken …"
    )
