"""The organisers' previews of every mail, about a real talk and a person who does not exist."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from events.models import Talk
from registration.desk.admin_page import DeskUrl, admin_page, primary_key, require_permission
from registration.mail.examples import EXAMPLES, Example, example
from registration.mail.mail import Mail
from registration.models import OutgoingMail

# A mail brings its own style sheet; nothing in it runs or loads anything.
PREVIEW_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


def previews(request: HttpRequest) -> HttpResponse:
    """List the mails of which there is a preview."""
    talk = talk_to_show(request)
    context = {"examples": EXAMPLES, "talk": talk, "title": "Mails in der Vorschau"}
    return admin_page(request, OutgoingMail, "registration/outgoingmail/previews.html", context)


def preview(request: HttpRequest, name: str) -> HttpResponse:
    """Show the plain text of one mail; its HTML is a page of its own."""
    found, talk = example_to_show(request, name)
    context = {
        "example": found,
        "talk": talk,
        "message": found.message(talk),
        "title": found.label,
    }
    return admin_page(request, OutgoingMail, "registration/outgoingmail/preview.html", context)


def preview_html(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the mail's HTML alone, under a policy of its own."""
    found, talk = example_to_show(request, name)
    return html_of(found.message(talk))


def html_of(mail: Mail | None) -> HttpResponse:
    """Answer with the HTML of `mail` alone, which nothing on it leaves."""
    if mail is None:
        raise Http404
    html = next(content for content, kind in mail.alternatives if kind == "text/html")
    return HttpResponse(
        html,
        headers={
            "Content-Security-Policy": PREVIEW_CSP,
            "X-Frame-Options": "SAMEORIGIN",
            "Cache-Control": "no-store",
        },
    )


def example_to_show(request: HttpRequest, name: str) -> tuple[Example, Talk]:
    talk = talk_to_show(request)
    found = example(name)
    if found is None:
        raise Http404
    return found, talk


def talk_to_show(request: HttpRequest) -> Talk:
    """Return the talk in the query string, or the next one, or the newest."""
    require_permission(
        request, "registration.view_outgoingmail", "registration.change_outgoingmail"
    )
    talks = Talk.objects.with_parts()
    wanted = primary_key(request.GET.get("talk"))
    if wanted is not None:
        return get_object_or_404(talks, pk=wanted)
    found = talks.published().upcoming().first() or talks.first()
    if found is None:
        raise Http404("Es gibt noch keinen Talk.")
    return found


URLS: list[DeskUrl] = [
    ("vorschau/", previews, "mail_previews"),
    ("vorschau/<str:name>/", preview, "mail_preview"),
    ("vorschau/<str:name>/html/", preview_html, "mail_preview_html"),
]
