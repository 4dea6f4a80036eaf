"""The site's addresses, and the yardstick: an answer of any size that costs nothing to make."""

from django.http import HttpResponse
from django.urls import path

from webtalks.urls import urlpatterns as site


def constant(request, size):
    return HttpResponse(b"x" * size)


urlpatterns = [path("bench/<int:size>/", constant), *site]
