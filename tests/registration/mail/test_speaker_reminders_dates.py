"""No speaker keeps a wrong date: of the talk or of the technical check, however it changed."""

import itertools
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from icalendar import Calendar

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.mail.speaker_reminders import SETTLED, tell_of_dates
from registration.models import OutgoingMail, SpeakerLink
from tests.makers import make_speaker_link, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
Status = Talk.Status


@pytest.fixture
def link(smtp_server):
    """Return the link of a speaker who knows the talk and its technical check."""
    check_at = timezone.now() + 14 * DAY
    talk = make_talk(starts_in=21 * DAY, check_at=check_at, check_url="https://meet.example/a")
    found = make_speaker_link(talk)
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", found, "1")
    deliver_due()
    return SpeakerLink.objects.with_talks().get(pk=found.pk)


class Reader:
    """The speaker: reads each mail, and lets the files change the calendar."""

    def __init__(self, smtp_server):
        self.server, self.calendar, self.numbers = smtp_server, {}, {}
        self.subjects, self.whole_subjects, self.texts = [], [], []

    def read(self):
        for envelope in self.server.messages:
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.subjects.append(message["Subject"].partition(",")[0])
            self.whole_subjects.append(message["Subject"])
            self.texts.append(message.get_body(("plain",)).get_content())
            for part in message.iter_attachments():
                self.take(Calendar.from_ical(part.get_content()))
        self.server.messages.clear()

    def take(self, file):
        (event,) = file.walk("VEVENT")
        kind = "check" if event["UID"].endswith("-technik-check") else "talk"
        assert event["SEQUENCE"] > self.numbers.get(kind, -1)
        self.numbers[kind] = event["SEQUENCE"]
        if file["METHOD"] == "CANCEL":
            assert event["STATUS"] == "CANCELLED"
            self.calendar.pop(kind, None)
        else:
            assert (file["METHOD"], event["STATUS"]) == ("PUBLISH", "CONFIRMED")
            self.calendar[kind] = event.decoded("DTSTART"), str(event["LOCATION"])


@pytest.fixture
def reader(link, smtp_server):
    found = Reader(smtp_server)
    found.read()
    return found


def change(**values):
    talk = Talk.objects.get()
    for name, value in values.items():
        setattr(talk, name, value)
    talk.save()


def settle(clock) -> int:
    clock.shift(SETTLED)
    written = tell_of_dates()
    deliver_due()
    return written


def move_talk():
    talk = Talk.objects.get()
    change(starts_at=talk.starts_at + 7 * DAY, ends_at=talk.ends_at + 7 * DAY)


def move_check():
    talk = Talk.objects.get()
    change(check_at=(talk.check_at or talk.starts_at - 4 * DAY) + timedelta(hours=1))


CHANGES = {
    "move": move_talk,
    "cancel": lambda: change(status=Status.CANCELLED),
    "postpone": lambda: change(status=Status.POSTPONED),
    "publish": lambda: change(status=Status.PUBLISHED),
    "check": move_check,
    "room": lambda: change(check_url=f"https://meet.example/{Talk.objects.get().change_no}b"),
    "no check": lambda: change(check_at=None),
}

# The gate tries each change before and after one other; the long run tries all pairs.
NEIGHBOURS = [*zip(CHANGES, [*CHANGES][2:] + [*CHANGES][:2], strict=True)]
PAIRS = [
    pytest.param(pair, marks=[] if pair in NEIGHBOURS else pytest.mark.slow)
    for pair in itertools.permutations(CHANGES, 2)
]


def what_holds() -> dict:
    talk = Talk.objects.get()
    if talk.is_called_off:
        return {}
    found = {"talk": (talk.local_starts_at, "Online")}
    if talk.check_at:
        found["check"] = timezone.localtime(talk.check_at), talk.check_url or "Online"
    return found


@pytest.mark.parametrize("words", [*PAIRS, [*CHANGES, *reversed(CHANGES)]], ids="-".join)
def test_calendar_is_right_after_any_changes(link, reader, clock, words):
    for word in words:
        CHANGES[word]()
        settle(clock)
        reader.read()
        assert (word, reader.calendar) == (word, what_holds())
    assert settle(clock) == 0


@pytest.mark.parametrize("words", PAIRS, ids="-".join)
def test_several_changes_at_once_are_one_mail(link, reader, clock, words):
    for word in words:
        CHANGES[word]()
    settle(clock)
    reader.read()

    assert reader.calendar == what_holds()
    assert len(reader.subjects) <= 2


@pytest.mark.parametrize(
    ("word", "subject", "said"),
    [
        ("move", "Neuer Termin", "Vorher: Mittwoch, 26.\xa0November 2025, 9–10\xa0Uhr."),
        ("cancel", "Web-Talk abgesagt", "Ihr Web-Talk findet leider nicht statt."),
        ("postpone", "Web-Talk verschoben", "Der neue Termin steht noch nicht fest."),
        ("check", "Technik-Check geändert", "Vorher: 19.\xa0November 2025, 9:00\xa0Uhr."),
        ("room", "Technik-Check geändert", "Es gilt der Link, der hier steht."),
        ("no check", "Technik-Check entfällt", "am 19.\xa0November 2025, 9:00\xa0Uhr entfällt."),
    ],
)
def test_mail_says_what_holds_and_what_was(link, reader, clock, word, subject, said):
    CHANGES[word]()
    settle(clock)
    reader.read()

    assert reader.subjects[1:] == [subject]
    assert said in re.sub(r"[ \r\n]+", " ", reader.texts[-1])


def test_slip_that_is_put_right_within_ten_minutes_is_told_to_nobody(link, reader, clock):
    right = Talk.objects.get()
    move_talk()
    move_check()
    clock.shift(SETTLED / 2)
    assert tell_of_dates() == 0
    change(
        starts_at=right.starts_at,
        ends_at=right.ends_at,
        check_at=right.check_at,
    )

    assert settle(clock) == 0


def test_slip_that_is_put_right_before_the_mail_goes_out_is_told_to_nobody(link, reader, clock):
    before = Talk.objects.get().check_at
    move_check()
    clock.shift(SETTLED)
    assert tell_of_dates() == 1
    change(check_at=before)

    deliver_due()
    reader.read()
    assert reader.subjects == ["Ihr Web-Talk"]


@pytest.mark.parametrize(
    "values",
    [{"title": "Anders & neu"}, {"capacity": 3}, {"meeting_url": "https://meet.example/neu"}],
)
def test_other_changes_are_no_news(link, clock, values):
    change(**values)

    assert settle(clock) == 0


def test_publishing_a_draft_is_no_news(smtp_server, clock):
    link = make_speaker_link(make_talk(status=Status.DRAFT))
    OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    deliver_due()
    change(status=Status.PUBLISHED)

    assert settle(clock) == 0


def test_who_was_mailed_nothing_is_told_nothing(clock):
    make_speaker_link()
    move_talk()

    assert settle(clock) == 0


def test_room_of_the_talk_is_told_where_the_check_has_none_of_its_own(link, reader, clock):
    change(check_url="")
    settle(clock)
    change(meeting_url="https://meet.example/raum")
    assert settle(clock) == 1
    reader.read()

    assert reader.subjects[1:] == ["Technik-Check geändert", "Link zum Technik-Check"]
    assert "https://meet.example/raum" in reader.texts[-1]
    assert reader.numbers["check"] == Talk.objects.get().check_sequence == 2


def test_check_that_moved_while_its_link_came_is_called_changed(link, reader, clock):
    change(check_url="")
    settle(clock)
    change(meeting_url="https://meet.example/raum")
    move_check()
    settle(clock)
    reader.read()

    assert reader.subjects[-1] == "Technik-Check geändert"


def test_subject_names_the_day_of_the_check_not_of_the_talk(link, reader, clock):
    move_check()
    settle(clock)
    change(check_at=None)
    settle(clock)
    reader.read()

    day = "19. November, 10 Uhr: Wärme"
    assert [day in whole for whole in reader.whole_subjects[-2:]] == [True, True]


@pytest.mark.parametrize("is_known", [True, False])
def test_old_entry_is_named_only_where_there_may_be_one(link, reader, clock, is_known):
    if not is_known:
        change(check_at=None)
        settle(clock)
    change(check_at=timezone.now() + 10 * DAY)
    settle(clock)
    reader.read()

    text = re.sub(r"\s+", " ", reader.texts[-1])
    assert ("Steht dort noch ein alter Eintrag" in text) == is_known
    assert ("Der Termin für Ihren Kalender hängt an dieser E-Mail." in text) != is_known


@pytest.mark.parametrize("is_kept", [True, False])
def test_check_that_is_over_is_no_news(link, clock, is_kept):
    clock.shift(15 * DAY)
    if not is_kept:
        change(check_at=None)

    assert settle(clock) == 0


def test_refused_mail_is_written_once(link, clock, smtp_server):
    smtp_server.answers["RCPT"] = ["550 no such user"]
    move_talk()

    assert [settle(clock), settle(clock)] == [1, 0]
    assert OutgoingMail.objects.failed().count() == 1


def test_nothing_is_told_of_a_talk_that_is_over(link, clock):
    clock.shift(22 * DAY)
    change(status=Status.CANCELLED)

    assert settle(clock) == 0


def test_one_question_finds_out_that_there_is_no_news(link, clock, django_assert_num_queries):
    clock.shift(SETTLED)

    with django_assert_num_queries(1):
        tell_of_dates()
