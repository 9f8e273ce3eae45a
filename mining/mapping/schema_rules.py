"""The rules of a mapping file and its examples as pydantic sees them.

`when`, `activity`, `activities`, `otherwise` and an example's parts are little languages of their own; `read_when.py`,
`read_outcome.py` and `read_examples.py` read those, and only their JSON Schema is here.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictBool, WithJsonSchema

from mining.core.activities import Activity, End, Value
from mining.mapping.schema_part import TEXTS, Part, Text

_OPERATORS = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "is": {**TEXTS, "description": "The cell is this text, or one of these."},
        "matches": {"type": "string", "description": "The regular expression is found in the cell."},
        "missing": {"type": "boolean", "description": "The cell is missing, or is not."},
        "not": {"description": "The opposite of a condition; on a missing cell it does not hold either."},
        "differs": {
            "description": "The cell differs from that of the row before; {null: true} counts missing as a value.",
            "anyOf": [
                {"type": "boolean"},
                {
                    "type": "object",
                    "properties": {"null": {"type": "boolean"}},
                    "required": ["null"],
                    "additionalProperties": False,
                },
            ],
        },
        "system": {"type": "boolean", "description": "For the actor only: it is one of system_actors, or is not."},
    },
}
_WHEN = {
    "type": "object",
    "minProperties": 1,
    "description": "All must hold. Keys: columns, previous.COLUMN, event, group, actor, ticket_type, first, last, any.",
    "properties": {
        "first": {"type": "boolean", "description": "The row is its ticket's first."},
        "last": {"type": "boolean", "description": "The row is its ticket's last."},
        "any": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object"},
            "description": "At least one of these whens holds.",
        },
    },
    "additionalProperties": {"anyOf": [*TEXTS["anyOf"], _OPERATORS]},
}
ACTIVITY_NAMES = [activity.value for activity in Activity]
WAITING = {"type": "string", "description": "On whom the ticket waits, such as user, supplier, team."}
_VALUE = {"enum": [value.value for value in Value]}
STEP = {"type": "string", "description": "The step's name."}
_WITH_STEP = dict.fromkeys(ACTIVITY_NAMES, STEP)
ACTIVITY = {
    "anyOf": [
        {"enum": ACTIVITY_NAMES},
        {"type": "object", "minProperties": 1, "properties": _WITH_STEP, "additionalProperties": False},
    ]
}
_ACTIVITIES = {
    "type": "array",
    "minItems": 1,
    "maxItems": 7,
    "description": "Several events from one row, in order. value and waiting belong to the last, unless given here.",
    "items": {
        "anyOf": [
            {"enum": ACTIVITY_NAMES},
            {
                "type": "object",
                "properties": {**_WITH_STEP, "waiting": WAITING, "value": _VALUE},
                "additionalProperties": False,
            },
        ]
    },
}
_OUTCOME = {
    "type": "object",
    "properties": {
        "activity": ACTIVITY,
        "step": STEP,
        "activities": _ACTIVITIES,
        "waiting": WAITING,
        "value": _VALUE,
        "end": {"enum": [end.value for end in End]},
    },
    "additionalProperties": False,
}
OTHERWISE = {"anyOf": [{"enum": ["unmapped", "ignore", *ACTIVITY_NAMES]}, _OUTCOME]}
_EXPECTED = {"anyOf": [{"enum": ["unmapped", "ignored", "unchanged"]}, _OUTCOME]}
_CELLS = {
    "type": "object",
    "description": "Cells by column, previous.COLUMN for the row before; first and last default to true without one.",
    "properties": {"first": {"type": "boolean"}, "last": {"type": "boolean"}},
    "additionalProperties": {"type": ["string", "null"]},
}


class DemandPart(Part):
    """Where demand is told by a column: the event that it makes, where that is earlier than the ticket's first row."""

    time: Text
    format: Text | None = Field(None, description="Default: that of the export's time.")
    zone: Text | None = Field(None, description="Default: that of the export's time.")
    activity: Annotated[Any, WithJsonSchema(ACTIVITY)]
    step: Annotated[Any, WithJsonSchema(STEP)] = None
    waiting: Annotated[Any, WithJsonSchema(WAITING)] = None


class RulePart(Part):
    """One rule: the first whose `when` holds decides."""

    when: Annotated[Any, WithJsonSchema(_WHEN)]
    activity: Annotated[Any, WithJsonSchema(ACTIVITY)] = None
    step: Annotated[Any, WithJsonSchema(STEP)] = None
    activities: Annotated[Any, WithJsonSchema(_ACTIVITIES)] = None
    waiting: Annotated[Any, WithJsonSchema(WAITING)] = None
    value: Annotated[Any, WithJsonSchema(_VALUE)] = None
    end: Annotated[Any, WithJsonSchema(_OUTCOME["properties"]["end"])] = None
    ignore: StrictBool = Field(False, description="The row says nothing: it makes no event and undoes no end.")


class ExamplePart(Part):
    """A made-up row, and what is to become of it."""

    event: Annotated[Any, WithJsonSchema(_CELLS)]
    expected: Annotated[
        Any, WithJsonSchema({"anyOf": [_EXPECTED, {"type": "array", "items": _OUTCOME, "minItems": 1}]})
    ] = Field(alias="is")
