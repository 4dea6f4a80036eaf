"""The static files, by WhiteNoise."""

from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """Middleware: serve what `collectstatic` has collected, but not its own list of it."""

    LIST = "staticfiles.json"

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: object = None) -> None:
        if not url.endswith(f"/{self.LIST}"):
            super().add_file_to_dictionary(url, path, stat_cache)
