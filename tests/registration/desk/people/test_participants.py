"""The organisers' pages about the people of a talk."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Municipality
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = "/admin/registration/registration/"
LEA = {"name": "Lea Beispiel", "email": " Lea@STADT.example"}


def page(client, name, pk) -> str:
    return client.get(reverse(f"admin:{name}", args=[pk])).content.decode()


def test_town_is_corrected_without_a_mail(admin_client):
    row = make_registration()
    town = Municipality.objects.create(name="Herzberg", land="Brandenburg")
    correct = reverse("admin:correct_registration", args=[row.pk])
    before = OutgoingMail.objects.count()

    admin_client.post(correct, {"email": row.email, "municipality": town.pk})

    row.refresh_from_db()
    assert (row.municipality, OutgoingMail.objects.count()) == (town, before)


def test_address_that_is_taken_or_wrong_is_refused_with_a_word(admin_client):
    row = make_registration()
    make_registration(row.talk, email="lea@stadt.example")
    correct = reverse("admin:correct_registration", args=[row.pk])

    for email, word in [("lea@stadt.example", "schon jemand"), ("lea@", "vollständige")]:
        response = admin_client.post(correct, {"email": email, "municipality": ""})
        assert word in response.content.decode()
    assert admin_client.get(reverse("admin:correct_registration", args=[0])).status_code == 404


def test_somebody_is_entered_by_hand(admin_client):
    talk = make_talk(capacity=1, waiting_list=False)
    add = reverse("admin:add_participant", args=[talk.pk])

    assert admin_client.post(add, LEA).status_code == 302
    refused = admin_client.post(add, LEA | {"email": "kim@stadt.example"}).content.decode()
    assert "nimmt niemanden mehr auf: Ausgebucht." in refused
    admin_client.post(add, LEA | {"email": "kim@stadt.example", "extra_seat": "on"})

    rows = Registration.objects.order_by("pk").values_list("email", "state")
    assert list(rows) == [("Lea@stadt.example", "confirmed"), ("kim@stadt.example", "confirmed")]
    assert OutgoingMail.objects.filter(kind="signed_up").count() == 2
    assert "https" in admin_client.post(add, {"name": "https://x"}).content.decode()


def test_sheets_hold_no_address(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, organisation="Stadt Musterstadt", question="Wie <b>teuer</b>?")
    make_registration(talk, name="Lea Wartend", email="lea@stadt.example", question="")
    make_registration(talk, name="Weg", email="weg@stadt.example").cancel()

    people, questions = (
        page(admin_client, "print_participants", talk.pk),
        page(admin_client, "print_questions", talk.pk),
    )

    assert [name in people for name in ("Kim Beispiel", "Lea Wartend", ">Weg<")] == [
        True,
        True,
        False,
    ]
    assert "Wie &lt;b&gt;teuer&lt;/b&gt;?" in questions
    assert [text for text in ("Kim Beispiel", "Musterstadt") if text in questions] == []
    assert "Lea" not in questions
    assert "@" not in people.partition("for-print")[2] + questions.partition("for-print")[2]


@pytest.mark.parametrize("name", ["print_participants", "print_questions"])
def test_sheets_need_the_same_queries_for_any_number(admin_client, name):
    talk = make_talk()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(admin_client, name, talk.pk)
        return len(captured)

    make_registration(talk, question="Wie?")
    first = queries()
    for number in range(5):
        make_registration(talk, email=f"p{number}@stadt.example", question="Wie?")

    assert queries() == first


def test_history_of_it_all_names_nobody(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    admin_client.post(reverse("admin:add_participant", args=[talk.pk]), LEA)
    row = Registration.objects.get()
    correct = reverse("admin:correct_registration", args=[row.pk])
    admin_client.post(correct, {"email": "lea@b.example", "municipality": ""})
    clock.move_to(talk.starts_at)
    file = SimpleUploadedFile("lea.csv", b"Email\nlea@b.example\n")
    admin_client.post(reverse("admin:import_attendance", args=[talk.pk]), {"file": file})

    written = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(written) == [
        (f"Anmeldung Nr. {row.pk}", "Von Hand eingetragen."),
        (f"Anmeldung Nr. {row.pk}", "Adresse berichtigt, Mails noch einmal verschickt."),
        (f"Anmeldung Nr. {row.pk}", "Als dabei vermerkt, aus einer Datei."),
    ]
