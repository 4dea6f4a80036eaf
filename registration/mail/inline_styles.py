"""The style sheet of a mail, written into its elements: many mail programs read nothing else."""

from css_inline import CSSInliner

# What asks for the screen or for dark colours cannot be inlined and stays in the head.
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def inlined(html: str) -> str:
    """Return the mail with its rules as `style` attributes; classes stay for those in the head."""
    return _INLINER.inline(html)
