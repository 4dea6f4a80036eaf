"""Neue Termine per E-Mail: asking for them, confirming, choosing topics, leaving."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from events.pages.requests import SiteRequest
from registration.models import Interest, limits, links
from registration.pages.forms import InterestForm, TopicsForm
from registration.pages.link_holder import (
    asked_to_wait,
    for_interested,
    read_or_post,
    shows_again,
    takes_one_click,
)


@never_cache
@read_or_post
@shows_again
def ask(request: SiteRequest) -> HttpResponse:
    form = InterestForm(request.POST if request.method == "POST" else None)
    template = "registration/interest.html"
    context = {"form": form, "proof_years": settings.INTEREST_PROOF_YEARS}
    if not form.is_valid():
        return render(request, template, context, status=422 if form.is_bound else 200)
    email, topics = form.cleaned_data["email"], form.cleaned_data["topics"]
    verdict = limits.judge_form(email, request.visitor)
    if verdict.wait:
        return asked_to_wait(request, template, context, verdict.wait)
    Interest.objects.ask(email, topics)
    return redirect("registration:interest_thanks")


@for_interested(links.PURPOSE_INTEREST_CONFIRM)
def confirm(request: HttpRequest, interest: Interest) -> HttpResponse:
    if request.method == "POST" and interest.confirm():
        return redirect(
            "registration:interest_mine", links.token(interest.key, links.PURPOSE_INTEREST)
        )
    return render(request, "registration/interest_confirm.html", {"interest": interest})


@for_interested(links.PURPOSE_INTEREST)
@shows_again
def mine(request: HttpRequest, interest: Interest) -> HttpResponse:
    """Show and change the topics."""
    known = {"topics": list(interest.topics.values_list("slug", flat=True))}
    form = TopicsForm(request.POST if request.method == "POST" else None, initial=known)
    is_saved = interest.is_active and form.is_valid()
    if is_saved:
        interest.choose(form.cleaned_data["topics"])
    context = {
        "form": form,
        "interest": interest,
        "is_saved": is_saved,
        "end_token": links.token(interest.key, links.PURPOSE_INTEREST),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "registration/interest_mine.html", context, status=status)


@for_interested(links.PURPOSE_INTEREST)
@takes_one_click
def end(request: HttpRequest, interest: Interest) -> HttpResponse:
    """Leave the list."""
    if request.method == "POST":
        interest.withdraw()
    return render(request, "registration/interest_end.html", {"interest": interest})
