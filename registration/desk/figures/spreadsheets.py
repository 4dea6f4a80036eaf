"""Tables as files: CSV for the German Excel, and XLSX. No cell is ever a formula."""

import csv
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils import timezone
from django.utils.formats import date_format
from xlsxwriter import Workbook

# A text that begins with one of these is a formula to a spreadsheet.
FORMULA_SIGNS = set("=+-@")
# A spreadsheet may drop these before it looks for such a sign.
DROPPED = ("\t", "\n")
# Control characters; XML 1.0 and some programs refuse them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# A cell of Excel holds no more UTF-16 units.
MAX_CELL = 32_767

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Column:
    """A column's heading, its width in letters, and how its numbers are written in XLSX."""

    label: str
    width: int = 12
    number_format: str = "0"


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook; the rows may be a generator."""

    name: str
    columns: list[Column]
    rows: Iterable[Iterable[Cell]]


def harmless(text: str) -> str:
    """Return `text` as a cell that no program takes for a formula (OWASP, CSV Injection).

    It puts an apostrophe before what may be one. Excel takes a text in an XLSX file for a text,
    but not any more once the file was saved as CSV and opened again. Full-width signs (`＝`) count
    too, because some programs read them as the plain ones.
    """
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    is_formula = text.startswith(DROPPED) or first in FORMULA_SIGNS
    return f"'{text}" if is_formula else text


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield the lines: cells separated by `;`, CRLF (RFC 4180), a BOM so that Excel sees UTF-8."""
    writer = csv.writer(Echo, delimiter=";")
    yield "\ufeff" + writer.writerow([column.label for column in sheet.columns])
    for row in sheet.rows:
        yield writer.writerow([csv_cell(cell) for cell in row])


class Echo:
    """A file that gives back what is written to it."""

    @staticmethod
    def write(text: str) -> str:
        return text


def csv_cell(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return date_format(timezone.localtime(cell), "d.m.Y H:i")
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else str(cell).replace(".", ",")


def xlsx_file(sheets: Iterable[Sheet], title: str) -> IO[bytes]:
    """Return the workbook as an open temporary file, written row by row in constant memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as workbook:
        workbook.set_properties({"title": title, "created": timezone.now()})
        for sheet in sheets:
            write_sheet(workbook, sheet)
    file.seek(0)
    return file


def write_sheet(workbook: Workbook, sheet: Sheet) -> None:
    table = workbook.add_worksheet(sheet.name)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    moment = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})
    numbers = [
        workbook.add_format({"num_format": column.number_format}) for column in sheet.columns
    ]
    table.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        table.set_column(place, place, column.width)
        table.write_string(0, place, column.label, bold)
    for line, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                table.write_string(line, place, shortened(harmless(cell)))
            elif isinstance(cell, datetime):
                local = timezone.localtime(cell).replace(tzinfo=None)
                table.write_datetime(line, place, local, moment)
            elif cell is not None:
                table.write_number(line, place, cell, numbers[place])


def shortened(text: str) -> str:
    """Return as much of `text` as a cell of Excel holds."""
    return text.encode("utf-16-le")[: 2 * MAX_CELL].decode("utf-16-le", "ignore")
