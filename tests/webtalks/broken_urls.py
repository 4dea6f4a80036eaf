"""The site's addresses and one whose view has a fault."""

from django.urls import path

from webtalks import urls


def broken(request):
    raise RuntimeError("on purpose")


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns = [*urls.urlpatterns, path("kaputt/", broken)]
