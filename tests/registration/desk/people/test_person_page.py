"""The page of one person: everything about them, and what can be done."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.mail.deliver import deliver_due
from registration.models import Interest, OutgoingMail, Registration
from tests.makers import TITLE, make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

KIM = "kim@stadt.example"


def url(row, name="registration_registration_person", *more) -> str:
    return reverse(f"admin:{name}", args=[row.pk, *more])


def text(response) -> str:
    html = re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="main"')[2])
    return " ".join(unescape(html).split())


def test_page_shows_all_talks_mails_and_what_is_known(admin_client):
    full = make_talk(title="Voll", capacity=1)
    make_registration(full, email="erste@stadt.example")
    first = make_registration(question="Wie & warum?", organisation="Stadt Musterstadt")
    second = make_registration(full, name="Kim B.")
    Interest.objects.ask(KIM)
    make_registration(first.talk, name="Jemand Anderes", email="anders@stadt.example")

    for row in (first, second):
        shown = text(admin_client.get(url(row)))

        words = (KIM, "Stadt Musterstadt", TITLE, "Voll", "Warteliste, Platz 1")
        words += ("Wie & warum?", "Wartet auf Bestätigung")
        assert [word for word in words if word not in shown] == []
        assert shown.count("Anmeldung bestätigt / Warteliste") == 2
        assert "anders@" not in shown


def test_address_and_name_stand_in_no_address(admin_client):
    row = make_registration(question="Wie?")
    deliver_due()

    html = admin_client.get(url(row)).content.decode()

    targets = re.findall(r'(?:href|action|src)="([^"]*)"', html)
    assert [target for target in targets if re.search("kim|beispiel|%40|@", target, re.I)] == []


def test_each_talk_offers_its_own_buttons(admin_client):
    full = make_talk(title="Voll", capacity=1)
    make_registration(full, email="erste@stadt.example")
    seated, waiting = make_registration(), make_registration(full)

    html = admin_client.get(url(seated)).content.decode()

    def offers(row, word):
        return url(row, "act_on_registration", word) in html

    assert [offers(row, "abmelden") for row in (seated, waiting)] == [True, True]
    assert [offers(row, "nachruecken") for row in (seated, waiting)] == [False, True]


def test_who_may_only_look_finds_nothing_to_press(client):
    user = User.objects.create_user("leserin", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_registration"))
    client.force_login(user)
    row = make_registration()
    deliver_due()

    response = client.get(url(row))

    assert (response.status_code, KIM in text(response)) == (200, True)
    pressed = re.findall(r'action="([^"]*)"', response.content.decode())
    assert [path for path in pressed if "/registration/" in path] == []
    for name, more in (("act_on_registration", ["abmelden"]), ("correct_registration", [])):
        assert client.post(url(row, name, *more)).status_code == 403
    assert client.post(url(row, "resend_mail", OutgoingMail.objects.get().pk)).status_code == 403


def test_erased_row_shows_plainly_and_offers_nothing(admin_client, admin_user, clock):
    row = make_registration(organisation="Stadt Gudensberg")
    deliver_due()
    clock.move_to(row.talk.ends_at)
    Registration.objects.get().anonymise()
    admin_client.force_login(admin_user)

    response = admin_client.get(url(row))

    shown = text(response)
    assert ("Anonyme Anmeldung" in shown, "Kim" in shown, TITLE in shown) == (True, False, True)
    assert "/abmelden/" not in response.content.decode()
    for name, more in (("correct_registration", []), ("resend_mail", [1])):
        assert admin_client.post(url(row, name, *more)).status_code == 404


def test_mail_is_sent_again_once_and_only_of_this_person(admin_client, smtp_server):
    row = make_registration()
    other = make_registration(row.talk, name="Lea", email="lea@stadt.example")
    deliver_due()
    mail = OutgoingMail.objects.get(registrations=row)
    again = url(row, "resend_mail", mail.pk)
    assert again in admin_client.get(url(row)).content.decode()

    said = text(admin_client.post(again, follow=True))
    assert "„Anmeldung bestätigt / Warteliste“ geht noch einmal hinaus." in said
    assert "geht nicht noch einmal hinaus" in text(admin_client.post(again, follow=True))
    deliver_due()

    assert [message.rcpt_tos for message in smtp_server.messages].count([KIM]) == 2
    assert LogEntry.objects.get().change_message == "Noch einmal verschickt."
    assert admin_client.get(again).status_code == 405
    assert admin_client.post(url(other, "resend_mail", mail.pk)).status_code == 404


def test_refused_mail_and_its_reason_stand_there(admin_client, smtp_server):
    row = make_registration()
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()

    response = admin_client.get(url(row))

    assert "unzustellbar" in text(response)
    assert url(row, "correct_registration") in response.content.decode()


def test_message_is_named_by_its_subject(admin_client):
    row = make_registration()
    make_message(row.talk, subject="Ihre Folien & mehr").release()

    assert "„Ihre Folien & mehr“" in text(admin_client.get(url(row)))


def test_page_needs_few_queries_for_any_number(admin_client):
    def queries(row):
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(url(row)).status_code == 200
        return len(captured)

    full = make_talk(title="Voll", capacity=1)
    make_registration(full, email="erste@stadt.example")
    row = make_registration(full, organisation="Stadt Gudensberg")
    Interest.objects.ask(KIM)
    queries(row)
    first = queries(row)
    for number in range(5):
        talk = make_talk(title=f"Talk {number}", starts_in=timedelta(days=number + 3), capacity=1)
        make_registration(talk, email="erste@stadt.example")
        make_registration(talk, organisation="Stadt Gudensberg")

    assert queries(row) == first <= 12


def test_unknown_number_is_no_page(admin_client):
    assert (
        admin_client.get(reverse("admin:registration_registration_person", args=[0])).status_code
        == 404
    )
