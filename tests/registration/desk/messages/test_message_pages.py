"""The organisers' pages about a message: write, check, try out, release, stop."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.html import escape

from registration.mail.deliver import deliver_due
from registration.models import Message, OutgoingMail, Registration
from tests.html_form import form_data
from tests.makers import make_message, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def queued() -> list[str]:
    mails = OutgoingMail.objects.filter(kind="message").queued().order_by("pk")
    return list(mails.values_list("recipient", flat=True))


def page(name, message) -> str:
    return reverse(f"admin:{name}", args=[message.pk])


def test_organiser_writes_checks_tests_releases_and_stops(admin_client, admin_user, smtp_server):
    talk = make_talk()
    row = make_registration(talk, name="Änne Groß")
    deliver_due()
    smtp_server.messages.clear()
    add = reverse("admin:registration_message_add")
    words = {
        "talk": talk.pk,
        "recipients": "confirmed",
        "subject": "Für {name}",
        "text": "Guten Tag {name}, Zugang: {zugang}",
    }

    assert "{foo}" in admin_client.post(add, words | {"text": "{foo}"}).content.decode()
    assert "unlesbare" in admin_client.post(add, words | {"text": "a\ufffdb"}).content.decode()
    response = admin_client.post(add, words)
    message = Message.objects.get()
    assert response["Location"] == page("check_message", message)
    assert (message.author, queued()) == (admin_user, [])

    html = admin_client.get(page("check_message", message)).content.decode()
    assert "1 Person bekommt diese Nachricht" in html
    assert "Guten Tag Änne Groß," in html
    assert row.key not in html
    admin_client.post(page("test_message", message))
    deliver_due()
    assert [sent.rcpt_tos for sent in smtp_server.messages] == [[admin_user.email]]
    assert b"Guten Tag Kim Beispiel" in smtp_server.messages[0].content

    admin_client.post(page("release_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert "0 von 1 Mail verschickt</strong>, 1 wartet noch" in html
    change = reverse("admin:registration_message_change", args=[message.pk])
    assert admin_client.post(change, words).status_code == 403
    admin_client.post(page("stop_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert "Stand: <strong>angehalten</strong>" in html
    assert "1 zurückgehalten" in html
    assert [*LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)] == [
        f"Nachricht Nr. {message.pk}"
    ] * 3


def test_pages_change_nothing_when_only_looked_at(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)

    for name in ("test_message", "release_message", "resume_message"):
        assert admin_client.get(page(name, message)).status_code == 405
    for name in ("stop_message", "delete_draft"):
        assert admin_client.get(page(name, message)).status_code == 200
    assert Message.objects.get() == message
    assert queued() == []


def test_message_to_nobody_offers_no_release(admin_client):
    message = make_message(make_talk())

    html = admin_client.get(page("check_message", message)).content.decode()

    assert "0 Personen bekommen" in html
    assert "Freigeben" not in html


def test_copy_to_try_needs_an_address_of_ones_own(admin_client, admin_user):
    admin_user.email = ""
    admin_user.save()
    message = make_message(make_talk())

    response = admin_client.post(page("test_message", message), follow=True)

    assert "steht keine E-Mail-Adresse" in response.content.decode()
    assert not OutgoingMail.objects.exists()


def test_emptied_message_says_so_and_does_nothing_more(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk, subject="Frau Groß & Herr Klein")
    message.erase()

    pages = [
        admin_client.get(reverse("admin:registration_message_changelist")),
        admin_client.get(
            reverse("admin:registration_message_change", args=[message.pk]), follow=True
        ),
        admin_client.get(page("check_message", message)),
    ]

    for response in pages:
        assert (response.status_code, "Text gelöscht" in response.content.decode()) == (200, True)
    html = pages[2].content.decode()
    assert [
        word for word in ("Freigeben", "Test an mich", "So liest es", "Kopieren") if word in html
    ] == []
    for name in ("test_message", "release_message"):
        assert admin_client.post(page(name, message)).status_code == 403
    change = reverse("admin:registration_message_change", args=[message.pk])
    words = {"talk": talk.pk, "recipients": "confirmed", "subject": "Neu", "text": "Neu"}
    assert admin_client.post(change, words).status_code == 403
    assert queued() == []


def test_list_leads_to_the_page_with_all_buttons(admin_client):
    message = make_message(make_talk(), subject="Ä & Ö")

    html = admin_client.get(reverse("admin:registration_message_changelist")).content.decode()

    assert f'<a href="{page("check_message", message)}">Ä &amp; Ö</a>' in html
    assert 'field-standing">Entwurf<' in html
    change = reverse("admin:registration_message_change", args=[message.pk])
    assert change in admin_client.get(page("check_message", message)).content.decode()
    assert page("check_message", message) in admin_client.get(change).content.decode()


def test_stopping_asks_first_and_can_be_taken_back(admin_client):
    talk = make_talk()
    for name in ("Kim", "Lea"):
        make_registration(talk, name=name, email=f"{name}@stadt.example")
    message = make_message(talk)
    message.release()
    assert page("stop_message", message) in (
        admin_client.get(page("check_message", message)).content.decode()
    )

    asked = admin_client.get(page("stop_message", message)).content.decode()
    assert "2 von 2 Mails sind noch nicht hinausgegangen." in asked
    assert "<li>Kim</li><li>Lea</li>" in asked
    assert not Message.objects.get().is_stopped

    admin_client.post(page("stop_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert 'value="Fortsetzen: 2 Mails"' in html
    assert (
        "<strong>Betreff:</strong> " + escape(talk.title) in html
    )  # it is read before it goes on
    admin_client.post(page("resume_message", message))
    assert OutgoingMail.objects.filter(kind="message", state="queued").count() == 2


def test_draft_can_be_deleted_and_what_was_released_cannot(admin_client):
    talk = make_talk()
    make_registration(talk)
    draft, released = make_message(talk), make_message(talk)
    admin_client.post(page("test_message", draft))
    released.release()
    asked = admin_client.get(page("delete_draft", draft)).content.decode()
    assert "noch an niemanden gegangen" in asked

    for message in (draft, released):
        admin_client.post(page("delete_draft", message))

    assert Message.objects.get() == released
    assert "delete_draft" not in admin_client.get(page("check_message", released)).content.decode()


def test_one_mail_is_spoken_of_as_one(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)

    pressed = [
        admin_client.post(page(name, message), follow=True).content.decode()
        for name in ("release_message", "stop_message", "resume_message")
    ]

    assert ["1 Mail geht jetzt hinaus." in html for html in pressed] == [True, False, True]
    written = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(written) == ["Freigegeben: 1 Mail.", "Angehalten.", "Fortgesetzt: 1 Mail."]


def test_list_says_in_words_where_each_message_stands(admin_client, django_assert_max_num_queries):
    talk = make_talk()
    make_registration(talk)
    for _ in range(3):
        make_message(talk).release()
    make_message(talk)

    with django_assert_max_num_queries(7):
        html = admin_client.get(reverse("admin:registration_message_changelist")).content.decode()

    assert html.count('field-standing">wird verschickt (0 von\u00a01)<') == 3
    assert html.count('field-standing">Entwurf<') == 1


def test_page_of_a_message_needs_few_queries(admin_client, django_assert_max_num_queries):
    talk = make_talk()
    for number in range(5):
        make_registration(talk, email=f"{number}@stadt.example")
    message = make_message(talk)
    message.release()

    with django_assert_max_num_queries(12):
        assert admin_client.get(page("check_message", message)).status_code == 200


def test_mail_is_shown_as_its_recipient_sees_it(admin_client):
    talk = make_talk()
    row = make_registration(talk, name="Änne <Groß>")
    message = make_message(talk, text="Guten Tag {name}, {zugang}")
    shown = admin_client.get(page("check_message", message)).content.decode()
    assert f'<iframe class="mail-frame" src="{page("message_html", message)}"' in shown

    response = admin_client.get(page("message_html", message))

    assert "sandbox" in response["Content-Security-Policy"]
    assert "Guten Tag Änne &lt;Groß&gt;" in response.content.decode()
    assert row.key not in response.content.decode()
    message.erase()
    assert admin_client.get(page("message_html", message)).status_code == 404


def test_message_to_nobody_yet_is_shown_to_an_invented_person(admin_client):
    message = make_message(make_talk(), text="Guten Tag {name}")

    html = admin_client.get(page("check_message", message)).content.decode()

    assert "hier eine erfundene Person" in html
    assert "Guten Tag Kim Beispiel" in html


@pytest.mark.parametrize(("days", "keeps_talk"), [(0, True), (30, False)])
def test_copy_is_a_new_draft_for_the_same_or_another_talk(
    admin_client, admin_user, clock, days, keeps_talk
):
    former = make_message(make_talk(), subject="Ä & Ö", text="Guten\nTag", recipients="booked")
    another = make_talk(starts_in=timedelta(days=60), title="Der nächste")
    former.release()
    clock.shift(timedelta(days=days))
    admin_client.force_login(admin_user)
    add = reverse("admin:registration_message_add") + f"?kopie={former.pk}"
    assert add in admin_client.get(page("check_message", former)).content.decode()

    data = form_data(admin_client.get(add).content.decode(), "message_form")

    kept = {"recipients": ["booked"], "subject": ["Ä & Ö"], "text": ["Guten\nTag"]}
    assert data | kept == data
    assert data.get("talk", [""]) == [str(former.talk_id) if keeps_talk else ""]
    assert Message.objects.count() == 1  # looking at the form makes none
    admin_client.post(add, data | {"talk": another.pk})
    copied = Message.objects.first()
    assert (copied.talk, copied.text, copied.is_draft) == (another, former.text, True)


@pytest.mark.parametrize("value", ["0", "x", "99999999", "9" * 30])
def test_copy_of_no_message_is_an_empty_form(admin_client, value):
    add = reverse("admin:registration_message_add")

    assert admin_client.get(add, {"kopie": value}).status_code == 200


def test_what_a_colleague_has_changed_meanwhile_is_not_released_unread(admin_client):
    talk = make_talk()
    make_registration(talk)
    message = make_message(talk)
    seen = message.fingerprint
    Message.objects.update(text="Ganz anders")

    said = admin_client.post(page("release_message", message), {"seen": seen}, follow=True)

    assert "inzwischen geändert. Es ist nichts verschickt." in said.content.decode()
    assert queued() == []


def test_answers_of_the_mail_server_are_said_in_words(admin_client, smtp_server):
    talk = make_talk()
    row = make_registration(talk)
    deliver_due()
    message = make_message(talk)
    message.release()
    smtp_server.answers["RCPT"] = ["550 5.1.1 User unknown in virtual mailbox table"]
    deliver_due()

    html = admin_client.get(page("check_message", message)).content.decode()

    assert "Das Postfach gibt es nicht (550 5.1.1)" in html
    assert "User unknown" not in html
    person = reverse("admin:registration_registration_person", args=[row.pk])
    assert f'<a href="{person}">' in html


def test_message_to_who_was_there_says_why_it_has_no_readers(admin_client):
    row = make_registration()
    row.join()
    message = make_message(row.talk, recipients="present")

    def shown() -> tuple:
        html = admin_client.get(page("check_message", message)).content.decode()
        words = ("0 Personen bekommen", "Von niemandem ist bisher bekannt", "Freigeben:")
        return tuple(word in html for word in (*words, "geht die Nachricht an niemanden"))

    assert shown() == (True, True, False, False)
    message.plan(row.talk.ends_at)
    assert shown() == (False, True, False, True)
    Registration.objects.update(marked_present=True)
    assert shown() == (False, False, False, False)
    message.stop()
    assert shown() == (False, False, True, False)


def test_form_says_whose_presence_is_known(admin_client):
    html = admin_client.get(reverse("admin:registration_message_add")).content.decode()

    assert "Angemeldete, von denen bekannt ist, dass sie dabei waren</option>" in html
    assert "Wer nur den Zugang benutzt hat, gehört nicht dazu." in html
