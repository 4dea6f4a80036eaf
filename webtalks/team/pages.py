"""The page "Team": colleagues, invitations, roles, mails to an account, the end of access."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from registration.desk.admin_page import DeskUrl, admin_page, posted
from registration.models import OutgoingMail
from registration.privacy import history
from registration.roles import IN_WORDS
from webtalks.http.admin_pages import organiser
from webtalks.login import lockout, second_factor
from webtalks.team import members
from webtalks.team.forms import InvitationForm, MemberForm, says_in_use

Kind = OutgoingMail.Kind
NO_ADDRESS = "Dieses Konto hat keine E-Mail-Adresse; eine Mail kann nicht hinausgehen."
NO_ACCESS = "Dieses Konto hat keinen Zugang mehr; eine Mail ginge nicht hinaus."
type View = Callable[..., HttpResponse]


def for_lead(view: View) -> View:
    """Let only those use the view who have all rights."""

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, **kwargs)

    return wrapped


@for_lead
def team(request: HttpRequest) -> HttpResponse:
    """List the colleagues."""
    found = members.members(members.team())
    return page(request, "team", title="Team", members=found, role_words=IN_WORDS.items())


@for_lead
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account for a colleague, who gets the link to set the password."""
    form = InvitationForm(posted(request))
    account = None
    if form.is_valid():
        with says_in_use(form):
            account = members.invite(**form.cleaned_data)
    if account is None:
        return page(request, "invite", form=form, title="Jemanden einladen")
    log(request, account, "Ins Team eingeladen.")
    messages.success(request, f"Eingeladen: {members.name_of(account)}. Die Mail geht hinaus.")
    return redirect("admin:team")


@for_lead
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one colleague, and change name, address and roles."""
    account = get_object_or_404(members.team(), pk=pk)
    form = MemberForm(posted(request), account=account, is_own=account == request.user)
    if form.is_valid():
        with says_in_use(form):
            members.change(account, by=organiser(request), **form.cleaned_data)
    if not form.is_valid():
        (found,) = members.members(members.team().filter(pk=pk))
        title = members.name_of(account)
        return page(request, "member", form=form, member=found, title=title)
    log(request, account, f"Rollen: {', '.join(form.cleaned_data['roles'])}.")
    messages.success(request, "Gesichert.")
    return redirect("admin:team_member", pk)


@for_lead
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end the access of a colleague, or give it again."""
    account = get_object_or_404(members.team(), pk=pk)
    if request.method != "POST":
        title = "Zugang beenden?" if account.is_active else "Zugang wieder geben?"
        return page(request, "access", account=account, title=title)
    if not account.is_active:
        members.give_access(account)
        log(request, account, "Zugang wieder gegeben.")
        messages.success(request, "Der Zugang ist wieder offen.")
    elif members.end_access(account, by=organiser(request)):
        log(request, account, "Zugang beendet.")
        messages.success(request, "Der Zugang ist beendet; offene Sitzungen sind zu Ende.")
    else:
        messages.error(request, "Den eigenen Zugang können Sie nicht beenden.")
    return redirect("admin:team_member", pk)


@require_POST
@for_lead
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the pressed button says: it writes a mail to the account, or lifts its lock."""
    account = get_object_or_404(members.team(), pk=pk)
    action = next((name for name in ACTIONS if name in request.POST), None)
    if action == "unlock":
        lockout.unlock([account.get_username()])
        log(request, account, "Sperre nach falschen Passwörtern aufgehoben.")
        messages.success(request, "Die Sperre ist aufgehoben.")
    elif action and may_mail(request, account):
        kind, done = ACTIONS[action]
        OutgoingMail.objects.enqueue_to_account(kind, account)
        log(request, account, f"Mail geschrieben: {Kind(kind).label}.")
        messages.success(request, done)
    return redirect("admin:team_member", pk)


# Buttons by their names: the mail, and what is said afterwards.
ACTIONS = {
    "invitation": (Kind.INVITATION, "Die Einladung geht noch einmal hinaus."),
    "password": (Kind.NEW_PASSWORD, "Die Mail mit dem Link für ein neues Passwort geht hinaus."),
    "second_factor": (
        Kind.NEW_SECOND_FACTOR,
        "Die Mail mit dem Link, der den zweiten Schritt entfernt, geht hinaus.",
    ),
    "unlock": ("", ""),
}


def may_mail(request: HttpRequest, account: User) -> bool:
    """Tell whether a mail can reach the account; say so where it cannot."""
    if account.email and account.is_active:
        if "second_factor" not in request.POST or second_factor.is_set_up(account):
            return True
        messages.error(request, "Ein zweiter Schritt ist nicht eingerichtet.")
        return False
    messages.error(request, NO_ACCESS if account.email else NO_ADDRESS)
    return False


def log(request: HttpRequest, account: User, text: str) -> None:
    """Write into the history of the account; it is called by its number."""
    history.write(request, [account], text)


def page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    form = context.get("form")
    status = 422 if request.method == "POST" and form is not None else 200
    return admin_page(request, User, f"team/{name}.html", context, status)


URLS: list[DeskUrl] = [
    ("team/", team, "team"),
    ("team/einladen/", invite, "team_invite"),
    ("team/<int:pk>/", member, "team_member"),
    ("team/<int:pk>/zugang/", access, "team_access"),
    ("team/<int:pk>/tun/", act, "team_act"),
]
