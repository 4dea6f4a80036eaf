"""The page "Team": what the lead sees and does, and that nobody else does."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from registration.models import OutgoingMail
from tests.html_form import form_data
from tests.makers import make_groups
from tests.webtalks.team.people import give_second_factor, kinds_to, make_colleague, make_lead
from webtalks.login.sessions import begin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TEAM = "/admin/team/"
INVITE = "/admin/team/einladen/"


def log_in(client, user):
    client.force_login(user)
    session = client.session
    begin(session)
    session.save()
    return user


@pytest.fixture
def lead(client):
    return log_in(client, make_lead())


def page_of(user, part="") -> str:
    return f"{TEAM}{user.pk}/{part}"


def text(response) -> str:
    return response.content.decode()


@pytest.mark.once
@pytest.mark.parametrize("role", ["Redaktion", "Teilnehmende", "Lesend"])
def test_team_is_for_the_lead_alone(client, role):
    colleague = log_in(client, make_colleague(roles=[role]))
    pages = [TEAM, INVITE, page_of(colleague), page_of(colleague, "zugang/")]

    assert {client.get(page).status_code for page in pages} == {403}
    assert client.post(page_of(colleague, "tun/"), {"password": ""}).status_code == 403
    assert client.post(page_of(colleague, "zugang/")).status_code == 403
    assert "/admin/team/" not in text(client.get("/admin/"))
    assert OutgoingMail.objects.count() == 0


def test_visitor_gets_the_log_in(client):
    assert client.get(TEAM).url.startswith("/admin/login/")


def test_lead_invites_somebody_with_two_roles(client, lead):
    make_groups()
    data = {
        "first_name": "Änne",
        "last_name": "Groß",
        "email": "aenne@verein.example",
        "roles": ["Redaktion", "Teilnehmende"],
    }

    response = client.post(INVITE, data, follow=True)

    account = User.objects.get(username="aenne@verein.example")
    assert "Eingeladen: Änne Groß." in text(response)
    assert "eingeladen, noch kein Passwort" in text(response)
    assert kinds_to(account) == ["invitation"]
    # The history calls the account by its number.
    assert [str(entry.object_repr) for entry in LogEntry.objects.all()] == [
        f"Konto Nr. {account.pk}"
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "LEITUNG@stadt.example"}, "gehört schon zu einem anderen Konto"),
        ({"email": "aenne@"}, "E-Mail-Adresse"),
        ({"roles": []}, "mindestens eine Rolle"),
        ({"roles": ["Kaiserin"]}, "Kaiserin"),
        ({"last_name": ""}, "zwingend erforderlich"),
    ],
)
def test_wrong_invitation_keeps_what_was_typed(client, lead, changes, words):
    make_groups()
    data = {
        "first_name": "Änne",
        "last_name": "Groß",
        "email": "aenne@verein.example",
        "roles": ["Lesend"],
    }

    response = client.post(INVITE, data | changes)

    assert response.status_code == 422
    assert words in text(response)
    assert 'value="Änne"' in text(response)
    assert User.objects.count() == 1


def test_lead_changes_name_address_and_roles(client, lead):
    colleague = make_colleague(first_name="Änne", last_name="Alt")
    data = form_data(text(client.get(page_of(colleague))), "account_form")
    assert data["roles"] == ["Redaktion"]

    response = client.post(
        page_of(colleague),
        data | {"last_name": "Neu", "email": "neu@verein.example", "roles": ["Lesend"]},
        follow=True,
    )

    colleague.refresh_from_db()
    assert "Gesichert." in text(response)
    assert (colleague.get_full_name(), colleague.email) == ("Änne Neu", "neu@verein.example")
    assert [group.name for group in colleague.groups.all()] == ["Lesend"]
    assert kinds_to(colleague) == ["account_changed", "account_changed"]


def test_lead_cannot_take_the_lead_from_themselves(client, lead):
    data = {"first_name": "P", "last_name": "L", "email": lead.email, "roles": ["Lesend"]}

    response = client.post(page_of(lead), data)

    assert (response.status_code, User.objects.get().is_superuser) == (422, True)
    assert "nicht selbst nehmen" in text(response)


@pytest.mark.parametrize(
    ("button", "kind"), [("password", "new_password"), ("second_factor", "new_second_factor")]
)
def test_lead_starts_a_mail_to_the_account(client, lead, button, kind):
    colleague = make_colleague()
    give_second_factor(colleague)

    response = client.post(page_of(colleague, "tun/"), {button: ""}, follow=True)

    assert "geht hinaus" in text(response)
    assert kinds_to(colleague) == [kind]


@pytest.mark.parametrize(
    ("fields", "button", "words"),
    [
        ({"email": ""}, "password", "hat keine E-Mail-Adresse"),
        ({"is_active": False}, "password", "hat keinen Zugang mehr"),
        ({}, "second_factor", "ist nicht eingerichtet"),
        ({}, "unknown", "Redaktion"),
    ],
)
def test_mail_that_could_not_help_is_not_written(client, lead, fields, button, words):
    colleague = make_colleague(**fields)

    response = client.post(page_of(colleague, "tun/"), {button: ""}, follow=True)

    assert words in text(response)
    assert kinds_to(colleague) == []


def test_lead_lifts_a_lock(client, lead):
    colleague = make_colleague()
    for _ in range(5):
        client.__class__().post("/admin/login/", {"username": "änne", "password": "falsch"})
    assert "gesperrt nach falschen Passwörtern" in text(client.get(TEAM))

    client.post(page_of(colleague, "tun/"), {"unlock": ""})

    assert "gesperrt nach falschen Passwörtern" not in text(client.get(TEAM))


def test_access_ends_only_after_the_question(client, lead):
    colleague = make_colleague()
    page = page_of(colleague, "zugang/")

    assert "Zugang beenden?" in text(client.get(page))
    assert User.objects.get(pk=colleague.pk).is_active
    assert "ist beendet" in text(client.post(page, follow=True))
    assert not User.objects.get(pk=colleague.pk).is_active
    assert "nicht hineinkommt" not in text(client.get(page_of(colleague)))
    assert "Zugang wieder geben?" in text(client.get(page))
    assert "wieder offen" in text(client.post(page, follow=True))
    assert User.objects.get(pk=colleague.pk).is_active


def test_own_access_cannot_be_ended(client, lead):
    assert "können Sie nicht beenden" in text(client.post(page_of(lead, "zugang/"), follow=True))
    assert User.objects.get().is_active


def test_missing_and_shared_addresses_are_said(client, lead):
    make_colleague(email="")
    make_colleague("bo", email="x@verein.example")
    make_colleague("cem", email="X@verein.example")

    html = text(client.get(TEAM))

    assert html.count("Adresse fehlt") == 1
    assert html.count("steht in mehreren Konten") == 2


def test_list_asks_as_much_for_many_as_for_one(client, lead, django_assert_max_num_queries):
    for number in range(20):
        make_colleague(f"kollegin-{number}")

    with django_assert_max_num_queries(12):
        client.get(TEAM)


def test_row_that_is_none_is_not_found(client, lead):
    visitor = User.objects.create_user("ohne-zugang")

    assert client.get(reverse("admin:team_member", args=[4711])).status_code == 404
    assert client.get(page_of(visitor)).status_code == 404
