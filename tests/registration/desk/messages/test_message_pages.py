"""The organisers' pages about a message: write, check, try out, release, stop."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.html import escape

from registration.mail.deliver import deliver_due
from registration.models import Message, OutgoingMail
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
    assert "0 von 1 Mails verschickt</strong>, 1 wartet noch" in html
    change = reverse("admin:registration_message_change", args=[message.pk])
    assert admin_client.post(change, words).status_code == 403
    admin_client.post(page("stop_message", message))
    html = admin_client.get(page("check_message", message)).content.decode()
    assert "1 angehalten" in html
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
        admin_client.get(reverse("admin:registration_message_change", args=[message.pk])),
        admin_client.get(page("check_message", message)),
    ]

    for response in pages:
        assert (response.status_code, "Text gelöscht" in response.content.decode()) == (200, True)
    html = pages[2].content.decode()
    assert [word for word in ("Freigeben", "Test an mich", "So liest es") if word in html] == []
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
