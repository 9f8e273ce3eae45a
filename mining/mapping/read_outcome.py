"""From the YAML of an outcome (a rule's, `otherwise`, what an example expects) to an `Outcome`."""

from __future__ import annotations

from typing import Any

from mining.core.activities import Activity, End, Value
from mining.core.events import VisitLabel
from mining.core.yamlio import At
from mining.mapping.outcomes import IGNORED, MAX_EVENTS, UNMAPPED, Kind, Outcome
from mining.mapping.reader import Reader, shortly

KEYS = ("activity", "step", "activities", "waiting", "value", "end")
_ACTIVITIES = tuple(activity.value for activity in Activity)


def read_outcome(reader: Reader, at: At, data: dict[Any, Any]) -> Outcome | None:
    """The outcome that the keys of `data` say (others than `KEYS` and `ignore` are not looked at).

    None where it is wrong, with the problems noted in `reader`.
    """
    before = len(reader.problems)
    if data.get("ignore") is True:
        return _read_ignored(reader, at, data)
    mark = reader.one_of(Value, (*at, "value"), data["value"]) if data.get("value") is not None else None
    waiting = reader.text((*at, "waiting"), data["waiting"]) if data.get("waiting") is not None else None
    end = reader.one_of(End, (*at, "end"), data["end"]) if data.get("end") is not None else None
    labels = _read_labels(reader, at, data)
    if labels:
        labels[-1] = _with(reader, at, labels[-1], waiting, mark)
    elif labels is not None:
        _check_without_activity(reader, at, data)
    if labels is None or len(reader.problems) > before:
        return None
    return Outcome(Kind.MAPPED, tuple(labels), end)


def read_otherwise(reader: Reader, at: At, data: Any) -> Outcome | None:
    """What becomes of rows that no rule meets."""
    match data:
        case "unmapped":
            return UNMAPPED
        case "ignore":
            return IGNORED
        case dict():
            return _read_closed(reader, at, data)
        case str() if data in _ACTIVITIES:
            return Outcome(Kind.MAPPED, (VisitLabel(Activity(data)),))
        case _:
            reader.unknown(at, "unknown otherwise", data, ("unmapped", "ignore", *_ACTIVITIES))
            return None


def read_expected(reader: Reader, at: At, data: Any) -> Outcome | None:
    """What an example expects: an outcome, a list of events, or a word."""
    words = {str(outcome): outcome for outcome in (IGNORED, UNMAPPED, Outcome(Kind.UNCHANGED))}
    match data:
        case dict():
            return _read_closed(reader, at, data)
        case [_, *_]:
            return _read_events(reader, at, data)
        case str() if data in words:
            return words[data]
        case _:
            reader.unknown(at, "what is expected is not clear", data, words)
            return None


def _read_events(reader: Reader, at: At, data: list[Any]) -> Outcome | None:
    parts = [
        _read_closed(reader, (*at, i), each) if isinstance(each, dict) else reader.text((*at, i), each)
        for i, each in enumerate(data)
    ]
    outcomes = [part for part in parts if isinstance(part, Outcome)]
    if len(outcomes) != len(parts):
        if any(isinstance(part, str) for part in parts):
            reader.complain(at, "each event of the list is a group of keys", expected=", ".join(KEYS))
        return None
    if any(outcome.end is not None for outcome in outcomes[:-1]):
        reader.complain(at, "only the last event of a row can end the ticket")
        return None
    return Outcome(Kind.MAPPED, tuple(e for outcome in outcomes for e in outcome.events), outcomes[-1].end)


def _read_closed(reader: Reader, at: At, data: dict[Any, Any]) -> Outcome | None:
    strange = [key for key in data if key not in KEYS]
    for key in strange:
        reader.unknown((*at, key), f'there is no key "{key}" here', key, KEYS)
    return None if strange else read_outcome(reader, at, data)


def _read_ignored(reader: Reader, at: At, data: dict[Any, Any]) -> Outcome | None:
    besides = [key for key in KEYS if data.get(key) is not None]
    if besides:
        reader.complain(at, "a row that is ignored makes nothing", found=f"ignore: true beside {', '.join(besides)}")
        return None
    return IGNORED


def _check_without_activity(reader: Reader, at: At, data: dict[Any, Any]) -> None:
    for key in ("value", "waiting", "step"):
        if data.get(key) is not None:
            reader.complain((*at, key), f"{key} needs an activity that has it", todo="add activity")
    if data.get("end") is None:
        reader.complain(
            at,
            "this says nothing about what becomes of the row",
            expected="activity, activities, end or ignore: true",
        )


def _read_labels(reader: Reader, at: At, data: dict[Any, Any]) -> list[VisitLabel] | None:
    """The labels under `activity` or `activities`, none where neither is there; None where they are wrong."""
    one, several = data.get("activity"), data.get("activities")
    if one is not None and several is not None:
        reader.complain((*at, "activities"), "either activity or activities, not both")
        return None
    if several is not None:
        return _read_several(reader, (*at, "activities"), several, step=data.get("step"))
    if one is None:
        return []
    label = read_label(reader, (*at, "activity"), one, step=data.get("step"))
    return None if label is None else [label]


def _read_several(reader: Reader, at: At, data: Any, step: Any) -> list[VisitLabel] | None:
    if not isinstance(data, list) or not data:
        reader.complain(at, "activities is a list", found=shortly(data))
        return None
    if len(data) > MAX_EVENTS:
        reader.complain(at, f"one row can make at most {MAX_EVENTS} events", found=f"{len(data)} of them")
        return None
    if step is not None:
        reader.complain(at, "with activities, each names its own step", expected="[{engage: log}, …]")
        return None
    labels = [_read_entry(reader, (*at, i), each) for i, each in enumerate(data)]
    found = [label for label in labels if label is not None]
    return found if len(found) == len(labels) else None


def _read_entry(reader: Reader, at: At, data: Any) -> VisitLabel | None:
    """An entry of `activities`: an activity, or `{ACTIVITY: STEP}`, there also with waiting and value."""
    if not isinstance(data, dict):
        return read_label(reader, at, data, step=None)
    label = read_label(reader, at, {k: v for k, v in data.items() if k not in ("waiting", "value")}, step=None)
    mark = reader.one_of(Value, (*at, "value"), data["value"]) if data.get("value") is not None else None
    waiting = reader.text((*at, "waiting"), data["waiting"]) if data.get("waiting") is not None else None
    return None if label is None else VisitLabel(label.activity, label.step, waiting, mark)


def read_label(reader: Reader, at: At, data: Any, *, step: Any) -> VisitLabel | None:
    """An activity with its step: `ACTIVITY` (beside it `step`), or `{ACTIVITY: STEP}`."""
    if not isinstance(data, dict):
        activity = reader.one_of(Activity, at, data)
        named = None if step is None else reader.text((*at[:-1], "step"), step)
        return None if activity is None else VisitLabel(activity, named)
    if len(data) != 1:
        reader.complain(at, "one activity and its step are expected here", found=shortly(data))
        return None
    [(name, inner)] = data.items()
    if step is not None:
        reader.complain(at, "the step is named twice", found=f"{shortly(inner)} and {shortly(step)}")
        return None
    activity = reader.one_of(Activity, (*at, name), name)
    named = reader.text((*at, name), inner)
    return None if activity is None or named is None else VisitLabel(activity, named)


def _with(reader: Reader, at: At, label: VisitLabel, waiting: str | None, mark: Value | None) -> VisitLabel:
    """The last label of a row with what the rule says of waiting and value."""
    for key, own, given in (("waiting", label.waiting, waiting), ("value", label.value, mark)):
        if own is not None and given is not None:
            reader.complain((*at, key), f"{key} is named twice: here and at the last activity")
    return VisitLabel(label.activity, label.step, label.waiting or waiting, label.value or mark)
