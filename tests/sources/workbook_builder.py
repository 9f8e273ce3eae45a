"""Small workbooks, written as the XML that they consist of: no library of workbooks is needed for the tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs>'
)
_DATE_TIME, _DATE, _DURATION = 1, 2, 3  # numbers of these styles


@dataclass(frozen=True)
class Raw:
    """A cell as its XML: what stands in `c`, and its kind."""

    xml: str
    kind: str = "n"


ERROR = Raw("<v>#N/A</v>", "e")

Cell = str | int | float | bool | date | datetime | timedelta | Raw | None
Rows = Sequence[Sequence[Cell]]


def workbook(sheets: Mapping[str, Rows] | Rows, *, more: Mapping[str, bytes] | None = None) -> bytes:
    """An XLSX file of these sheets, or of one sheet of these rows; `more` are entries beside them."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    return packed({**parts([sheet(rows) for rows in named.values()], list(named)), **(more or {})})


def packed(entries: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parts(sheets: Sequence[str], names: Sequence[str]) -> dict[str, str | bytes]:
    """The files in a workbook; `sheets` are the sheets' XML."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, start=1)
    )
    tied = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    tied += f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    first = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{first}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{tied}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>',
        **{f"xl/worksheets/sheet{i}.xml": xml for i, xml in enumerate(sheets, start=1)},
    }


def sheet(rows: Rows) -> str:
    """The XML of a sheet."""
    lines = (
        f'<row r="{i}">{"".join(_cell(f"{column(j)}{i}", cell) for j, cell in enumerate(row))}</row>'
        for i, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def column(number: int) -> str:
    """The letters of a column, from 0."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def serial(moment: datetime | date) -> float:
    """A time as the days that a workbook counts."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001  workbooks know no zones
    return (moment - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001


def _cell(place: str, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Raw(xml, kind):
            return f'<c r="{place}" t="{kind}">{xml}</c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case datetime():
            return f'<c r="{place}" s="{_DATE_TIME}"><v>{serial(cell)!r}</v></c>'
        case date():
            return f'<c r="{place}" s="{_DATE}"><v>{serial(cell)!r}</v></c>'
        case timedelta():
            return f'<c r="{place}" s="{_DURATION}"><v>{cell / timedelta(days=1)!r}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{cell!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
