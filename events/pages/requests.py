"""What our code hangs on requests and views, declared once: who sets it, and who reads it.

These classes are for annotations and casts alone. At run time Django makes its own request, so an
attribute exists only after the code that is named here has set it. Who may read it before asks
with `getattr(request, "edition", None)`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from events.pages.edition import Edition, Keeping

# What a middleware is given: the next middleware, or the view.
type GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SiteRequest(HttpRequest):
    """A request as it reaches our views."""

    edition: "Edition"
    """The content that the whole answer is made from.

    PageCache (webtalks/http/page_cache.py) sets it for views marked with `kept`, the sign-up form
    sets its own (registration/pages/sign_up.py). Those views read it; events/pages/context.py
    reads it for every template and does without where it is missing.
    """

    visitor: str | None
    """The network that the request comes from, as text: a limit counts it as one visitor.

    NameVisitor (webtalks/http/visitors.py) sets it for every view but a kept page that is
    answered from memory. The public forms and the pages behind links read it for the limits. None:
    a proxy on a Unix socket names nobody.
    """

    has_dead_link: bool
    """Whether the request brought a link that leads nowhere.

    The previews and files of drafts (events/pages/views.py) set it, because `events` knows no
    limits. DeadLinks (registration/pages/link_holder.py) reads it and counts such links.
    """


class KeptView(Protocol):
    """A view whose answers PageCache may keep: `kept` (events/pages/edition.py) makes it one."""

    keeping: "Keeping"
    """How the answers may be kept; PageCache reads it."""

    def __call__(self, request: SiteRequest, /, *args: str, **kwargs: str) -> HttpResponseBase: ...
