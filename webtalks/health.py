"""What a load balancer or a container asks."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.outbox import OutgoingMail


@require_safe
@never_cache
def alive(request):
    """Answer that the process lives; asks nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request):
    """Answer 200 if database and migrations are in order, else 503.

    The age of the oldest due mail, in seconds, is told but changes nothing: a mail server that
    is away must not take the site away.
    """
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return JsonResponse({"database": "ok", "migrations": "pending"}, status=503)
        oldest = OutgoingMail.objects.due().order_by("not_before").first()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    age = (timezone.now() - oldest.not_before).total_seconds() if oldest else 0
    return JsonResponse(
        {"database": "ok", "migrations": "ok", "oldest_due_mail_seconds": round(age)}
    )
