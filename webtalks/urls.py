from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from events.desk.town_choice import TypeAhead
from registration.desk.first_page import start_page
from registration.desk.search import search_page
from webtalks import health, metrics
from webtalks.login import second_factor_pages
from webtalks.team import links

urlpatterns = [
    path("", include("events.urls")),
    path("", include("registration.urls")),
    # The admin's own catalogue, and what it leaves in English (events/locale).
    path("admin/jsi18n/", JavaScriptCatalog.as_view(packages=["django.contrib.admin", "events"])),
    path("admin/zwei-schritte/", second_factor_pages.set_up, name="second_factor"),
    path("admin/zwei-schritte/code/", second_factor_pages.enter_code, name="second_factor_code"),
    path("admin/konto/passwort/", links.forgotten, name="forgotten_password"),
    path("admin/konto/<int:pk>/passwort/<str:token>/", links.set_password, name="set_password"),
    path(
        "admin/konto/<int:pk>/zweiter-schritt/<str:token>/",
        links.reset_second_factor,
        name="reset_second_factor",
    ),
    path("admin/", admin.site.admin_view(start_page.index), name="first_page"),
    path("admin/suche/", admin.site.admin_view(search_page.search), name="desk_search"),
    path("admin/autocomplete/", admin.site.admin_view(TypeAhead.as_view(admin_site=admin.site))),
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.metrics),
]

# Django's own would touch what was refused.
handler400 = "webtalks.http.error_pages.bad_request"
handler403 = "webtalks.http.error_pages.permission_denied"
handler404 = "webtalks.http.error_pages.page_not_found"
handler500 = "webtalks.http.database_away.fault"
