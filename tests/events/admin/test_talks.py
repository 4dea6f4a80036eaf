"""Every page of the admin: it answers, takes whatever is typed, and deletes what may go."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.storage import default_storage

from events.models import Municipality, Series, Talk, Topic
from registration.models import Erasure, Interest, Message, Offer, OutgoingMail, Registration
from tests.admin_form import errors_of, fill_in, send, url
from tests.events.upload_files import CREDIT, jpeg, upload
from tests.makers import TITLE, make_offer, make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def long_run(*values) -> list:
    """Return parameters that the long run alone tries."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


# Every page of every model


def rows() -> dict:
    """Return a row of every registered model."""
    registration = make_registration(name='Änne "O\'Groß" & <b>', question="<script>")
    Series.objects.create()
    return {
        Talk: registration.talk,
        Series: Series.objects.get(),
        Municipality: registration.talk.municipality,
        Topic: Topic.objects.create(name='Wärme & "Licht" <b>'),
        Registration: registration,
        OutgoingMail: OutgoingMail.objects.get(),
        Message: Message.objects.create(
            talk=registration.talk, subject='Wärme & "Licht" <b>', text="{name}"
        ),
        Interest: Interest.objects.create(email='o"groß@b.example', email_key="<b>"),
        Offer: make_offer(town='Größenau <b> & "mehr"', subject="<script>"),
        Erasure: Erasure.objects.create(uuid=uuid4(), kind="interest"),
        User: User.objects.get(),
        Group: Group.objects.create(name="Gruppe"),
    }


def test_every_page_of_every_model_answers(organiser):
    found = rows()
    assert set(admin.site._registry) == set(found)

    answers = {}
    for model, row in found.items():
        pages = {page: url(model, page) for page in ("changelist", "add")}
        pages |= {page: url(row, page) for page in ("change", "history", "delete")}
        answers[model.__name__] = {
            page: organiser.get(address).status_code for page, address in pages.items()
        }

    everything = dict.fromkeys(["changelist", "add", "change", "history", "delete"], 200)
    assert answers == {
        # Somebody is registered for it.
        "Talk": everything | {"delete": 403},
        "Series": everything | {"add": 403, "delete": 403},
        "Municipality": everything,
        "Topic": everything,
        # Its page is that of the person.
        "Registration": everything | {"add": 403, "change": 302, "delete": 403},
        "OutgoingMail": everything | {"add": 403, "delete": 403},
        "Message": everything | {"delete": 403},
        "Interest": everything | {"add": 403, "delete": 403},
        "Offer": everything | {"add": 403, "delete": 403},
        "Erasure": everything | {"add": 403, "delete": 403},
        "User": everything,
        "Group": everything,
    }


def test_pages_of_the_admin_are_german_and_show_no_markup_of_others(organiser):
    for model, row in rows().items():
        for address in (url(model, "changelist"), url(row)):
            html = organiser.get(address, follow=True).content.decode()
            assert (address, '<html lang="de"' in html) == (address, True)
            assert (address, "<script>" in html, "& <b>" in html) == (address, False, False)
            assert (address, "Kleinstadt Web-Talks" in html) == (address, True)


def test_lists_do_not_ask_more_for_more_rows(organiser, django_assert_max_num_queries):
    for number in range(20):
        talk = make_talk(title=f"Talk {number}", town=f"Ort {number}")
        make_registration(talk, email=f"p{number}@stadt.example")

    for model in (Talk, Registration, OutgoingMail, Municipality, Topic):
        with django_assert_max_num_queries(14):
            assert organiser.get(url(model, "changelist")).status_code == 200


def test_register_of_towns_is_deleted_neither_in_bulk_nor_from_a_talk(organiser):
    towns = [Municipality.objects.create(name=f"Ort {n}", land="Hessen") for n in range(3)]
    address = url(Municipality, "changelist")

    sent = {"action": "delete_selected", "index": "0", "_selected_action": [t.pk for t in towns]}
    organiser.post(address, sent | {"post": "yes"})
    talk_page = organiser.get(url(make_talk(town="Gudensberg"))).content.decode()

    assert set(Municipality.objects.filter(name__startswith="Ort ")) == set(towns)
    assert 'value="delete_selected"' not in organiser.get(address).content.decode()
    assert ("change_id_municipality" in talk_page, "delete_id_municipality" in talk_page) == (
        True,
        False,
    )


# Odd input


@pytest.mark.parametrize("pk", ["\0", "abc", "9" * 40, *long_run("", "-1", "1.0", "٣")])
def test_selection_that_no_list_offers_is_refused(organiser, pk):
    for model in rows():
        sent = {"action": "delete_selected", "index": "0", "_selected_action": pk}
        response = organiser.post(url(model, "changelist"), sent)
        assert (model.__name__, response.status_code) == (model.__name__, 400)


@pytest.mark.parametrize("value", ["9" * 40, "9999", *long_run("-" + "9" * 20, "10000")])
@pytest.mark.parametrize("part", ["year", "month", "day"])
def test_dates_that_no_list_offers_are_refused(organiser, part, value):
    for model, field in ((Talk, "starts_at"), (Registration, "created_at")):
        response = organiser.get(f"{url(model, 'changelist')}?{field}__{part}={value}")
        assert response.status_code == 400


@pytest.mark.parametrize(
    "query",
    ["'", "a" * 5000, *long_run('"', "\\", "%25", "_", "ä%20%26", "%F0%9F%98%80")],
)
def test_search_takes_whatever_is_typed(organiser, query):
    found = rows()

    for model in found:
        address = f"{url(model, 'changelist')}?q={query}"
        assert (address[:60], organiser.get(address).status_code) == (address[:60], 200)


def test_search_for_nul_is_refused(organiser):
    for model in rows():
        for query in ("q=%00", "q=a%00b", "status__exact=%00", "o=1&q=%00"):
            response = organiser.get(f"{url(model, 'changelist')}?{query}")
            assert (query, response.status_code) == (query, 400)
            assert "Diese Anfrage ist nicht lesbar." in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "p=99999",
        "o=x",
        "all=1",
        "gibtesnicht=1",
        "starts_at__year=2025&starts_at__month=13",
        "topics__id__exact=99999999999999999999",
        *long_run("p=-1", "p=x", "o=99", "e=1", "status__exact=x", "starts_at__year=0"),
        *long_run("starts_at__year=x", "starts_at__year=9998", "starts_at__gte=x"),
        *long_run("topics__id__exact=x", "_popup=1"),
    ],
)
def test_odd_filters_of_the_list_are_no_error(organiser, query):
    make_talk()

    response = organiser.get(f"{url(Talk, 'changelist')}?{query}")

    assert response.status_code in (200, 302)


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999", "%27", "_5F"])
def test_row_that_is_not_there_leads_back_with_a_message(organiser, pk):
    response = organiser.get(f"{url(Talk, 'changelist')}{pk}/change/", follow=True)

    assert response.redirect_chain == [("/admin/", 302)]
    assert "gibt es nicht, oder nicht mehr" in response.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"speakers-TOTAL_FORMS": ""},
        {"speakers-INITIAL_FORMS": "5"},
        {"speakers-0-id": "x"},
        {"chosen_topics": "x"},
        {"_save": ""},
    ],
)
def test_tampered_forms_are_no_error(organiser, change):
    talk = make_talk()

    response = organiser.post(url(talk), fill_in(organiser, url(talk), {"title": "x"} | change))

    assert response.status_code in (200, 302)


# The forms of towns and topics


@pytest.mark.parametrize(
    ("model", "values", "errors"),
    [
        (Topic, {"name": ""}, {"name": ["Dieses Feld ist zwingend erforderlich."]}),
        (
            Topic,
            {"name": "Klima"},
            {"name": ["Das gibt es schon: Thema mit demselben Wert im Feld „Name“."]},
        ),
        (
            Municipality,
            {"name": "A", "land": "Hessen", "population": "-1"},
            {"population": ["Dieser Wert muss größer oder gleich 0 sein."]},
        ),
        (
            Municipality,
            {"name": "A", "land": "Hessen", "latitude": "nan"},
            {"latitude": ["Bitte eine Zahl eingeben."]},
        ),
    ],
)
def test_other_forms_say_what_is_wrong(organiser, model, values, errors):
    Topic.objects.create(name="Klima")

    assert errors_of(send(organiser, url(model, "add"), values)) == errors


def test_topic_spelled_nearly_like_another_is_taken(organiser):
    Topic.objects.create(name="Klima")

    assert send(organiser, url(Topic, "add"), {"name": "Klima!"}).status_code == 302
    assert list(Topic.objects.values_list("name", "slug")) == [
        ("Klima", "klima"),
        ("Klima!", "klima-2"),
    ]


# What can be deleted, and by whom


def test_series_has_one_row_that_stays(organiser):
    assert organiser.get(url(Series, "add")).status_code == 200
    send(organiser, url(Series, "add"), {"name": 'Reihe & "Größe"'})
    series = Series.objects.get()

    assert (series.pk, series.name) == (1, 'Reihe & "Größe"')
    assert organiser.get(url(Series, "add")).status_code == 403
    assert organiser.post(url(series, "delete"), {"post": "yes"}).status_code == 403
    assert organiser.post(
        url(Series, "changelist"), {"action": "delete_selected", "_selected_action": "1"}
    ).status_code in (200, 302)
    assert Series.objects.count() == 1
    assert (
        'value="delete_selected"' not in organiser.get(url(Series, "changelist")).content.decode()
    )


def test_deleting_selected_talks_removes_their_pictures(
    organiser, django_capture_on_commit_callbacks
):
    kept, *gone = (make_talk(image=upload(jpeg()), image_credit=CREDIT) for _ in range(3))
    with django_capture_on_commit_callbacks(execute=True):
        organiser.post(
            url(Talk, "changelist"),
            {
                "action": "delete_selected",
                "_selected_action": [talk.pk for talk in gone],
                "post": "yes",
            },
        )

    assert list(Talk.objects.all()) == [kept]
    assert [default_storage.exists(talk.image.name) for talk in (kept, *gone)] == [
        True,
        False,
        False,
    ]


def test_talk_with_registrations_cannot_be_deleted(organiser):
    talk = make_registration().talk

    response = organiser.post(url(talk, "delete"), {"post": "yes"})

    assert response.status_code in (200, 403)
    assert list(Talk.objects.all()) == [talk]


def test_town_of_a_talk_cannot_be_deleted(organiser):
    town = make_talk().municipality

    response = organiser.post(url(town, "delete"), {"post": "yes"})

    assert response.status_code in (200, 403)
    assert list(Municipality.objects.all()) == [town]


@pytest.mark.parametrize("is_staff", [False, True])
def test_who_has_no_permission_sees_and_changes_nothing(client, is_staff):
    talk = make_talk()
    client.force_login(User.objects.create_user("gast", is_staff=is_staff))

    answers = {
        response.status_code
        for response in (
            client.get(url(Talk, "changelist")),
            client.get(url(talk)),
            client.post(url(talk), {"title": "x"}),
            client.get(url(Registration, "changelist")),
        )
    }

    assert answers == ({403} if is_staff else {302})
    assert Talk.objects.get().title == TITLE
