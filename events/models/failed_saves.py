"""What is left of uploads that no form was saved with; the worker removes it once a day."""

from events.uploads import kept, stored


def remove_leftovers() -> None:
    """Remove kept uploads that are too old, and what failed saves have stored of them.

    A crash between a commit and the removal of what it used looks the same as a failed save:
    so what a row names stays.
    """
    for folder in kept.expired():
        names = kept.noted(folder)
        for name in set(names) - stored.in_use(names):
            stored.remove(name)
        kept.remove(folder)
