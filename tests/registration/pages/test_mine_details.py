"""Meine Anmeldung: name and organisation, which only organisers change once a talk has begun."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registration.models import Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def details(row):
    return reverse("registration:details", args=[links.token(row.key, links.PURPOSE_MINE)])


def state(*rows):
    for row in rows:
        row.refresh_from_db()
    return [(row.name, row.organisation) for row in rows]


def test_rows_of_begun_talks_stay_and_the_page_says_so(client, clock):
    begun = make_registration(make_talk(title="Begonnen"), organisation="Alt")
    coming = make_registration(make_talk(title="Künftig", starts_in=timedelta(days=60)))
    clock.move_to(begun.talk.starts_at)

    html = client.get(details(begun)).content.decode()
    response = client.post(details(begun), {"name": "Lea Fremd", "organisation": "Neu"})

    assert response.status_code == 302
    assert state(begun, coming) == [("Kim Beispiel", "Alt"), ("Lea Fremd", "Neu")]
    assert "für die Talks, die noch nicht begonnen haben" in html
    assert "„Begonnen“: Kim Beispiel, Alt" in html
    assert "„Künftig“" not in html


def test_the_form_shows_what_it_changes(client, clock):
    begun = make_registration(make_talk(title="Begonnen"))
    coming = make_registration(make_talk(title="Künftig", starts_in=timedelta(days=60)))
    clock.move_to(begun.talk.starts_at)
    client.post(details(begun), {"name": "Kim Neu", "organisation": ""})

    for row in (begun, coming):
        assert 'value="Kim Neu"' in client.get(details(row)).content.decode()


def test_a_second_before_the_beginning_it_can_be_changed(client, clock):
    row = make_registration()
    clock.move_to(row.talk.starts_at - timedelta(seconds=1))

    client.post(details(row), {"name": "Kim Neu", "organisation": ""})

    assert state(row) == [("Kim Neu", "")]


def test_where_all_have_begun_there_is_no_form_and_a_post_changes_nothing(client, clock):
    row = make_registration()
    clock.move_to(row.talk.starts_at)

    html = client.get(details(row)).content.decode()
    response = client.post(details(row), {"name": "Lea Fremd", "organisation": "Neu"})

    assert "<form" not in html.partition("<main")[2]
    assert (response.status_code, state(row)) == (200, [("Kim Beispiel", "")])


@pytest.mark.parametrize("status", ["postponed", "cancelled"])
def test_talk_that_is_off_has_no_certificates_and_its_names_can_be_changed(client, clock, status):
    row = make_registration()
    row.talk.status = status
    row.talk.save()
    clock.move_to(row.talk.starts_at)

    client.post(details(row), {"name": "Kim Neu", "organisation": ""})

    assert state(row) == [("Kim Neu", "")]


def test_the_rule_for_one_and_the_rule_for_many_agree(clock):
    rows = [
        make_registration(make_talk(title=f"{days} {status}", starts_in=timedelta(days=days)))
        for days in (1, 3)
        for status in ("published", "postponed", "cancelled")
    ]
    for row in rows:
        row.talk.status = row.talk.title.partition(" ")[2]
        row.talk.save()
    clock.shift(timedelta(days=2))

    Registration.objects.change_person(rows, name="Kim Neu", organisation="")

    may_change = [row.may_be_renamed for row in rows]
    assert [name == "Kim Neu" for name, _ in state(*rows)] == may_change
    assert may_change == [False, True, True, True, True, True]


def test_organisers_put_the_name_right_at_any_time(admin_client, clock):
    row = make_registration()
    clock.move_to(row.talk.ends_at)

    Registration.objects.correct_person(row, {"name": "Kim Berichtigt"})

    assert state(row) == [("Kim Berichtigt", "")]
