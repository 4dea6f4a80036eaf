"""Whoever follows a link to an address that a talk had before arrives at the talk all the same."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from events.models.former_slug import FormerSlug
from events.pages.requests import GetResponse

# An organiser may change or take back the address to which this leads.
FOR_A_MINUTE = {"Cache-Control": "public, max-age=60"}


class LeadOn:
    """Middleware: redirect from a talk's former address, whichever of its pages is meant.

    It acts where a view has found no talk, so that it costs no other page a query.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not (isinstance(exception, Http404) and match and "slug" in match.kwargs):
            return None
        slug = match.kwargs["slug"]
        present = FormerSlug.present([slug])
        if not present:
            return None
        path = reverse(match.view_name, kwargs={**match.kwargs, "slug": present[slug]})
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            f"{path}?{query}" if query else path,
            # A form that was open meanwhile keeps what was typed.
            preserve_request=request.method == "POST",
            headers=FOR_A_MINUTE,
        )
