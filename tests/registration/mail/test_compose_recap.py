"""The mail with the material of a talk: its two wordings, and that it brings nothing else."""

import re
from datetime import timedelta
from html import unescape

import pytest

from events.models import Material
from registration.mail.compose import RECAP_WORDS, beginning_of
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
TALK = "http://testserver/talks/talk/"
FRAME = {
    "http://testserver/",
    "http://testserver/impressum/",
    "http://testserver/datenschutz/",
}


@pytest.fixture
def talk(clock):
    """Give a talk of yesterday with everything, two people who had a seat, and a talk to come."""
    talk = make_talk(slug="talk", recap="So war es.\n\nUnd so.", written_answers="Ja & nein.")
    kim, _ = (make_registration(talk, email=f"{name}@stadt.example") for name in ("kim", "lea"))
    Registration.objects.filter(pk=kim.pk).update(marked_present=True)
    Material.objects.create(talk=talk, title='Folien & "mehr"', url="https://folien.example/1")
    Material.objects.create(
        talk=talk, title="Aufzeichnung", url="https://geheim.example/2", audience="participants"
    )
    make_talk(slug="naechster", title="Der nächste Talk", starts_in=60 * DAY)
    deliver_due()
    clock.move_to(talk.ends_at + DAY)
    return talk


@pytest.fixture
def released(talk, delivered):
    """Give the mails that arrive once the organisers have released them, by name."""

    def release():
        Registration.objects.release_recap(talk)
        return delivered()

    return release


def text_of(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def links_in(mail):
    """Return the addresses in text and HTML, without what stands around every mail."""
    in_text = set(re.findall(r"https?://\S+", text_of(mail)))
    in_html = set(map(unescape, re.findall(r'href="(http[^"]+)"', text_of(mail, "html"))))
    return in_text - FRAME, in_html - FRAME


def personal_links(email):
    row = Registration.objects.get(email=email)
    off = links.url("registration:recap_off", row.key, links.PURPOSE_RECAP)
    return {f"{links.mine_url(row)}#talk-talk", off}


@pytest.mark.parametrize("name", ["kim", "lea"])
def test_it_leads_to_what_was_promised_and_nowhere_else(released, name):
    mail = released()[name]

    expected = {TALK, "https://folien.example/1", *personal_links(f"{name}@stadt.example")}
    assert links_in(mail) == (expected, expected)
    assert not re.search(r"Der nächste|naechster|Rückmeldung|Bewert|rueckmeldung", str(mail))
    assert "geheim.example" not in text_of(mail) + text_of(mail, "html")


def test_whoever_was_there_reads_of_the_certificate_and_nobody_of_being_away(released):
    mails = released()

    subjects = {name: mail["Subject"].partition(",")[0] for name, mail in mails.items()}
    assert subjects == {"kim": "Unterlagen und Bescheinigung", "lea": "Unterlagen"}
    read = {name: text_of(mail) + text_of(mail, "html") for name, mail in mails.items()}
    assert {name: "Bescheinigung" in text for name, text in read.items()} == {
        "kim": True,
        "lea": False,
    }
    assert not re.search(r"dabei waren|teilgenommen|nicht dabei", read["lea"])


def test_it_says_until_when_the_link_works(released, talk):
    text = text_of(released()["lea"])

    assert "Der Link gilt bis 26.\u00a0Dezember 2025, 10:00\u00a0Uhr. Dann löschen wir" in text
    assert talk.names_go_at.isoformat() == "2025-12-26T09:00:00+00:00"


def test_it_can_be_declined_by_one_click(released):
    mail = released()["kim"]

    (off,) = (link for link in personal_links("kim@stadt.example") if "unterlagen" in link)
    assert mail["List-Unsubscribe"] == f"<{off}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_certificate_alone_is_no_material(talk, released):
    Material.objects.all().delete()
    talk.recap = talk.written_answers = ""
    talk.save()

    mails = released()

    assert list(mails) == ["kim"]
    assert mails["kim"]["Subject"].startswith("Bescheinigung, 26.")
    assert "Rückblick" not in text_of(mails["kim"])


def test_nobody_reads_of_a_certificate_that_cannot_be_issued(talk, released, settings):
    settings.CERTIFICATE_KEY = ""

    mails = released()

    assert {mail["Subject"].partition(",")[0] for mail in mails.values()} == {"Unterlagen"}
    assert not any("Bescheinigung" in text_of(mail) for mail in mails.values())


TOO_LATE = {
    "declined": lambda talk: Registration.objects.update(recap_off=True),
    "a draft": lambda talk: type(talk).objects.filter(pk=talk.pk).update(status="draft"),
    "called off": lambda talk: type(talk).objects.filter(pk=talk.pk).update(status="cancelled"),
    "no seat": lambda talk: Registration.objects.update(state="cancelled"),
}


@pytest.mark.parametrize("what", TOO_LATE)
def test_what_has_become_pointless_stays_unsent(talk, what):
    Registration.objects.release_recap(talk)

    TOO_LATE[what](talk)

    assert deliver_due() == ["obsolete", "obsolete"]


def test_it_expires_with_the_names(talk, clock):
    Registration.objects.release_recap(talk)
    clock.move_to(talk.names_go_at)

    assert deliver_due() == ["obsolete", "obsolete"]


def test_sent_again_it_goes_to_the_corrected_address(talk, released, delivered):
    released()
    row = Registration.objects.get(email="lea@stadt.example")
    mail = OutgoingMail.objects.get(kind="recap", registrations=row)

    assert mail.resend()
    assert list(delivered()) == ["lea"]
    assert OutgoingMail.objects.of_recap(talk).count() == 3


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("", ""),
        ("So war es.\n\nUnd so.", "So war es."),
        ("Mehr unter https://andere.example/talks/7 und so.", "Mehr unter"),
        ("https://andere.example/", ""),
        ("Wort " * (RECAP_WORDS + 1), "Wort " * RECAP_WORDS + "…"),
    ],
)
def test_beginning_is_one_paragraph_without_addresses(text, beginning):
    assert beginning_of(text) == beginning


def test_mails_that_give_a_seat_announce_it_to_who_will_get_it(delivered):
    talk = make_talk()
    make_registration(talk)
    first = text_of(delivered()["kim"])
    Registration.objects.update(recap_promised=False)
    make_registration(talk, tells_of_recap=False)
    OutgoingMail.objects.update(created_at=talk.starts_at - 40 * DAY)
    Registration.objects.send_links("kim@stadt.example")

    later = text_of(delivered()["kim"])

    announced = "Nach dem Talk schicken wir Ihnen einmal eine E-Mail"
    assert (announced in first, announced in later) == (True, False)
