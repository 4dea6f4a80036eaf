"""The site with one view more, which fails and quotes what it was given."""

from django.urls import get_resolver, path
from django.views.decorators.csrf import csrf_exempt

from webtalks.wsgi import application

__all__ = ["application"]


@csrf_exempt
def broken(request):
    name, email = request.POST["name"], request.POST["email"]
    try:
        int(name)
    except ValueError as error:
        raise KeyError(f"{email}\n2026-01-01T00:00:00 ERROR forged - {name}") from error


get_resolver().url_patterns.append(path("kaputt/", broken))
