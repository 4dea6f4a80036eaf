"""The work after a talk stands on the first page until it is done, or the names are gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Material, Talk
from registration.desk.first_page.after_the_talk import ATTENDANCE, MATERIAL, RECAP, work_left
from registration.models import Feedback, Registration
from tests.admin_form import send, url
from tests.makers import TITLE, give_feedback, let_know, make_registration, make_talk
from tests.registration.desk.first_page.page import as_role, find, lines
from tests.registration.desk.first_page.test_start_page import sections

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)
MOMENT = datetime(2025, 11, 7, 8, 5, tzinfo=UTC)
WORK = {
    "Wer dabei war": "Teilnahme einlesen",
    "Folien oder Aufzeichnung": "Material hinzufügen",
    "Der Rückblick fehlt": "Rückblick schreiben",
}


@pytest.fixture
def talk():
    """Give a talk in two days with one participant who knows all of it."""
    talk = make_talk(starts_in=2 * DAY, meeting_url="https://v.example/")
    make_registration(talk)
    let_know(talk)
    return talk


def work(client) -> list[str]:
    """Return the buttons of what is to do for talks that are over."""
    return [line.button for line in lines(client) if line.button in WORK.values()]


def test_work_appears_when_the_talk_has_ended_and_goes_with_the_names(
    client, admin_user, clock, talk
):
    seen = {}
    for moment in (-1, 0, 29 * 24 * 3600, 30 * 24 * 3600):
        clock.move_to(talk.ends_at + timedelta(seconds=moment))
        client.force_login(admin_user)  # the clock has ended every session
        seen[moment] = work(client)

    everything = list(WORK.values())
    assert list(seen.values()) == [[], everything, everything, []]


@pytest.mark.parametrize(
    ("days", "said", "is_urgent"),
    [
        (1, "In 29 Tagen gehen die Namen.", False),
        (23, "In 7 Tagen gehen die Namen.", False),
        (29, "Morgen gehen die Namen.", True),
    ],
)
def test_each_piece_says_when_the_names_go(client, admin_user, clock, talk, days, said, is_urgent):
    clock.move_to(talk.ends_at + days * DAY)
    client.force_login(admin_user)

    for start, button in WORK.items():
        line = find(client, start)
        assert (line.deadline, line.button, line.is_urgent) == (said, button, is_urgent)
        assert line.text.startswith(TITLE)


def test_each_piece_goes_when_it_is_done(client, admin_user, clock, talk):
    clock.move_to(talk.ends_at + DAY)
    client.force_login(admin_user)
    assert (
        find(client, "Wer dabei war").url
        == f"/admin/registration/registration/talk/{talk.pk}/anwesenheit/"
    )
    assert find(client, "Der Rückblick").url == f"{url(talk)}#id_recap"
    assert find(client, "Folien").url == f"{url(talk)}#materials-group"

    Registration.objects.update(joined_at=timezone.now(), counted_before=True)
    assert work(client) == list(WORK.values())
    Registration.objects.update(marked_present=True)
    assert work(client) == ["Material hinzufügen", "Rückblick schreiben"]
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    assert work(client) == ["Rückblick schreiben"]
    assert "Fehlt: Rückblick" in sections(client)["Nach dem Talk"]
    assert send(client, url(talk), {"recap": "Es war gut."}).status_code == 302
    assert work(client) == []
    assert "Fehlt: Versand der Unterlagen" in sections(client)["Nach dem Talk"]
    Registration.objects.release_recap(talk)
    assert "Fehlt" not in sections(client)["Nach dem Talk"]


def test_way_to_the_answers_stays_until_no_more_can_come(client, admin_user, clock, talk):
    clock.move_to(talk.ends_at + DAY)
    Material.objects.create(talk=talk, title="Folien", url="https://folien.example/")
    Talk.objects.filter(pk=talk.pk).update(recap="Es war gut.")
    Registration.objects.update(marked_present=True)
    Registration.objects.release_recap(talk)
    rows = []
    for answers, moved in ((4, 0), (3, 0), (0, 12), (0, 1)):
        give_feedback(talk, answers)
        clock.move_to(timezone.now() + moved * DAY)
        client.force_login(admin_user)
        rows.append(sections(client).get("Nach dem Talk", ""))

    head = f"Termin Talk Frist Teilnahme Fr., 7. Nov. 2025, 9–10 Uhr {TITLE} "
    until = "Antworten bis 21. November. 1 von 1 dabei"
    some = f"{head}Rückmeldungen: 5 Antworten {until}"
    assert rows == [f"{head}Rückmeldungen {until}", some, some, ""]
    assert Feedback.objects.shown().count() == 5


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "Zugang benutzt: 0 von 1"),
        ({"joined_at": MOMENT}, "Zugang benutzt: 1 von 1"),
        ({"joined_at": MOMENT, "counted_before": True}, "1 von 1 dabei (alte Zählung)"),
        ({"joined_at": MOMENT, "marked_present": True}, "1 von 1 dabei"),
        ({"minutes_present": 30}, "1 von 1 dabei"),
    ],
)
def test_table_says_what_is_known_of_who_came(client, admin_user, clock, talk, known, said):
    Registration.objects.update(**known)
    clock.move_to(talk.ends_at + DAY)
    client.force_login(admin_user)

    left = "Material, Rückblick" if said.endswith("dabei") else "Teilnahme, Material, Rückblick"
    assert sections(client)["Nach dem Talk"] == (
        "Termin Talk Frist Teilnahme Fr., 7. Nov. 2025, 9–10 Uhr "
        f"{TITLE} Fehlt: {left} Rückmeldungen · Unterlagen In 29 Tagen gehen die Namen. {said}"
    )


def test_report_in_which_nobody_was_long_enough_is_work_done(client, admin_user, clock, talk):
    clock.move_to(talk.ends_at + DAY)
    client.force_login(admin_user)

    Talk.objects.store_presence(talk, guests=2)

    assert work(client) == ["Material hinzufügen", "Rückblick schreiben"]
    assert sections(client)["Nach dem Talk"].endswith(" 0 von 1 dabei")


@pytest.mark.parametrize("status", ["cancelled", "postponed", "draft"])
def test_talk_that_did_not_take_place_needs_no_work(client, admin_user, clock, talk, status):
    talk.status = status
    talk.save()
    clock.move_to(talk.ends_at + 25 * DAY)
    client.force_login(admin_user)

    assert work(client) == []
    assert "Nach dem Talk" not in sections(client)


def test_talk_without_people_has_nobody_to_note(client, admin_user, clock, talk):
    Registration.objects.get().cancel()
    clock.move_to(talk.ends_at + DAY)
    client.force_login(admin_user)

    assert work(client) == ["Material hinzufügen", "Rückblick schreiben"]


def test_each_role_is_asked_for_what_it_may_do(client, clock, talk):
    clock.move_to(talk.ends_at + DAY)
    seen = {}
    for role in ("Redaktion", "Teilnehmende", "Lesend"):
        as_role(client, role)
        seen[role] = work(client)
        assert "Nach dem Talk" in sections(client)

    assert seen == {
        "Redaktion": ["Material hinzufügen", "Rückblick schreiben"],
        "Teilnehmende": ["Teilnahme einlesen"],
        "Lesend": [],
    }


def test_rule_needs_no_page(clock, talk):
    assert work_left(talk, 1, 0) == []
    clock.move_to(talk.ends_at)

    assert work_left(talk, 1, 0) == [ATTENDANCE, MATERIAL, RECAP]
    assert work_left(talk, 1, 1) == work_left(talk, 0, 0) == [MATERIAL, RECAP]
