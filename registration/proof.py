"""Which views ask the organiser for the password once more (webtalks/sessions.py does it)."""


def needs_proof(view):
    """Mark a view that takes people out of the site, erases them, or lets somebody in."""
    view.needs_proof = True
    return view
