"""The page "Kommen unsere Mails an?": what was found of the sender's domain, and what to enter."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registration import monitoring
from registration.desk.admin_page import DeskUrl, admin_page, require_permission
from registration.models import OutgoingMail
from registration.models.mails.bounce_mailbox import BounceMailbox
from registration.models.mails.domain_finding import DomainFinding


@require_safe
def mail_domain(request: HttpRequest) -> HttpResponse:
    """Show what the worker's daily look has found."""
    require_permission(request, "registration.view_outgoingmail")
    found = list(DomainFinding.objects.all())
    context = {
        "title": "Kommen unsere Mails an?",
        "findings": found,
        "looked_at": max((one.looked_at for one in found), default=None),
        "refused_sender": settings.BOUNCE_ADDRESS if BounceMailbox.known().is_refused else "",
        "whom_to_call": monitoring.whom_to_call(),
    }
    return admin_page(request, OutgoingMail, "registration/outgoingmail/domain.html", context)


URLS: list[DeskUrl] = [
    ("domain/", mail_domain, "mail_domain"),
]
