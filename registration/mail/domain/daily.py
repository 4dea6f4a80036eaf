"""The look at the sender's domain that the worker takes once a day, for the desk."""

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, connection

from registration.mail.domain import findings
from registration.mail.domain.names import Names, NotAnswered
from registration.models.mails.domain_finding import DomainFinding

# Records are as long as those who wrote them liked.
LONGEST = 500

logger = logging.getLogger(__name__)


def look_in_background() -> threading.Thread | None:
    """Look in a thread of its own: name servers may take minutes, and mails do not wait for them.

    A site that is only tried out has nothing to look at, and what was found before holds no
    longer: its mails become files, or its sender has a domain that no name server knows.
    """
    if not findings.mail_server() or "." not in findings.domain_of(settings.DEFAULT_FROM_EMAIL):
        keep([])
        return None
    thread = threading.Thread(target=look, name="domain", daemon=True)
    thread.start()
    return thread


def look() -> None:
    """Look now, and remember what was found."""
    try:
        keep(findings.look(Names()))
    except NotAnswered:
        logger.warning("This machine knows no name server")
    except DatabaseError as error:
        logger.error("The database cannot be used: %s", error)
    except Exception:
        logger.exception("The look at the sender's domain failed")
    finally:
        connection.close()


def keep(found: list[findings.Finding]) -> None:
    """Remember what was found, for the desk."""
    DomainFinding.objects.replace(
        DomainFinding(
            subject=one.subject,
            state=one.state,
            text=one.text[:LONGEST],
            record=one.record[:LONGEST],
        )
        for one in found
    )
