"""Fields that have to be filled when work is handed on."""

from __future__ import annotations

from collections.abc import Sequence

from mining.conformance.tree import Need, Reference
from mining.core.conformance import FieldAtHandOff
from mining.core.events import MappedLog, VisitLabel
from mining.core.facts import Fact, kept, told
from mining.core.streams import Path, Streams
from mining.core.tables import Tables


def check_fields(
    tables: Tables, mapped: MappedLog, streams: Streams, reference: Reference, paths: Sequence[Path]
) -> tuple[FieldAtHandOff, ...]:
    """For each field that the reference stream asks for at a hand-off: at how many of the passages of streams on
    `paths` it was filled when the taking visit began, by the ticket's last row up to then."""
    found = []
    for need in reference.needs:
        rows = [(path.id, at) for path in paths for at in _taken(need, path, streams.labels)]
        by_path = {path.id: path.streams for path in paths}
        passages = sum(by_path[path] for path, _ in rows)
        for field in need.fields:
            column = _column(mapped, field)
            filled = 0 if column is None or not rows else _filled(tables, mapped, streams, rows, column)
            found.append(FieldAtHandOff(need.source, need.target, field, column is not None, passages, filled))
    return tuple(found)


def _filled(tables: Tables, mapped: MappedLog, streams: Streams, rows: Sequence[tuple[int, int]], column: str) -> int:
    """At how many of the passages (path, position) of all streams on these paths the cell was filled."""
    import pyarrow as pa

    if mapped.turns is None:
        return 0
    path, position = zip(*rows, strict=True)
    columns = {"of_path": pa.array(path, pa.int32()), "position": pa.array(position, pa.int32())}
    wanted = tables.put(pa.table(columns), "passages")
    joined = streams.table.inner_join(wanted, streams.table.path == wanted.of_path)
    taken = joined.select("case_id", "position", moment=joined.starts[joined.position])
    turns = mapped.turns.select(of_case="case_id", number="number", since="time", cell=column)
    both = taken.inner_join(turns, taken.case_id == turns.of_case)
    before = both.filter(both.since <= both.moment)
    latest = before.group_by("case_id", "position").aggregate(last=before.number.max())
    then = latest.inner_join(turns, [latest.case_id == turns.of_case, latest["last"] == turns.number])
    return int(tables.fetch(then.aggregate(n=then.count(where=then.cell.notnull())), limit=1)["n"][0].as_py())


def _taken(need: Need, path: Path, labels: Sequence[VisitLabel]) -> list[int]:
    """The positions of the visits with which the taking activity begins."""
    activities = [labels[visit].activity for visit in path.visits]
    return [
        at for at in range(1, len(activities)) if activities[at - 1] is need.source and activities[at] is need.target
    ]


def _column(mapped: MappedLog, field: str) -> str | None:
    """The column of `turns` that tells the field: a fact, the group, or a column that the mapping keeps."""
    if mapped.turns is None:
        return None
    names = ([told(Fact(field.replace(" ", "_")))] if field.replace(" ", "_") in set(Fact) else []) + [kept(field)]
    names += ["group"] if field == "group" else []
    return next((name for name in names if name in mapped.turns.columns), None)
