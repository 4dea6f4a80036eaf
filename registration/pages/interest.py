"""Terminhinweise: asking for them, confirming, choosing themes, leaving."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from registration.models import Interest, limits, links
from registration.pages.forms import InterestForm, TopicsForm
from registration.pages.link_holder import asked_to_wait, for_holder
from registration.pages.sign_up import read_or_post


@never_cache
@read_or_post
def ask(request):
    form = InterestForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "proof_years": settings.INTEREST_PROOF_YEARS}
    page = ("registration/interest.html", context)
    if not form.is_valid():
        return render(request, *page, status=422 if form.is_bound else 200)
    email, topics = form.cleaned_data["email"], form.cleaned_data["topics"]
    verdict = limits.judge_form(email, request.visitor)
    if verdict.wait:
        return asked_to_wait(request, *page, verdict.wait)
    Interest.objects.ask(email, topics, quiet_until=verdict.quiet_until)
    return redirect("registration:interest_thanks")


@for_holder(links.PURPOSE_INTEREST_CONFIRM, Interest)
def confirm(request, interest):
    if request.method == "POST" and interest.confirm():
        return redirect(
            "registration:interest_mine", links.token(interest.key, links.PURPOSE_INTEREST)
        )
    return render(request, "registration/interest_confirm.html", {"interest": interest})


@for_holder(links.PURPOSE_INTEREST, Interest)
def mine(request, interest):
    """Show and change the themes."""
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


@csrf_exempt  # RFC 8058: the mail program posts, without a cookie, and follows no redirect
@for_holder(links.PURPOSE_INTEREST, Interest)
def end(request, interest):
    """Leave the list."""
    if request.method == "POST":
        interest.withdraw()
    return render(request, "registration/interest_end.html", {"interest": interest})
