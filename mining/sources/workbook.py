"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, read by calamine; values only, no formula and no macro is run.

Calamine reads in a process of its own. A file of a few kilobytes may say that its last cell is in row 1,048,576 and
column 16,384, and calamine then asks for 500 GB and ends the process that it runs in: so that is not ours. What it may
take is `MOST_MEMORY`, on top of --memory-limit; `sheet_cells` says what a sheet costs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mining.core.errors import InputError, MiningError, Problem, RequestError, nearest
from mining.sources.opened import Opened, Visit
from mining.sources.text_rows import opened_rows
from mining.sources.zips import WORKBOOKS, check_archive

NAME = "workbook (XLSX, XLSM, XLSB, XLS, ODS)"
MOST_MEMORY = 4_000_000_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_AGAIN = "save it again with a spreadsheet program, or export as CSV"
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from mining.sources.workbook import serve; serve()"


def fits(name: str, head: bytes) -> bool:
    """A zip that is no archive of exports, or a file of the older kind."""
    return head.startswith((_ZIP, _OLE)) or (name.lower().endswith(WORKBOOKS) and b"\0" in head)


def open_file(visit: Visit) -> Opened:
    """Have the cells written to a Parquet file: of the columns that may be needed, as text; and scan that."""
    path, name = visit.plain.path, visit.name
    notes = _look_at(path, name, visit.engine.most_unpacked)
    visit.progress(f"reading {name}", None)
    wish = _wish(visit)
    answer = answered(wish)
    if "error" in answer:
        raise _unreadable(answer, name)
    columns: list[str] = answer["columns"]
    if answer["sheet"] is None:
        raise RequestError(_no_sheet(visit, answer["headers"]))
    if not answer["rows"]:
        text = f'the sheet "{answer["sheet"]}" holds a header and no rows'
        raise RequestError(Problem(text, file=name, todo="export the tickets again"))
    doubled = [column for column, times in Counter(columns).items() if times > 1 and column in visit.wanted]
    if doubled:
        text, todo = "there are several columns of this name", "rename or remove all but one of them in the file"
        raise RequestError(*(Problem(text, file=name, column=column, todo=todo) for column in doubled))
    notes += () if answer["sheets"] == 1 else (f'{name}: the sheet "{answer["sheet"]}" was read, and no other',)
    return opened_rows(
        visit,
        Path(wish["target"]),
        wish["wanted"],
        columns,
        format=path.suffix[1:].upper() if path.suffix.lower() in WORKBOOKS else "workbook",
        iso=frozenset(answer["dates"]),
        notes=notes,
    )


def answered(wish: dict[str, Any]) -> dict[str, Any]:
    """Have `wish` fulfilled in a process of its own: the fields of `sheet_cells.Taken`, or what went wrong as "error",
    "damaged" or "lost", and what was said of it as "said"."""
    try:
        done = subprocess.run(  # noqa: S603  this interpreter, our own code
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            input=json.dumps(wish).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, and ends this too
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError) as error:
        return {"error": "lost", "said": str(error)}
    return answer


def serve() -> None:
    """The other side of `answered`: one wish on standard input, one answer on standard output."""
    wish = json.loads(sys.stdin.buffer.read())
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):  # not every system has limits
        pass
    sys.stdout.write(json.dumps(fulfilled(wish)))


def fulfilled(wish: dict[str, Any]) -> dict[str, Any]:
    """What `answered` answers, in this process."""
    import python_calamine

    from mining.sources.sheet_cells import Wish, take

    try:
        return asdict(take(Wish(**wish)))
    except MemoryError:
        return {"error": "lost", "said": "memory"}
    except python_calamine.PasswordError as error:
        return {"error": "password", "said": str(error)}
    except (python_calamine.CalamineError, OSError) as error:
        return {"error": "damaged", "said": str(error)}
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what PyO3 makes of a panic in Rust; it can be imported nowhere
            raise
        return {"error": "damaged", "said": str(error)}


def _wish(visit: Visit) -> dict[str, Any]:
    aliases = dict(visit.spec.aliases)
    needed = [name for name in visit.spec.needed if name and name not in visit.spec.optional]
    return {
        "path": str(visit.plain.path.absolute()),
        "target": str(visit.engine.new_path(".parquet")),
        "sheet": visit.spec.layout.sheet,
        "required": [[name, *aliases.get(name, ())] for name in needed],
        "wanted": sorted(visit.wanted),
    }


def _look_at(path: Path, name: str, most: int) -> tuple[str, ...]:
    """What can be seen without opening a workbook: notes. Raises where it is encrypted or no workbook at all."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == _ZIP:
        entries = check_archive(path, name, most)
        macros = any(entry.lower().endswith("vbaproject.bin") for entry in entries)
    elif head == _OLE:
        streams = path.read_bytes()  # 65,536 rows at most
        if _utf16("EncryptedPackage") in streams:
            raise RequestError(_encrypted(name))
        macros = _utf16("_VBA_PROJECT") in streams
    else:
        raise InputError(Problem("is no workbook, or is damaged at its very beginning", file=name, todo=_AGAIN))
    return (f"{name}: holds macros; none was run",) if macros else ()


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _encrypted(name: str) -> Problem:
    return Problem("is encrypted", file=name, todo="save it without a password")


def _unreadable(answer: dict[str, Any], name: str) -> MiningError:
    said = str(answer.get("said") or "")[:200] or None
    if answer["error"] == "password":
        return RequestError(_encrypted(name))
    if answer["error"] == "damaged":
        return InputError(Problem("is damaged: it cannot be read as a workbook", file=name, found=said, todo=_AGAIN))
    text = f"cannot be read as a workbook within {MOST_MEMORY:,} bytes of memory"
    return RequestError(
        Problem(
            text,
            file=name,
            todo="export as CSV; a sheet that seems far larger than it is may help: delete the empty rows and columns",
        )
    )


def _no_sheet(visit: Visit, headers: dict[str, list[str]]) -> Problem:
    found = "; ".join(f'"{sheet}": {", ".join(header[:8]) or "nothing"}' for sheet, header in list(headers.items())[:8])
    wanted = visit.spec.layout.sheet
    if wanted is not None:
        near = ", ".join(nearest(wanted, headers))
        return Problem(f'there is no sheet "{wanted}"', file=visit.name, found=near or ", ".join(headers) or None)
    expected = "a sheet with the columns " + ", ".join(
        name for name in visit.spec.needed if name not in visit.spec.optional
    )
    todo = "name the sheet in the mapping (export: {sheet: …}), or the columns as the file does"
    return Problem(
        "no sheet has the needed columns", file=visit.name, found=found or None, expected=expected, todo=todo
    )
