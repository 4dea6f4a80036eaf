from django.urls import path

from registration import views, views_interest, views_mine, views_way_in

app_name = "registration"

MINE = "meine-anmeldung/<str:token>/"


def page(route, template, name):
    """Route a page that says the same to everyone."""
    return path(route, views.page, {"template": f"registration/{template}.html"}, name=name)


urlpatterns = [
    path("anmeldung/", views.sign_up, name="form"),
    page("anmeldung/danke/", "thanks", "thanks"),
    path("anmeldung/bestaetigen/<str:token>/", views.confirm, name="confirm"),
    path("anmeldung/nicht-ich/<str:token>/", views.not_me, name="not_me"),
    path("anmeldung/links/", views.lost_link, name="lost_link"),
    page("anmeldung/links/verschickt/", "links_sent", "links_sent"),
    page("anmeldung/weitergegeben/", "handed_over", "handed_over"),
    page("anmeldung/geloescht/", "erased", "erased"),
    path(MINE, views_mine.mine, name="mine"),
    path(MINE + "angaben/", views_mine.details, name="details"),
    path(MINE + "daten.json", views_mine.data, name="own_data"),
    path(MINE + "loeschen/", views_mine.erase, name="erase"),
    path(MINE + "material/<int:pk>/", views_mine.material, name="material"),
    path(MINE + "<uuid:uuid>/abmelden/", views_mine.cancel, name="cancel"),
    path(MINE + "<uuid:uuid>/wieder-anmelden/", views_mine.come_back, name="come_back"),
    path(MINE + "<uuid:uuid>/weitergeben/", views_mine.hand_over, name="hand_over"),
    path(MINE + "<uuid:uuid>/termin.ics", views_mine.talk_calendar, name="calendar"),
    path("teilnehmen/<str:token>/", views_way_in.join, name="join"),
    path("talks/<slug:slug>/teilnehmen/", views_way_in.ask_for_way_in, name="ask_for_way_in"),
    path("erinnerungen/<str:token>/", views_way_in.reminders, name="reminders"),
    path("terminhinweise/", views_interest.ask, name="interest"),
    page("terminhinweise/danke/", "interest_thanks", "interest_thanks"),
    path(
        "terminhinweise/bestaetigen/<str:token>/", views_interest.confirm, name="interest_confirm"
    ),
    path("terminhinweise/<str:token>/", views_interest.mine, name="interest_mine"),
    path("terminhinweise/<str:token>/abbestellen/", views_interest.end, name="interest_end"),
]
