"""What tests learn of the organisers' forms without the page is what stands on the page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User

from events.models import Material, Municipality, Series, Speaker, Talk, Topic
from registration.models import Message
from tests.admin_form import (
    NEW_TALK,
    errors_in,
    errors_of,
    offered,
    on_page,
    send,
    send_unseen,
    url,
)
from tests.events.upload_files import CREDIT, PDF, jpeg, upload
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def assert_page_holds_what_is_offered(client, address):
    page = on_page(client.get(address))
    del page["csrfmiddlewaretoken"]
    found = offered(client, address)
    differing = {key for key in page.keys() | found if page.get(key) != found.get(key)}
    assert (address, differing) == (address, set())


def full_talk() -> Talk:
    """Return a talk with something in every kind of field."""
    talk = make_talk(
        title='Größe & "mehr" <b>',
        announcement="\r\n\r\nErstens & zweitens.\n\n<i>",
        image=upload(jpeg()),
        image_credit=CREDIT,
        capacity=1000,
        registration_opens_at=None,
        check_at=None,
    )
    talk.topics.add(Topic.objects.create(name="Klima"), Topic.objects.create(name="Wärme"))
    Speaker.objects.create(talk=talk, name="Zweite & letzte", form="Referent", position=2)
    Material.objects.create(
        talk=talk, title="Folien", file=upload(PDF, "x.pdf", "application/pdf")
    )
    Material.objects.create(talk=talk, title="Mehr", url="https://vhw.de/?a=1&b=2", position=1)
    return talk


def test_page_of_a_talk_holds_what_is_offered(admin_client):
    assert_page_holds_what_is_offered(admin_client, url(Talk, "add"))
    assert_page_holds_what_is_offered(admin_client, url(full_talk()))
    draft = make_talk(status="draft", town=None, speaker="", starts_in=timedelta(hours=2))
    assert_page_holds_what_is_offered(admin_client, url(draft))
    assert_page_holds_what_is_offered(admin_client, url(make_registration().talk))


def test_page_of_another_row_holds_what_is_offered(admin_client):
    Series.objects.create(name='Reihe & "Größe"')
    rows = [
        Series.objects.get(),
        Municipality.objects.create(name="Mügeln", land="Sachsen", latitude=51.5),
        Topic.objects.create(name='Wärme & "Licht"'),
        Message.objects.create(talk=make_talk(), subject="Größe", text="{name}"),
        Group.objects.create(name="Gruppe"),
        User.objects.get(),
    ]
    for row in rows:
        assert_page_holds_what_is_offered(admin_client, url(row))
    for model in (Municipality, Topic, Message):
        assert_page_holds_what_is_offered(admin_client, url(model, "add"))


def test_page_shows_the_errors_that_are_read_without_it(admin_client):
    wrong = NEW_TALK | {
        "title": "",
        "ends_at": "0",
        "slug": "Größe & mehr",
        "speakers-0-name": "",
        "materials-TOTAL_FORMS": "1",
        "materials-0-title": "Folien",
        "materials-0-url": "javascript:alert(1)",
    }
    asked = {"starts_at_0": "25.12.2025", "title": 'Größe & "mehr"'}
    for address, changes in ((url(Talk, "add"), wrong), (url(make_talk()), asked)):
        shown = errors_of(send(admin_client, address, changes))
        assert errors_in(send_unseen(admin_client, address, changes)) == shown
        assert shown
