"""The page "Mein Profil": one's own name and address, and the mails that one wants."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from registration.desk.admin_page import DeskUrl, posted
from registration.models import account as accounts
from webtalks.http.admin_pages import organiser
from webtalks.login import second_factor
from webtalks.login.log_in import with_address
from webtalks.team import members
from webtalks.team.forms import AccountAddressForm, ProfileForm, says_in_use
from webtalks.team.pages import log, page


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the own account and its roles; save name and mails."""
    account = organiser(request)
    now = {
        "first_name": account.first_name,
        "last_name": account.last_name,
        "notices": accounts.wanted_by(account),
    }
    form = ProfileForm(posted(request), account=account, initial=now)
    if form.is_valid():
        save(account, form)
        messages.success(request, "Gesichert.")
        return redirect("admin:profile")
    context = {
        "roles": members.in_words(account),
        "has_second_factor": second_factor.is_set_up(account),
        "shares_address": with_address(account.email).exclude(pk=account.pk).exists(),
    }
    return page(request, "profile", title="Mein Profil", form=form, **context)


@transaction.atomic
def save(account: User, form: ProfileForm) -> None:
    data = form.cleaned_data
    User.objects.filter(pk=account.pk).update(
        first_name=data["first_name"], last_name=data["last_name"]
    )
    accounts.want(account, data.get("notices", []))


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Change the own address; webtalks/login/reauthentication.py asks for the password before."""
    account = organiser(request)
    form = AccountAddressForm(posted(request), account=account)
    if form.is_valid() and form.has_changed():
        with says_in_use(form):
            members.change_address(account, form.cleaned_data["email"])
            log(request, account, "E-Mail-Adresse geändert.")
    if not form.is_valid():
        return page(request, "address", title="E-Mail-Adresse ändern", form=form)
    messages.success(request, "Die Adresse gilt ab sofort. Beide Adressen bekommen eine Mail.")
    return redirect("admin:profile")


URLS: list[DeskUrl] = [
    ("profil/", profile, "profile"),
    ("profil/adresse/", address, "profile_address"),
]
