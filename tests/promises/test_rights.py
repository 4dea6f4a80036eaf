"""Nobody gets more rights, or other people's rows, by what they add to a request."""

from contextlib import suppress

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from events.models import Material, Series, Speaker, Talk
from registration.models import Interest, Message, Registration, SpeakerLink, links
from registration.roles import ROLES
from tests import makers
from tests.html_form import form_data
from tests.makers import make_groups, make_registration, make_talk
from tests.registration.rows import all_rows

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "Ein-langes-Passwort-7"
# What would make somebody more than they are.
RIGHTS = {
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "on",
    "user_permissions": ["1", "2"],
}


@pytest.fixture(params=ROLES)
def member(request, client):
    """Log in somebody of one group."""
    make_groups()
    user = User.objects.create_user("orga", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=request.param))
    client.force_login(user)
    return user


def rights(user) -> tuple:
    user = User.objects.get(pk=user.pk)
    return user.is_superuser, user.is_staff, user.username, user.get_all_permissions()


def forbidden_pages(user) -> list[str]:
    group = user.groups.get()
    pages = [("user", user.pk), ("group", group.pk)]
    names = [
        reverse(f"admin:auth_{model}_{p}") for model, _ in pages for p in ("changelist", "add")
    ]
    for model, pk in pages:
        names += [
            reverse(f"admin:auth_{model}_{page}", args=[pk])
            for page in ("change", "delete", "history")
        ]
    return [*names, reverse("admin:auth_user_password_change", args=[user.pk])]


def test_accounts_and_groups_are_closed_to_reading_and_writing(client, member):
    before = rights(member)
    for path in forbidden_pages(member):
        action = {"action": "remove_second_factor", "_selected_action": [member.pk], "post": "yes"}
        data = RIGHTS | action | {"username": "chef", "groups": [1, 2, 3], "name": "Alle"}
        assert (path, client.get(path).status_code) == (path, 403)
        assert (path, client.post(path, data).status_code) == (path, 403)

    assert rights(member) == before
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_changing_the_own_password_changes_nothing_else(client, member):
    before = rights(member)
    new = {"new_password1": "Noch-ein-Passwort-8", "new_password2": "Noch-ein-Passwort-8"}
    data = RIGHTS | new | {"old_password": PASSWORD, "username": "chef", "user": "1", "id": "1"}

    assert client.post(reverse("admin:password_change"), data).status_code == 302
    assert rights(member) == before
    assert User.objects.get(pk=member.pk).check_password("Noch-ein-Passwort-8")


@pytest.mark.parametrize(
    "query",
    [
        "registrations__email__startswith=k",
        "registrations__name__contains=Kim",
        "registrations__key__startswith=a",
        "municipality__registrations__email__startswith=k",
    ],
)
def test_filter_of_the_list_tells_nothing_of_people(client, member, query):
    make_registration()
    response = client.get(f"{reverse('admin:events_talk_changelist')}?{query}")

    assert response.status_code == 400


def editor(client):
    make_groups()
    user = User.objects.create_user("orga", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Redaktion", "Teilnehmende"]))
    client.force_login(user)
    return user


def opened(client, name, *args) -> tuple[str, dict]:
    path = reverse(f"admin:{name}", args=args)
    form_id = f"{name.split('_')[1]}_form"
    return path, form_data(client.get(path).content.decode(), form_id)


def columns(row) -> dict:
    return type(row).objects.filter(pk=row.pk).values().get()


def test_fields_that_a_form_does_not_have_are_not_written(client):
    user = editor(client)
    talk = make_registration(make_talk(capacity=5)).talk
    message = Message.objects.create(talk=talk, subject="Betreff", text="Text", author=user)
    Series.objects.create()
    for name, row in (
        ("events_talk_change", talk),
        ("registration_message_change", message),
        ("events_series_change", Series.load()),
        ("events_municipality_change", talk.municipality),
    ):
        path, data = opened(client, name, row.pk)
        before = columns(row)
        hidden = {
            field.attname: _other(field)
            for field in row._meta.concrete_fields
            if field.primary_key or not field.editable
        }
        assert client.post(path, hidden | data).status_code == 302, name
        now = columns(row)
        # What saving itself writes.
        kept = hidden.keys() - {"updated_at", "search_text"}
        assert {key: now[key] for key in kept} == {key: before[key] for key in kept}


def _other(field) -> str:
    if isinstance(field, models.BooleanField):
        return "on"
    is_moment = isinstance(field, models.DateTimeField)
    return "2020-01-01 10:00" if is_moment else "99999"


@pytest.mark.parametrize("part", ["speakers", "materials"])
@pytest.mark.parametrize("tampered", ["talk", "id"])
def test_rows_of_another_talk_cannot_be_reached_through_a_talks_form(client, part, tampered):
    editor(client)
    mine, other = make_talk(), make_talk(title="Der andere")
    for talk in (mine, other):
        Material.objects.create(talk=talk, title="Mitschnitt", url="https://example.org/")
    path, data = opened(client, "events_talk_change", mine.pk)
    theirs = getattr(other, part).get()
    data[f"{part}-0-{tampered}"] = [str(other.pk if tampered == "talk" else theirs.pk)]
    data[f"{part}-0-{'name' if part == 'speakers' else 'title'}"] = ["Untergeschoben"]

    client.post(path, data)

    assert list(other.speakers.values_list("name", flat=True)) == ["Sina Massow"]
    assert list(other.materials.values_list("title", flat=True)) == ["Mitschnitt"]
    assert (Speaker.objects.count(), Material.objects.count()) == (2, 2)


def test_sign_up_writes_no_field_that_its_form_does_not_have(client):
    talk = make_talk(slug="voll", capacity=1)
    make_registration(talk)
    extra = {
        "state": "confirmed", "key": "a" * 32, "uuid": "0" * 32, "email_key": "chef",
        "joined_at": "2020-01-01", "municipality": "1", "extra_seat": "on", "id": "1",
    }  # fmt: skip
    data = {"talks": "voll", "name": "Lea", "email": "lea@stadt.example", "organisation": ""}
    data["opened"] = makers.opened()

    assert client.post("/anmeldung/", extra | data).status_code == 302
    row = Registration.objects.get(email="lea@stadt.example")
    found = (row.state, row.email_key, row.joined_at, row.municipality)
    assert found == ("waiting", "lea@stadt.example", None, None)
    assert (row.key != "a" * 32, row.uuid.int != 0) == (True, True)


def test_link_reaches_no_row_of_somebody_else(client):
    talk = make_talk()
    mine, theirs = make_registration(talk), make_registration(talk, email="lea@stadt.example")
    token = links.token(mine.key, links.PURPOSE_MINE)
    before = all_rows()
    for page in ("abmelden", "wieder-anmelden", "weitergeben"):
        path = f"/meine-anmeldung/{token}/{theirs.uuid}/{page}/"
        data = {"name": "Ich", "email": "ich@stadt.example"}
        assert (page, client.post(path, data).status_code) == (page, 404)

    assert client.get(f"/meine-anmeldung/{token}/{theirs.uuid}/termin.ics").status_code == 404
    assert all_rows() == before


def test_own_details_change_neither_address_nor_state(client):
    row = make_registration()
    path = f"/meine-anmeldung/{links.token(row.key, links.PURPOSE_MINE)}/angaben/"
    extra = {"email": "b@b.example", "email_key": "b", "state": "cancelled", "key": "a" * 32}

    client.post(path, extra | {"name": "Neu", "organisation": ""})

    now = Registration.objects.get()
    assert (now.name, now.email, now.state, now.key) == ("Neu", row.email, "confirmed", row.key)


# Addresses that are shown as links

SCRIPTS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "\x01javascript:alert(1)", "javascript\x00:alert(1)",
    "javascript&colon;alert(1)", "javascript://stadt.de/%0aalert(1)", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd", "ftp://stadt.de/", "blob:https://a.de/1", "//evil.example/", "/lokal",
    "feed:javascript:a",
    "view-source:javascript:a", "https://", "https:javascript:alert(1)",
    "http://stadt.de\" onclick=\"x", "https://stadt.de/\njavascript:x", "mailto:a@b.de",
]  # fmt: skip
# Every column whose value becomes the address of a link.
LINKED = {
    ("talk", "meeting_url"),
    ("talk", "check_url"),
    ("speakerlink", "told_check_url"),
    ("talk", "test_url"),
    ("material", "url"),
    ("series", "series_url"),
    ("series", "test_url"),
}


def url_fields() -> set:
    from django.apps import apps

    return {
        (model._meta.model_name, field.name)
        for app in ("events", "registration")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.URLField)
    }


def test_every_column_for_a_link_is_known():
    assert url_fields() == LINKED


@pytest.mark.parametrize(("model", "field"), sorted(LINKED))
def test_link_leads_to_the_web_alone(model, field):
    owners = {"talk": Talk, "material": Material, "series": Series, "speakerlink": SpeakerLink}
    column = owners[model]._meta.get_field(field)
    in_form = column.formfield()
    taken = [a for a in SCRIPTS if takes(lambda a=a: in_form.clean(column.clean(a, None)))]

    assert taken == []
    assert takes(lambda: in_form.clean(column.clean("https://stadt.de/", None)))


def takes(clean) -> bool:
    """Tell whether the value goes through."""
    with suppress(ValidationError):
        clean()
        return True
    return False


def test_contact_address_is_no_link_to_elsewhere():
    column = Series._meta.get_field("contact_email")

    assert [a for a in SCRIPTS if takes(lambda a=a: column.clean(a, None))] == []
    assert takes(lambda: column.clean("kim@stadt.example", None))


def test_interest_keeps_what_its_form_does_not_have(client):
    extra = {"state": "active", "confirmed_at": "2020-01-01", "wants_all": "", "key": "a" * 32}
    data = {"email": "kim@stadt.example", "consent": "on"}

    assert client.post("/terminhinweise/", extra | data).status_code == 302
    interest = Interest.objects.get()
    assert (interest.state, interest.confirmed_at, interest.key != "a" * 32) == (
        "pending",
        None,
        True,
    )
