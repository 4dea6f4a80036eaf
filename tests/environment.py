"""The environment of the tests; loaded as a plugin because settings are read before conftest."""

import os
import tempfile

DATA_DIR = tempfile.TemporaryDirectory(prefix="webtalks-tests-")

os.environ |= {
    "SECRET_KEY": "tests-only-kX7wQz2Lr9vB4nTf6mJd8sHc3pYg5aUe1oRi0xWqGh-ZbVk",
    "CERTIFICATE_KEY": "3:tests-only-9sPq2vXw7LrTn4KdYb6mHcJf8ZgEaUiOx",
    "SITE_URL": "http://testserver",
    "DATA_DIR": DATA_DIR.name,
}
UNSET = "SMTP_URL SECRET_KEY_FALLBACKS RETENTION_DAYS STATIC_ROOT DEBUG THROTTLE FORM_MIN_SECONDS"
UNSET += " CERTIFICATE_KEY_FORMER"
for name in UNSET.split():
    os.environ.pop(name, None)


def pytest_unconfigure():
    DATA_DIR.cleanup()
