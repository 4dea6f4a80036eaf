"""Addresses that the site shows as links: of the web, and of nothing else."""

from django.core.validators import URLValidator

WEB_ONLY = URLValidator(schemes=["http", "https"])
