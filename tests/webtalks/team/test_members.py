"""The colleagues and the verbs that change them."""

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client

from registration.models import OutgoingMail
from tests.makers import make_groups
from tests.webtalks.team.people import (
    PASSWORD,
    give_second_factor,
    kinds_to,
    make_colleague,
    make_lead,
)
from webtalks.login import lockout
from webtalks.team import members

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_invited_account_waits_for_its_password():
    make_groups()

    account = members.invite("Änne", "Groß", "Aenne@Verein.example", ["Redaktion", "Lesend"])

    assert (account.username, account.email) == ("aenne@verein.example", "Aenne@Verein.example")
    assert (account.is_staff, account.is_superuser) == (True, False)
    assert not account.has_usable_password()
    assert members.roles_of(account) == ["Redaktion", "Lesend"]
    assert kinds_to(account) == ["invitation"]


def test_roles_are_exactly_those_given_and_other_groups_stay():
    account = make_colleague(roles=["Redaktion", "Lesend"])
    account.groups.add(Group.objects.create(name="Ausflug"))

    members.give_roles(account, ["Leitung", "Teilnehmende"])

    account = User.objects.get(pk=account.pk)
    assert account.is_superuser
    assert members.roles_of(account) == ["Leitung", "Teilnehmende", "Ausflug"]


def test_list_says_what_stands_elsewhere(django_assert_num_queries):
    lead, colleague = make_lead(email="a@b.example"), make_colleague(email="A@b.example")
    give_second_factor(colleague)
    make_colleague("bo")
    for _ in range(5):
        Client(REMOTE_ADDR="192.0.2.1").post(
            "/admin/login/", {"username": lead.username, "password": "falsch"}
        )

    with django_assert_num_queries(5):
        found = {each.account: each for each in members.members(members.team())}

    assert (found[lead].is_locked, found[colleague].is_locked) == (True, False)
    assert (found[lead].has_second_factor, found[colleague].has_second_factor) == (False, True)
    assert [each.shares_address for each in found.values()].count(True) == 2
    lockout.unlock([lead.username])
    assert not members.locked_names()


def test_name_to_log_in_follows_the_address_where_it_was_one():
    account = make_colleague("kim@alt.example", email="kim@alt.example")
    other = make_colleague("orga", email="orga@alt.example")

    members.change_address(account, "Kim@neu.example")
    members.change_address(other, "orga@neu.example")

    assert (account.username, account.email) == ("kim@neu.example", "Kim@neu.example")
    assert other.username == "orga"
    told = OutgoingMail.objects.filter(account=account, kind="account_changed")
    assert set(told.values_list("recipient", flat=True)) == {"kim@alt.example", "Kim@neu.example"}


def test_end_of_access_ends_the_sessions_for_good(client):
    lead, colleague = make_lead(), make_colleague()
    client.force_login(colleague)
    key = client.session.session_key

    assert members.end_access(colleague, by=lead)

    assert not Session.objects.filter(session_key=key).exists()
    members.give_access(colleague)
    assert client.get("/admin/").status_code == 302


def test_nobody_ends_their_own_access_nor_acts_once_theirs_is_ended():
    lead, other = make_lead(), make_lead("zweite")

    assert not members.end_access(lead, by=lead)
    assert members.end_access(other, by=lead)
    assert not members.end_access(lead, by=other)
    assert User.objects.get(pk=lead.pk).is_active


def test_two_of_the_lead_cannot_take_it_from_each_other_at_once():
    lead, other = make_lead(), make_lead("zweite")
    person = {"first_name": "Bo", "last_name": "Au", "roles": ["Lesend"]}

    members.change(other, by=lead, email=other.email, **person)
    with pytest.raises(PermissionDenied):  # the other had the page open
        members.change(lead, by=other, email=lead.email, **person)

    assert list(User.objects.filter(is_superuser=True)) == [lead]


def test_password_still_fits_once_access_is_given_again(client):
    lead, colleague = make_lead(), make_colleague()
    members.end_access(colleague, by=lead)
    data = {"username": "änne", "password": PASSWORD}
    assert client.post("/admin/login/", data).status_code == 200

    members.give_access(colleague)

    assert client.post("/admin/login/", data).status_code == 302
