from django.urls import path, re_path

from events.pages import feeds, files, security_txt, talk_page, views

app_name = "events"

urlpatterns = [
    path("", views.start, name="start"),
    path("termine/", views.lead_on, {"to": "start"}),
    path("archiv/", views.archive, name="archive"),
    path("talks/", views.lead_on, {"to": "archive"}),
    path("vorschau/<str:token>/", talk_page.preview, name="preview"),
    path("vorschaubild.png", views.preview_picture, name="preview_picture"),
    path("landkarte/", views.town_map, name="map"),
    path("talks/<slug:slug>/", talk_page.talk, name="talk"),
    path("talks/<slug:slug>/termin.ics", talk_page.talk_calendar, name="talk_calendar"),
    path("talks/<slug:slug>/aushang/", talk_page.notice, name="notice"),
    path("talks/<slug:slug>/ortsschild.png", talk_page.sign, name="sign"),
    # On paper; some people and programs put a slash behind it.
    path("t/<int:pk>", talk_page.short, name="short"),
    path("t/<int:pk>/", talk_page.short),
    path("abonnieren/", views.subscribe, name="subscribe"),
    path("einbetten/", views.embed, name="embed"),
    path("feed.xml", feeds.atom, name="feed"),
    path("api/talks.json", feeds.talks_json, name="api"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("favicon.ico", files.icon, {"name": "favicon.ico"}),
    path("apple-touch-icon.png", files.icon, {"name": "apple-touch-icon.png"}),
    path("apple-touch-icon-precomposed.png", files.icon, {"name": "apple-touch-icon.png"}),
    path("kalender/", views.lead_on, {"to": "subscribe"}),
    path("kalender.ics", feeds.whole_calendar, name="calendar"),
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
        files.picture,
        name="picture",
    ),
    path("material/<int:pk>/", files.material, name="material"),
]
