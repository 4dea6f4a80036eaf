from django.urls import path, re_path

from events.pages import feeds, security_txt, views

app_name = "events"

urlpatterns = [
    path("", views.start, name="start"),
    path("archiv/", views.archive, name="archive"),
    path("vorschau/<str:token>/", views.preview, name="preview"),
    path("landkarte/", views.town_map, name="map"),
    path("talks/<slug:slug>/", views.talk, name="talk"),
    path("talks/<slug:slug>/termin.ics", views.talk_calendar, name="talk_calendar"),
    path("talks/<slug:slug>/aushang/", views.notice, name="notice"),
    path("talks/<slug:slug>/ortsschild.png", views.sign, name="sign"),
    path("abonnieren/", views.subscribe, name="subscribe"),
    path("einbetten/", views.embed, name="embed"),
    path("feed.xml", feeds.atom, name="feed"),
    path("api/talks.json", feeds.talks_json, name="api"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("kalender.ics", views.whole_calendar, name="calendar"),
    path("ueber/", views.page, {"template": "events/about.html"}, name="about"),
    path("impressum/", views.page, {"template": "events/imprint.html"}, name="imprint"),
    path("datenschutz/", views.page, {"template": "events/privacy.html"}, name="privacy"),
    path("sicherheit/", views.page, {"template": "events/security.html"}, name="security"),
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
