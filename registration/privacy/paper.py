"""`docs/datenschutz.md`: what the operator has to show, with the periods that the site keeps.

The letter to a person (`letter.py`) says the same of what concerns them.
"""

from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

PARTICIPANTS, SPEAKERS, OTHERS = "participants", "speakers", "others"


class Activity(NamedTuple):
    """What is done with data: a row of the records (Art. 30 Abs. 1 DSGVO)."""

    name: str
    purpose: str
    people: str
    data: str
    basis: str
    # Whom it is about, and into whose letter it belongs.
    group: str = PARTICIPANTS


ACTIVITIES = [
    Activity(
        "Anmeldung zu Talks",
        "Plätze führen, Bestätigung, Zugang, Änderungen, Erinnerungen, einmal Unterlagen nach dem "
        "Talk",
        "Teilnehmende, Wartende",
        "Name, E-Mail-Adresse, Talks, Stand und Zeitpunkte; ob Unterlagen angekündigt und welche "
        "E-Mails abbestellt oder zurückgekommen sind; freiwillig Organisation, Kommune, Frage",
        "Art. 6 Abs. 1 lit. b DSGVO; bei öffentlichen Stellen lit. e; Freiwilliges lit. f",
    ),
    Activity(
        "Teilnahme",
        "Teilnahme bescheinigen, zählen, wer dabei war, und gegenüber Förderern darüber berichten",
        "Teilnehmende",
        "wann der Zugang benutzt wurde; Minuten im Talk nach dem Bericht des Videosystems, oder "
        "Vermerk der Veranstalter",
        "Art. 6 Abs. 1 lit. b oder f DSGVO; bei öffentlichen Stellen lit. e",
    ),
    Activity(
        "Teilnahmeberichte einlesen",
        "erkennen, wessen Minuten es sind; aus dem Fehlen im Bericht wird nichts geschlossen",
        "wer im Raum des Videosystems war, auch ohne Anmeldung",
        "Name, Zeiten im Raum, oft E-Mail-Adresse, bis zur Prüfung; die Datei nicht; danach "
        "Minuten von Angemeldeten, von allen anderen nur ihre Zahl",
        "Art. 6 Abs. 1 lit. f DSGVO; bei öffentlichen Stellen lit. e",
    ),
    Activity(
        "Teilnahmebescheinigungen",
        "auf Wunsch ausstellen; Dritten sagen, ob eine vorgelegte echt ist",
        "Teilnehmende",
        "Name, Talk, Minuten und Prüfcode auf dem Papier; gespeichert wird davon nichts, auch "
        "nicht, was beim Prüfen eingegeben wird",
        "Art. 6 Abs. 1 lit. b DSGVO; bei öffentlichen Stellen lit. e",
    ),
    Activity(
        "Nachrichten an Teilnehmende",
        "Unterlagen und Hinweise zum Talk",
        "Teilnehmende",
        "E-Mail-Adresse, Name; was Organisierende schreiben",
        "Art. 6 Abs. 1 lit. b DSGVO",
    ),
    Activity(
        "Neue Termine per E-Mail",
        "über neue Talks schreiben",
        "Interessierte",
        "E-Mail-Adresse, Themen, Wortlaut, Fassung und Zeitpunkt der Einwilligung",
        "Art. 6 Abs. 1 lit. a DSGVO",
    ),
    Activity(
        "Angebote zu berichten",
        "auf das Angebot antworten, Talks planen",
        "Ansprechpersonen von Kommunen",
        "Kommune, Name, E-Mail-Adresse, Text, Zeitpunkt",
        "Art. 6 Abs. 1 lit. b oder f DSGVO; bei öffentlichen Stellen lit. e",
    ),
    Activity(
        "Rückmeldung zu Talks",
        "Talks verbessern, gegenüber Förderern berichten",
        "niemand: Antworten ohne Namen",
        "Talk und Antworten, ohne Zeitpunkt und ohne Schlüssel zu einer Anmeldung; gezeigt zu "
        "fünft und gemischt",
        "keine personenbezogenen Daten; ein Text, der jemanden nennt, wird entfernt",
        group=OTHERS,
    ),
    Activity(
        "Statistik",
        "gegenüber Förderern berichten",
        "niemand: nur Zahlen",
        "Talk, Kommune, Stand, Tag, ob jemand dabei war; Zahl der Gäste; Orte mit weniger als "
        "fünf als „< 5“",
        "keine personenbezogenen Daten",
        group=OTHERS,
    ),
    Activity(
        "Vortragende auf der Website",
        "Programm und Archiv zeigen",
        "Vortragende",
        "Name, Funktion, Porträt und Bilder mit Nachweis; wofür ein Amt ansprechbar ist",
        "Art. 6 Abs. 1 lit. b oder f DSGVO; bei öffentlichen Stellen lit. e; [Absprache mit den "
        "Vortragenden]",
        group=SPEAKERS,
    ),
    Activity(
        "Vorbereitung mit Vortragenden",
        "Link schicken, an Fehlendes erinnern, Technik-Check verabreden, Vorschläge annehmen",
        "Vortragende",
        "E-Mail-Adresse, ob Erinnerungen abgestellt sind, zuletzt mitgeteilte Termine; "
        "vorgeschlagene Texte, Bilder und Folien mit Zeitpunkt und Antwort",
        "Art. 6 Abs. 1 lit. b oder f DSGVO; bei öffentlichen Stellen lit. e",
        group=SPEAKERS,
    ),
    Activity(
        "Einwilligungen von Vortragenden",
        "Aufzeichnung und Folien veröffentlichen, die Einwilligung nachweisen",
        "Vortragende",
        "Name, wofür, Wortlaut, Fassung, Zeitpunkt der Einwilligung und des Widerrufs",
        "Art. 6 Abs. 1 lit. a DSGVO; Nachweis Art. 7 Abs. 1",
        group=SPEAKERS,
    ),
    Activity(
        "Verwaltung",
        "Zugang schützen, Änderungen nachvollziehen",
        "Organisierende",
        "Name des Kontos, Passwort (Argon2), zweiter Schritt, Verlauf der Änderungen",
        "Art. 6 Abs. 1 lit. f DSGVO; bei öffentlichen Stellen lit. e",
        group=OTHERS,
    ),
    Activity(
        "Abwehr von Angriffen",
        "Erraten von Passwörtern verhindern",
        "wer sich an der Verwaltung anmeldet",
        "IP-Adresse (von IPv6 die ersten 64 Bit), Kennung des Browsers, Zeitpunkt, Name nur als "
        "Prüfsumme",
        "Art. 6 Abs. 1 lit. f DSGVO; bei öffentlichen Stellen lit. e",
        group=OTHERS,
    ),
]
# Name of the setting, when that is in German words, what is deleted then.
PERIODS = [
    (
        "RETENTION_DAYS",
        "{} Tage nach dem Ende des Talks, oder nach dem Ende, das der Person zuletzt mitgeteilt "
        "wurde, wenn es später ist",
        "Anmeldungen: alles Personenbezogene, von den Minuten bleibt nur, ob sie genügten; "
        "Nachrichten an Teilnehmende: Betreff und Text",
    ),
    (
        "RETENTION_DAYS",
        "{} Tage nach dem Ende des Talks, oder nach der letzten Änderung seines Termins",
        "Vortragende: E-Mail-Adresse, Vorschläge und ihre Dateien, Mails an sie; Einwilligungen, "
        "wenn es das Material nicht oder nicht mehr gibt",
    ),
    (
        "UNTOLD_RETENTION_DAYS",
        "höchstens {} Tage nach dem Ende, das die Person kannte",
        "Anmeldungen zu einem Talk, der schon vorbei war und einen neuen Termin bekam, von dem "
        "die Person nichts weiß",
    ),
    (
        "POSTPONED_RETENTION_DAYS",
        "{} Tage nach dem alten Termin",
        "Anmeldungen und Adressen von Vortragenden zu einem Talk, der verschoben ist und keinen "
        "neuen Termin hat",
    ),
    (
        "CANCELLED_RETENTION_DAYS",
        "{} Tage nach der Abmeldung",
        "Anmeldungen von Personen, die sich abgemeldet haben",
    ),
    (
        "PENDING_HOURS",
        "nach {} Stunden; zum Beginn, wenn der Termin nicht kurz vorher geändert wurde",
        "Anmeldungen und Wünsche nach neuen Terminen per E-Mail, die nicht bestätigt werden",
    ),
    (
        "INTEREST_PROOF_YEARS",
        "{} Jahre nach dem Widerruf",
        "Nachweis der Einwilligung in neue Termine per E-Mail",
    ),
    (
        "UNDELIVERED_MAIL_DAYS",
        "nach {} Tagen",
        "Empfängeradresse einer Mail, die nicht zugestellt werden kann",
    ),
    (
        "SPEAKER_LINK_DAYS",
        "{} Tage nach dem Ende des Talks",
        "Link, über den Vortragende etwas vorschlagen: Er führt danach nirgends mehr hin",
    ),
    ("OFFER_MONTHS", "{} Monate nach dem Eingang", "Angebote, in einem Talk zu berichten"),
    (
        "FEEDBACK_DAYS",
        "{} Tage nach dem Ende des Talks",
        "Rückmeldungen ohne Namen, die keine fünf geworden sind",
    ),
    ("LOGIN_ATTEMPTS_DAYS", "nach {} Tagen", "Falsche Passwörter in der Verwaltung"),
    (
        "ADMIN_HISTORY_MONTHS",
        "nach {} Monaten",
        "Verlauf in der Verwaltung (nennt Teilnehmende nur mit einer Nummer)",
    ),
    (
        "ERASURE_LOG_DAYS",
        "nach {} Tagen",
        "Löschprotokoll (zufällige Kennung, Zeitpunkt und Grund; ohne Angaben zur Person)",
    ),
    (
        "ACCESS_LOG_DAYS",
        "nach {} Tagen",
        "Protokolle des Proxys und des Servers, so eingestellt vom Betreiber",
    ),
]


# Whose data these are: not those of who signs up.
OF_ORGANISERS = {"LOGIN_ATTEMPTS_DAYS"}


def periods() -> list[dict[str, str]]:
    """Return how long what is kept, as the settings say."""
    return [
        {"setting": name, "when": when.format(getattr(settings, name)), "what": what}
        for name, when, what in PERIODS
    ]


def paper() -> str:
    """Return the whole text."""
    # The template turns escaping off: this is no HTML.
    context = {
        "activities": ACTIVITIES,
        "periods": periods(),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "failures": settings.AXES_FAILURE_LIMIT,
        "lock_hours": int(settings.AXES_COOLOFF_TIME.total_seconds() // 3600),
    }
    return render_to_string("docs/datenschutz.md", context)
