"""The organisers' second factor: setting it up, giving it, losing the phone."""

import re
import time

import pytest
from django.contrib.auth.models import User
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.events.upload_files import jpeg, upload
from tests.makers import make_talk
from tests.webtalks.test_settings import PRODUCTION, check, settings_of
from webtalks.login import second_factor

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SET_UP = "/admin/zwei-schritte/"
ENTER = "/admin/zwei-schritte/code/"


@pytest.fixture
def organiser():
    return User.objects.create_superuser("änne")


@pytest.fixture
def required(settings):
    settings.ADMIN_2FA = "required"


def code_of(user) -> str:
    """Return what the app on the person's phone shows now."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06}"


def set_up(client, user) -> list[str]:
    """Set up the factor as the person would; return the recovery codes shown."""
    client.get(SET_UP)
    html = client.post(SET_UP, {"code": code_of(user)}).content.decode()
    return re.findall(r"<li><code>(.*?)</code></li>", html)


def log_in_again(client, user):
    client.logout()
    client.force_login(user)


# Where it is required


@pytest.mark.usefixtures("required")
def test_nobody_gets_into_the_admin_before_it_is_set_up(client, organiser):
    client.force_login(organiser)

    for page in ("/admin/", "/admin/events/talk/", "/admin/auth/user/add/", "/admin/nichts/"):
        response = client.get(page)
        assert (page, response.status_code) == (page, 302)
        assert response.url.startswith(f"{SET_UP}?next=%2Fadmin%2F")
    assert client.post("/admin/events/topic/add/", {"name": "Klima"}).status_code == 302
    assert client.get("/admin/logout/").status_code == 405


@pytest.mark.usefixtures("required")
def test_organiser_sets_it_up_and_is_in(client, organiser):
    client.force_login(organiser)
    page = client.get(SET_UP)
    device = TOTPDevice.objects.get()
    html = page.content.decode()

    assert re.search(r'<img class="qr" src="data:image/svg\+xml[^"]+"', html)
    assert second_factor.readable_secret(device) in html
    assert "no-store" in page["Cache-Control"]
    assert "<script>" not in html
    assert 'style="' not in html
    # Looking twice keeps the secret that the phone has taken already.
    client.get(SET_UP)
    assert TOTPDevice.objects.get() == device

    codes = set_up(client, organiser)

    assert len(set(codes)) == 10
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/").content.decode().count("Zwei Schritte einrichten") == 0


@pytest.mark.usefixtures("required")
def test_wrong_code_sets_nothing_up(client, organiser):
    client.force_login(organiser)
    client.get(SET_UP)

    for code in ("", "000000", "abc", "1" * 21, "²²²²²²"):
        response = client.post(SET_UP, {"code": code})
        assert (code, response.status_code) == (code, 200)
        assert 'class="errorlist' in response.content.decode()
    assert not second_factor.is_set_up(organiser)


@pytest.mark.usefixtures("required")
def test_who_has_not_given_the_factor_counts_as_a_visitor_elsewhere(client, organiser):
    draft = make_talk(status="draft", image=upload(jpeg()), image_credit="© Kim")
    client.force_login(organiser)
    assert client.get(draft.picture.src).status_code == 404

    set_up(client, organiser)
    response = client.get(draft.picture.src)
    assert (response.status_code, response.getvalue()[:2]) == (200, b"\xff\xd8")


@pytest.mark.usefixtures("required")
def test_person_without_staff_rights_is_led_to_the_log_in(client):
    client.force_login(User.objects.create_user("gast"))

    for page in (SET_UP, ENTER):
        assert client.get(page).url.startswith("/admin/login/?next=")


def test_visitor_is_led_to_the_log_in(client):
    for page in (SET_UP, ENTER):
        assert client.get(page).url.startswith("/admin/login/?next=")


# Giving the code


def test_without_the_setting_it_is_asked_of_who_has_set_it_up(client, organiser):
    other = User.objects.create_superuser("kim")
    client.force_login(organiser)
    assert client.get("/admin/").status_code == 200
    set_up(client, organiser)
    log_in_again(client, organiser)

    response = client.get("/admin/events/talk/?q=a&b=1")
    assert response.url == f"{ENTER}?next=%2Fadmin%2Fevents%2Ftalk%2F%3Fq%3Da%26b%3D1"
    assert client.get(SET_UP).url == ENTER
    log_in_again(client, other)
    assert client.get("/admin/").status_code == 200


def test_code_leads_to_where_one_wanted_to_go_and_is_good_once(client, organiser, clock):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)
    clock.shift(30)
    code = code_of(organiser)

    response = client.post(
        f"{ENTER}?next=/admin/events/talk/", {"code": f" {code[:3]} {code[3:]}"}
    )
    assert (response.status_code, response.url) == (302, "/admin/events/talk/")
    assert client.get("/admin/").status_code == 200

    log_in_again(client, organiser)
    assert second_factor.verify(organiser, code) is None
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_code_leads_nowhere_else(client, organiser, clock, target):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)
    clock.shift(30)

    response = client.post(f"{ENTER}?next={target}", {"code": code_of(organiser)})

    assert (response.status_code, response.url) == (302, "/admin/")


def test_guessing_slows_down(client, organiser, clock):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)
    for _ in range(6):
        clock.shift(30)
        client.post(ENTER, {"code": "000000"})

    # After six errors 32 seconds must pass.
    clock.shift(30)
    html = client.post(ENTER, {"code": code_of(organiser)}).content.decode()
    assert "Bitte warten Sie 2 Sekunden" in html
    clock.shift(30)
    assert client.post(ENTER, {"code": code_of(organiser)}).status_code == 302


def test_right_code_after_a_wrong_one_is_taken_at_once(client, organiser, clock):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)
    clock.shift(30)
    for _ in range(second_factor.FREE_ERRORS):
        assert second_factor.WRONG in client.post(ENTER, {"code": "000000"}).content.decode()

    assert client.post(ENTER, {"code": code_of(organiser)}).status_code == 302


def test_after_four_wrong_codes_one_waits_and_is_told_how_long(client, organiser, clock):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)
    clock.shift(30)
    for _ in range(second_factor.FREE_ERRORS + 1):
        client.post(ENTER, {"code": "000000"})

    html = client.post(ENTER, {"code": code_of(organiser)}).content.decode()
    assert "Bitte warten Sie 8 Sekunden" in html
    clock.shift(7)
    html = client.post(ENTER, {"code": code_of(organiser)}).content.decode()
    assert "Bitte warten Sie eine Sekunde" in html
    # Who guessed on is not told whether it was right, and the wait grows no longer.
    assert "Bitte warten Sie" in client.post(ENTER, {"code": "000000"}).content.decode()
    clock.shift(1)
    assert client.post(ENTER, {"code": code_of(organiser)}).status_code == 302


def test_each_cause_has_its_own_words(client, organiser, clock):
    client.force_login(organiser)
    codes = set_up(client, organiser)
    used = code_of(organiser)
    clock.shift(30)

    def refusal(code) -> str:
        with pytest.raises(second_factor.Refused) as refused:
            second_factor.accept(organiser, code)
        return str(refused.value)

    assert refusal(used) == second_factor.USED
    assert refusal("000000") == second_factor.WRONG
    clock.shift(60)
    assert refusal(used) == second_factor.WRONG
    assert second_factor.accept(organiser, codes[0])
    assert refusal(codes[0]) == refusal("abcde-abcde") == second_factor.WRONG_RECOVERY


# Without the phone


def test_recovery_code_works_once_and_is_kept_as_a_hash(client, organiser, clock):
    client.force_login(organiser)
    codes = set_up(client, organiser)
    log_in_again(client, organiser)

    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert stored.isdisjoint(codes)
    assert second_factor.verify(organiser, codes[1].replace("-", ""))
    assert client.post(ENTER, {"code": codes[0].upper()}).status_code == 302
    assert client.get("/admin/").status_code == 200
    log_in_again(client, organiser)
    assert client.post(ENTER, {"code": codes[0]}).status_code == 200
    # After an error one has to wait. A hash from a stolen table is no code.
    clock.shift(60)
    assert second_factor.verify(organiser, stored.pop()) is None


@pytest.mark.once
def test_who_came_in_by_a_recovery_code_is_told_how_many_are_left(client, organiser, clock):
    client.force_login(organiser)
    codes = set_up(client, organiser)
    said = []
    for code in codes:
        log_in_again(client, organiser)
        html = client.post(ENTER, {"code": code}, follow=True).content.decode()
        said += re.findall(r"nicht noch einmal\. Es bleiben \d|Das war Ihr letzter", html)

    assert said == [
        *(f"nicht noch einmal. Es bleiben {left}" for left in range(9, 0, -1)),
        "Das war Ihr letzter",
    ]
    assert "gilt keiner mehr" in client.get(SET_UP).content.decode()


def test_page_for_the_code_leads_nowhere_but_out(client, organiser, clock):
    client.force_login(organiser)
    set_up(client, organiser)
    log_in_again(client, organiser)

    html = client.get(ENTER).content.decode()

    assert "Abmelden" in html
    assert "Zwei Schritte einrichten" not in html
    assert "Finden" not in html


def test_new_recovery_codes_replace_the_old(client, organiser):
    client.force_login(organiser)
    old = set_up(client, organiser)
    new = re.findall(
        r"<li><code>(.*?)</code></li>", client.post(SET_UP, {"codes": ""}).content.decode()
    )

    assert len(new) == StaticToken.objects.count() == 10
    assert second_factor.verify(organiser, new[0])
    assert second_factor.verify(organiser, old[0]) is None


def test_organiser_with_a_new_phone_begins_anew(client, organiser):
    client.force_login(organiser)
    set_up(client, organiser)
    assert "ist eingerichtet" in client.get(SET_UP).content.decode()

    assert client.post(SET_UP, {"remove": ""}).url == SET_UP
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert len(set_up(client, organiser)) == 10


def test_code_of_one_person_is_not_good_for_another(client, organiser, clock):
    client.force_login(organiser)
    codes = set_up(client, organiser)
    other = User.objects.create_superuser("kim")
    client.force_login(other)
    own = set_up(client, other)
    clock.shift(60)

    assert second_factor.verify(other, codes[0]) is None
    assert second_factor.verify(other, code_of(organiser)) is None
    # After an error one has to wait. Then the own codes are good.
    clock.shift(60)
    assert second_factor.verify(other, own[0])
    assert second_factor.verify(other, code_of(other))


def test_administrator_resets_it_for_a_colleague(client, organiser):
    other = User.objects.create_superuser("kim")
    client.force_login(other)
    set_up(client, other)
    client.force_login(organiser)

    client.post(
        "/admin/auth/user/",
        {"action": "remove_second_factor", "_selected_action": [other.pk]},
    )

    assert not second_factor.is_set_up(other)


def test_setting_knows_two_words(tmp_path):
    read = settings_of(tmp_path, "ADMIN_2FA", **PRODUCTION | {"ADMIN_2FA": "required"})
    assert read == {"ADMIN_2FA": "required"}

    refused = check(tmp_path, **PRODUCTION | {"ADMIN_2FA": "ja"})
    assert "ADMIN_2FA muss „required“ oder „optional“ sein." in refused.stderr
