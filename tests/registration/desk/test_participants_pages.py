"""The organisers' pages about the people of a talk."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Municipality
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LIST = "/admin/registration/registration/"
LEA = {"name": "Lea Beispiel", "email": " Lea@STADT.example"}


def act(client, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(LIST, data, follow=True)
    return [str(message) for message in response.context["messages"]]


def page(client, name, pk) -> str:
    return client.get(reverse(f"admin:{name}", args=[pk])).content.decode()


def test_one_moves_up_and_one_is_confirmed(admin_client):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    pending = make_registration(make_talk(double_opt_in=True))

    assert act(admin_client, "promote_selected", waiting, seated) == [
        "Nachgerückt: 1 von 2.",
        "Unverändert bleibt, wer nicht wartet oder wessen Talk begonnen hat oder nicht "
        "stattfindet.",
    ]
    assert act(admin_client, "confirm_selected", pending) == ["Bestätigt: 1 von 1."]
    assert set(Registration.objects.values_list("state", flat=True)) == {"confirmed"}


def test_attendance_is_marked_and_taken_back(admin_client, clock):
    soon = timedelta(hours=1)
    rows = [make_registration(make_talk(title=title, starts_in=soon)) for title in "AB"]
    clock.move_to(rows[0].talk.starts_at)

    assert act(admin_client, "mark_present_selected", *rows) == ["Als dabei vermerkt: 2 von 2."]
    assert act(admin_client, "mark_absent_selected", rows[0]) == ["Vermerk gelöscht: 1 von 1."]
    assert list(Registration.objects.exclude(joined_at=None)) == [rows[1]]
    assert LogEntry.objects.count() == 3


def test_list_of_one_talk_has_its_buttons_and_no_column_for_it(admin_client):
    talk = make_talk()
    make_registration(talk)
    tools = [reverse("admin:add_participant", args=[talk.pk])]

    def shows(query):
        response = admin_client.get(LIST, query)
        html = response.content.decode()
        return "talk" in response.context["cl"].list_display, [path in html for path in tools]

    assert shows({"talk__id__exact": talk.pk}) == (False, [True])
    assert shows({}) == (True, [False])
    for value in ("x", "0", "99999999999", "²"):
        assert admin_client.get(LIST, {"talk__id__exact": value}, follow=True).status_code == 200


def test_refused_address_stands_beside_the_person_and_leads_to_its_correction(
    admin_client, smtp_server
):
    row = make_registration()
    make_registration(row.talk, email="lea@stadt.example")
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    correct = reverse("admin:correct_registration", args=[row.pk])

    assert f'href="{correct}">unzustellbar</a>' in admin_client.get(LIST).content.decode()
    found = admin_client.get(LIST, {"mail": "unzustellbar"}).context["cl"].result_list
    assert list(found) == [row]

    admin_client.post(correct, {"email": "kim@STADT-neu.example", "municipality": ""})
    row.refresh_from_db()
    assert row.email == "kim@stadt-neu.example"
    assert OutgoingMail.objects.due().get().recipient == "kim@stadt-neu.example"


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


def test_attendance_is_read_from_a_file(admin_client, clock):
    talk = make_talk(starts_in=timedelta(hours=1))
    row = make_registration(talk)
    path = reverse("admin:import_attendance", args=[talk.pk])

    def send(content):
        file = SimpleUploadedFile("bericht.csv", content)
        return admin_client.post(path, {"file": file}).content.decode()

    assert "Bitte wählen" not in admin_client.get(path).content.decode()
    csv = "Name,E-Mail\nKim,kim@stadt.example\n<b>Fremd</b>,\n".encode("utf-16")
    assert "steht noch bevor" in send(csv)
    clock.move_to(talk.starts_at)
    html = send(csv)

    row.refresh_from_db()
    assert row.joined_at == talk.starts_at
    assert "1 Person erkannt</strong>, 1 davon neu" in html
    assert "Nicht unter den Angemeldeten gefunden (1)" in html
    assert "&lt;b&gt;Fremd&lt;/b&gt;" in html
    assert "1 Person erkannt</strong>, 0 davon neu" in send(csv)
    assert "keine Spalte" in send("Datum;Größe\n".encode("cp1252"))
    assert "Bitte wählen" in admin_client.post(path).content.decode()


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
    assert "Kim Beispiel, Stadt Musterstadt" in questions
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
