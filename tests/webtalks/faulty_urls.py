"""The site's addresses, each with a view that has the fault the request names."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.urls import re_path

from webtalks import urls

# Status of the answer: what a view raises.
FAULTS = {
    400: SuspiciousOperation,
    403: PermissionDenied,
    404: Http404,
    500: RuntimeError,
    503: OperationalError,
}


def fault(request):
    raise FAULTS[int(request.headers["X-Fault"])]("on purpose")


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns = [re_path("", fault), *urls.urlpatterns]
