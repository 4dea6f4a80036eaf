"""The lists of the admin about people: what they show, and what their actions do."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Talk
from registration.mail.deliver import deliver_due
from registration.models import OutgoingMail, Registration
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def changelist(model):
    return reverse(f"admin:registration_{model}_changelist")


def act(admin_client, model, action, *rows):
    """Choose the action for these rows, and press the button of the page in between."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], "ja": action}
    response = admin_client.post(changelist(model), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_list_shows_filters_and_finds_registrations(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk, name="Kim Beispiel", organisation="Stadt Musterstadt", question="Wie?")
    make_registration(talk, name="Lea Wartend", email="lea@stadt.example")

    def names(q=None, **query):
        page = changelist("registration")
        response = admin_client.post(page, {"q": q}) if q else admin_client.get(page, query)
        return {row.name for row in response.context["cl"].result_list}

    assert names() == {"Kim Beispiel", "Lea Wartend"}
    assert names(state__exact="waiting") == {"Lea Wartend"}
    assert names(q="musterstadt") == {"Kim Beispiel"}
    assert names(q="LEA@") == {"Lea Wartend"}
    assert names(q="'\"%_") == set()


def test_list_begins_with_who_came_first_so_the_queue_stands_in_its_order(admin_client, clock):
    talk = make_talk(capacity=1)
    for name in ("Eins", "Zwei", "Drei"):
        make_registration(talk, name=name, email=f"{name}@stadt.example")
        clock.shift(60)

    def names(**query):
        response = admin_client.get(changelist("registration"), query)
        return [row.name for row in response.context["cl"].result_list]

    assert names(talk__id__exact=talk.pk) == ["Eins", "Zwei", "Drei"]
    assert names(talk__id__exact=talk.pk, state__exact="waiting") == ["Zwei", "Drei"]
    # Across talks the newest are what one looks for.
    assert names() == ["Drei", "Zwei", "Eins"]


def test_registrations_change_through_verbs_alone(admin_client):
    row = make_registration()
    page = reverse("admin:registration_registration_change", args=[row.pk])

    person = reverse("admin:registration_registration_person", args=[row.pk])
    assert admin_client.get(page).url == person
    assert b'name="_save"' not in admin_client.get(person).content
    assert admin_client.post(page, {"state": "cancelled", "name": "Anders"}).status_code == 403
    assert admin_client.get(reverse("admin:registration_registration_add")).status_code == 403
    delete = reverse("admin:registration_registration_delete", args=[row.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403

    row.refresh_from_db()
    assert (row.state, row.name) == ("confirmed", "Kim Beispiel")


def test_organiser_cancels_with_a_mail_and_the_queue_moves_up(admin_client):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")

    said = act(admin_client, "registration", "cancel_selected", seated)

    assert said == ["Abgemeldet: 1 von 1."]
    seated.refresh_from_db()
    waiting.refresh_from_db()
    assert (seated.state, seated.state_reason, waiting.state) == (
        "cancelled",
        "organiser",
        "confirmed",
    )
    assert act(admin_client, "registration", "cancel_selected", seated) == [
        "Abgemeldet: 0 von 1.",
        "Unverändert: 1 Person. Grund: ist schon abgemeldet.",
    ]


def test_organiser_who_may_only_view_cannot_cancel(client, django_user_model):
    user = django_user_model.objects.create_user("leserin", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_registration"))
    client.force_login(user)
    row = make_registration()

    act(client, "registration", "cancel_selected", row)

    row.refresh_from_db()
    assert row.state == "confirmed"


def test_outgoing_mail_is_read_only_and_can_be_sent_again(admin_client, smtp_server):
    make_registration()
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    mail = OutgoingMail.objects.get()

    page = admin_client.get(changelist("outgoingmail")).content.decode()
    assert "unzustellbar" in page
    assert "Das Postfach gibt es nicht, oder es nimmt nichts an (550)" in page
    change = reverse("admin:registration_outgoingmail_change", args=[mail.pk])
    assert b'name="_save"' not in admin_client.get(change).content
    assert admin_client.post(change, {"state": "queued"}).status_code == 403

    assert act(admin_client, "outgoingmail", "resend_selected", mail) == [
        "Werden noch einmal verschickt: 1 von 1."
    ]
    deliver_due()
    assert len(smtp_server.messages) == 1


def test_held_mails_are_released_or_discarded_by_an_organiser(admin_client, smtp_server):
    make_registration(email="a@stadt.example")
    make_registration(email="b@stadt.example", talk=make_talk(title="Zwei"))
    OutgoingMail.objects.hold()
    first, second = OutgoingMail.objects.order_by("pk")
    sent = make_registration(email="c@stadt.example", talk=make_talk(title="Drei")).mails.get()
    deliver_due()
    assert len(smtp_server.messages) == 1

    assert "zurückgehalten" in admin_client.get(changelist("outgoingmail")).content.decode()
    assert act(admin_client, "outgoingmail", "release_selected", first, sent) == [
        "Freigegeben: 1."
    ]
    assert act(admin_client, "outgoingmail", "discard_selected", second, sent) == ["Verworfen: 1."]
    deliver_due()

    states = OutgoingMail.objects.order_by("pk").values_list("state", "recipient")
    assert list(states) == [("sent", ""), ("obsolete", ""), ("sent", "")]
    assert smtp_server.messages[-1].rcpt_tos == ["a@stadt.example"]
    history = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    assert list(history) == [(str(first.pk), "Freigegeben."), (str(second.pk), "Verworfen.")]


def test_mail_of_an_erased_person_is_not_sent_again(admin_client, smtp_server):
    row = make_registration()
    deliver_due()
    mail = OutgoingMail.objects.get()
    Registration.objects.get(pk=row.pk).anonymise()

    said = act(admin_client, "outgoingmail", "resend_selected", mail)

    assert said[0] == "Werden noch einmal verschickt: 0 von 1."
    assert not OutgoingMail.objects.due().exists()


@pytest.mark.parametrize("model", ["registration", "outgoingmail"])
def test_lists_need_the_same_queries_for_any_number(admin_client, model):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(changelist(model)).status_code == 200
        return len(captured)

    talk = make_talk()
    make_registration(talk)
    first = queries()
    for number in range(10):
        make_registration(talk, email=f"p{number}@stadt.example")

    assert queries() == first <= 12


@pytest.mark.parametrize(
    ("capacity", "people", "text"),
    [(None, 2, "2"), (5, 2, "2 von 5"), (1, 3, "1 von 1, 2 warten")],
)
def test_list_of_talks_counts_people_and_leads_to_them(admin_client, capacity, people, text):
    talk = make_talk(capacity=capacity)
    for number in range(people):
        make_registration(talk, email=f"p{number}@stadt.example")
    make_registration(make_talk(title="Anderer"))

    page = admin_client.get(reverse("admin:events_talk_changelist")).content.decode()

    path = f"{changelist('registration')}?talk__id__exact={talk.pk}"
    assert f'<a href="{path}">{text}</a>' in page
    assert len(admin_client.get(path).context["cl"].result_list) == people


def test_talk_with_registrations_cannot_be_deleted(admin_client):
    row = make_registration()
    free = make_talk(title="Ohne Leute")

    def delete(talk):
        path = reverse("admin:events_talk_delete", args=[talk.pk])
        return admin_client.post(path, {"post": "yes"}).status_code

    assert [delete(row.talk), delete(free)] == [403, 302]
    assert list(Talk.objects.all()) == [row.talk]


def test_one_moves_up_and_one_is_confirmed(admin_client):
    talk = make_talk(capacity=1)
    seated = make_registration(talk, email="a@stadt.example")
    waiting = make_registration(talk, email="b@stadt.example")
    pending = make_registration(make_talk(double_opt_in=True))

    assert act(admin_client, "registration", "promote_selected", waiting, seated) == [
        "Nachgerückt: 1 von 2.",
        "Unverändert: 1 Person. Grund: hat schon einen Platz.",
    ]
    assert act(admin_client, "registration", "confirm_selected", pending) == [
        "Bestätigt: 1 von 1."
    ]
    assert set(Registration.objects.values_list("state", flat=True)) == {"confirmed"}


def test_attendance_is_marked_and_taken_back(admin_client, clock):
    soon = timedelta(hours=1)
    rows = [make_registration(make_talk(title=title, starts_in=soon)) for title in "AB"]
    clock.move_to(rows[0].talk.starts_at)

    assert act(admin_client, "registration", "mark_present_selected", *rows) == [
        "Als dabei vermerkt: 2 von 2."
    ]
    assert act(admin_client, "registration", "take_back_mark_selected", rows[0]) == [
        "Vermerk gelöscht: 1 von 1."
    ]
    assert list(Registration.objects.filter(marked_present=True)) == [rows[1]]
    assert LogEntry.objects.count() == 3


def test_list_offers_each_talk_whose_people_one_may_have_to_find(admin_client):
    talks = [
        make_talk(title=f"{status} & mehr", starts_in=timedelta(days=days), status=status)
        for status in ("published", "cancelled", "postponed")
        for days in (20, -20)
    ]

    html = admin_client.get(changelist("registration")).content.decode()

    assert [f"?talk__id__exact={talk.pk}" in html for talk in talks] == [True] * 6


def test_list_of_one_talk_has_its_buttons_and_no_column_for_it(admin_client):
    talk = make_talk()
    make_registration(talk)
    people = changelist("registration")
    tools = [reverse("admin:add_participant", args=[talk.pk])]

    def shows(query):
        response = admin_client.get(people, query)
        html = response.content.decode()
        return "talk" in response.context["cl"].list_display, [path in html for path in tools]

    assert shows({"talk__id__exact": talk.pk}) == (False, [True])
    assert shows({}) == (True, [False])
    for value in ("x", "0", "99999999999", "²"):
        assert (
            admin_client.get(
                changelist("registration"), {"talk__id__exact": value}, follow=True
            ).status_code
            == 200
        )


def test_refused_address_stands_beside_the_person_and_leads_to_its_correction(
    admin_client, smtp_server
):
    row = make_registration()
    make_registration(row.talk, email="lea@stadt.example")
    smtp_server.answers["RCPT"] = ["550 no such user"]
    deliver_due()
    correct = reverse("admin:correct_registration", args=[row.pk])

    assert (
        f'href="{correct}">unzustellbar</a>'
        in admin_client.get(changelist("registration")).content.decode()
    )
    found = (
        admin_client.get(changelist("registration"), {"mail": "unzustellbar"})
        .context["cl"]
        .result_list
    )
    assert list(found) == [row]

    admin_client.post(correct, {"name": row.name, "email": "kim@STADT-neu.example"})
    row.refresh_from_db()
    assert row.email == "kim@stadt-neu.example"
    assert OutgoingMail.objects.due().get().recipient == "kim@stadt-neu.example"
