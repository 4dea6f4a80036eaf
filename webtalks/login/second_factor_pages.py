"""The pages on which organisers set up and give the second factor."""

from typing import Any

import django_otp
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.models import Device

from webtalks.http.admin_pages import organiser
from webtalks.login import second_factor


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor after the password."""
    if not request.user.is_staff:
        return redirect_to_login(request.get_full_path(), "admin:login")
    if second_factor.is_given(request.user) or not second_factor.is_set_up(request.user):
        return redirect(_next_page(request))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device = second_factor.accept(request.user, form.cleaned_data["code"])
            _let_in(request, device)
            if second_factor.is_recovery(device):
                messages.warning(request, _used_text(second_factor.codes_left(request.user)))
            return redirect(_next_page(request))
        except second_factor.Refused as refused:
            form.add_error("code", str(refused))
    return _page(request, "enter_code", form=form)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up the second factor; where it is set up, change it. Recovery codes are shown once."""
    user = request.user
    if not user.is_staff:
        return redirect_to_login(request.get_full_path(), "admin:login")
    if second_factor.is_set_up(user):
        return _change(request) if second_factor.is_given(user) else redirect("second_factor_code")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device, codes = second_factor.confirm(user, form.cleaned_data["code"])
            _let_in(request, device)
            return _page(request, "recovery_codes", codes=codes)
        except second_factor.Refused as refused:
            form.add_error("code", str(refused))
    device = second_factor.new_device(user)
    secret, qr = second_factor.readable_secret(device), second_factor.qr_code(device)
    return _page(request, "set_up", form=form, secret=secret, qr=qr)


def _used_text(left: int) -> str:
    """Say that a recovery code is used up, and how many are left."""
    if left:
        return f"Dieser Wiederherstellungscode gilt nicht noch einmal. Es bleiben {left}."
    return (
        "Das war Ihr letzter Wiederherstellungscode. Unter „Mein Profil“ führt „Neue Codes oder "
        "neues Telefon“ zu neuen."
    )


def _let_in(request: HttpRequest, device: Device) -> None:
    """Note in a new session that the second factor was given."""
    request.session.cycle_key()
    django_otp.login(request, device)


def _change(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes or remove the second factor; else show that it is set up."""
    if "codes" in request.POST:
        codes = second_factor.new_recovery_codes(organiser(request))
        return _page(request, "recovery_codes", codes=codes)
    if "remove" in request.POST:
        second_factor.remove(organiser(request))
        return redirect("second_factor")
    return _page(request, "is_set_up", codes_left=second_factor.codes_left(request.user))


def _next_page(request: HttpRequest) -> str:
    """Return where the organiser wanted to go; the admin's first page if that is another site."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "admin:index"


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    context |= admin.site.each_context(request)
    context |= {"title": "Anmeldung in zwei Schritten", "is_nav_sidebar_enabled": False}
    return render(request, f"admin/second_factor/{name}.html", context)
