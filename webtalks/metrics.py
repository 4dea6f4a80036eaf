"""`/metrics` for Prometheus (text format 0.0.4).

Every number is a gauge and comes from the database, so it does not matter which process answers.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration import monitoring
from webtalks.http.visitors import is_on_this_machine

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer to whoever has METRICS_TOKEN, or asks the process itself on this machine."""
    if not (has_token(request) or is_on_this_machine(request)):
        raise Http404
    lines = [line for gauge in monitoring.gauges() for line in exposition(gauge)]
    return HttpResponse("\n".join(lines) + "\n", content_type=CONTENT_TYPE)


def has_token(request: HttpRequest) -> bool:
    """Whether the request brings METRICS_TOKEN as a bearer token (RFC 6750 §2.1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and scheme == "Bearer" and constant_time_compare(token, expected)


def exposition(gauge: monitoring.Gauge) -> list[str]:
    """Return the lines of one gauge in Prometheus' format."""
    lines = [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
    for value, number in gauge.values.items():
        label = f'{{{gauge.label}="{value}"}}' if value else ""
        lines.append(f"{gauge.name}{label} {number:.10g}")
    return lines
