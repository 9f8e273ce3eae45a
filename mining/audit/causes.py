"""Why figures are not what they were: told apart by what was held constant.

The set-up (mapping, reference stream, options) of the run before is used on the inputs of this run. What then still
differs from the run before cannot come from the set-up; what differs from this run can come from nothing else. Of the
first part, the data explain it where columns, labels or volumes differ; only where they do not is it the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mining.audit.agreed import in_words as acceptances_in_words
from mining.audit.compare import HEADLINE, came_since, grows
from mining.audit.latest import Latest
from mining.audit.measured import Measured
from mining.audit.process import process_changes
from mining.audit.quantities import in_words, unit_of
from mining.audit.setup import Setup, Text
from mining.core.audit import Cause, CauseKind

_UNMAPPED = 0.005
_VOLUME = 2.0  # times as many rows as before, or as few
_RESTATED = 0.01


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs that are compared."""

    measured: Measured
    setup: Setup
    program: str  # the version that counted


def causes(
    now: Side,
    before: Side,
    kept: Measured | None,
    why_not: str | None,
    earlier: Callable[[], Sequence[Measured]] | None = None,
) -> tuple[Cause, ...]:
    """All causes that were found, in the order set-up, program, data, process.

    `kept` are the inputs of now by the set-up of before; None where that could not be done (`why_not`), or where the
    set-up is the same. `earlier` gives the runs before those two that were counted by the set-up of before, the latest
    first, to tell what is usual.
    """
    found = list(_setup(now, before, kept, why_not))
    if now.program != before.program:
        said = f"The program changed: version {before.program} counted the run before, {now.program} this one."
        found.append(Cause(CauseKind.PROGRAM, said))
    same = now.measured if now.setup.sha256 == before.setup.sha256 else kept
    if same is None:
        said = "Whether process or data changed cannot be told: the set-up of the run before cannot be used here."
        return (*found, Cause(CauseKind.UNKNOWN, said, (why_not or "",)))
    data, (process, within) = list(_data(same, before.measured)), process_changes(same, before.measured, earlier)
    if data and process:
        process = [f"Beside that, by the same set-up: {text}" for text in process]
        note = "While the data differ, this cannot be put down to the process."
        found.append(Cause(CauseKind.DATA, "The data changed: " + data[0], (*data[1:], *process, note)))
    elif data:
        found.append(Cause(CauseKind.DATA, "The data changed: " + data[0], tuple(data[1:])))
    elif process:
        found.append(Cause(CauseKind.PROCESS, "The process changed: " + process[0], tuple(process[1:])))
    if not data and grows(same, before.measured) and came_since(same, before.measured) is None:
        said = "Whether the process changed cannot be told: the export grows, and there is no period before to compare."
        found.append(Cause(CauseKind.UNKNOWN, said))
    if not found and within:
        said = "Nothing changed beyond how much such periods differ anyway, by the same mapping on the same columns."
        found.append(Cause(CauseKind.NOTHING, said, tuple(f"By more than chance alone: {text}" for text in within)))
    elif not found:
        said = "Nothing changed beyond what chance explains, by the same mapping on the same columns."
        found.append(Cause(CauseKind.NOTHING, said))
    return tuple(found)


# ------------------------------------------------------------------------------------------------------------ set-up


def _setup(now: Side, before: Side, kept: Measured | None, why_not: str | None) -> Iterator[Cause]:
    new, old = now.setup, before.setup
    if new.sha256 == old.sha256:
        return
    effect = tuple(_effect(now.measured, kept)) if kept is not None else (f"By how much is not known: {why_not}",)
    effect = effect or ("No figure of the headline moves by it.",)
    kinds = []
    if _hashes(new) != _hashes(old):
        kinds.append((CauseKind.MAPPING, f"The mapping changed: {_mappings(new, old)}"))
    if [one.sha256 for one in new.references] != [one.sha256 for one in old.references]:
        kinds.append((CauseKind.REFERENCE, f"The reference stream changed: {_references(old)} to {_references(new)}."))
    accepted = acceptances_in_words(new.acceptances, old.acceptances)
    if accepted is not None:
        kinds.append((CauseKind.ACCEPTANCES, f"The acceptances changed: {accepted}."))
    if _hash(new.calendar) != _hash(old.calendar):
        said = f"The options changed: calendar {_name(old.calendar)} to {_name(new.calendar)}."
        kinds.append((CauseKind.OPTIONS, said))
    for name in ("noise", "max_variants", "cases", "where", "split_by", "compare", "align_seconds"):
        if getattr(new, name) != getattr(old, name):
            said = f"The options changed: {name} was {getattr(old, name)}, and is {getattr(new, name)}."
            kinds.append((CauseKind.OPTIONS, said))
    together = "" if len(kinds) == 1 else " (by all changes of the set-up together)"
    for kind, sentence in kinds:
        yield Cause(kind, sentence, tuple(f"{text}{together}" for text in effect))


def _effect(now: Measured, kept: Measured) -> Iterator[str]:
    for figure in HEADLINE:
        new, old = now.figures.get(figure), kept.figures.get(figure)
        if new != old:
            unit = unit_of(figure)
            by_old, by_new = in_words(old, unit), in_words(new, unit)
            yield f"{figure}: {by_old} by the old one, {by_new} by the new one, on the same inputs."


def _hashes(setup: Setup) -> list[tuple[str, str | None]]:
    return [(text.sha256, text.pattern) for text in setup.mappings]


def _hash(text: Text | None) -> str | None:
    return None if text is None else text.sha256


def _name(text: Text | None) -> str:
    return "none" if text is None else f"{text.file} ({text.sha256[:8]})"


def _references(setup: Setup) -> str:
    return ", ".join(map(_name, setup.references)) or "none"


def _mappings(new: Setup, old: Setup) -> str:
    names = [
        f"{_name(before)} to {_name(after)}" for before, after in _pairs(new, old) if _hash(before) != _hash(after)
    ]
    said = "; ".join(names) or "which exports each mapping reads"
    return f"{said}. {signature(new, old)}"


def _pairs(new: Setup, old: Setup) -> list[tuple[Text | None, Text | None]]:
    earlier: dict[str, Text] = {text.file: text for text in old.mappings}
    later: dict[str, Text] = {text.file: text for text in new.mappings}
    if len(earlier) == len(later) == 1:
        return [(old.mappings[0], new.mappings[0])]
    return [(earlier.get(name), later.get(name)) for name in dict.fromkeys([*earlier, *later])]


def signature(new: Setup, old: Setup) -> str:
    """Who answers for the mappings that changed from the `old` set-up to the `new`, in a sentence."""
    changed = [after for before, after in _pairs(new, old) if after is not None and _hash(before) != _hash(after)]
    unsigned = [text.file for text in changed if not text.owner]
    if unsigned:
        return f"Nobody signed it off: {', '.join(unsigned)} names no owner."
    return "Its owner: " + ", ".join(dict.fromkeys(text.owner for text in changed if text.owner)) + "."


# -------------------------------------------------------------------------------------------------------------- data


def _data(now: Measured, before: Measured) -> Iterator[str]:
    gone = [column for column in before.columns if column not in now.columns]
    new = [column for column in now.columns if column not in before.columns]
    if gone:
        yield f"columns are gone: {', '.join(gone)}."
    if new:
        yield f"there are new columns: {', '.join(new)}."
    labels = [label for label in now.unmapped if label not in before.unmapped]
    unmapped, unmapped_before = (one.figures.get("ledger.events_unmapped_share", 0.0) for one in (now, before))
    if labels and unmapped - unmapped_before >= _UNMAPPED:
        shown = ", ".join(f"“{label}” ({now.unmapped[label]:,} rows)" for label in labels[:5])
        share = f"{unmapped:.1%} of the events are unmapped, after {unmapped_before:.1%}"
        yield f"labels that no rule meets: {shown}; {share}."
    rejected, rejected_before = (one.figures.get("ledger.rows_rejected_share", 0.0) for one in (now, before))
    if rejected - rejected_before >= _UNMAPPED:
        yield f"{rejected:.1%} of the rows were set aside as unreadable, after {rejected_before:.1%}."
    if now.by_completion != before.by_completion:
        yield "the export is selected by something else: now " + _selected(now) + ", before " + _selected(before) + "."
    what, volume, volume_before = _volumes(now, before)
    if volume_before and not 1 / _VOLUME < volume / volume_before < _VOLUME:
        yield f"{volume:,} {what}, after {volume_before:,}."
    restated = _restated(now, before)
    if restated is not None:
        yield restated


def _volumes(now: Measured, before: Measured) -> tuple[str, int, int]:
    """Rows; of an export that grows, which has more at each run, streams of the last two periods."""
    if not grows(now, before):
        rows, rows_before = (int(one.figures.get("ledger.rows_read", 0)) for one in (now, before))
        return "rows", rows, rows_before
    since = came_since(now, before)
    new, old = (0, 0) if since is None else (since.now.streams, since.before.streams)
    return "streams in the last period", new, old


def _selected(one: Measured) -> str:
    return {True: "by completion", False: "not by completion", None: "not known by what"}[one.by_completion]


def whole_weeks(now: Measured, before: Measured) -> list[str]:
    """The weeks that lie wholly within the windows of both runs: not the first and the last of either."""
    inner = [set(sorted(one.weeks)[1:-1]) for one in (now, before)]
    return sorted(inner[0] & inner[1])


def _restated(now: Measured, before: Measured) -> str | None:
    weeks = whole_weeks(now, before)
    changed = [week for week in weeks if now.weeks[week] != before.weeks[week]]
    visits = sum(int(before.weeks[week][1]) for week in weeks)
    moved = sum(abs(int(now.weeks[week][1]) - int(before.weeks[week][1])) for week in changed)
    if not visits or moved / visits < _RESTATED:
        return None
    return (
        f"an earlier period is restated: in {len(changed)} of {len(weeks)} weeks that both runs cover, from "
        f"{changed[0]}, there are other visits than before ({moved:,} more or fewer of {visits:,})."
    )


def notes(now: Measured, before: Measured) -> list[str]:
    """What is to be said of the data of two runs although it is no change: windows that overlap, small restatements."""
    said = []
    begin, end = max(now.window[0], before.window[0]), min(now.window[1], before.window[1])
    if grows(now, before):
        said.append(f"The export grows. {_judged_by(came_since(now, before))} Figures are over all streams.")
    elif begin <= end:
        said.append(
            f"The windows of this run and the one before overlap from {begin[:10]} to {end[:10]}: streams are in both, "
            "so that changes look smaller than they are."
        )
    weeks = whole_weeks(now, before)
    changed = sum(now.weeks[week] != before.weeks[week] for week in weeks)
    if changed and _restated(now, before) is None:
        share = "by less than 1 % of the visits"
        said.append(f"Late updates restate {changed} of {len(weeks)} weeks that both runs cover, {share}.")
    return said


def _judged_by(since: Latest | None) -> str:
    if since is None:
        return "Two like periods are needed to judge the process, and this run has none since the other one."
    late = f", {since.lag} such periods later" if since.lag else ""
    return (
        f"The process is judged by the {since.now.streams:,} streams that began from {since.now.begin[:16]} to "
        f"{since.now.end[:16]} against the {since.before.streams:,} of the time before that is as long, each as it "
        f"stood at the end of its time{late}."
    )
