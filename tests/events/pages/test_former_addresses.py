"""Every address that a talk ever had in public leads to it, whichever of its pages is meant."""

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

from events import calendar
from events.models import FormerSlug, Series, Talk
from events.models.talk import FormerAddress
from tests.admin_form import send, url
from tests.makers import make_talk, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ADDRESSES = [
    "/talks/{}/",
    "/talks/{}/termin.ics",
    "/talks/{}/aushang/",
    "/talks/{}/ortsschild.png",
    "/talks/{}/teilnehmen/",
    "/talks/{}/rueckmeldung/",
    "/talks/{}/rueckmeldung/danke/",
    "/talks/{}/rueckmeldung/folie/",
]


# On paper: these name the talk by its number.
NUMBERED = {
    "/t/{}": "/talks/zweite/",
    "/t/{}/": "/talks/zweite/",
    "/r/{}": "/talks/zweite/rueckmeldung/",
    "/r/{}/": "/talks/zweite/rueckmeldung/",
}


@pytest.fixture
def talk():
    return make_talk(slug="erste")


def rename(talk, slug):
    talk.slug = slug
    talk.save()


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)
        elif entry.app_name != "admin":
            yield from patterns(entry, prefix + str(entry.pattern))


def test_these_are_all_addresses_with_a_slug():
    found = {f"/{path}" for path in patterns(get_resolver()) if "<slug:slug>" in path}

    assert {path.replace("<slug:slug>", "{}") for path in found} == set(ADDRESSES)


def test_these_are_all_addresses_of_a_talk_with_its_number():
    paths = [f"/{path}" for path in patterns(get_resolver()) if "<int:pk>" in path]
    found = [path for path in paths if not path.startswith("/admin/")]

    numbered = [path.replace("<int:pk>", "{}") for path in found]
    assert [path for path in numbered if "material/" not in path] == [*NUMBERED]


@pytest.mark.parametrize("address", NUMBERED)
@pytest.mark.parametrize("method", ["get", "head"])
def test_number_on_paper_leads_to_the_talk_whatever_its_slug_is(client, talk, address, method):
    rename(talk, "zweite")

    answer = getattr(client, method)(address.format(talk.pk))

    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (
        301,
        NUMBERED[address],
        "public, max-age=60",
    )
    assert (dict(answer.cookies), "Vary" in answer) == ({}, False)
    assert client.post(address.format(talk.pk)).status_code == 405


@pytest.mark.parametrize("status", ["published", "cancelled", "postponed"])
def test_number_on_paper_leads_to_a_talk_that_is_off(client, status):
    talk = make_talk(slug="erste", status=status)

    assert client.get(f"/t/{talk.pk}", follow=True).status_code == 200


def test_number_of_no_talk_or_of_a_hidden_one_is_not_found(client, talk, clock):
    draft = make_talk(title="Entwurf", status="draft")
    later = make_talk(title="Später", publish_at=talk.starts_at)
    gone = talk.pk
    talk.delete()

    for number in (0, gone, draft.pk, later.pk, 10**9, 10**30, "٣", "1.5", "-1", "x"):
        assert (number, client.get(f"/t/{number}").status_code) == (number, 404)


def test_number_of_a_deleted_talk_is_given_to_no_other(talk):
    number = talk.pk
    talk.delete()

    assert make_talk(title="Anders").pk > number


def test_number_on_paper_costs_one_query(client, talk, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(f"/t/{talk.pk}")


def test_programs_are_told_of_the_talks_address_alone(client, talk):
    for path in ("/sitemap.xml", "/feed.xml", "/api/talks.json", "/kalender.ics"):
        assert (path, f"/t/{talk.pk}" in client.get(path).content.decode()) == (path, False)
    # Whoever has a paper may open its address, and so may programs that look for them.
    assert "/t/" not in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_former_addresses_lead_on(client, talk, address):
    rename(talk, "zweite")
    rename(talk, "dritte")

    if address.endswith("teilnehmen/"):  # a form that was open meanwhile
        answer = client.post(address.format("erste"), {"email": "kim@stadt.example"})
        assert (answer.status_code, answer["Location"]) == (308, address.format("dritte"))
    for former in ("erste", "zweite"):
        answer = client.get(address.format(former) + "?a=%C3%A4")
        assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (
            301,
            address.format("dritte") + "?a=%C3%A4",
            "public, max-age=60",
        )
        assert client.get(answer["Location"]).status_code == 200


def test_no_other_talk_gets_an_address_that_was_public(talk):
    rename(talk, "zweite")
    other = make_talk(slug="andere")

    with pytest.raises(FormerAddress):
        rename(other, "erste")
    with pytest.raises(FormerAddress):
        make_talk(slug="erste")

    rename(talk, "erste")
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["zweite"]


def test_page_that_was_kept_before_the_change_leads_on_too(client, talk):
    client.get("/talks/erste/")
    rename(talk, "zweite")

    assert client.get("/talks/erste/").status_code == 301


def test_form_knows_the_talk_by_its_former_address(client, talk):
    rename(talk, "zweite")

    page = client.get("/anmeldung/?talk=erste").content.decode()

    assert re.search('<input[^>]* value="zweite"[^>]* checked', page)


def test_form_that_was_open_during_the_change_is_booked(client, talk):
    rename(talk, "zweite")

    answer = client.post(
        "/anmeldung/",
        {"talks": "erste", "name": "Kim", "email": "kim@stadt.example", "opened": opened()},
    )

    assert answer.status_code == 302
    assert talk.registrations.count() == 1


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"publish_at": "later"}])
def test_talk_that_is_hidden_now_stays_hidden_at_each_address(client, talk, clock, hidden):
    rename(talk, "zweite")
    if "publish_at" in hidden:
        hidden = {"publish_at": talk.starts_at}
    for name, value in hidden.items():
        setattr(talk, name, value)
    talk.save()

    assert [client.get(f"/talks/{slug}/").status_code for slug in ("erste", "zweite")] == [404] * 2


def test_unknown_address_is_not_found_and_costs_one_query_more(client, talk):
    assert client.get("/talks/nichts/").status_code == 404
    assert client.post("/talks/nichts/teilnehmen/").status_code == 404


def test_address_that_was_public_is_given_to_no_other_talk(admin_client, talk):
    rename(talk, "zweite")
    other = make_talk(title="Anders", slug="anders")

    page = send(admin_client, url(other), {"slug": "erste"}).content.decode()

    assert "Diese Adresse hat schon einmal zu einem anderen Talk geführt." in page
    assert make_talk(title="Erste").slug == "erste-2"


def test_address_of_a_deleted_talk_is_given_to_no_other(client, talk):
    talk.delete()

    assert make_talk(title="Erste").slug == "erste-2"
    assert client.get("/talks/erste/").status_code == 404


def test_address_of_a_draft_is_free_again(talk):
    draft = make_talk(title="Entwurf", status="draft")
    rename(draft, "anders")
    draft.delete()

    assert make_talk(title="Entwurf").slug == "entwurf"
    assert not FormerSlug.objects.exists()


def test_address_that_was_public_before_the_talk_was_hidden_is_kept(talk):
    talk.status = Talk.Status.DRAFT
    talk.save()
    rename(talk, "zweite")
    talk.status = Talk.Status.PUBLISHED
    talk.save()

    assert FormerSlug.present(["erste"]) == {"erste": "zweite"}


def test_going_back_takes_the_address_off_the_list(client, talk):
    rename(talk, "zweite")
    rename(talk, "erste")

    assert client.get("/talks/erste/").status_code == 200
    assert client.get("/talks/zweite/")["Location"] == "/talks/erste/"
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["zweite"]


def test_change_that_goes_round_save_is_remembered_too(client, talk):
    Talk.objects.filter(pk=talk.pk).update(slug="zweite")

    assert client.get("/talks/erste/")["Location"] == "/talks/zweite/"


def test_calendar_entry_that_was_mailed_leads_to_the_way_in(client, talk):
    file = calendar.published([talk], site_url=settings.SITE_URL, series=Series())
    text = file.decode().replace("\r\n ", "")
    path = re.search(f"{settings.SITE_URL}(/talks/erste/[^ \\r\\n\\\\]*)", text)[1]
    rename(talk, "zweite")

    answer = client.get(path, follow=True)

    assert (answer.status_code, answer.redirect_chain[0][1]) == (200, 301)
