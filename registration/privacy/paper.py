"""`docs/datenschutz.md`: what the operator has to show, with the periods that the site keeps."""

from django.conf import settings
from django.template.loader import render_to_string

# Name of the setting, when that is in German words, what is deleted then.
PERIODS = [
    (
        "RETENTION_DAYS",
        "{} Tage nach dem Ende des Talks, oder nach dem Ende, das der Person zuletzt mitgeteilt "
        "wurde, wenn es später ist",
        "Anmeldungen: alles Personenbezogene; Nachrichten an Teilnehmende: Betreff und Text",
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
        "Anmeldungen zu einem Talk, der verschoben ist und keinen neuen Termin hat",
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


def paper() -> str:
    """Return the whole text."""
    # The template turns escaping off: this is no HTML.
    context = {
        "periods": [
            {"setting": name, "when": when.format(getattr(settings, name)), "what": what}
            for name, when, what in PERIODS
        ],
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "failures": settings.AXES_FAILURE_LIMIT,
        "lock_hours": int(settings.AXES_COOLOFF_TIME.total_seconds() // 3600),
    }
    return render_to_string("docs/datenschutz.md", context)
