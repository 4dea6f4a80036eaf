"""Reads an XLSX file by its XML, as a program does that knows nothing of who wrote it."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_xlsx(content: bytes) -> dict[str, list[list]]:
    """Return each sheet's rows by its name: text as str, numbers as float, nothing as None.

    There may be no formula.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        shared = []
        if "xl/sharedStrings.xml" in archive.namelist():
            shared = [texts(item) for item in parse(archive, "xl/sharedStrings.xml")]
        relations = {
            relation.get("Id"): relation.get("Target")
            for relation in parse(archive, "xl/_rels/workbook.xml.rels")
        }
        sheets = parse(archive, "xl/workbook.xml").find("x:sheets", SPACE)
        return {
            sheet.get("name"): rows(parse(archive, f"xl/{relations[sheet.get(RELATION)]}"), shared)
            for sheet in sheets
        }


def parse(archive, name):
    return ElementTree.fromstring(archive.read(name))  # noqa: S314


def texts(element) -> str:
    return "".join(part.text or "" for part in element.iterfind(".//x:t", SPACE))


def rows(sheet, shared) -> list[list]:
    assert sheet.findall(".//x:f", SPACE) == []
    found = []
    for row in sheet.iterfind(".//x:row", SPACE):
        cells = {}
        for cell in row.iterfind("x:c", SPACE):
            cells[column(cell.get("r"))] = value(cell, shared)
        found.append([cells.get(place) for place in range(max(cells, default=-1) + 1)])
    return found


def column(reference: str) -> int:
    """Return 0 for `A7`, 26 for `AA7`."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def value(cell, shared):
    if cell.get("t") == "inlineStr":
        return texts(cell)
    number = cell.findtext("x:v", namespaces=SPACE)
    if cell.get("t") == "s":
        return shared[int(number)]
    return None if number is None else float(number)
