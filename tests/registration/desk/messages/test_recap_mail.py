"""The page that sends the material of a talk: what it says, and what its buttons do."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Material, Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk
from tests.registration.desk.first_page.page import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.fixture
def talk(clock):
    """Give a talk of yesterday with its recap, and Kim and Lea who had a seat; Lea was there."""
    talk = make_talk(recap="So war es.")
    make_registration(talk)
    lea = make_registration(talk, email="lea@stadt.example", name="Lea")
    Registration.objects.filter(pk=lea.pk).update(minutes_present=60)
    deliver_due()
    clock.move_to(talk.ends_at + DAY)
    return talk


@pytest.fixture
def organiser(client, admin_user, talk):
    """Log in when the talk is over: the clock has ended every session before."""
    client.force_login(admin_user)
    return client


def url(talk):
    return reverse("admin:recap_mail", args=[talk.pk])


def read(client, talk):
    """Return what stands on the page, without markup."""
    html = client.get(url(talk)).content.decode()
    text = re.sub(r"<[^>]+>", " ", html.partition('<div id="content"')[2])
    return re.sub(r" ([.,:;])", r"\1", " ".join(unescape(text).split()))


def form_of(client, talk):
    """Return what the button sends that releases the mail."""
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url(talk)).content.decode())
    return {"seen": seen[1]}


def press_send(client, talk):
    return client.post(url(talk), form_of(client, talk), follow=True).content.decode()


def test_page_says_what_there_is_and_who_gets_it(organiser, talk):
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    for number, columns in enumerate([{}, {"recap_promised": True, "recap_off": True}]):
        row = make_unannounced(talk, number)
        Registration.objects.filter(pk=row.pk).update(**columns)

    text = read(organiser, talk)

    for words in (
        "Rückblick: da",
        "Material: Folien (alle)",
        "Schriftliche Antworten: keine",
        "Bescheinigung: für 1 Person, die dabei war",
        "2 Personen: 1 mit Bescheinigung, 1 ohne. Noch ist nichts verschickt.",
        "1 Person, die sich angemeldet hat, bevor das Formular diese Mail angekündigt hat.",
        "1 Person, die keine Unterlagen per E-Mail möchte.",
        "Fassung mit Bescheinigung: 1 Person",
        "Fassung ohne Bescheinigung: 1 Person",
        "Betreff: Unterlagen und Bescheinigung, 26.",
    ):
        assert words in text
    assert OutgoingMail.objects.of_recap(talk).count() == 0


def make_unannounced(talk, number):
    """Return a row from before the mail was announced."""
    return Registration.objects.create(
        talk=talk,
        name="Mo",
        email=f"mo{number}@stadt.example",
        email_key=f"mo{number}@stadt.example",
        state="confirmed",
    )


def test_button_sends_it_once_and_the_page_says_what_became_of_it(organiser, talk):
    page = press_send(organiser, talk)
    assert "2 Mails gehen jetzt hinaus." in page
    pressed_twice = organiser.post(url(talk), {"seen": "anything"}, follow=True)
    assert "nichts verschickt" not in pressed_twice.content.decode()
    deliver_due()

    text = read(organiser, talk)

    assert "Uhr an 2 Personen freigegeben; 2 Mails verschickt." in text
    assert "Alle, die sie bekommen können, haben sie oder bekommen sie gerade." in text
    assert "Verschicken:" not in text
    assert LogEntry.objects.get().change_message == "Unterlagen verschickt: 2 Mails."
    assert OutgoingMail.objects.of_recap(talk).count() == 2


CHANGES = {
    "recap": lambda talk: Talk.objects.filter(pk=talk.pk).update(recap="Anders."),
    "answers": lambda talk: Talk.objects.filter(pk=talk.pk).update(written_answers="Neu."),
    "material": lambda talk: Material.objects.create(
        talk=talk, title="F", url="https://f.example"
    ),
    "presence": lambda talk: Registration.objects.update(marked_present=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_page_was_read_is_not_sent(organiser, talk, change):
    form = form_of(organiser, talk)
    CHANGES[change](talk)

    page = organiser.post(url(talk), form, follow=True).content.decode()

    assert "Inzwischen hat sich etwas geändert. Es ist nichts verschickt." in page
    assert OutgoingMail.objects.of_recap(talk).count() == 0


def test_empty_post_sends_nothing(organiser, talk):
    organiser.post(url(talk))

    assert OutgoingMail.objects.of_recap(talk).count() == 0


def test_what_has_not_gone_out_is_held_and_resumed(organiser, talk):
    press_send(organiser, talk)

    organiser.post(url(talk), {"hold": ""})
    assert deliver_due() == []
    assert "2 zurückgehalten" in read(organiser, talk)
    organiser.post(url(talk), {"resume": ""})

    assert deliver_due() == ["sent", "sent"]


@pytest.mark.parametrize("wording", ["mit", "ohne"])
def test_test_goes_to_the_organiser_in_the_chosen_wording(organiser, admin_user, talk, wording):
    admin_user.email = "chef@verein.example"
    admin_user.save()

    organiser.post(url(talk), {"test": wording})

    mail = OutgoingMail.objects.get(kind="recap")
    assert mail.recipient == "chef@verein.example"
    assert deliver_due() == ["sent"]
    assert OutgoingMail.objects.of_recap(talk).count() == 0
    assert read(organiser, talk).count("Noch ist nichts verschickt.") == 1


def test_test_without_an_address_says_where_to_enter_one(organiser, admin_user, talk):
    admin_user.email = ""
    admin_user.save()

    page = organiser.post(url(talk), {"test": "mit"}, follow=True).content.decode()

    assert "In Ihrem Konto steht keine E-Mail-Adresse." in page
    assert organiser.post(url(talk), {"test": "oder"}).status_code == 404


def test_preview_shows_the_wording(organiser, talk):
    address = reverse("admin:recap_mail_html", args=[talk.pk, "mit"])

    html = organiser.get(address).content.decode()

    assert "Zur Bescheinigung" in html
    assert organiser.get(address.replace("/mit/", "/oder/")).status_code == 404


REASONS = {
    "ahead": ("sobald der Talk zu Ende ist", {"moment": -DAY}),
    "gone": ("Die Namen zu diesem Talk sind gelöscht.", {"moment": 30 * DAY}),
    "cancelled": ("findet nicht statt", {"status": "cancelled"}),
    "draft": ("nicht veröffentlicht", {"status": "draft"}),
}


@pytest.mark.parametrize("reason", REASONS)
def test_page_says_why_nothing_can_be_sent(organiser, admin_user, talk, clock, reason):
    words, how = REASONS[reason]
    if "moment" in how:
        clock.move_to(talk.ends_at + how["moment"])
        organiser.force_login(admin_user)
    Talk.objects.filter(pk=talk.pk).update(status=how.get("status", "published"))

    text = read(organiser, talk)

    assert words in text
    assert "Verschicken:" not in text
    organiser.post(url(talk), {"seen": "x"})
    assert OutgoingMail.objects.of_recap(talk).count() == 0


def test_page_names_what_is_missing(organiser, talk):
    Talk.objects.filter(pk=talk.pk).update(recap="")
    Registration.objects.update(minutes_present=None)

    text = read(organiser, talk)

    assert "Rückblick: fehlt. Schreiben" in text
    assert "für niemanden, weil noch nicht vermerkt ist, wer dabei war" in text
    assert "Noch gibt es nichts zu verschicken." in text


def test_whoever_may_only_look_has_no_buttons(client, talk):
    as_role(client, "Teilnehmende")
    assert "Verschicken: 2 Mails" in client.get(url(talk)).content.decode()
    Permission.objects.get(codename="change_message").group_set.clear()

    assert "Verschicken:" not in client.get(url(talk)).content.decode()
    assert client.post(url(talk), {"seen": "x"}).status_code == 403


@pytest.mark.parametrize(("role", "sees"), [("Teilnehmende", True), ("Redaktion", False)])
def test_talk_and_list_of_its_people_lead_there_once_it_is_over(client, clock, talk, role, sees):
    pages = [reverse("admin:events_talk_change", args=[talk.pk])]
    if sees:
        people = reverse("admin:registration_registration_changelist")
        pages.append(f"{people}?talk__id__exact={talk.pk}")
    shown = {}
    for moment in (-DAY, timedelta(0)):
        clock.move_to(talk.ends_at + moment)
        as_role(client, role)
        shown[moment] = [url(talk) in client.get(page).content.decode() for page in pages]

    assert shown == {-DAY: [False] * len(pages), timedelta(0): [sees] * len(pages)}


def test_number_of_queries_does_not_grow_with_people(organiser, talk):
    def queries():
        with CaptureQueriesContext(connection) as context:
            organiser.get(url(talk))
        return len(context)

    queries()
    before = queries()
    for number in range(5):
        row = make_unannounced(talk, number)
        Registration.objects.filter(pk=row.pk).update(recap_promised=True)
        Material.objects.create(talk=talk, title=f"F{number}", url="https://f.example")

    assert queries() == before
