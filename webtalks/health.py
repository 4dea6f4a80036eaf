"""What a load balancer or a container asks."""

import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration import monitoring
from registration.models import OutgoingMail
from registration.models.heartbeat import Heartbeat


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives, without asking the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the site can render pages from a database that is up to date, else 503.

    The answer also says how old the oldest due mail and the worker's last sign of life are, in
    seconds, and whether uploads can be stored. They change no status: a mail server that is away,
    or a full disk, must not take the whole site away.
    """
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return JsonResponse({"database": "ok", "migrations": "pending"}, status=503)
        age = monitoring.seconds_since(OutgoingMail.objects.waiting_since())
        seen = monitoring.seconds_since(Heartbeat.last_seen_at())
        pages = can_render()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse(
        {
            "database": "ok",
            "migrations": "ok",
            "pages": "ok" if pages else "cannot be rendered",
            "uploads": "ok" if can_store() else "cannot be stored",
            "oldest_due_mail_seconds": round(age or 0),
            "worker_seen_seconds": None if seen is None else round(seen),
        },
        status=200 if pages else 503,
    )


def can_render() -> bool:
    """Whether this process has templates and the list of static files (`collectstatic`)."""
    try:
        render_to_string("404.html")
    except DatabaseError:
        raise
    except Exception:  # whatever it is, every page would have it too
        return False
    return True


def can_store() -> bool:
    """Whether uploads can be written; their folder is made with the first of them."""
    folder = Path(settings.MEDIA_ROOT)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
