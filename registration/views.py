"""The form, the thank-you page, and the page behind the link in every mail."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events.files import serve_file
from events.models import Material
from registration import links
from registration.addresses import masked_email
from registration.forms import SignUpForm
from registration.models import NotBookable, Registration


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request):
    if request.method != "POST":
        return _form_page(request, SignUpForm(initial={"talks": request.GET.getlist("talk")}))
    form = SignUpForm(request.POST)
    if form.is_valid():
        try:
            Registration.objects.sign_up(form.cleaned_data["talks"], **form.person)
        except NotBookable as error:
            form.refuse(error.talks)
        else:
            return redirect("registration:thanks")
    return _form_page(request, form, status=422)


def _form_page(request, form, status=200):
    context = {
        "form": form,
        "no_talks": not form.has_talks,
        "retention_days": settings.RETENTION_DAYS,
    }
    return render(request, "registration/form.html", context, status=status)


@require_safe
def thanks(request):
    return render(request, "registration/thanks.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request, token):
    """Show the registrations of the link's holder; POST cancels one of them."""
    registrations = Registration.objects.of_token(token).with_talks()
    if not registrations:
        return render(request, "registration/link_invalid.html", status=404)
    if request.method == "POST":
        chosen = [
            row for row in registrations if str(row.uuid) == request.POST.get("registration")
        ]
        if not chosen:
            raise Http404
        chosen[0].cancel()
        return redirect("registration:mine", token)
    person = next(
        row for row in registrations if row.key == links.key_of(token, links.PURPOSE_MINE)
    )
    context = {
        "token": token,
        "registrations": registrations,
        "name": person.name,
        "masked_email": masked_email(person.email),
    }
    return render(request, "registration/mine.html", context)


@never_cache
@require_safe
def material(request, token, pk):
    """Serve a PDF that is for those with a seat in the talk."""
    found = get_object_or_404(Material.objects.files(), pk=pk)
    if not Registration.objects.of_token(token).confirmed().in_talk(found.talk).exists():
        raise Http404
    return serve_file(found.file.name, "application/pdf", title=found.title, is_public=False)
