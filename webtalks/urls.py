from django.contrib import admin
from django.urls import include, path

from webtalks import health

urlpatterns = [
    path("", include("events.urls")),
    path("", include("registration.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
