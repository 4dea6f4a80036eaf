"""The page that tells whether a certificate is genuine, long after the names are gone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from events.models import Series, Talk
from registration.certificates.paper import certificate_of
from registration.models import Registration, links
from tests.makers import make_registration, make_talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHECK = "/bescheinigung/"
GENUINE = "Die Bescheinigung ist echt."
WRONG = "Das stimmt nicht überein."


@pytest.fixture
def paper(clock):
    """Return a certificate that was just issued."""
    row = make_registration(name="Kim Änders")
    row.minutes_present = 50
    row.save()
    clock.move_to(row.talk.ends_at + timedelta(hours=1))
    return certificate_of(row, Series())


def check(client, code, name, path=CHECK):
    response = client.post(path, {"code": str(code), "name": name})
    return response.content.decode()


def test_code_and_name_as_printed_are_genuine(client, paper):
    html = check(client, paper.code, "kim  ÄNDERS")

    assert GENUINE in html
    assert "50&nbsp;Minuten" in html
    assert paper.talk.when_text in html
    assert "Wärme &amp; &quot;Licht&quot;" in html


def test_the_qr_code_leads_to_the_form_with_the_code(client, paper):
    path = paper.check_url.removeprefix("http://testserver")

    html = client.get(path).content.decode()

    assert f'value="{paper.code}"' in html
    assert (GENUINE in html, WRONG in html) == (False, False)
    assert GENUINE in check(client, paper.code, "Kim Änders", path)


def test_organisers_word_is_told_as_such(client, paper):
    Registration.objects.update(minutes_present=None, marked_present=True)
    found = certificate_of(Registration.objects.get(), Series())

    assert "vom Veranstalter bestätigt" in check(client, found.code, "Kim Änders")


@pytest.mark.parametrize("name", ["Kim Anders", "Lea Änders", "Kim"])
def test_another_name_is_not_genuine_and_learns_nothing(client, paper, name):
    html = check(client, paper.code, name)

    assert WRONG in html
    assert "Kim Änders" not in html
    assert (paper.talk.when_text in html, "50&nbsp;Minuten" in html) == (False, False)


@pytest.mark.parametrize("typed", ["", "1234", "U" * 16, "x" * 500])
def test_what_is_no_code_is_said_beside_the_field_and_nothing_is_lost(client, typed):
    response = client.post(CHECK, {"code": typed, "name": "Kim Änders"})

    assert response.status_code == 422
    assert 'value="Kim Änders"' in response.content.decode()


@pytest.mark.parametrize("typed", ["Ä" * 300, "..", "a%2Fb", "1002-0VY1-6W5K-7SP0"])
def test_any_address_shows_the_form_or_nothing(client, typed):
    assert client.get(f"{CHECK}{typed}/").status_code in (200, 404)


def test_holder_who_renames_after_the_talk_gets_no_other_certificate(client, paper):
    row = Registration.objects.get()
    token = links.token(row.key, links.PURPOSE_MINE)

    page = client.post(f"/meine-anmeldung/{token}/angaben/", {"name": "Lea Fremd"})

    row.refresh_from_db()
    assert (page.status_code, row.name) == (200, "Kim Änders")
    assert "Sobald ein Talk begonnen hat" in page.content.decode()
    html = client.get(f"/meine-anmeldung/{token}/{row.uuid}/bescheinigung/").content.decode()
    assert "Kim Änders" in html
    assert WRONG in check(client, paper.code, "Lea Fremd")


def test_name_that_an_organiser_has_put_right_gets_a_certificate_of_its_own(client, paper):
    row = Registration.objects.get()
    Registration.objects.correct_person(row, {"name": "Kim Enders"})

    found = certificate_of(Registration.objects.get(), Series())

    assert GENUINE in check(client, found.code, "Kim Enders")
    assert GENUINE in check(client, paper.code, "Kim Änders")


def test_erasing_leaves_nothing_and_the_paper_stays_genuine(client, paper, clock):
    Registration.objects.erase_person("kim@stadt.example")
    clock.shift(timedelta(days=3000))
    assert not Registration.objects.named().exists()

    assert GENUINE in check(client, paper.code, "Kim Änders")


def test_talk_renamed_and_moved_is_told_as_it_is_now(client, paper):
    talk = paper.talk
    talk.title, talk.starts_at = "Anders genannt", talk.starts_at - timedelta(days=1)
    talk.ends_at -= timedelta(days=1)
    talk.save()

    html = check(client, paper.code, "Kim Änders")

    assert GENUINE in html
    assert "Anders genannt" in html


def test_talk_that_was_deleted_cannot_be_checked(client, paper):
    Registration.objects.all().delete()
    Talk.objects.get().delete()

    html = check(client, paper.code, "Kim Änders")

    assert WRONG in html
    assert "oder wir haben den Talk gelöscht" in html


@pytest.mark.parametrize("email", ["talks@vhw.example", ""])
def test_stranger_reads_whom_to_ask_about_a_wrong_one(client, paper, email):
    Series(contact_email=email).save()

    html = check(client, paper.code, "Kim Falsch")

    assert (f"mailto:{email}" if email else "steht im <a") in html
    assert "auf eine E-Mail von uns" not in html


def test_rotated_key_keeps_what_was_printed(client, paper, settings):
    settings.CERTIFICATE_KEY_FORMER = settings.CERTIFICATE_KEY
    settings.CERTIFICATE_KEY = "4:another-one-5tGhYu8Ko2WsXcVf7BnMj"

    assert GENUINE in check(client, paper.code, "Kim Änders")


def test_without_any_key_the_page_says_whom_to_ask(client, paper, settings):
    settings.CERTIFICATE_KEY = ""

    html = client.get(CHECK).content.decode()

    assert "kann gerade keine Bescheinigungen prüfen" in html
    assert "<form" not in html.partition("<main")[2]


def test_guesses_of_one_network_about_one_talk_end(client, paper):
    for _ in range(20):
        assert WRONG in check(client, paper.code, "Lea Falsch")

    response = client.post(CHECK, {"code": str(paper.code), "name": "Kim Änders"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) <= 3600
    assert GENUINE not in response.content.decode()
    assert 'value="Kim Änders"' in response.content.decode()
    other = make_registration(make_talk(title="Zweiter"))
    code = str(paper.code)
    assert other.talk_id != paper.talk.pk
    assert (
        GENUINE
        in client.post(
            CHECK, {"code": code, "name": "Kim Änders"}, REMOTE_ADDR="198.51.100.7"
        ).content.decode()
    )


def test_reading_the_page_asks_for_the_series_alone(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(CHECK)


def test_nothing_of_a_check_is_kept(client, paper):
    check(client, paper.code, "Kim Änders")

    out = StringIO()
    Registration.objects.erase_person("kim@stadt.example")
    call_command("dumpdata", stdout=out)
    assert "Änders" not in out.getvalue()
    assert str(paper.code) not in out.getvalue()
