"""The tables of the data section: the ledger, the use of the rules, what was set aside, the files."""

from __future__ import annotations

from collections.abc import Iterator

from mining.core.analysis import Analysis
from mining.core.events import RuleUse
from mining.report import words
from mining.report.evidence import MOST_ROWS, more
from mining.report.formats import count, share
from mining.report.language import t, told, worded
from mining.report.tabular import Column, Table, Value, table
from mining.report.tally import rejected_reasons


def _ledger_rows(
    analysis: Analysis, lines: tuple[tuple[str, str, str], ...], whole: int
) -> Iterator[tuple[Value, ...]]:
    for field, name, note in lines:
        number: int = getattr(analysis.ledger, field)
        yield ("+", name, number, share(number, whole), note)


def ledger_table(analysis: Analysis) -> Table:
    """The account of the rows: every line of it, and the sum."""
    rows = _account(analysis, words.LEDGER_LINES, analysis.ledger.rows_read, t("Read"), t("data rows of all files"))
    return table("ledger-rows", "Where the rows went", _columns(Column("Rows")), rows)


def events_table(analysis: Analysis) -> Table:
    """The account of the events: every line of it, and the sum."""
    note = t("a row can make several events, or none")
    rows = _account(analysis, words.LEDGER_EVENTS, analysis.ledger.events_made, t("Made"), note)
    return table("ledger-events", "Where the events went", _columns(Column("Events")), rows)


def _columns(of_what: Column) -> tuple[Column, ...]:
    return (
        Column("±"),
        of_what,
        Column("Number", "count"),
        Column("Share", "share"),
        Column("Which these are", "prose"),
    )


def _account(
    analysis: Analysis, lines: tuple[tuple[str, str, str], ...], whole: int, name: str, note: str
) -> Iterator[tuple[Value, ...]]:
    """The lines, their sum, and the `whole` that it has to be."""
    total = sum(getattr(analysis.ledger, field) for field, *_ in lines)
    yield from _ledger_rows(analysis, lines, whole)
    yield ("=", t("Sum"), total, share(total, whole), "")
    yield ("", name, whole, None, note)


def beside_table(analysis: Analysis) -> Table:
    """What the ledger counts beside the rows."""
    ledger = analysis.ledger
    neighbours = count(ledger.neighbours)
    rows = []
    for field, name, note in words.LEDGER_BESIDE:
        number = getattr(ledger, field)
        ratio = share(number, ledger.neighbours) if field == "missing_updates" and number is not None else None
        rows.append((name, number, ratio, words.NO_COUNTER if number is None else note.format(neighbours=neighbours)))
    columns = (
        Column("What"),
        Column("Number", "count"),
        Column("Share", "share"),
        Column("Which these are", "prose"),
    )
    return table("ledger-beside", "Beside the account", columns, rows)


def rules_table(analysis: Analysis) -> Table:
    """How often each rule of the mapping decided."""
    columns = (
        Column("Line", "count"),
        Column("When"),
        Column("Then"),
        Column("Rows", "count"),
        Column("Share", "share"),
    )
    rows = [
        (one.line, _when(one), one.outcome, one.rows, share(one.rows, analysis.ledger.rows_read))
        for one in analysis.rule_uses
    ]
    return table("rules", "Rules of the mapping, in the order in which they are asked", columns, rows)


def _when(one: RuleUse) -> str:
    return one.text if one.when is None else worded(one.when)


def unmapped_table(analysis: Analysis) -> Table:
    """Labels of the export that no rule met."""
    columns = (Column("Label in the export"), Column("Rows", "count"), Column("Tickets", "count"))
    order = sorted(analysis.unmapped, key=lambda one: (-one.rows, one.event or ""))
    rows = [(t("(missing)") if one.event is None else one.event, one.rows, one.tickets) for one in order[:MOST_ROWS]]
    return table("unmapped", "Labels without a rule", columns, rows, more(MOST_ROWS, len(order), "labels"))


def rejected_table(analysis: Analysis) -> Table:
    """Why rows were set aside; what stood in them stays in rejected.csv."""
    columns = (Column("Reason"), Column("Column"), Column("Rows", "count"))
    reasons = [(told(reason), column, rows) for reason, column, rows in rejected_reasons(analysis)]
    listed = sum(number for *_, number in reasons)
    note = (
        ""
        if listed >= analysis.ledger.rows_rejected
        else t("The reasons of the first {n} rows that were set aside.", n=count(listed))
    )
    note = f"{note} {more(MOST_ROWS, len(reasons), 'reasons')}".strip()
    return table("rejected", "Rows set aside", columns, reasons[:MOST_ROWS], note)


def files_table(analysis: Analysis) -> Table:
    """The files that were read."""
    columns = (
        Column("File"),
        Column("Format"),
        Column("Encoding"),
        Column("Bytes", "count"),
        Column("Rows", "count"),
        Column("SHA-256"),
    )
    rows = [(one.name, one.format, one.encoding, one.bytes, one.rows, one.sha256) for one in analysis.files[:MOST_ROWS]]
    note = (
        ""
        if len(analysis.files) <= MOST_ROWS
        else t(
            "The first {shown} of {all} files; result.json beside this report names all.",
            shown=MOST_ROWS,
            all=count(len(analysis.files)),
        )
    )
    return table("files", "Files that were read", columns, rows, note)
