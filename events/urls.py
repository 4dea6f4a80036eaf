from django.urls import path, re_path

from events import views

app_name = "events"

urlpatterns = [
    path("", views.start, name="start"),
    path("archiv/", views.archive, name="archive"),
    path("landkarte/", views.town_map, name="map"),
    path("talks/<slug:slug>/", views.talk, name="talk"),
    path("talks/<slug:slug>/termin.ics", views.talk_calendar, name="talk_calendar"),
    path("kalender.ics", views.whole_calendar, name="calendar"),
    path("ueber/", views.page, {"template": "events/about.html"}, name="about"),
    path("impressum/", views.page, {"template": "events/imprint.html"}, name="imprint"),
    path("datenschutz/", views.page, {"template": "events/privacy.html"}, name="privacy"),
    path(
        "barrierefreiheit/",
        views.page,
        {"template": "events/accessibility.html"},
        name="accessibility",
    ),
    re_path(
        r"^bilder/(?P<folder>[0-9a-f]{32})/(?P<name>\d+(?:x\d+)?\.(?:avif|jpg))$",
        views.picture,
        name="picture",
    ),
    path("material/<int:pk>/", views.material, name="material"),
]
