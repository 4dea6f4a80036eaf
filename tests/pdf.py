"""What stands in a PDF, as another program reads it than the one that wrote it."""

import subprocess

from tests.foreign.tools import program


def text_in(pdf: bytes) -> str:
    """Return the words in the order in which the file has them."""
    command = [program("pdftotext", "poppler-utils"), "-raw", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
