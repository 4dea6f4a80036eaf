"""Every kind of mail as its recipient reads it: subject, buttons, organisers, sentences.

How it looks in a browser: tests/e2e/test_mails.py; in mail programs: tests/foreign/test_mails.py.
"""

import re

import pytest

from events.models import Series, Talk
from registration.mail.deliver import render
from registration.mail.mail import inlined
from registration.models import Message, OutgoingMail, Registration
from tests.makers import make_registration, make_talk
from tests.registration.mail.every_kind import EVERY_KIND, LONG_TITLE, Kind
from tests.sentences import too_long, too_long_in_text

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ORGANISERS = ["Städteverein & Freunde e. V.", 'Akademie "Kleinstadt"']
# Mails about no talk, and the organisers' own words.
OTHER_SUBJECTS = {Kind.CONFIRM_INTEREST, Kind.MESSAGE}
OTHER_SUBJECTS |= {
    Kind.INVITATION,
    Kind.NEW_PASSWORD,
    Kind.NEW_SECOND_FACTOR,
    Kind.ACCOUNT_CHANGED,
    Kind.OFFER,
}
STATE_DATE_TITLE = re.compile(r"[\w -]+, (ab )?\d{1,2}\. \w+(, \d{1,2} Uhr)?: \S.*")
BLOCK = re.compile(r'<td class="talk".*?<td class="gap"', re.DOTALL)
BUTTON = re.compile(r'<table class="button".*?</table>', re.DOTALL)
LINK = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def made():
    """Keep what was made once for all tests, which only read it: by how it comes about."""
    return {}


@pytest.fixture(params=[pytest.param(kind.values, id=kind.id) for kind in EVERY_KIND])
def mail(request, clock, made):
    """Give the newest mail of each kind, about talks with long titles."""
    if request.param not in made:
        made[request.param] = make_mail(*request.param, clock)
    return made[request.param]


def make_mail(kind, make, clock):
    Series.objects.create(organisers="\n".join(ORGANISERS))
    make(clock)
    Talk.objects.update(title=LONG_TITLE)
    outgoing = OutgoingMail.objects.filter(kind=kind).latest("pk")
    found = render(outgoing)
    found.outgoing = outgoing
    return found


def html_of(mail):
    return mail.alternatives[0].content


def test_subject_is_state_date_and_title_and_fits(mail):
    assert len(mail.subject) <= 78
    if mail.outgoing.kind not in OTHER_SUBJECTS:
        assert STATE_DATE_TITLE.fullmatch(mail.subject)


def test_organisers_are_named(mail):
    assert all(name in mail.body for name in ORGANISERS)
    assert "Städteverein &amp; Freunde e. V.<br>" in html_of(mail)


def test_no_sentence_has_more_than_25_words(mail):
    assert too_long(html_of(mail)) == []
    assert too_long_in_text(mail.body.replace(LONG_TITLE, "Titel")) == []


def test_yellow_button_stands_in_the_block_of_its_talk(mail):
    """The way in of each seat; where there is none, at most one button below all blocks."""
    html = html_of(mail)
    blocks = BLOCK.findall(html)
    ways_in = set(re.findall(r"^\S+/teilnehmen/\S+$", mail.body, re.MULTILINE))

    inside = [LINK.findall(button) for block in blocks for button in BUTTON.findall(block)]
    outside = BUTTON.findall(BLOCK.sub("", html))
    if mail.outgoing.kind != Kind.MESSAGE:  # names it in the organisers' sentence
        assert sorted(inside) == sorted([way_in] for way_in in ways_in)
    assert all(len(BUTTON.findall(block)) <= 1 for block in blocks)
    assert len(outside) <= (0 if inside else 1)


def test_styles_stand_in_the_elements_and_the_head_keeps_what_cannot(mail):
    html = html_of(mail)
    (sheet,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)

    assert not re.sub(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet).strip()
    assert re.search(r'<td class="body" style="[^"]*background-color: #\w+', html)
    assert all("background-color" in button for button in BUTTON.findall(html))


def test_style_sheet_of_another_host_is_not_fetched():
    html = '<link rel="stylesheet" href="https://evil.example/a.css"><p>Ä</p>'

    assert "<p>Ä</p>" in inlined(html)


def test_seat_of_another_shows_nothing_of_it(clock):
    """The row of a handed-over seat is the new person's when the former one's mail is written."""
    row = make_registration(make_talk(dial_in="069 1234"), question="Wer zahlt?")
    row.hand_over(name="Lea Beispiel", email="lea@stadt.example")
    row.refresh_from_db()

    (outgoing,) = OutgoingMail.objects.filter(kind=Kind.GIVEN_AWAY)
    mail = render(outgoing)

    for shown in (mail.body, html_of(mail)):
        assert "Gudensberg" in shown
        for secret in ("/teilnehmen/", "069 1234", "Wer zahlt?", "Lea", "Angemeldet"):
            assert secret not in shown


@pytest.mark.parametrize("kind", [Kind.PLEASE_CONFIRM, Kind.SIGNED_UP])
def test_who_has_no_seat_learns_no_number_to_dial(kind):
    talk = make_talk(capacity=1, dial_in="069 1234", double_opt_in=kind == Kind.PLEASE_CONFIRM)
    if kind == Kind.SIGNED_UP:
        make_registration(talk, email="erste@stadt.example")
    make_registration(talk, question="Wer <zahlt>?")

    mail = render(OutgoingMail.objects.filter(kind=kind).latest("pk"))

    # What was typed goes to no address that may be another's.
    assert ("Wer <zahlt>?" in mail.body) == (kind == Kind.SIGNED_UP)
    assert ("Wer &lt;zahlt&gt;?" in html_of(mail)) == (kind == Kind.SIGNED_UP)
    assert "069 1234" not in mail.body + html_of(mail)


def test_message_names_the_way_in_and_writes_it_out_in_the_text_alone():
    row = make_registration(name="<b>Kim</b> {zugang}")
    text = "Guten Tag {name},\n\nhier: {zugang}\nund hier: {zugang}. https://stadt.example/ä"
    Message.objects.create(talk=row.talk, subject="{titel} " * 18, text=text).release()

    mail = render(OutgoingMail.objects.get(kind=Kind.MESSAGE))

    link = f'<a href="{row.way_in_url}" style="color: #0e4a42;">Ihr Zugang zum Talk</a>'
    assert html_of(mail).count(link) == html_of(mail).count(row.way_in_url) == 2
    assert f"hier: {row.way_in_url}\nund hier: {row.way_in_url}." in mail.body
    assert "Guten Tag &lt;b&gt;Kim&lt;/b&gt; {zugang},<br><br>hier: <a" in html_of(mail)
    assert len(mail.subject) <= 78


def test_footer_of_who_left_speaks_of_coming_back():
    row = make_registration()
    row.cancel(Registration.Reason.PERSON)

    mail = render(OutgoingMail.objects.get(kind=Kind.CANCELLED))

    assert "Wenn Sie sich nicht selbst abgemeldet haben, antworten Sie bitte" in mail.body
    assert "melden Sie sich bitte unter" not in mail.body
    assert ">Wieder anmelden</a>" in html_of(mail)
