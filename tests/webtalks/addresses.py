"""Every address of the URLconf with an example; several tests visit them all."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import get_resolver, reverse
from django.utils import timezone

from events.models import Material, Municipality, Series, Topic
from registration.models import (
    Consent,
    Erasure,
    Interest,
    Message,
    OutgoingMail,
    ProposedChange,
    links,
)
from registration.models.account import password_link, second_factor_link
from tests.events.upload_files import PDF, jpeg, upload
from tests.makers import (
    make_offer,
    make_registration,
    make_report_line,
    make_speaker_link,
    make_talk,
)
from tests.registration.link_pages import token_of

MINE = "meine-anmeldung/<str:token>/"
SPEAKER = "vortragen/<str:token>/"
PICTURE = r"^bilder/(?P<folder>[0-9a-f]{32})/(?P<name>\d+(?:x\d+)?\.(?:avif|jpg))$"
SPEAKERS_PICTURE = (
    r"^vortragen/(?P<token>[^/]+)/bild/(?P<folder>[0-9a-f]{32})/"
    r"(?P<name>\d+(?:x\d+)?\.(?:avif|jpg))$"
)
PEOPLE = "admin/registration/registration/"
REPORT = "admin/events/talk/statistik/bericht/"

# route: (kind of answer, its status); kinds are those of tests/webtalks/http/expected_headers.py.
PUBLIC = {
    "": ("reading page", 200),
    "archiv/": ("reading page", 200),
    "talks/": ("redirect for good", 301),
    "termine/": ("redirect for good", 301),
    "kalender/": ("redirect for good", 301),
    "landkarte/": ("reading page", 200),
    "talks/<slug:slug>/": ("reading page", 200),
    "talks/<slug:slug>/aushang/": ("reading page", 200),
    "t/<int:pk>": ("short address", 301),
    "t/<int:pk>/": ("short address", 301),
    "abonnieren/": ("reading page", 200),
    "ueber/": ("reading page", 200),
    "impressum/": ("reading page", 200),
    "datenschutz/": ("reading page", 200),
    "sicherheit/": ("reading page", 200),
    "barrierefreiheit/": ("reading page", 200),
    "einbetten/": ("frame", 200),
    "talks/<slug:slug>/termin.ics": ("calendar", 200),
    "kalender.ics": ("calendar", 200),
    "talks/<slug:slug>/ortsschild.png": ("sign", 200),
    "vorschaubild.png": ("sign", 200),
    "feed.xml": ("feed", 200),
    "api/talks.json": ("api", 200),
    "sitemap.xml": ("sitemap", 200),
    "robots.txt": ("robots", 200),
    ".well-known/security.txt": ("security.txt", 200),
    "favicon.ico": ("favicon", 200),
    "apple-touch-icon.png": ("icon", 200),
    "apple-touch-icon-precomposed.png": ("icon", 200),
    PICTURE: ("picture", 200),
    "material/<int:pk>/": ("pdf", 200),
    "vorschau/<str:token>/": ("draft", 200),
    "healthz": ("health", 200),
    "metrics": ("metrics", 200),
    "readyz": ("health as JSON", 200),
    "anmeldung/": ("form", 200),
    "anmeldung/links/": ("form", 200),
    "talks/<slug:slug>/teilnehmen/": ("form", 200),
    "terminhinweise/": ("form", 200),
    # Without a token: the browser's headers say that it was sent from here.
    "talks/<slug:slug>/rueckmeldung/": ("form without cookie", 200),
    "talks/<slug:slug>/rueckmeldung/danke/": ("reading page", 200),
    "talks/<slug:slug>/rueckmeldung/folie/": ("reading page", 200),
    "r/<int:pk>": ("short address", 301),
    "r/<int:pk>/": ("short address", 301),
    "mitmachen/": ("form", 200),
    "mitmachen/danke/": ("reading page", 200),
    "vortragen/": ("reading page", 200),
    "bescheinigung/": ("form", 200),
    "bescheinigung/<str:code>/": ("form", 200),
    "anmeldung/danke/": ("reading page", 200),
    "anmeldung/links/verschickt/": ("reading page", 200),
    "anmeldung/weitergegeben/": ("reading page", 200),
    "anmeldung/geloescht/": ("reading page", 200),
    "anmeldung/adresse/geaendert/": ("reading page", 200),
    "terminhinweise/danke/": ("reading page", 200),
    "anmeldung/bestaetigen/<str:token>/": ("personal form", 200),
    "anmeldung/nicht-ich/<str:token>/": ("personal form", 200),
    "anmeldung/neue-adresse/<str:token>/": ("personal form", 200),
    "teilnehmen/<str:token>/": ("personal form", 200),
    "erinnerungen/<str:token>/": ("personal form", 200),
    "unterlagen/<str:token>/": ("personal form", 200),
    "terminhinweise/bestaetigen/<str:token>/": ("personal form", 200),
    "terminhinweise/<str:token>/": ("personal form", 200),
    "terminhinweise/<str:token>/abbestellen/": ("personal form", 200),
    MINE: ("personal page", 200),
    MINE + "angaben/": ("personal form", 200),
    MINE + "adresse/": ("personal form", 200),
    MINE + "daten.json": ("personal data", 200),
    MINE + "loeschen/": ("personal form", 200),
    MINE + "material/<int:pk>/": ("personal pdf", 200),
    MINE + "<uuid:uuid>/abmelden/": ("personal form", 200),
    MINE + "<uuid:uuid>/frage/": ("personal form", 200),
    MINE + "<uuid:uuid>/wieder-anmelden/": ("personal redirect", 302),
    MINE + "<uuid:uuid>/weitergeben/": ("personal form", 200),
    MINE + "<uuid:uuid>/bescheinigung/": ("personal page", 200),
    MINE + "<uuid:uuid>/bescheinigung.pdf": ("personal redirect", 302),
    MINE + "<uuid:uuid>/termin.ics": ("personal calendar", 200),
    SPEAKER: ("personal form", 200),
    SPEAKER + "vorschau/": ("draft", 200),
    SPEAKER + "erinnerungen/": ("personal form", 200),
    SPEAKER + "teil/<slug:part>/": ("personal redirect", 302),
    SPEAKER + "teil/<slug:part>/zurueckziehen/": ("personal redirect", 302),
    SPEAKER + "einwilligung/<slug:kind>/": ("personal redirect", 302),
    SPEAKER + "datei/<slug:field>/": ("personal pdf", 200),
    SPEAKERS_PICTURE: ("personal picture", 200),
    SPEAKER + "termin.ics": ("personal calendar", 200),
    SPEAKER + "technik-check.ics": ("personal calendar", 200),
}
# The admin, as an organiser with all permissions sees it.
ADMIN = {
    "admin/": ("admin", 200),
    "admin/login/": ("admin redirect", 302),
    "admin/logout/": ("admin log-out", 405),
    "admin/jsi18n/": ("admin script", 200),
    "admin/zwei-schritte/": ("admin", 200),
    "admin/zwei-schritte/code/": ("admin redirect", 302),
    "admin/konto/passwort/": ("admin", 200),
    "admin/konto/<int:pk>/passwort/<str:token>/": ("admin", 200),
    "admin/konto/<int:pk>/zweiter-schritt/<str:token>/": ("admin", 200),
    "admin/team/": ("admin", 200),
    "admin/team/einladen/": ("admin", 200),
    "admin/team/<int:pk>/": ("admin", 200),
    "admin/team/<int:pk>/zugang/": ("admin", 200),
    "admin/team/<int:pk>/tun/": ("admin by POST", 405),
    "admin/profil/": ("admin", 200),
    "admin/profil/adresse/": ("admin", 200),
    "admin/handbuch/": ("admin", 200),
    "admin/handbuch/<slug:name>.png": ("admin picture", 200),
    "admin/events/talk/<int:pk>/zugang/": ("admin", 200),
    "admin/events/talk/vorschlaege/<int:pk>/bild/<str:name>": ("proposed picture", 200),
    "admin/events/talk/vorschlaege/<int:pk>/datei/": ("proposed pdf", 200),
    "admin/password_change/": ("admin page that Django leaves open", 200),
    "admin/password_change/done/": ("admin page that Django leaves open", 200),
    "admin/suche/": ("admin", 200),
    "admin/events/talk/statistik/orte/": ("admin", 200),
    "admin/autocomplete/": ("admin JSON", 200),
    "admin/r/<path:content_type_id>/<path:object_id>/": ("admin redirect to the site", 302),
    "admin/events/talk/statistik/": ("admin", 200),
    "admin/events/talk/statistik.xlsx": ("admin sheet", 200),
    REPORT: ("admin redirect", 302),
    f"{REPORT}<int:year>/": ("admin", 200),
    f"{REPORT}<int:year>/ziele/": ("admin", 200),
    f"{REPORT}<int:year>.pdf": ("admin pdf", 200),
    f"{REPORT}<int:year>.xlsx": ("admin sheet", 200),
    "admin/events/talk/<int:pk>/anmeldeverlauf/": ("admin", 200),
    "admin/events/talk/<int:pk>/rueckmeldungen/": ("admin", 200),
    "admin/events/talk/<int:pk>/rueckmeldungen/entfernen/": ("admin by POST", 405),
    "admin/events/talk/<int:pk>/einwilligungen/": ("admin", 200),
    "admin/events/talk/<int:pk>/einwilligungen/<int:consent_pk>/": ("admin", 200),
    "admin/events/talk/<int:pk>/benachrichtigen/": ("admin", 200),
    "admin/events/talk/<int:pk>/benachrichtigen/html/": ("mail preview", 200),
    "admin/events/talk/<int:pk>/ankuendigen/": ("admin", 200),
    "admin/events/talk/<int:pk>/vorschlaege/": ("admin", 200),
    "admin/events/talk/<int:pk>/unterlagen/": ("admin page with a frame", 200),
    "admin/events/talk/<int:pk>/unterlagen/<str:wording>/": ("mail preview", 200),
    "admin/events/talk/<int:pk>/vortragende/": ("admin", 200),
    "admin/events/talk/<path:object_id>/duplizieren/": ("admin by POST", 405),
    f"{PEOPLE}talk/<int:pk>/eintragen/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/anwesenheit/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/anwesenheit/pruefen/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/anwesenheit/verwerfen/": ("admin by POST", 405),
    f"{PEOPLE}talk/<int:pk>/liste/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/fragen/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/bescheinigungen/": ("admin", 200),
    f"{PEOPLE}talk/<int:pk>/bescheinigungen.pdf": ("admin redirect", 302),
    f"{PEOPLE}<int:pk>/bescheinigung/": ("admin", 200),
    f"{PEOPLE}<int:pk>/bescheinigung.pdf": ("admin redirect", 302),
    f"{PEOPLE}<int:pk>/berichtigen/": ("admin", 200),
    f"{PEOPLE}<int:pk>/person/": ("admin", 200),
    f"{PEOPLE}<int:pk>/person/<slug:word>/": ("admin", 200),
    f"{PEOPLE}<int:pk>/person/mail/<int:mail_pk>/": ("admin by POST", 405),
    f"{PEOPLE}export/": ("admin", 200),
    f"{PEOPLE}person/": ("admin", 200),
    # They learn only by POST which person is meant.
    f"{PEOPLE}person/auskunft/": ("admin redirect", 302),
    f"{PEOPLE}person/auskunft/brief/": ("admin redirect", 302),
    f"{PEOPLE}person/loeschen/": ("admin redirect", 302),
    "admin/registration/outgoingmail/domain/": ("admin", 200),
    "admin/registration/outgoingmail/vorschau/": ("admin", 200),
    "admin/registration/outgoingmail/vorschau/<str:name>/": ("admin", 200),
    "admin/registration/outgoingmail/vorschau/<str:name>/html/": ("mail preview", 200),
    "admin/registration/message/<int:pk>/pruefen/": ("admin page with a frame", 200),
    "admin/registration/message/<int:pk>/html/": ("mail preview", 200),
    "admin/registration/message/<int:pk>/planen/": ("admin", 200),
    "admin/registration/message/<int:pk>/test/": ("admin by POST", 405),
    "admin/registration/message/<int:pk>/freigeben/": ("admin by POST", 405),
    "admin/registration/message/<int:pk>/anhalten/": ("admin", 200),
    "admin/registration/message/<int:pk>/fortsetzen/": ("admin by POST", 405),
    "admin/registration/message/<int:pk>/loeschen/": ("admin", 200),
    "admin/auth/user/<id>/password/": ("admin", 200),
    "admin/(?P<app_label>registration|events|auth)/$": ("admin", 200),
    "admin/(?P<url>.*)$": ("admin refusal", 404),
}
# What Django's admin has for each model; nobody may add or delete there.
NOT_ADDED = {"series", "registration", "outgoingmail", "interest", "offer", "erasure"}
NOT_DELETED = NOT_ADDED | {"message"}
OF_EACH_MODEL = (
    "",
    "add/",
    *(f"<path:object_id>/{p}" for p in ("history/", "delete/", "change/", "")),
)


def admin_of_models() -> dict:
    found = {}
    for model in admin.site._registry:
        name = model._meta.model_name
        for page in OF_EACH_MODEL:
            kind = ("admin", 200)
            if (page == "add/" and name in NOT_ADDED) or (
                page.endswith("delete/") and name in NOT_DELETED
            ):
                kind = ("admin refusal", 403)
            elif page == "<path:object_id>/" or (
                # A person has a page, a registration none of its own.
                name == "registration" and page == "<path:object_id>/change/"
            ):
                kind = ("admin redirect", 302)
            found[f"admin/{model._meta.app_label}/{name}/{page}"] = kind
    return found


def routes(patterns=None, prefix="") -> set[str]:
    """Return every route of the URLconf, from the root."""
    found = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern).removeprefix("^" if prefix else "")
        inner = getattr(pattern, "url_patterns", None)
        found |= {route} if inner is None else routes(inner, route)
    return found


@dataclass(frozen=True)
class Address:
    """One route, an example of it, and what it answers to a GET."""

    route: str
    path: str
    kind: str
    status: int

    @property
    def in_admin(self) -> bool:
        return self.route.startswith("admin/")


def addresses() -> list[Address]:
    """Make one row of everything and return every address with what exists."""
    fill = _Examples()
    everything = PUBLIC | ADMIN | admin_of_models()
    return [Address(route, fill.path(route), *kind) for route, kind in everything.items()]


def propose(link) -> None:
    """Propose something long for a talk, and something that organisers have answered."""
    for field in ("title", "announcement", "situation"):
        ProposedChange.objects.propose(link, field, f"{field}: {'W' * 90} Größe & Glück")
    ProposedChange.objects.propose(link, "role", "Bürgermeisterin").decide("declined", "W" * 90)


class _Examples:
    """Rows, and how a route is filled in with them."""

    def __init__(self):
        Series.objects.create(name="Reihe")
        self.talk = make_talk(
            slug="talk",
            starts_in=timedelta(minutes=5),
            image=upload(jpeg()),
            image_credit="© ä",
            meeting_url="https://meet.example/a",
            capacity=5,
            check_at=timezone.now() + timedelta(minutes=2),
        )
        self.draft = make_talk(slug="entwurf", status="draft")
        self.row = make_registration(self.talk)
        self.pending = make_registration(
            make_talk(slug="spaeter", double_opt_in=True), email="pia@stadt.example"
        )
        self.asking = Interest.objects.ask("pia@stadt.example")
        self.interest = Interest.objects.ask("kim@stadt.example")
        self.interest.confirm()
        material = Material.objects.create(talk=self.talk, title="Folien", file=upload(PDF))
        message = Message.objects.create(talk=self.talk, subject="Betreff", text="Text")
        self.unused = make_talk(slug="frei")
        propose(make_speaker_link(self.unused))
        self.over = make_talk(slug="vorbei", starts_in=-timedelta(days=3), recap="So war es.")
        self.of_model = {
            "series": 1,
            "talk": self.unused.pk,
            "topic": Topic.objects.create(name="Ä").pk,
            "municipality": Municipality.objects.create(name="Größenau", land="Hessen").pk,
            "registration": self.row.pk,
            "outgoingmail": OutgoingMail.objects.first().pk,
            "message": message.pk,
            "interest": self.interest.pk,
            "offer": make_offer().pk,
            "erasure": Erasure.objects.create(uuid=self.row.uuid, kind="registration").pk,
            "group": Group.objects.get_or_create(name="Lesend")[0].pk,
            "user": User.objects.create_user("kim").pk,
        }
        self.colleague = User.objects.create_user("bo", is_staff=True)
        make_report_line(self.talk)
        self.material = material
        self.link = make_speaker_link(self.talk)
        self.consent = Consent.objects.give(self.link, "slides")
        write = ProposedChange.objects.propose
        self.picture = write(self.link, "image", file=upload(jpeg()))
        self.slides = write(self.link, "slides", file=upload(PDF, "a.pdf"))

    def path(self, route: str) -> str:
        if route == PICTURE:
            return self.talk.picture.src
        if route == SPEAKERS_PICTURE:
            _, folder, name = self.picture.file_name.split("/")
            return reverse("registration:speaker_picture", args=[self.link.token, folder, name])
        if route.endswith("/<str:name>"):
            route = route.replace("<str:name>", "64.jpg")
        if "app_label>" in route:
            return "/admin/events/"
        if route.startswith("admin/("):
            return "/admin/gibt/es/nicht/"
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self.value(found[1], route), route)
        return path + "?app_label=events&model_name=talk&field_name=municipality" * (
            route == "admin/autocomplete/"
        )

    def value(self, name: str, route: str) -> str:
        parts = route.split("/")
        if name == "token":
            return self.token(parts)
        if name in ("pk", "object_id", "id"):
            return str(self.pk(parts))
        return {
            "slug": self.talk.slug,
            "uuid": str(self.row.uuid),
            "word": "abmelden",
            "wording": "ohne",
            "year": "2025",
            "code": "1002-0VY1-6W5K-7SP0",
            "consent_pk": str(self.consent.pk),
            "mail_pk": str(self.of_model["outgoingmail"]),
            "part": "slides",
            "field": "slides",
            "kind": "recording",
            "name": "startseite" if "handbuch" in parts else "signed_up",
            "content_type_id": str(_content_type(self.talk)),
        }[name]

    def token(self, parts) -> str:
        if "konto" in parts:
            link = second_factor_link if "zweiter-schritt" in parts else password_link
            return link.make_token(self.colleague)
        if parts[0] == "vorschau":
            return self.draft.preview_url.split("/")[2]
        if parts[0] == "vortragen":
            return self.link.token
        if "neue-adresse" in parts:
            return token_of("new_address", self.row.key)
        purpose, row = {
            "bestaetigen": (links.PURPOSE_CONFIRM, self.pending),
            "nicht-ich": (links.PURPOSE_NOT_ME, self.row),
            "teilnehmen": (links.PURPOSE_JOIN, self.row),
            "erinnerungen": (links.PURPOSE_REMINDERS, self.row),
            "unterlagen": (links.PURPOSE_RECAP, self.row),
            "meine-anmeldung": (links.PURPOSE_MINE, self.row),
            "terminhinweise": (links.PURPOSE_INTEREST, self.interest),
            "vortragen": (links.PURPOSE_SPEAKER, self.link),
        }[parts[1] if parts[0] == "anmeldung" else parts[0]]
        if parts[:2] == ["terminhinweise", "bestaetigen"]:
            purpose, row = links.PURPOSE_INTEREST_CONFIRM, self.asking
        return links.token(row.key, purpose)

    def pk(self, parts) -> int:
        if "material" in parts:
            return self.material.pk
        if "vorschlaege" in parts:
            return (self.slides if "datei" in parts else self.picture).pk
        of_talk = parts[0] in ("t", "r") or "anmeldeverlauf" in parts or parts[3:4] == ["talk"]
        if "einwilligungen" in parts:
            return self.talk.pk
        if "unterlagen" in parts:
            return self.over.pk
        if of_talk or parts[1] == "r":
            return self.talk.pk
        if parts[1] in ("team", "konto"):
            return self.colleague.pk
        return self.of_model[parts[2]]


def _content_type(row) -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(row).pk
