"""The second step of the organisers' log-in: a code from an app, or a recovery code."""

import secrets
import time
from base64 import b32encode
from collections.abc import Callable
from math import ceil
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.middleware import OTPMiddleware
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from webtalks.http.admin_pages import LINK_PAGES, in_admin, organiser, page_name

RECOVERY_CODES = 10
# Letters of each of the two halves of a recovery code.
HALF = 5
# Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# What somebody who has only given the password may open.
OPEN_PAGES = {"admin:login", "admin:logout", "second_factor", "second_factor_code", *LINK_PAGES}

# Wrong codes that may follow each other without a wait: whoever mistypes one can give the right
# one at once. After the fourth one waits for 8 seconds, then each time twice as long.
FREE_ERRORS = 3
WRONG = "Dieser Code stimmt nicht. Bitte nehmen Sie den, den die App gerade anzeigt."
USED = (
    "Dieser Code wurde schon benutzt, jeder gilt nur einmal. Warten Sie, bis die App einen neuen "
    "anzeigt: höchstens 30 Sekunden."
)
WRONG_RECOVERY = (
    "Diesen Wiederherstellungscode gibt es nicht, oder er wurde schon benutzt. Jeder gilt nur "
    "einmal."
)
WAIT = (
    "Das waren mehrere falsche Codes hintereinander. Bitte warten Sie {time}; vorher gilt auch "
    "der richtige nicht."
)


class Refused(Exception):
    """A code that is not accepted; its text says why, to whoever gave it."""


def is_set_up(user: User) -> bool:
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def is_given(user: User | AnonymousUser) -> bool:
    """Whether the second factor was given in this session; OTPMiddleware notes the device."""
    return getattr(user, "otp_device", None) is not None


def is_awaited(user: User | AnonymousUser) -> bool:
    """Whether `user` still has to give a code, or to set one up, before going on."""
    if not (user.is_authenticated and user.is_staff) or is_given(user):
        return False
    return settings.ADMIN_2FA == "required" or is_set_up(user)


def new_device(user: User) -> TOTPDevice:
    """Return the device that `user` is about to set up; its secret stays until it is confirmed."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, name="App")[0]


def qr_code(device: TOTPDevice) -> str:
    """Return the device's secret as the address (data:) of a picture that apps can read."""
    return segno.make(device.config_url).svg_data_uri(scale=5, light="#ffffff")


def readable_secret(device: TOTPDevice) -> str:
    """Return the secret as one types it into an app (base32), in groups of four characters."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def confirm(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """Take the new device into use if it shows `code`; return it and the recovery codes.

    Raises Refused, also where there is no new device.
    """
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if refusal := WRONG if device is None else _refusal(device, _plain(code)):
        raise Refused(refusal)
    with transaction.atomic():
        device = TOTPDevice.objects.get(pk=device.pk)  # as the code has left it
        device.confirmed = True
        device.save()
        return device, new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Replace the recovery codes of `user`; they are shown once, only their hashes are kept."""
    remove_recovery_codes(user)
    device = StaticDevice.objects.create(user=user, name="Wiederherstellung")
    codes = [_random_code() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_hash(code)) for code in codes
    )
    return codes


def codes_left(user: User | AnonymousUser) -> int:
    """Return how many recovery codes of `user` have not been used."""
    return StaticToken.objects.filter(device__user_id=user.pk).count()


def is_recovery(device: Device) -> bool:
    return isinstance(device, StaticDevice)


def verify(user: User, code: str) -> Device | None:
    """Return the device of `user` that accepts `code`, or None. Each code is good only once."""
    try:
        return accept(user, code)
    except Refused:
        return None


def accept(user: User, code: str) -> Device:
    """Return the device of `user` that accepts `code`; raises Refused, which says why."""
    plain = _plain(code)
    is_recovery = len(plain.replace("-", "")) == 2 * HALF and not plain.isdecimal()
    devices = StaticDevice.objects if is_recovery else TOTPDevice.objects
    refusal = WRONG_RECOVERY if is_recovery else WRONG
    for device in devices.devices_for_user(user, confirmed=True):
        refusal = _refusal(device, _hash(plain) if is_recovery else plain)
        if not refusal:
            return device
    raise Refused(refusal)


@transaction.atomic
def _refusal(device: TOTPDevice | StaticDevice, token: str) -> str:
    """Return why the device does not accept `token`; "" if it does."""
    device = type(device).objects.select_for_update().get(pk=device.pk)
    is_allowed, block = device.verify_is_allowed()
    if not is_allowed:
        seconds = (block["locked_until"] - timezone.now()).total_seconds()
        return WAIT.format(time=_time_text(ceil(seconds)))
    is_used = isinstance(device, TOTPDevice) and _is_shown(device, token)
    if device.verify_token(token):
        return ""
    if device.throttling_failure_count <= FREE_ERRORS:  # the next code is looked at without a wait
        device.throttling_failure_timestamp = None
        device.save(update_fields=["throttling_failure_timestamp"])
    if isinstance(device, StaticDevice):
        return WRONG_RECOVERY
    return USED if is_used else WRONG


def _is_shown(device: TOTPDevice, token: str) -> bool:
    """Whether an app shows `token` now, or just before or after; it may have been used."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return token.isdecimal() and totp.verify(int(token), device.tolerance)


def _plain(code: str) -> str:
    return code.strip().replace(" ", "").lower()


def _time_text(seconds: int) -> str:
    if seconds == 1:
        return "eine Sekunde"
    return f"{seconds} Sekunden" if seconds < 120 else f"{ceil(seconds / 60)} Minuten"


@transaction.atomic
def remove(user: User) -> None:
    """Remove all devices and recovery codes, so that `user` can begin anew."""
    TOTPDevice.objects.devices_for_user(user).delete()
    remove_recovery_codes(user)


def remove_recovery_codes(user: User) -> None:
    StaticDevice.objects.devices_for_user(user).delete()


def _random_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(HALF)) for _ in range(2))


def _hash(code: str) -> str:
    """Return what is kept of a recovery code: 64 bits, as long as the column is."""
    plain = code.replace("-", "")
    return salted_hmac("webtalks.second_factor", plain, algorithm="sha256").hexdigest()[:16]


class SecondFactor(OTPMiddleware):
    """Middleware: let nobody act as an organiser who has given only the first of two factors.

    In the admin they are led to the page for the code; elsewhere they count as not logged in.
    """

    async_capable = False

    def _verify_user_sync(
        self, request: HttpRequest, user: User | AnonymousUser
    ) -> User | AnonymousUser:
        user = super()._verify_user_sync(request, user)
        return user if in_admin(request) or not is_awaited(user) else AnonymousUser()

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if not in_admin(request) or page_name(request) in OPEN_PAGES:
            return None
        if not is_awaited(request.user):
            return None
        page = "second_factor_code" if is_set_up(organiser(request)) else "second_factor"
        return redirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")
