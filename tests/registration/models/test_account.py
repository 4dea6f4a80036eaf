"""Which notices an account gets, and the links that it is sent."""

import pytest
from django.contrib.auth.models import User

from registration.models.account import NOTICES, hearers, kinds_for, url_of, want, wanted_by
from tests.webtalks.team.people import make_colleague, make_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OF_ROLE = {
    "Redaktion": ["no_way_in", "talk_full", "names_go", "offer"],
    "Teilnehmende": ["no_way_in", "put_off", "talk_full", "names_go", "bounced", "offer"],
    "Lesend": [],
}


@pytest.mark.parametrize("role", OF_ROLE)
def test_notices_are_those_of_the_role(role):
    assert kinds_for(make_colleague(roles=[role])) == OF_ROLE[role]


def test_lead_gets_them_all():
    assert kinds_for(make_lead()) == list(NOTICES)


def test_notice_that_is_switched_off_stays_off_alone():
    colleague, lead = make_colleague(), make_lead()

    want(colleague, ["names_go", "put_off"])

    assert wanted_by(colleague) == ["names_go"]
    assert hearers("talk_full") == [lead]
    assert hearers("names_go") == [colleague, lead]
    want(colleague, ["talk_full"])
    assert wanted_by(colleague) == ["talk_full"]


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}, {"is_staff": False}])
def test_who_cannot_be_reached_or_does_not_work_here_hears_nothing(fields):
    make_colleague(**fields)

    assert hearers("talk_full") == []


def test_links_name_the_account_by_its_number():
    colleague = make_colleague()

    urls = {kind: url_of(kind, colleague) for kind in ("invitation", "new_second_factor", "news")}

    assert urls["news"] == ""
    assert f"/admin/konto/{colleague.pk}/passwort/" in urls["invitation"]
    assert f"/admin/konto/{colleague.pk}/zweiter-schritt/" in urls["new_second_factor"]
    assert "verein" not in "".join(urls.values())


def test_switches_go_with_the_account():
    colleague = make_colleague()
    want(colleague, [])

    User.objects.all().delete()

    assert colleague.unwanted_notices.count() == 0
