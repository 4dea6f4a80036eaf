"""What the talk's form does beyond saving: publishing, copying, noticing others."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User

from events.models import Talk
from tests.admin_form import NEW_TALK, errors_of, fill_in, send, url
from tests.makers import TITLE, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHANGED_MEANWHILE = (
    "Jemand anderes hat diesen Talk um 09:05 Uhr gesichert, während Sie ihn bearbeitet haben. "
    "Ihre Änderungen sind noch nicht gesichert. Öffnen Sie den Talk in einem zweiten Fenster und "
    "übertragen Sie dorthin, was Sie ändern wollen."
)


def headings(client, address) -> list[str]:
    html = client.get(address).content.decode()
    found = re.findall(r'<h2[^>]*class="(?:fieldset|inline)-heading"[^>]*>(.*?)</h2>', html, re.S)
    return [" ".join(text.split()) for text in found]


def test_sections_stand_in_the_order_in_which_an_organiser_thinks(admin_client):
    order = [
        "Termin",
        "Worum es geht",
        "Wer spricht",
        "Bild",
        "Zugang",
        "Technik-Check",
        "Veröffentlichen",
        "Anmeldung",
        "Technik und Zugänglichkeit",
        "Anerkennung als Fortbildung",
        "Nach dem Talk",
        "Material",
        "Praxisprofil",
    ]

    assert headings(admin_client, url(Talk, "add")) == order
    assert headings(admin_client, url(make_talk())) == order


def test_every_editable_column_of_a_talk_is_in_the_form(admin_client):
    data = fill_in(admin_client, url(make_talk()), {})

    columns = {field.name for field in Talk._meta.concrete_fields if field.editable}
    named = {re.sub(r"_[01]$", "", name) for name in data} | {
        "image",
        "double_opt_in",
    }
    assert columns - {"id"} <= named


def test_the_new_facts_are_saved(admin_client):
    facts = {
        "meeting_url": "https://video.example/raum?a=1&b=2",
        "dial_in": "030 123456",
        "written_answers": "Ja.",
    }
    send(
        admin_client,
        url(Talk, "add"),
        NEW_TALK | facts | {"has_captions": "True", "double_opt_in": "on"},
    )

    talk = Talk.objects.get()
    assert {name: getattr(talk, name) for name in facts} == facts
    assert (talk.has_captions, talk.has_sign_language, talk.double_opt_in) == (True, None, True)
    assert talk.reminds_day_before


# Publishing


@pytest.mark.parametrize("publish_at", ["", "24.12.2030"])
def test_draft_is_published_at_once_by_its_button(admin_client, client, publish_at):
    clock = "10:00" if publish_at else ""
    at = {"publish_at_0": publish_at, "publish_at_1": clock}
    send(admin_client, url(Talk, "add"), NEW_TALK | at | {"status": "draft", "means_draft": "on"})
    talk = Talk.objects.get()
    changes = {"title": "Neu", "_publish": "1", "means_incomplete": "on"}
    data = fill_in(admin_client, url(talk), changes)

    assert admin_client.post(url(talk), data).status_code == 302
    talk.refresh_from_db()
    assert (talk.title, talk.status, talk.publish_at) == ("Neu", "published", None)
    assert client.get(talk.get_absolute_url()).status_code == 200


def test_new_talk_can_be_published_by_the_button_at_once(admin_client):
    send(admin_client, url(Talk, "add"), NEW_TALK | {"status": "draft", "_publish": "1"})

    assert Talk.objects.get().status == "published"


def test_button_publishes_nothing_that_has_errors(admin_client):
    talk = make_talk(status="draft")
    response = send(admin_client, url(talk), {"title": "", "_publish": "1"})

    assert errors_of(response) == {"title": ["Dieses Feld ist zwingend erforderlich."]}
    assert Talk.objects.get().status == "draft"


# Buttons


def buttons(client, talk) -> list[str]:
    html = client.get(url(talk)).content.decode()
    tools = re.search(r'<ul class="object-tools">(.*?)</ul>', html, re.S).group(1)
    return [text.strip() for text in re.findall(r"<(?:a|button) [^>]*>(.*?)</", tools)]


def test_buttons_lead_to_people_preview_and_page(admin_client):
    talk = make_talk(capacity=1)
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example")

    assert buttons(admin_client, talk) == [
        "Angemeldete (2)",
        "Referentinnen und Referenten",
        "Anmeldeverlauf",
        "Rückmeldungen und Folie",
        "Einwilligungen",
        "Duplizieren",
        "Verlauf",
        "Auf der Website anzeigen",
    ]
    assert buttons(admin_client, make_talk(status="draft")) == [
        "Angemeldete (0)",
        "Referentinnen und Referenten",
        "Anmeldeverlauf",
        "Einwilligungen",
        "Duplizieren",
        "Verlauf",
    ]


def test_who_may_only_view_talks_finds_no_other_button(client):
    user = User.objects.create_user("leserin", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_talk"))
    client.force_login(user)
    talk = make_talk()

    assert buttons(client, talk) == [
        "Anmeldeverlauf",
        "Rückmeldungen und Folie",
        "Verlauf",
        "Auf der Website anzeigen",
    ]
    assert client.post(f"/admin/events/talk/{talk.pk}/duplizieren/").status_code == 403
    assert Talk.objects.count() == 1


# Two organisers


def test_second_of_two_organisers_is_told_and_overwrites_nothing(admin_client, clock):
    talk = make_talk()
    first = fill_in(admin_client, url(talk), {"subtitle": "Von der ersten"})
    second = fill_in(admin_client, url(talk), {"subtitle": "Von der zweiten", "recap": "Neu"})
    clock.shift(timedelta(minutes=5))

    assert admin_client.post(url(talk), first).status_code == 302
    for _ in range(2):
        response = admin_client.post(url(talk), second)
        page = unescape(response.content.decode())
        assert (response.status_code, CHANGED_MEANWHILE in page) == (200, True)
        # What was typed is still there, to be carried over.
        assert "Von der zweiten" in page
    assert Talk.objects.values_list("subtitle", "recap").get() == ("Von der ersten", "")


def test_change_of_speakers_alone_is_noticed_too(admin_client, clock):
    talk = make_talk()
    data = fill_in(admin_client, url(talk), {"title": "Neu"})
    clock.shift(timedelta(minutes=5))
    send(admin_client, url(talk), {"speakers-0-name": "Jörg Öz"})

    assert CHANGED_MEANWHILE in unescape(admin_client.post(url(talk), data).content.decode())


def test_form_without_a_version_is_refused(admin_client):
    talk = make_talk()
    data = fill_in(admin_client, url(talk), {"title": "Neu"})
    del data["version"]

    assert admin_client.post(url(talk), data).status_code == 200
    assert Talk.objects.get().title == TITLE


def test_people_who_sign_up_meanwhile_are_no_conflict(admin_client, clock):
    talk = make_talk(capacity=5)
    data = fill_in(admin_client, url(talk), {"title": "Neu"})
    clock.shift(timedelta(minutes=5))
    make_registration(talk)
    make_registration(talk, email="lea@stadt.example").cancel()

    assert admin_client.post(url(talk), data).status_code == 302
    talk.refresh_from_db()
    assert (talk.title, talk.seats_taken) == ("Neu", 1)


def test_page_asks_before_unsaved_changes_are_left(admin_client):
    html = admin_client.get(url(make_talk())).content.decode()

    assert re.search(r'<script src="/static/js/unsaved(?:\.\w+)?\.js"', html)


@pytest.mark.parametrize(
    ("hidden", "field"),
    [
        ({"status": "draft"}, "status"),
        ({"publish_at_0": "01.12.2025", "publish_at_1": "10:00"}, "publish_at"),
    ],
)
def test_talk_that_people_have_in_their_calendars_is_not_hidden(admin_client, hidden, field):
    talk = make_talk()
    make_registration(talk)

    response = send(admin_client, url(talk), hidden)

    assert errors_of(response) == {
        field: [
            "Es sind schon Personen angemeldet. Bitte wählen Sie „Abgesagt“ oder „Verschoben“."
        ]
    }
