"""What a load balancer or a container asks."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration import monitoring
from registration.models.heartbeat import Heartbeat


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives, without asking the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database can be used and all migrations have run, else 503.

    The answer also says how old the oldest due mail and the worker's last sign of life are, in
    seconds. They change no status: a mail server that is away must not take the site away.
    """
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return JsonResponse({"database": "ok", "migrations": "pending"}, status=503)
        age = monitoring.seconds_since(monitoring.oldest_due_at())
        seen = monitoring.seconds_since(Heartbeat.last_seen_at())
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse(
        {
            "database": "ok",
            "migrations": "ok",
            "oldest_due_mail_seconds": round(age or 0),
            "worker_seen_seconds": None if seen is None else round(seen),
        }
    )
