"""A form that is sent when its session is over: log in on the spot, and it goes on.

The page takes the place of the one that was asked for and carries along what was sent, as the
question for the password does (reauthentication.py). So nothing that was typed is lost.
"""

from typing import Any

import django_otp
from django import forms
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_otp.models import Device

from webtalks.http import places
from webtalks.http.database_away import come_back_later
from webtalks.login import second_factor
from webtalks.login.log_in import LogInForm
from webtalks.login.reauthentication import PREFIX, as_it_was_sent, proof_page

# What the form says comes after it; a proof says "POST" or "GET" there.
WANTED = "LOGIN"


class LogInAgainForm(LogInForm):
    """The admin's log-in with both steps at once: a page in between would lose the form."""

    code = forms.CharField(
        label="Code, falls Sie die Anmeldung in zwei Schritten benutzen",
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    device: Device | None = None

    def clean(self) -> dict[str, Any]:
        """Check name and password (axes counts what is wrong), then the code where one is due."""
        data = super().clean()
        user = self.get_user()
        if not (isinstance(user, User) and second_factor.is_set_up(user)):
            return data
        if not data.get("code"):
            self.add_error("code", "Bitte geben Sie auch den Code ein.")
        else:
            try:
                self.device = second_factor.accept(user, data["code"])
            except second_factor.Refused as refused:
                self.add_error("code", str(refused))
        return data


def ask(request: HttpRequest) -> HttpResponse | None:
    """Do what `_ask` does; passwords are tried among the forms of visitors.

    Anybody may try one, and each try writes a row.
    """
    if not _is_answer(request):
        return _ask(request)
    try:
        with places.places.one():
            return _ask(request)
    except places.Crowded:
        return come_back_later()


def _is_answer(request: HttpRequest) -> bool:
    return request.POST.get(f"{PREFIX}-fuer") == WANTED


def _ask(request: HttpRequest) -> HttpResponse | None:
    """Answer with the form; return None when somebody has logged in by it.

    Then `request.POST` is as it was sent first, and the page that was asked for can go on.
    """
    answer = request.POST if _is_answer(request) else None
    form = LogInAgainForm(request, answer, prefix=PREFIX)
    if not form.is_valid():
        return proof_page(
            request, form, title="Bitte melden Sie sich noch einmal an", wanted=WANTED
        )
    login(request, form.get_user())
    django_otp.login(request, form.device)
    if second_factor.is_awaited(request.user):  # it has to be set up, which no form can wait for
        return redirect("second_factor")
    request.POST = as_it_was_sent(request.POST)  # type: ignore[assignment]  # it is a copy
    return None
