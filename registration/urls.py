from django.urls import URLPattern, path, re_path

from registration.pages import (
    certificate,
    feedback,
    interest,
    mine,
    new_address,
    offer,
    sign_up,
    way_in,
)
from registration.speakers import calendars as speakers_calendars
from registration.speakers import consents, files
from registration.speakers import guide as speakers_guide
from registration.speakers import page as speakers_page
from registration.speakers import preview as speakers_preview

app_name = "registration"

MINE = "meine-anmeldung/<str:token>/"
SPEAKER = "vortragen/<str:token>/"


def page(route: str, template: str, name: str) -> URLPattern:
    """Route a page that is the same for everybody."""
    return path(route, sign_up.page, {"template": f"registration/{template}.html"}, name=name)


urlpatterns = [
    path("anmeldung/", sign_up.sign_up, name="form"),
    path("anmeldung/danke/", sign_up.thanks, name="thanks"),
    path("anmeldung/bestaetigen/<str:token>/", sign_up.confirm, name="confirm"),
    path("anmeldung/nicht-ich/<str:token>/", sign_up.not_me, name="not_me"),
    path("anmeldung/links/", sign_up.lost_link, name="lost_link"),
    page("anmeldung/links/verschickt/", "links_sent", "links_sent"),
    page("anmeldung/weitergegeben/", "handed_over", "handed_over"),
    page("anmeldung/geloescht/", "erased", "erased"),
    path("anmeldung/neue-adresse/<str:token>/", new_address.confirm, name="new_address"),
    page("anmeldung/adresse/geaendert/", "address_changed", "address_changed"),
    path(MINE, mine.mine, name="mine"),
    path(MINE + "angaben/", mine.details, name="details"),
    path(MINE + "adresse/", new_address.ask, name="change_address"),
    path(MINE + "daten.json", mine.data, name="own_data"),
    path(MINE + "loeschen/", mine.erase, name="erase"),
    path(MINE + "material/<int:pk>/", mine.material, name="material"),
    path(MINE + "<uuid:uuid>/abmelden/", mine.cancel, name="cancel"),
    path(MINE + "<uuid:uuid>/wieder-anmelden/", mine.come_back, name="come_back"),
    path(MINE + "<uuid:uuid>/weitergeben/", mine.hand_over, name="hand_over"),
    path(MINE + "<uuid:uuid>/frage/", mine.question, name="question"),
    path(MINE + "<uuid:uuid>/termin.ics", mine.talk_calendar, name="calendar"),
    path(MINE + "<uuid:uuid>/bescheinigung/", certificate.certificate, name="certificate"),
    path(MINE + "<uuid:uuid>/bescheinigung.pdf", certificate.as_pdf, name="certificate_pdf"),
    path("bescheinigung/", certificate.check, name="check_certificate"),
    path("bescheinigung/<str:code>/", certificate.check, name="check_code"),
    path("teilnehmen/<str:token>/", way_in.join, name="join"),
    path("talks/<slug:slug>/teilnehmen/", way_in.ask_for_way_in, name="ask_for_way_in"),
    path("talks/<slug:slug>/rueckmeldung/", feedback.give, name="feedback"),
    path("talks/<slug:slug>/rueckmeldung/danke/", feedback.thanks, name="feedback_thanks"),
    path("talks/<slug:slug>/rueckmeldung/folie/", feedback.slide, name="feedback_slide"),
    # On the slide; some people put a slash behind it.
    path("r/<int:pk>", feedback.short, name="feedback_short"),
    path("r/<int:pk>/", feedback.short),
    path("mitmachen/", offer.offer, name="offer"),
    page("mitmachen/danke/", "offer_thanks", "offer_thanks"),
    path("vortragen/", speakers_guide.guide, name="speakers_guide"),
    path(SPEAKER, speakers_page.desk, name="speaker"),
    path(SPEAKER + "vorschau/", speakers_preview.preview, name="speaker_preview"),
    path(SPEAKER + "erinnerungen/", speakers_page.reminders, name="speaker_reminders"),
    path(SPEAKER + "teil/<slug:part>/", speakers_page.save_part, name="speaker_part"),
    path(
        SPEAKER + "teil/<slug:part>/zurueckziehen/",
        speakers_page.take_back,
        name="speaker_take_back",
    ),
    path(SPEAKER + "einwilligung/<slug:kind>/", consents.consent, name="speaker_consent"),
    path(SPEAKER + "datei/<slug:field>/", files.file, name="speaker_file"),
    re_path(
        r"^vortragen/(?P<token>[^/]+)/bild/(?P<folder>[0-9a-f]{32})/"
        r"(?P<name>\d+(?:x\d+)?\.(?:avif|jpg))$",
        files.picture,
        name="speaker_picture",
    ),
    path(SPEAKER + "termin.ics", speakers_calendars.talk_ics, name="speaker_talk_ics"),
    path(SPEAKER + "technik-check.ics", speakers_calendars.check_ics, name="speaker_check_ics"),
    path("erinnerungen/<str:token>/", way_in.reminders, name="reminders"),
    path("unterlagen/<str:token>/", way_in.recap_off, name="recap_off"),
    path("terminhinweise/", interest.ask, name="interest"),
    page("terminhinweise/danke/", "interest_thanks", "interest_thanks"),
    path("terminhinweise/bestaetigen/<str:token>/", interest.confirm, name="interest_confirm"),
    path("terminhinweise/<str:token>/", interest.mine, name="interest_mine"),
    path("terminhinweise/<str:token>/abbestellen/", interest.end, name="interest_end"),
]
