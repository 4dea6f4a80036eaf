from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from registration import desk
from webtalks import health, metrics, second_factor_views

urlpatterns = [
    path("", include("events.urls")),
    path("", include("registration.urls")),
    # The admin's own catalogue, and what it leaves in English (events/locale).
    path("admin/jsi18n/", JavaScriptCatalog.as_view(packages=["django.contrib.admin", "events"])),
    path("admin/zwei-schritte/", second_factor_views.set_up, name="second_factor"),
    path("admin/zwei-schritte/code/", second_factor_views.enter_code, name="second_factor_code"),
    path("admin/", admin.site.admin_view(desk.index)),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.metrics),
]

handler500 = "webtalks.middleware.fault"
