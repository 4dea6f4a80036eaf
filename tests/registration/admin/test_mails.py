"""The list of outgoing mails: which mail is which, after its address is gone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import (
    make_interest,
    make_message,
    make_registration,
    make_speaker_link,
    make_talk,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = reverse("admin:registration_outgoingmail_changelist")


def page_of(mail) -> str:
    return reverse("admin:registration_outgoingmail_change", args=[mail.pk])


def person_page(row) -> str:
    return reverse("admin:registration_registration_person", args=[row.pk])


def listed(client, **query) -> set[int]:
    return {mail.pk for mail in client.get(LIST, query).context["cl"].result_list}


def test_sent_mails_are_told_apart_by_talk_kind_and_state(admin_client, smtp_server):
    first, second = make_talk(title="Wärme"), make_talk(title="Licht")
    for talk in (first, second):
        make_registration(talk)
    deliver_due()
    assert not OutgoingMail.objects.exclude(recipient="").exists()
    message = make_message(first)
    message.release()
    test = message.send_test("orga@amt.example")
    of_first = {*OutgoingMail.objects.about_talk(first).values_list("pk", flat=True)}
    assert len(of_first) == 3
    assert test.pk in of_first

    assert listed(admin_client, talk=first.pk) == of_first
    signed_up = OutgoingMail.objects.get(kind="signed_up", registrations__talk=first)
    assert listed(admin_client, talk=first.pk, kind__exact="signed_up") == {signed_up.pk}
    assert listed(admin_client, talk=first.pk, state__exact="sent") == {signed_up.pk}
    html = admin_client.get(LIST).content.decode()
    assert f'<a href="{LIST}?talk={first.pk}">Wärme</a>' in html


def test_mail_stays_with_its_talk_and_not_with_its_person(admin_client, smtp_server):
    row = make_registration(name="Änne Groß")
    deliver_due()
    mail = OutgoingMail.objects.get()
    assert f'<a href="{person_page(row)}">Änne Groß</a>' in admin_client.get(LIST).content.decode()

    row.anonymise()

    for path in (LIST, page_of(mail)):
        html = admin_client.get(path).content.decode()
        assert "nicht mehr zuzuordnen" in html
        assert person_page(row) not in html
    assert mail.pk in listed(admin_client, talk=row.talk_id)


def test_mail_to_the_former_person_is_not_shown_as_the_present_ones(admin_client, smtp_server):
    row = make_registration(name="Kim Beispiel")
    deliver_due()
    row.hand_over(name="Lea Neu", email="lea@stadt.example")

    signed_up = OutgoingMail.objects.get(kind="signed_up")
    given_away = OutgoingMail.objects.get(kind="given_away")
    handed_over = OutgoingMail.objects.get(kind="handed_over")

    for mail, is_hers in ((signed_up, False), (given_away, False), (handed_over, True)):
        html = admin_client.get(page_of(mail)).content.decode()
        assert (">Lea Neu</a>" in html) == is_hers


def test_page_of_a_refused_mail_says_what_it_is_and_why(admin_client, smtp_server):
    row = make_registration(name="Änne Groß")
    smtp_server.answers["RCPT"] = ["550 5.1.1 <kim@stadt.example> User unknown"]
    deliver_due()
    mail = OutgoingMail.objects.get()

    html = admin_client.get(page_of(mail)).content.decode()

    assert mail.attempts == 1
    assert mail.last_error == "550 5.1.1 … User unknown"
    assert "Das Postfach gibt es nicht (550 5.1.1)" in html
    assert "User unknown" not in html
    assert f'<a href="{person_page(row)}">Änne Groß</a>' in html
    assert f'<a href="{LIST}?talk={row.talk_id}">' in html
    assert "unzustellbar" in html


def test_mail_that_is_put_off_counts_each_try(admin_client, smtp_server, clock):
    make_registration()
    smtp_server.answers["RCPT"] = ["451 later"] * 2
    for _ in range(2):
        deliver_due()
        clock.shift(timedelta(minutes=5))

    html = admin_client.get(LIST).content.decode()

    assert "Der Server bittet um Geduld (451)" in html
    assert OutgoingMail.objects.get().attempts == 2


def test_mail_of_several_talks_and_one_about_news_name_theirs(admin_client):
    talks = [make_talk(title=title) for title in ("Wärme", "Licht")]
    Registration.objects.sign_up(talks, name="Kim", email="kim@stadt.example")
    both = OutgoingMail.objects.get()
    assert both.talks == talks
    interest = make_interest("lea@stadt.example")
    (news,) = OutgoingMail.objects.enqueue_news(talks[0], [interest])

    html = admin_client.get(page_of(news)).content.decode()

    assert "Neue Termine per E-Mail</a>" in html
    assert ">Wärme</a>" in html


def test_mail_to_an_account_is_no_lost_persons(admin_client, admin_user):
    OutgoingMail.objects.enqueue_to_account("new_password", admin_user, recipient="orga@x.example")

    html = admin_client.get("/admin/registration/outgoingmail/").content.decode()

    assert ("jemand aus dem Team" in html, "nicht mehr zuzuordnen" in html) == (True, False)


def test_nobody_is_looked_for_by_an_address_in_an_address(admin_client):
    mail = make_registration(name="Kim Beispiel").mails.get()

    assert listed(admin_client, q="kim@stadt.example") == listed(admin_client, q="Kim") == set()
    assert listed(admin_client, q=mail.message_id) == {mail.pk}


def test_list_needs_as_many_queries_for_many_mails_as_for_one(
    admin_client, django_assert_max_num_queries
):
    for number in range(3):
        talk = make_talk(title=f"Talk {number}")
        make_registration(talk, email=f"{number}@stadt.example")
        make_registration(talk, email=f"neu{number}@stadt.example")
        make_message(talk).release()

    with django_assert_max_num_queries(10):
        assert len(listed(admin_client)) == OutgoingMail.objects.count() > 3
    with django_assert_max_num_queries(12):
        listed(admin_client, talk=talk.pk, kind__exact="signed_up")


@pytest.mark.parametrize("value", ["0", "x", "9" * 30, "99999999"])
def test_filter_takes_any_talk(admin_client, value):
    make_registration()

    assert admin_client.get(LIST, {"talk": value}).status_code in (200, 302)


def test_mail_to_a_speaker_names_them_and_their_talk(admin_client, smtp_server):
    link = make_speaker_link(make_talk(title="Wärme"))
    mail = OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    deliver_due()
    card = f"{reverse('admin:speaker_links', args=[link.talk.pk])}#speaker-{link.speaker_id}"

    for path in (LIST, page_of(mail)):
        html = admin_client.get(path).content.decode()
        for words in (f'{card}">Sina Massow</a>, trägt vor', ">Wärme</a>"):
            assert words in html
    assert listed(admin_client, talk=link.talk.pk) == {mail.pk}

    link.delete()
    assert "nicht mehr zuzuordnen" in admin_client.get(LIST).content.decode()


def test_refused_mail_to_a_speaker_leads_to_where_the_address_is_corrected(admin_client):
    link = make_speaker_link()
    mail = OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    OutgoingMail.objects.filter(pk=mail.pk).update(state="failed", last_error="550 5.1.1 unknown")
    card = f"{reverse('admin:speaker_links', args=[link.talk.pk])}#speaker-{link.speaker_id}"

    html = admin_client.get(LIST).content.decode()

    assert f'<a href="{card}">Adresse berichtigen</a>' in html


def test_list_asks_no_more_questions_for_more_speakers(
    admin_client, django_assert_max_num_queries
):
    for number in range(3):
        link = make_speaker_link(make_talk(title=f"Talk {number}"))
        OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")
    with CaptureQueriesContext(connection) as three:
        admin_client.get(LIST)
    for number in range(3):
        link = make_speaker_link(make_talk(title=f"Noch einer {number}"))
        OutgoingMail.objects.enqueue_to_speaker("speaker_link", link, "1")

    with django_assert_max_num_queries(len(three)):
        admin_client.get(LIST)
