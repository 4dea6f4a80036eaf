"""Which features of the browser a page may still use: none that could do anything."""

import re

import pytest

# What the browser says about itself, screen, network and machine, and only where a site asks for
# it by `Accept-CH`, as ours never does; the few it says unasked go out with the first request.
HINTS = re.compile(r"ch-[a-z0-9-]+")


@pytest.mark.parametrize("path", ["/", "/anmeldung/", "/admin/login/", "/einbetten/"])
def test_page_may_use_no_feature_of_the_browser(open_page, path):
    page = open_page(path)  # which also holds that the browser knows every name in the header

    allowed = page.evaluate("document.featurePolicy.allowedFeatures()")

    assert [feature for feature in allowed if not HINTS.fullmatch(feature)] == []
