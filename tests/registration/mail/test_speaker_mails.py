"""What a speaker reads: what is asked, what holds now, and which calendar files come along."""

from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from events.models import Material, Series, Speaker, Talk
from registration.mail import speaker_mails, speaker_reminders
from registration.mail.deliver import Outcome, deliver_due, speaker_occasion
from registration.models import OutgoingMail, ProposedChange, SpeakerLink
from tests.makers import TITLE, make_registration, make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Kind = OutgoingMail.Kind
DAY = timedelta(days=1)
ROOM = "https://meet.example/probe"
THE_TALKS = "https://meet.example/geheim"


@pytest.fixture
def delivered(delivered_in_order):
    return delivered_in_order


def send_link(link, note="", version="1"):
    return OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_LINK, link, version, note=note)


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def html_of(message) -> str:
    return message.get_body(("html",)).get_content()


def entries(message) -> list[tuple]:
    """Return METHOD, kind, STATUS, SEQUENCE and beginning of each calendar file."""
    found = []
    for part in message.iter_attachments():
        calendar = Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        kind = "check" if event["UID"].endswith("-technik-check") else "talk"
        status, begins = str(event["STATUS"]), event.decoded("DTSTART")
        found.append((str(calendar["METHOD"]), kind, status, event["SEQUENCE"], begins))
    return found


def again(link) -> SpeakerLink:
    return SpeakerLink.objects.with_talks().get(pk=link.pk)


def told(link) -> tuple:
    link = again(link)
    return link.told_starts_at, link.told_ends_at, link.told_status, link.told_check_at


def test_link_says_what_is_asked_by_when_and_what_comes(delivered):
    Series.objects.create(contact_email="kontakt@reihe.example", organisers="Städteverein")
    check_at = timezone.now() + 20 * DAY
    talk = make_talk(starts_in=30 * DAY, check_at=check_at, check_url=ROOM)
    link = make_speaker_link(talk)
    send_link(link, note='Wir freuen uns & "danken".\n\nIhr Team')

    (message,) = delivered()

    text = text_of(message)
    assert (message["To"], message["Subject"]) == (
        "sina@stadt.example",
        f"Ihr Web-Talk, 5. Dezember, 9 Uhr: {TITLE}",
    )
    assert message["List-Unsubscribe"] is None
    for words in (
        "Guten Tag Sina Massow,",
        'Die Veranstalter schreiben dazu:\nWir freuen uns & "danken".\n\nIhr Team',
        "Technik-Check: Dienstag, 25.\xa0November 2025, 9:00\xa0Uhr",
        ROOM,
        link.url,
        "- Name, Funktion, Titel und Text durchsehen (bis 14.\xa0November)",
        "- Bild mit Bildnachweis und Alternativtext (bis 14.\xa0November)",
        "- Folien (bis 3.\xa0Dezember)",
        "- Porträt von Ihnen (freiwillig)",
        "http://testserver/vortragen/\n",
        "Er gilt bis zum 19.\xa0Dezember 2025.",
        "Wir löschen sie 30\xa0Tage nach dem Talk.",
    ):
        assert words in text.replace("\r\n", "\n")
    assert f'href="{link.url}"' in html_of(message)
    assert html_of(message).count('class="button"') == 1
    assert entries(message) == [
        ("PUBLISH", "talk", "CONFIRMED", 0, talk.local_starts_at),
        ("PUBLISH", "check", "CONFIRMED", 0, timezone.localtime(check_at)),
    ]
    assert told(link) == (talk.starts_at, talk.ends_at, "published", check_at)


def test_link_asks_only_for_what_is_missing(delivered):
    talk = make_talk(image="bilder/a.jpg", image_credit="© Stadt", image_alt="Ein Haus")
    Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/folien")
    link = make_speaker_link(talk)
    ProposedChange.objects.propose(link, "lessons", "Früh anfangen")
    send_link(link)

    (message,) = delivered()

    asked = [line for line in text_of(message).splitlines() if line.startswith("- ")]
    assert asked == [
        "- Name, Funktion, Titel und Text durchsehen (bitte so bald wie möglich)",
        "- Porträt von Ihnen (freiwillig)",
    ]


def test_no_way_into_the_room_stands_in_a_calendar_file(delivered):
    talk = make_talk(meeting_url=THE_TALKS, check_at=timezone.now() + DAY)
    link = make_speaker_link(talk)
    send_link(link)

    (message,) = delivered()

    assert THE_TALKS in text_of(message)  # there the technics are tried, too
    for part in message.iter_attachments():
        file = part.get_content().decode().replace("\r\n ", "")
        assert (THE_TALKS in file, link.token in file) == (False, False)


def test_mails_say_nothing_about_participants(delivered):
    talk = make_talk(capacity=1)
    make_registration(talk, name="Kim Beispiel", question="Wer zahlt?")
    delivered()
    send_link(make_speaker_link(talk))

    (message,) = delivered()

    for words in ("Kim", "Wer zahlt?", "/meine-anmeldung/", "/teilnehmen/"):
        assert (words, words in text_of(message) + html_of(message)) == (words, False)


def test_renewed_withdrawn_and_dead_links_get_no_mail(delivered, clock):
    link = make_speaker_link()
    send_link(link)
    make_speaker_link(link.talk)
    assert delivered() == []

    renewed = again(link)
    send_link(renewed, version="2")
    SpeakerLink.objects.filter(pk=link.pk).update(withdrawn_at=timezone.now())
    assert delivered() == []

    SpeakerLink.objects.filter(pk=link.pk).update(withdrawn_at=None)
    send_link(again(link), version="3")
    clock.move_to(link.talk.ends_at + 15 * DAY)
    assert delivered() == []


def test_link_to_a_talk_that_is_cancelled_is_pointless(delivered):
    talk = make_talk()
    send_link(make_speaker_link(talk))
    talk.status = Talk.Status.CANCELLED
    talk.save()

    assert delivered() == []


@pytest.mark.parametrize(
    ("has", "subject", "asked"),
    [
        ({}, "Bild und Folien fehlen noch", ["Bild mit Bildnachweis", "Folien"]),
        ({"image_credit": "© Stadt"}, "Bild und Folien fehlen noch", ["Bild", "Folien"]),
        ({"image": "bilder/a.jpg", "image_credit": "©"}, "Folien fehlen noch", ["Folien"]),
    ],
)
def test_reminder_names_what_is_missing_alone(delivered, has, subject, asked):
    link = make_speaker_link(make_talk(**has))
    OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_REMINDER, link, "1")

    (message,) = delivered()

    assert message["Subject"].startswith(f"{subject}, 26. November")
    lines = [line for line in text_of(message).splitlines() if line.startswith("- ")]
    assert [line.removeprefix("- ").partition(" (")[0] for line in lines] == asked
    off = f"http://testserver/vortragen/{link.token}/erinnerungen/"
    assert message["List-Unsubscribe"] == f"<{off}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert off in text_of(message)
    assert f'href="{off}"' in html_of(message)


def test_reminder_of_a_picture_alone_is_singular(delivered):
    talk = make_talk()
    Material.objects.create(talk=talk, title="Folien", url="https://stadt.example/folien")
    link = make_speaker_link(talk)
    Speaker.objects.create(talk=talk, name="Änne Groß", position=1)
    OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_REMINDER, link, "1")

    (message,) = delivered()

    assert message["Subject"].startswith("Bild fehlt noch, ")
    assert "Es genügt, wenn eine Person von Ihnen das übernimmt." in text_of(message)


@pytest.mark.parametrize("what", ["off", "sent", "cancelled", "begun", "moved"])
def test_reminder_that_is_overtaken_is_not_sent(smtp_server, clock, what):
    talk = make_talk(image="bilder/a.jpg", image_credit="© Stadt")
    link = make_speaker_link(talk)
    OutgoingMail.objects.enqueue_to_speaker(
        Kind.SPEAKER_REMINDER, link, "1", talk_starts_at=talk.starts_at
    )
    if what == "off":
        link.switch_reminders(off=True)
    elif what == "sent":
        ProposedChange.objects.create(link=link, field="slides", pdf="pdf/folien.pdf")
    elif what == "cancelled":
        Talk.objects.update(status=Talk.Status.CANCELLED)
    elif what == "begun":
        clock.move_to(talk.starts_at)
    else:
        Talk.objects.update(starts_at=talk.starts_at + DAY, ends_at=talk.ends_at + DAY)

    assert deliver_due() == [Outcome.OBSOLETE]


def test_nothing_is_asked_while_a_mail_is_written(django_assert_num_queries):
    link = make_speaker_link(make_talk(check_at=timezone.now() + DAY))
    occasions = [
        speaker_occasion(OutgoingMail.objects.enqueue_to_speaker(kind, link, "1"))
        for kind in (Kind.SPEAKER_LINK, Kind.SPEAKER_REMINDER, Kind.SPEAKER_DATES)
    ]

    with django_assert_num_queries(0):
        mails = [speaker_mails.render(occasion) for occasion in occasions]
    assert [mail.to for mail in mails] == [[link.email]] * 3


def test_answer_shows_each_line_and_is_pointless_without(delivered):
    link = make_speaker_link()
    send = OutgoingMail.objects.enqueue_to_speaker
    note = "Titel: übernommen\n\nText: nicht übernommen. <b>Zu</b> lang & schwer."
    send(Kind.SPEAKER_ANSWER, link, "1", note=note)
    send(Kind.SPEAKER_ANSWER, link, "2", note=" \n")

    (message,) = delivered()

    assert message["Subject"].startswith("Antwort auf Ihre Vorschläge, 26. November")
    lines = [line for line in text_of(message).splitlines() if line.startswith("- ")]
    assert lines == [
        "- Titel: übernommen",
        "- Text: nicht übernommen. <b>Zu</b> lang & schwer.",
    ]
    assert "<li>Text: nicht übernommen. &lt;b&gt;Zu&lt;/b&gt; lang &amp; schwer.</li>" in (
        html_of(message)
    )


def test_mail_that_mentions_another_date_than_was_told_is_put_right(delivered, clock):
    """A slip in the date that a reminder has spread; nobody else has heard of it."""
    talk = make_talk()
    link = make_speaker_link(talk)
    send_link(link)
    delivered()
    right = talk.starts_at, talk.ends_at
    Talk.objects.update(starts_at=right[0] + DAY, ends_at=right[1] + DAY)
    OutgoingMail.objects.enqueue_to_speaker(Kind.SPEAKER_REMINDER, link, "1")
    (reminder,) = delivered()
    Talk.objects.update(starts_at=right[0], ends_at=right[1])

    clock.shift(speaker_reminders.SETTLED)
    assert speaker_reminders.tell_of_dates() == 1
    (message,) = delivered()

    assert "27. November" in reminder["Subject"]
    assert message["Subject"].startswith("Neuer Termin, 26. November")
    assert "Vorher" not in text_of(message)
    assert speaker_reminders.tell_of_dates() == 0
