"""Rückmeldung: what people say of a talk, on a page that knows nothing of who they are.

There is no cookie, so no token tells that the form was sent from here: the browser's headers do.
"""

from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from events.models import Talk
from events.pages import sharing
from events.pages.edition import kept
from events.pages.former_addresses import FOR_A_MINUTE
from events.pages.requests import SiteRequest
from events.text.fields import LinesInput
from registration.fields import TOO_LONG, PersonForm
from registration.models import Feedback, limits
from registration.models.after_the_talk.feedback import MAX_TEXT, QUESTIONS
from registration.pages.link_holder import asked_to_wait, read_or_post

TEMPLATE = "registration/feedback.html"
NOT_FROM_HERE = (
    "Gespeichert ist noch nichts: Ihr Browser hat nicht gesagt, dass diese Antworten von unserer "
    "Seite kommen. Bitte sehen Sie sie durch und senden Sie sie noch einmal ab. Kommt dieser "
    "Hinweis wieder, nehmen Sie bitte einen anderen Browser."
)
CHOOSE = {"required": "Bitte wählen Sie eine Antwort."}
YES_NO = [("ja", "Ja"), ("nein", "Nein")]


def text_field(column: str, rows: int) -> LinesInput:
    """Return the field for one of the two texts."""
    return LinesInput(
        label=QUESTIONS[column],
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea({"rows": rows, "autocomplete": "off"}),
        error_messages={"max_length": TOO_LONG},
    )


def choice_field(column: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    """Return the field for a question with a few answers, none of which is chosen beforehand."""
    return forms.ChoiceField(
        label=QUESTIONS[column],
        choices=choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE | {"invalid_choice": CHOOSE["required"]},
    )


class FeedbackForm(PersonForm):
    """The four questions."""

    button = "Rückmeldung abschicken"

    worth = choice_field("worth", Feedback.Worth.choices)
    use = choice_field("use", Feedback.Use.choices)
    takes_along = text_field("takes_along", rows=4)
    could_follow = choice_field("could_follow", YES_NO)
    follow_text = text_field("follow_text", rows=2)

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.disable_csrf = True  # its token needs a cookie
        helper.form_class = "questions"
        return helper

    def clean_could_follow(self) -> bool:
        return self.cleaned_data["could_follow"] == "ja"


@never_cache
@csrf_exempt
@read_or_post
def give(request: SiteRequest, slug: str) -> HttpResponse:
    """Show the form, or when it opens; store what is sent, and remember nothing of the sender."""
    talk = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, talk, form)
    if not is_sent_from_here(request):
        form.add_error(None, NOT_FROM_HERE)
        return _page(request, talk, form, status=403)
    if not talk.takes_feedback or not form.is_valid():
        return _page(request, talk, form, status=422)
    if seconds := limits.wait_to_give_feedback(request.visitor):
        return asked_to_wait(request, TEMPLATE, _context(talk, form), seconds)
    if not Feedback.objects.give(talk, **form.cleaned_data):  # moved or called off meanwhile
        talk.refresh_from_db()
        return _page(request, talk, form, status=422)
    return redirect("registration:feedback_thanks", slug)


def _page(request: HttpRequest, talk: Talk, form: FeedbackForm, status: int = 200) -> HttpResponse:
    return render(request, TEMPLATE, _context(talk, form), status=status)


def _context(talk: Talk, form: FeedbackForm) -> dict[str, Any]:
    return {"talk": talk, "form": form, "days": settings.FEEDBACK_DAYS}


def is_sent_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site has sent the form.

    Sec-Fetch-Site (Fetch Metadata) cannot be forged by a page, but browsers send it over HTTPS
    alone. Older ones send Origin (RFC 6454), very old ones only Referer. Where none says so, it is
    not believed.
    """
    headers = request.headers
    if site := headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    ours = f"{request.scheme}://{request.get_host()}"
    if origin := headers.get("Origin"):
        return origin == ours
    return headers.get("Referer", "").startswith(f"{ours}/")


@kept()
@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what becomes of the answers; the same for everybody."""
    talk = get_object_or_404(Talk.objects.published().with_parts(), slug=slug)
    return render(request, "registration/feedback_thanks.html", {"talk": talk})


@kept()
@require_safe
def slide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page for the last minutes of the talk, as large as the screen: code and address."""
    talk = get_object_or_404(Talk.objects.published().taking_place().with_parts(), slug=slug)
    address = settings.SITE_URL + talk.short_feedback_path
    context = {"talk": talk, "qr_code": sharing.qr_code(address), "days": settings.FEEDBACK_DAYS}
    return render(request, "registration/feedback_slide.html", context)


@require_safe
def short(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead on from the short address on the slide, whatever the talk's slug is by now."""
    talk = get_object_or_404(Talk.objects.published().only("slug"), pk=pk)
    path = reverse("registration:feedback", args=[talk.slug])
    return HttpResponsePermanentRedirect(path, headers=FOR_A_MINUTE)
