"""What `vsm audit history`, `show`, `compare`, `verify` and `trend` show; they read the history and write nothing to
it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mining.audit import compare as comparing
from mining.audit import records, trend
from mining.audit.causes import Side, causes, notes
from mining.audit.history.chain import START
from mining.audit.history.store import History, Record
from mining.audit.judging import of_history
from mining.audit.places import history_of
from mining.audit.plan import Plan
from mining.audit.quantities import in_words
from mining.core.audit import Cause, Change, DeviationChange, Unit, VariantChange
from mining.core.errors import Problem, RequestError


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of an audit, as rows and as they are."""

    rows: list[list[str]]
    bodies: list[dict[str, Any]]
    records: int
    head: str


def history_rows(plan: Plan, most: int) -> Rows:
    """The newest `most` records of an audit, and how many the whole history has. Raises RequestError where there is
    none."""
    with closing(history_of(plan, write=False)) as history:
        count, head = history.head()
        found = history.read(plan.name)[-most:]
    bodies = [{"record": one.number, "hash": one.hash, **one.body} for one in found]
    return Rows([_row(one) for one in found], bodies, count, head)


def _row(record: Record) -> list[str]:
    body = record.body
    run, result, what = "", "", ""
    if record.kind == records.RUN:
        run, result, what = str(body["run"]), "held" if body["held"] else "not held", body["verdict"]
    elif record.kind == records.REPEAT:
        run, result, what = f"({body['of']})", "held" if body["held"] else "not held", "the same inputs once more"
    elif record.kind == records.ALERT:
        told = ", ".join(f"{one['what']}{' ' + one['gate'] if one['gate'] else ''}" for one in body["told"])
        result, what = "delivered" if body["delivered"] else "not delivered", f"{body['target']}: {told}"
    else:
        result, what = f"exit {body['exit_code']}", "; ".join(problem["text"] for problem in body["problems"])
    return [str(record.number), record.kind, run, body["at"][:19], result, what or body.get("error", "")]


def record_of(plan: Plan, number: int) -> dict[str, Any]:
    """The record of this number, with its hash. Raises RequestError where the audit has none."""
    with closing(history_of(plan, write=False)) as history:
        for one in history.read(plan.name):
            if one.number == number:
                return {"record": one.number, "hash": one.hash, **one.body}
    raise RequestError(Problem(f"there is no record {number} of this audit", todo="vsm audit history shows them"))


# -------------------------------------------------------------------------------------------------------------- verify


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a history is whole, and what was found, in sentences."""

    whole: bool
    records: int
    head: str
    said: tuple[str, ...]


def verified(plan: Plan, wanted: str | None) -> Verified:
    """Go along the chain; `wanted` is a head's hash that was kept elsewhere."""
    with closing(history_of(plan, write=False)) as history:
        found = history.verify(None if wanted is None else wanted.strip().lower())
    said = list(found.wrong)
    whole = not said
    if wanted is not None and found.found_at is None:
        whole = False
        said.append("No record has this hash: records were changed or removed since it was written down.")
    elif wanted is not None:
        said.append(
            f"The hash is that of record {found.found_at}; {found.records - (found.found_at or 0)} came after it."
        )
    if not said or wanted is None:
        note = "Without --head nobody can see whether the newest records were removed."
        said += [note] if whole and found.head != START else []
    first = f"Whole: {many_records(found.records)}, each follows the one before it." if whole else "NOT whole."
    return Verified(whole, found.records, found.head, (first, *said, f"Head: {found.head}"))


def many_records(records: int) -> str:
    """Their number with the noun."""
    return f"{records:,} record" if records == 1 else f"{records:,} records"


# ------------------------------------------------------------------------------------------------------------- compare


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs side by side."""

    runs: tuple[int, int]
    causes: tuple[Cause, ...]
    changes: tuple[Change, ...]
    variants: tuple[VariantChange, ...]
    deviations: tuple[DeviationChange, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Why figures changed."""
        said = [f"Run {self.runs[1]} against run {self.runs[0]}."]
        for cause in self.causes:
            said += ["", cause.sentence, *(f"  {one}" for one in cause.evidence)]
        return [*said, *(f"Mind: {note}" for note in self.notes), ""]

    def figures(self) -> list[list[str]]:
        """Rows: figure, now, before, change."""
        return [
            [one.figure, in_words(one.now, one.unit), in_words(one.before, one.unit), moved(one)]
            for one in self.changes
        ]

    def lists(self) -> Iterator[tuple[str, list[list[str]]]]:
        """Titles and rows of what else changed."""
        if self.variants:
            rows = [
                [one.what, f"{one.streams:,}", f"{one.streams_before:,}", f"{' → '.join(one.symbols)} ({one.state})"]
                for one in self.variants
            ]
            yield "Variants", rows
        if self.deviations:
            yield (
                "Deviations",
                [[one.what, f"{one.streams:,}", f"{one.streams_before:,}", one.sentence] for one in self.deviations],
            )


def moved(change: Change) -> str:
    """By how much a figure moved, in words."""
    if change.now is None or change.before is None:
        return ""
    by = change.now - change.before
    if change.unit is Unit.SHARE:
        return f"{by * 100:+.1f} points"
    return ("+" if by > 0 else "") + in_words(by, change.unit)


def compared(plan: Plan, runs: Sequence[int]) -> Compared:
    """Two runs, by default the last two. Raises RequestError where there are no such runs.

    The inputs are gone, so the earlier set-up cannot be used on them again: where the set-up changed, its effect is
    taken from the record, which has it where the two runs followed each other.
    """
    with closing(history_of(plan, write=False)) as history:
        made = {one.body["run"]: one for one in history.read(plan.name, [records.RUN])}
        wanted = sorted(runs) if runs else sorted(made)[-2:]
        missing = [run for run in wanted if run not in made]
        if len(wanted) != 2 or missing:
            said = f"there is no run {missing[0]}" if missing else "two runs are compared"
            raise RequestError(Problem(said, todo="vsm audit history shows the runs"))
        return _compare(plan, history, made[wanted[0]], made[wanted[1]])


def _compare(plan: Plan, history: History, old: Record, new: Record) -> Compared:
    before, now = of_history(old, history), of_history(new, history)
    if new.body["before"] == old.body["run"]:  # it was compared when the inputs were there: that holds
        found = tuple(Cause(**{**one, "evidence": tuple(one["evidence"])}) for one in new.body["causes"])
    else:
        found = causes(
            Side(now.measured, now.setup, now.program),
            Side(before.measured, before.setup, before.program),
            None,
            "the inputs are not kept, so the earlier set-up cannot be used on them again",
        )
    return Compared(
        runs=(old.body["run"], new.body["run"]),
        causes=found,
        changes=comparing.changes(plan.figures, now.measured, before.measured, None, None),
        variants=comparing.variants(now.measured, before.measured),
        deviations=comparing.deviations(now.measured, before.measured),
        notes=tuple(notes(now.measured, before.measured)),
    )


def write_trend(plan: Plan) -> Path:
    """Write the trend page. Raises RequestError where there is nothing to show."""
    with closing(history_of(plan, write=False)) as history:
        path = trend.write(plan, history)
    if path is None:
        raise RequestError(Problem("there is nothing to show", todo="name figures under trend, and run the audit"))
    return path
