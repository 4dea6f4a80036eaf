"""Another e-mail address: asking for it, and the click at the new address that changes it."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from events.pages.requests import SiteRequest
from registration.models import Interest, Registration, address_change, limits, links
from registration.pages.forms import NewAddressForm
from registration.pages.link_holder import asked_to_wait, dead_link, read_or_post, shows_again
from registration.pages.mine import LinkHolder, for_link_holder, lead_back


@for_link_holder
@shows_again
def ask(request: SiteRequest, holder: LinkHolder) -> HttpResponse:
    """Write to the new address; the answer is the same whether it is registered already."""
    anchor = address_change.anchor_of(holder.rows)
    if anchor is None:
        return lead_back(holder, "vorbei")
    data = request.POST if request.method == "POST" else None
    form = NewAddressForm(data, own_key=holder.email_key)
    template = "registration/change_address.html"
    context = {
        "form": form,
        "token": holder.token,
        "person": holder.row,
        "pending_hours": settings.PENDING_HOURS,
        "interest": Interest.objects.active().of(holder.email_key).exists(),
    }
    if not form.is_valid():
        return render(request, template, context, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"]
    verdict = limits.judge_form(email, request.visitor)
    if verdict.wait:
        return asked_to_wait(request, template, context, verdict.wait)
    address_change.ask(anchor, email)
    return lead_back(holder, "adresse")


@never_cache
@read_or_post
def confirm(request: SiteRequest, token: str) -> HttpResponse:
    """Change the address by a button, for whoever has the mail to the new one."""
    wish = links.new_address_of(token)
    anchor = Registration.objects.with_talks().filter(key=wish.key).first() if wish else None
    if wish is None or anchor is None or not anchor.may_move:
        return dead_link(request)
    if request.method == "POST":
        if not address_change.carry_out(anchor, wish.email):
            return dead_link(request)
        return redirect("registration:address_changed")
    mine = Registration.objects.booked().of(anchor.email_key).with_talks()
    rows = [row for row in mine.order_by("talk__starts_at") if row.may_move]
    context = {"registrations": rows, "email": wish.email}
    return render(request, "registration/new_address.html", context)
