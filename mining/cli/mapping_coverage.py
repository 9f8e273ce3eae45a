"""`vsm mapping coverage`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mining.cli import options as o
from mining.cli.output import progress, put, put_json, put_table

if TYPE_CHECKING:
    from mining.core.mapping_results import Coverage

_BAR = 30  # characters
_MOST = 20  # labels that no rule meets, in the text; --json has all that were brought out


def coverage(
    mapping: o.MappingName,
    exports: o.Exports,
    *,
    mappings: o.Mappings = None,  # noqa: ARG001 - its callback has done what there is to do
    memory_limit: o.MemoryLimit = None,
    threads: o.Threads = None,
    temp: o.Temp = None,
    max_rejected: o.MaxRejected = "1%",
    json: o.Json = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,  # noqa: ARG001
) -> None:
    """How much of an export a mapping covers, and what no rule meets.

    Counted three ways: by events, by tickets (without any event that no rule met), and by time (until the ticket's next
    event, up to its last). A label can be rare and yet hold half of the time.

    \b
    Examples:
      vsm mapping coverage servicenow_incident incidents.csv
      vsm mapping coverage mine.yaml 'weekly/*.csv' --json | jq .unmapped
    """
    from mining import mapping_tools

    with progress(quiet=quiet) as tell:
        reading = o.reading(memory_limit, threads, temp, max_rejected)
        found = mapping_tools.mapping_coverage(mapping, exports, options=reading, progress=tell)
    if json:
        put_json(_as_json(found))
    else:
        _tell(found)


def _as_json(found: Coverage) -> dict[str, Any]:
    shares = {"by_events": found.by_events, "by_tickets": found.by_tickets, "by_time": found.by_time}
    unmapped = [
        {"event": one.event, "rows": one.rows, "tickets": one.tickets, "time_us": one.time} for one in found.unmapped
    ]
    return {
        "mapping": found.mapping,
        "coverage": shares,
        "tickets": found.tickets,
        "tickets_mapped": found.tickets_mapped,
        "tickets_with_unmapped": found.tickets_with_unmapped,
        "elapsed_us": found.elapsed,
        "elapsed_unmapped_us": found.elapsed_unmapped,
        "ledger": asdict(found.ledger),
        "unmapped": unmapped,
        "unmapped_left_out": found.unmapped_left_out,
        "rules": [{name: of for name, of in asdict(use).items() if name != "when"} for use in found.rule_uses],
        "notes": list(found.notes),
    }


def _tell(found: Coverage) -> None:
    from mining.report.formats import count, duration, many

    ledger = found.ledger
    put(f"{found.mapping}: {many(ledger.rows_read, 'row')}, {many(found.tickets, 'ticket')}", "")
    readable = ledger.events_made - ledger.events_rejected
    met = count(readable - ledger.events_unmapped)
    with_events = found.tickets_mapped + found.tickets_with_unmapped
    mapped_time = duration(found.elapsed - found.elapsed_unmapped)
    put(
        _bar("by events", found.by_events, f"{met} of {many(readable, 'event')} that a rule met"),
        _bar("by tickets", found.by_tickets, f"{count(found.tickets_mapped)} of {count(with_events)} wholly mapped"),
        _bar("by time", found.by_time, f"{mapped_time} of {duration(found.elapsed)} in mapped events"),
    )
    _tell_ledger(found)
    _tell_unmapped(found)
    _tell_rules(found)
    put(*(f"\n{note}" for note in found.notes))


def _bar(name: str, ratio: float | None, over: str) -> str:
    from mining.report.formats import percent

    full = 0 if ratio is None else int(ratio * _BAR)  # never full where something is missing
    return f"{name:<11} {'#' * full}{'.' * (_BAR - full)}  {percent(ratio):>8}  {over}"


def _tell_ledger(found: Coverage) -> None:
    from mining.report.formats import count
    from mining.report.words import LEDGER_LINES

    rows = [(name, count(getattr(found.ledger, field)), meaning) for field, name, meaning in LEDGER_LINES]
    put("", "What became of the rows")
    put_table(("", "rows", ""), [("Read", count(found.ledger.rows_read), "of which"), *rows])


def _tell_unmapped(found: Coverage) -> None:
    from mining.report.formats import count, cut, duration

    if not found.unmapped:
        put("", "Every event is met by a rule.")
        return
    put("", "What no rule meets")
    rows = [
        (count(one.rows), count(one.tickets), duration(one.time), "(missing)" if one.event is None else cut(one.event))
        for one in found.unmapped[:_MOST]
    ]
    put_table(("events", "tickets", "time", "label"), rows)
    more = len(found.unmapped) + found.unmapped_left_out - len(rows)
    if more:
        put(f"and {count(more)} more")


def _tell_rules(found: Coverage) -> None:
    from mining.report.formats import count

    put("", "How often each rule decided")
    rows = [(str(use.rule), str(use.line), count(use.rows), f"{use.text}: {use.outcome}") for use in found.rule_uses]
    put_table(("rule", "line", "rows", "where"), rows)
