"""The organisers' form as it is sent when nobody has typed anything: it changes nothing."""

from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory

from events.models import Material, PracticeProfile, Speaker, Talk, Topic
from registration.desk.speakers.form_of_talk import FormOfTalk, NoSuchField
from tests.admin_form import fill_in, url
from tests.conftest import BERLIN
from tests.makers import make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def full_talk() -> Talk:
    """Return a talk of which every field of the form says something."""
    talk = make_talk(
        subtitle='Ein <b> & "Beispiel"',
        recap="Es war\n\nschön.",
        image_alt="Das Rathaus",
        image_focus="top",
        publish_at=datetime(2025, 11, 1, 8, 30, 12, tzinfo=BERLIN),
        capacity=20,
        waiting_list=False,
        registration_opens_at=datetime(2025, 11, 2, 8, 0, tzinfo=BERLIN),
        double_opt_in=True,
        reminds_day_before=False,
        meeting_url="https://video.example/raum?a=1&b=2",
        dial_in="030 1234, PIN 12",
        recognition_chamber="Kammer",
        is_recorded=True,
        has_captions=False,
        runs_in_browser=None,
    )
    Speaker.objects.create(talk=talk, name="Jörg Öz", form="Referent", position=2)
    talk.topics.set([Topic.objects.create(name=name) for name in ("Klima", "Wohnen & Bauen")])
    Material.objects.create(talk=talk, title="Seite", url="https://vhw.de/", audience="public")
    PracticeProfile.objects.create(talk=talk, costs="20.000 Euro")
    return Talk.objects.get(pk=talk.pk)


def form_of(talk) -> FormOfTalk:
    request = RequestFactory().post("/")
    request.user = User.objects.get_or_create(username="orga", is_superuser=True, is_staff=True)[0]
    return FormOfTalk(request, talk, admin.site.get_model_admin(Talk))


@pytest.mark.parametrize("make", [full_talk, lambda: make_talk(speaker=None, town=None)])
def test_it_sends_what_a_browser_sends_from_the_page(admin_client, make):
    talk = make()
    page = fill_in(admin_client, url(talk), {})
    others = ("csrfmiddlewaretoken", "means_")
    empty_rows = {
        name
        for name in page
        if any(f"{prefix}-{number}-" in name for prefix, number in unfilled(page))
    }

    sent = dict(form_of(talk).data.lists())

    expected = {
        name: values
        for name, values in page.items()
        if not name.startswith(others) and name not in empty_rows and "__prefix__" not in name
    }
    for name in expected:
        if name.endswith("-TOTAL_FORMS"):
            expected[name] = expected[name.replace("TOTAL", "INITIAL")]
    # A list without any choice sends nothing, which is the same as an empty one.
    assert {
        name: sent[name] for name in sent if name in expected or sent[name] != [""]
    } == expected


def unfilled(page) -> list[tuple[str, int]]:
    """Return the rows of the page in which nothing stands."""
    found = []
    for name, values in page.items():
        if name.endswith("-TOTAL_FORMS"):
            prefix = name.removesuffix("-TOTAL_FORMS")
            stored = int(page[f"{prefix}-INITIAL_FORMS"][0])
            found += [(prefix, number) for number in range(stored, int(values[0]))]
    return found


def test_it_changes_nothing_if_nothing_is_filled_in(admin_client):
    talk = full_talk()
    before = {name: getattr(talk, name) for name in columns()}
    form = form_of(talk)

    checked = type(form.form)(form.data, {}, instance=talk)
    assert (checked.errors, checked.changed_data) == ({}, [])
    response = admin_client.post(url(talk), dict(form.data.lists()))

    assert response.status_code == 302
    talk = Talk.objects.get()
    assert {name: getattr(talk, name) for name in columns()} == before
    assert [topic.name for topic in talk.topics.order_by("name")] == ["Klima", "Wohnen & Bauen"]


def columns() -> list[str]:
    return [field.name for field in Talk._meta.concrete_fields if field.name != "updated_at"]


def test_new_row_stands_behind_those_that_are_there():
    talk = full_talk()
    form = form_of(talk)
    row = form.rows[Material].add()

    assert form.fill_in(row, "title", "Folien") == "materials-1-title"
    assert form.data["materials-TOTAL_FORMS"] == "2"
    assert form.data["materials-1-audience"] == "public"


def test_row_or_field_that_is_not_there_is_said_so():
    form = form_of(full_talk())

    with pytest.raises(NoSuchField):
        form.rows[Speaker].row_of(0)
    with pytest.raises(NoSuchField):
        form.fill_in(form.form, "search_text", "")


def test_seconds_that_the_page_does_not_show_stay():
    talk = make_talk(starts_at=datetime(2025, 12, 17, 10, 0, 30, tzinfo=BERLIN))
    talk.ends_at = talk.starts_at + timedelta(hours=1)
    form = form_of(talk)

    assert (form.data["starts_at_0"], form.data["starts_at_1"]) == ("17.12.2025", "10:00")
