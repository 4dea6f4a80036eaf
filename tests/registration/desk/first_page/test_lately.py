"""Who did what lately: everybody's actions, of what the reader may see."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from tests.admin_form import send, url
from tests.makers import TITLE, make_registration, make_talk
from tests.registration.desk.first_page.page import as_role
from tests.registration.desk.first_page.test_start_page import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADING = "Zuletzt getan"


def test_everybody_reads_what_others_have_done(client):
    talk = make_talk()
    as_role(client, "Redaktion")
    assert HEADING not in sections(client)
    assert send(client, url(talk), {"subtitle": "Neu"}).status_code == 302
    as_role(client, "Lesend")

    assert sections(client)[HEADING] == (
        f"{TITLE} Geändert: Untertitel. Redaktion, 5. November 2025, 9:00 Uhr"
    )
    assert f'<a href="{url(talk)}">' in client.get("/admin/").content.decode()


def test_full_name_is_shown_where_there_is_one(client):
    user = as_role(client, "Redaktion")
    User.objects.filter(pk=user.pk).update(first_name="Kim", last_name="Beispiel")
    LogEntry.objects.log_actions(user.pk, [make_talk()], 1, [{"added": {}}])

    assert f"{TITLE} angelegt. Kim Beispiel," in sections(client)[HEADING]


def note(user, about, message) -> None:
    """Write into the history as the pages about people do, which name nobody."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(about),
        object_id=about.pk,
        object_repr=f"{about._meta.verbose_name} Nr. {about.pk}",
        action_flag=2,
        change_message=message,
    )


def test_people_of_a_talk_are_told_in_one_line_without_their_names(
    admin_client, admin_user, clock
):
    talk, other = make_talk(), make_talk(title="Der andere")
    for number, about in enumerate((talk, talk, other)):
        row = make_registration(about, email=f"{number}@stadt.example", name="Geheim")
        clock.move_to(timezone.now() + timedelta(seconds=1))
        note(admin_user, row, "Abgemeldet.")

    when = "admin, 5. November 2025, 9:00 Uhr"
    assert sections(admin_client)[HEADING] == (
        f"Anmeldung zu „Der andere“ Abgemeldet. {when} "
        f"2 Anmeldungen zu „{TITLE}“ Abgemeldet. {when}"
    )


def test_what_was_done_to_one_person_at_once_is_one_line(admin_client, admin_user):
    for title in ("Eins", "Zwei"):
        note(admin_user, make_registration(make_talk(title=title)), "Auskunft erteilt.")

    assert sections(admin_client)[HEADING] == (
        "2 Anmeldungen zu 2 Talks Auskunft erteilt. admin, 5. November 2025, 9:00 Uhr"
    )


def test_what_one_may_not_see_is_not_told(client, admin_user):
    row = make_registration()
    for about, text in ((row, "Berichtigt."), (admin_user, "Passwort geändert.")):
        note(admin_user, about, text)
    seen = {}
    for role in ("Redaktion", "Teilnehmende", "Lesend"):
        as_role(client, role)
        found = sections(client).get(HEADING, "")
        seen[role] = ["Berichtigt" in found, "Passwort" in found]

    assert seen == {
        "Redaktion": [False, False],
        "Teilnehmende": [True, False],
        "Lesend": [False, False],
    }
    client.force_login(admin_user)
    assert "Passwort geändert." in sections(client)[HEADING]


def test_what_is_deleted_is_no_link(admin_client, admin_user):
    talk = make_talk()
    LogEntry.objects.log_actions(admin_user.pk, [talk], 3)
    talk.delete()

    html = admin_client.get("/admin/").content.decode()
    assert f"{TITLE} gelöscht. admin," in sections(admin_client)[HEADING]
    assert f"{talk.pk}/change" not in html


def test_only_the_last_ten_are_shown(admin_client, admin_user):
    talks = [make_talk(title=f"Talk {number:02}") for number in range(12)]
    for talk in talks:
        LogEntry.objects.log_actions(admin_user.pk, [talk], 2, "Gesichert.")

    found = sections(admin_client)[HEADING]
    assert ("Talk 11" in found, "Talk 02" in found, "Talk 01" in found) == (True, True, False)
