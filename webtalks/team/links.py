"""The pages behind the links of mails to an account, and the one that asks for such a mail.

GET changes nothing: programs open the links of mails before people do. Whoever has set a password
here still logs in afterwards, with the second factor where there is one.
"""

import math
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from events.pages.requests import SiteRequest
from registration.desk.admin_page import posted
from registration.models import OutgoingMail, limits
from registration.models.account import password_link, second_factor_link
from registration.models.addresses import email_key
from webtalks.login import lockout, second_factor, sessions
from webtalks.login.reauthentication import ProofForm
from webtalks.team import members
from webtalks.team.forms import ForgottenForm

Kind = OutgoingMail.Kind


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: SiteRequest) -> HttpResponse:
    """Take an address, and say the same whether an account has it or not."""
    form = ForgottenForm(posted(request))
    if not form.is_valid():
        return page(request, "forgotten", form=form, title="Passwort vergessen?")
    if seconds := limits.wait_after_dead_link(request.visitor):
        return too_many(request, seconds)
    send_links(form.cleaned_data["email"])
    return page(request, "sent", title="Sehen Sie in Ihr Postfach")


@transaction.atomic
def send_links(email: str) -> None:
    """Write the mail to each account that has this address, as often as mails to it may go."""
    if not limits.may_mail(email_key(email)):
        return
    working = User.objects.filter(is_staff=True, is_active=True, email__iexact=email)
    for account in working:
        OutgoingMail.objects.enqueue_to_account(Kind.NEW_PASSWORD, account)


@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: SiteRequest, pk: int, token: str) -> HttpResponse:
    """Let the holder of the link set the password, once; all sessions of the account end."""
    account = holder(pk, token, password_link)
    if account is None:
        return dead_link(request)
    form = SetPasswordForm(account, posted(request))
    if not form.is_valid():
        title = "Passwort festlegen"
        return page(request, "set_password", form=form, account=account, title=title)
    with transaction.atomic():
        form.save()
        if request.user == account:  # else this session would be missed at the end of the request
            logout(request)
        sessions.end_all(account)
        lockout.unlock([account.get_username()])
        members.tell_of_change(account, "Ihr Passwort wurde neu festgelegt.")
    messages.success(request, "Ihr Passwort gilt. Bitte melden Sie sich jetzt damit an.")
    return redirect("admin:login")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: SiteRequest, pk: int, token: str) -> HttpResponse:
    """Let the holder of the link, who also knows the password, remove the second factor."""
    account = holder(pk, token, second_factor_link)
    if account is None:
        return dead_link(request)
    form = PasswordForm(posted(request), request, account)
    if not form.is_valid():
        return page(
            request, "reset_second_factor", form=form, title="Zweiten Schritt zurücksetzen"
        )
    with transaction.atomic():
        second_factor.remove(account)
        members.tell_of_change(account, "Die Anmeldung in zwei Schritten wurde zurückgesetzt.")
    messages.success(request, "Der zweite Schritt ist entfernt. Richten Sie ihn gleich neu ein.")
    return redirect("admin:login")


class PasswordForm(ProofForm):
    """Asks for the password of the account that the link is for; a wrong one counts (axes)."""

    def __init__(self, data: Any, request: SiteRequest, account: User) -> None:
        forms.Form.__init__(self, data)
        self.request, self.account = request, account
        del self.fields["code"]

    def proved(self) -> User:
        return self.account


def holder(pk: int, token: str, link: PasswordResetTokenGenerator) -> User | None:
    """Return the account whose link this is; None for a forged, a used and an outdated one."""
    account = User.objects.filter(pk=pk, is_staff=True, is_active=True).first()
    return account if link.check_token(account, token) else None


def dead_link(request: SiteRequest) -> HttpResponse:
    """Answer every link that is none (any more) alike; a network that tries many has to wait."""
    if seconds := limits.wait_after_dead_link(request.visitor):
        return too_many(request, seconds)
    return page(request, "dead_link", status=404, title="Dieser Link gilt nicht mehr")


def too_many(request: SiteRequest, seconds: int) -> HttpResponse:
    minutes = math.ceil(seconds / 60)
    answer = page(request, "too_many", status=429, title="Bitte warten Sie", minutes=minutes)
    answer["Retry-After"] = str(seconds)
    return answer


def page(request: SiteRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    if request.method == "POST" and "form" in context:
        status = 422
    context |= admin.site.each_context(request) | {"title": context["title"]}
    context |= {"is_nav_sidebar_enabled": False, "has_permission": False}
    return render(request, f"admin/team/{name}.html", context, status=status)
