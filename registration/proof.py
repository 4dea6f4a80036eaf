"""Which views ask the organiser for the password once more."""


def needs_proof(view):
    """Mark a view that takes people out of the site, or erases them."""
    view.needs_proof = True
    return view
