"""Asking once more who sits there: the password, and the code where there is a second factor.

The page takes the place of the one that was asked for, under its address, and carries along what
was sent; so nothing is lost, and no address of a person comes into a query string.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone

from webtalks.http.admin_pages import organiser
from webtalks.login import second_factor

PROVED = "proved_at"
PREFIX = "nachweis"
WRONG = "Das Passwort stimmt nicht."
# They are not sent back to the browser: it asks for them again.
NOT_CARRIED = ("password", "csrfmiddlewaretoken", PREFIX)

# The pages that ask, by the names of their URLs. At a desk that was left open, a stranger shall
# be able to do nothing that lies here. SessionLimits (sessions.py) looks at this set; one thing
# is no page and asks by itself: the action `remove_second_factor` in the list of accounts.
PAGES_WITH_PROOF = frozenset(
    {
        # They take people's data out of the site.
        "admin:export_registrations",
        "admin:person_data",
        "admin:person_letter",
        # They erase people.
        "admin:erase_person",
        # They make accounts, and change their rights and passwords.
        "admin:auth_user_add",
        "admin:auth_user_change",
        "admin:auth_user_password_change",
        "admin:team_invite",
        "admin:team_member",
        "admin:team_act",
        "admin:team_access",
        # It changes where the links go that set a new password.
        "admin:profile_address",
        # They change the rights of all accounts in a group.
        "admin:auth_group_add",
        "admin:auth_group_change",
        # It sets up or removes the own second factor and shows new recovery codes.
        "second_factor",
    }
)


def note(session: SessionBase) -> None:
    """Note that whoever holds the session has just proved who they are."""
    session[PROVED] = timezone.now().timestamp()


def is_fresh(session: SessionBase) -> bool:
    """Whether the last proof is at most PROOF_MINUTES old."""
    age = timezone.now().timestamp() - session.get(PROVED, 0)
    return age <= settings.PROOF_MINUTES * 60


class ProofForm(forms.Form):
    password = forms.CharField(
        label="Passwort",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label="Code aus der App oder Wiederherstellungscode",
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None, request: HttpRequest) -> None:
        super().__init__(data, prefix=PREFIX)
        self.request = request
        if not second_factor.is_set_up(organiser(request)):
            del self.fields["code"]

    def proved(self) -> User:
        """Return whose password and code are asked for."""
        return organiser(self.request)

    def clean(self) -> dict[str, Any]:
        """Check the password, then the code; a wrong password counts for the lock (axes)."""
        data = self.cleaned_data
        if self.errors:
            return data
        user = self.proved()
        name = user.get_username()
        found = authenticate(self.request, username=name, password=data["password"])
        if found is None or found.pk != user.pk:
            raise forms.ValidationError(WRONG)
        if "code" in self.fields:
            try:
                second_factor.accept(user, data["code"])
            except second_factor.Refused as refused:
                self.add_error("code", str(refused))
        return data


def ask(request: HttpRequest, *, after_pause: bool = False) -> HttpResponse | None:
    """Answer with the form; return None when it was filled in rightly for a POST.

    Then `request.POST` is as it was sent first, and the page that was asked for can go on.
    """
    is_answer = request.method == "POST" and f"{PREFIX}-fuer" in request.POST
    form = ProofForm(request.POST if is_answer else None, request)
    if is_answer and form.is_valid():
        request.session.cycle_key()
        note(request.session)
        if request.POST[f"{PREFIX}-fuer"] == "GET":
            return HttpResponseRedirect(request.get_full_path())
        request.POST = as_it_was_sent(request.POST)  # type: ignore[assignment]  # it is a copy
        return None
    wanted = request.POST[f"{PREFIX}-fuer"] if is_answer else request.method
    return proof_page(
        request,
        form,
        title="Bitte bestätigen Sie, dass Sie es sind",
        wanted="POST" if wanted == "POST" else "GET",
        after_pause=after_pause,
    )


def as_it_was_sent(sent: QueryDict) -> QueryDict:
    """Return what was sent first: all fields but those of the proof."""
    first = sent.copy()
    for name in sent:
        if name.startswith(f"{PREFIX}-"):
            del first[name]
    return first


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was sent, for hidden fields: all that may go back to the browser."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name for word in NOT_CARRIED)
    ]


def proof_page(
    request: HttpRequest, form: forms.Form, *, title: str, wanted: str, **said: Any
) -> HttpResponse:
    """Show the form; `wanted` says what comes after it, as the form's answer will say again."""
    context = admin.site.each_context(request) | {
        "title": title,
        "form": form,
        "prefix": PREFIX,
        "wanted": wanted,
        "carried": carried(request),
        "has_files": bool(request.FILES),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "proof_minutes": settings.PROOF_MINUTES,
        "is_nav_sidebar_enabled": False,
    }
    response = render(request, "admin/second_factor/proof.html", context | said)
    response["Cache-Control"] = "no-store"
    return response
