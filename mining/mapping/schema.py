"""The mapping file as pydantic sees it: its keys, their types, and the JSON Schema that editors complete from.

`when`, `activity`, `activities`, `otherwise` and an example's parts are little languages of their own; `rules.py` and
`examples.py` read those, and only their JSON Schema is here.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
    model_validator,
)

from mining.core.activities import Activity, End, Value
from mining.core.export import Holds, Shape
from mining.core.links import MOST_TICKETS, CasesBy
from mining.core.scope import Scope
from mining.mapping.calendar_schema import CalendarPart
from mining.mapping.schema_rates import RatesPart

_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_OPERATORS = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "is": {**_TEXTS, "description": "The cell is this text, or one of these."},
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
_ZONE = {
    "description": "IANA name or offset, where times carry none; or {column: …} with that of each row. Default: UTC.",
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"column": {"type": "string"}},
            "required": ["column"],
            "additionalProperties": False,
        },
    ],
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
    "additionalProperties": {"anyOf": [*_TEXTS["anyOf"], _OPERATORS]},
}
_ACTIVITY_NAMES = [activity.value for activity in Activity]
_WAITING = {"type": "string", "description": "On whom the ticket waits, such as user, supplier, team."}
_VALUE = {"enum": [value.value for value in Value]}
_STEP = {"type": "string", "description": "The step's name."}
_WITH_STEP = dict.fromkeys(_ACTIVITY_NAMES, _STEP)
_ACTIVITY = {
    "anyOf": [
        {"enum": _ACTIVITY_NAMES},
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
            {"enum": _ACTIVITY_NAMES},
            {
                "type": "object",
                "properties": {**_WITH_STEP, "waiting": _WAITING, "value": _VALUE},
                "additionalProperties": False,
            },
        ]
    },
}
_OUTCOME = {
    "type": "object",
    "properties": {
        "activity": _ACTIVITY,
        "step": _STEP,
        "activities": _ACTIVITIES,
        "waiting": _WAITING,
        "value": _VALUE,
        "end": {"enum": [end.value for end in End]},
    },
    "additionalProperties": False,
}
_OTHERWISE = {"anyOf": [{"enum": ["unmapped", "ignore", *_ACTIVITY_NAMES]}, _OUTCOME]}
_EXPECTED = {"anyOf": [{"enum": ["unmapped", "ignored", "unchanged"]}, _OUTCOME]}
_FACT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "column": {"type": "string"},
        "field": {"type": "string", "description": "Of changes: the field whose new value it is."},
        "is": {**_TEXTS, "description": "The cells that mean that the fact holds."},
    },
}
_CELLS = {
    "type": "object",
    "description": "Cells by column, previous.COLUMN for the row before; first and last default to true without one.",
    "properties": {"first": {"type": "boolean"}, "last": {"type": "boolean"}},
    "additionalProperties": {"type": ["string", "null"]},
}

Text = Annotated[StrictStr, Field(min_length=1)]

_SUPPORT_LINES = {
    "type": "object",
    "description": "Which groups are of which line of support: patterns of their names with * and ?; the first line "
    "that fits, in the order of the file, holds.",
    "minProperties": 1,
    "patternProperties": {"^[1-9]$": _TEXTS},
    "additionalProperties": False,
}

NOT_OF_LINKS = (
    "rules",
    "otherwise",
    "demand",
    "examples",
    "system_actors",
    "facts",
    "scope",
    "support_lines",
    "rates",
    "rework_after",
    "ticket_link",
)
"""Keys that stand beside `export` and say what becomes of events; a table of links makes none."""

_SHAPE_IS_LINKS: dict[str, Any] = {"properties": {"shape": {"const": Shape.LINKS.value}}, "required": ["shape"]}


def _of_links(condition: dict[str, Any], *, then: dict[str, Any], other: list[str]) -> dict[str, Any]:
    """What an editor is told: where the export is a table of links, `then` holds; else the keys `other` are needed."""
    return {"if": condition, "then": then, "else": {"required": other}}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileZonePart(_Part):
    """The zone of the files whose name fits a pattern."""

    files: Text = Field(description="Of the file's name, with * and ?, such as emea_*.")
    zone: Text


class TimePart(_Part):
    """The column with an event's time, and how it is written."""

    column: Text | None = Field(None, description="Not for tickets: their times are listed under times.")
    until: Text | None = Field(None, description="The column with the event's end, where the export has one.")
    format: Text | None = Field(
        None, description="strptime's; or epoch s, epoch ms, excel. Without it: ISO 8601, or the one that fits."
    )
    zone: Annotated[Any, WithJsonSchema(_ZONE)] = None
    zones: list[FileZonePart] = Field([], description="Zones by file, the first pattern that fits; else zone.")
    language: Text | None = Field(None, description="Of the names of months, such as de. Default: English.")


class TicketTimePart(_Part):
    """Of tickets: a column whose time makes an event."""

    column: Text
    event: Text | None = Field(None, description="The event's label. Default: the column's name.")
    actor: Text | None = Field(None, description="The column with who did that.")
    group: Text | None = Field(None, description="The column with the group that did that.")


class LinkPart(_Part):
    """What tells that tickets are linked: to their type the stream goes on, or from their type it came."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("column", "field", "relation", "event", "same")]}
    )

    column: Text | None = Field(None, description="The column that names other tickets.")
    field: Text | None = Field(None, description="Of changes: the field whose new value names another ticket.")
    relation: StrictStr | None = Field(
        None, description='OCEL: the qualifier of a relation from a ticket to another object; "" where it has none.'
    )
    event: Text | None = Field(None, description="OCEL: events of this type that concern a ticket and the other one.")
    objects: list[Text] = Field([], description="OCEL: types of the objects on the other side. Default: to, or from.")
    same: list[Text] = Field(
        [],
        min_length=1,
        description="Columns: a ticket with the same in all of them as an earlier one is taken for that one again.",
    )
    within: Text | None = Field(
        None, description="Of same: how long after the earlier one was done with, such as 7 days."
    )
    to: Text | None = Field(None, description="The type of the tickets that the stream goes on to.")
    from_: Text | None = Field(None, alias="from", description="The type of the tickets that the stream came from.")
    because: Text | None = Field(None, description="The reason, in words. Default: the column.")
    pattern: Text | None = Field(
        None, description="A regular expression that finds the numbers in a text. Default: the cell is the number."
    )


class CasesPart(_Part):
    """What a stream belongs to, where tickets are linked."""

    by: CasesBy = Field(
        CasesBy.TICKET,
        description="ticket: each ticket is a stream. follow: from each demand ticket along its links onwards. "
        "connected: all that hangs together.",
    )
    start: list[Text] = Field(
        [],
        description="Of follow: types of tickets at which a stream begins. Default: each ticket that no link leads to.",
    )
    at_most: Annotated[StrictInt, Field(ge=2)] = Field(MOST_TICKETS, description="How many tickets a stream may have.")


class FactPart(_Part):
    """Where a fact on a ticket stands; a text is its column."""

    column: Text | None = None
    field: Text | None = Field(None, description="Of changes: the field whose new value it is.")
    is_: Text | list[Text] | None = Field(None, alias="is", description="The cells that mean that the fact holds.")

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data


Fact = Annotated[FactPart | None, WithJsonSchema({"anyOf": [{"type": "string"}, _FACT]})]


class FactsPart(_Part):
    """What columns tell about a ticket beside what happened to it; figures ask for these by name."""

    group: FactPart | None = Field(None, description="Of changes: {field: …}. Else name it under export: group.")
    line: Fact = Field(None, description="The line of support that has the ticket, as 2nd or secondLine.")
    priority: Fact = None
    service: Fact = None
    category: Fact = None
    item: Fact = Field(None, description="The configuration item.")
    caller: Fact = Field(None, description="Who has the need; is compared, and never shown.")
    customer: Fact = Field(None, description="The company, organisation or department it is for; never a person.")
    target: Fact = Field(None, description="Until when it was to be resolved.")
    target_met: Fact = Field(None, description="Whether the tool says that the target was met: {column, is}.")
    satisfaction: Fact = Field(None, description="The answer to the survey, a number.")
    major: Fact = Field(None, description="A major incident, by a field of its own: {column, is}.")
    monitoring: Fact = Field(None, description="Demand that monitoring raised, not a person: {column, is}.")
    knowledge_used: Fact = Field(None, description="A knowledge article was used: {column, is}.")
    parent: Fact = Field(None, description="The number of the ticket of the same type that this one is a child of.")
    change: Fact = Field(None, description="The ticket changes the business, the others run it: {column, is}.")


class CsvPart(_Part):
    """What is fixed about CSV files of this export; whatever is left out is found out from the file."""

    delimiter: Annotated[StrictStr, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[StrictStr, Field(min_length=1, max_length=1)] | None = None
    encoding: Text | None = None
    header: StrictBool | None = None


class ExportPart(_Part):
    """How to read the export."""

    model_config = ConfigDict(
        json_schema_extra=_of_links(_SHAPE_IS_LINKS, then={"required": ["links"]}, other=["time"])
    )

    shape: Shape = Field(
        description="What a row is. events: one event. snapshots: the whole ticket after an update. "
        "tickets: one ticket with several times. changes: one changed field. links: what a ticket is linked with."
    )
    ticket: Text = Field(description="The column with the ticket's number.")
    ticket_type: Text = "ticket"
    time: TimePart = Field(
        default_factory=lambda: TimePart.model_validate({}),
        description="When it happened. Of links: when the link was set; may be left out.",
    )
    order_by: list[Text] = Field([], description="Columns that order rows of the same time, such as an update counter.")
    missing: list[StrictStr] = Field([""], description="Cells that mean: nothing is known.")
    holds: Holds = Field(Holds.STATE, description="state: what an event says goes on until the next. point: a moment.")
    event: Text | None = Field(
        None,
        description="The column whose text says what happened, or which state the ticket is in. Of changes: the field "
        "that holds the state. Not for tickets: the times make their events.",
    )
    times: list[Text | TicketTimePart] = Field([], description="Of tickets: the columns whose times make events.")
    field: Text | None = Field(None, description="Of changes: the column with the name of the changed field.")
    old: Text | None = Field(None, description="Of changes: the column with the value before.")
    new: Text | None = Field(None, description="Of changes: the column with the value after.")
    records: Text | None = Field(None, description="JSON: the path to the list of records, such as result.")
    expand: Text | None = Field(None, description="JSON: the path of nested lists of which each element is a row.")
    sheet: Text | None = Field(None, description="Workbook: the sheet. Default: the first one with these columns.")
    objects: list[Text] = Field([], description="OCEL: the types of objects that are tickets. Default: all.")
    actor: Text | None = Field(None, description="The column with who did it.")
    group: Text | None = Field(None, description="The column with the group that has the ticket.")
    keep: list[Text] = Field([], description="Further columns to carry on.")
    final: list[Text] = Field([], description="Columns known only at the end: nothing may look at them.")
    initial: list[Text] = Field([], description="Columns that never change and are known from the first row on.")
    optional: list[Text] = Field([], description="Columns that a file may lack.")
    aliases: dict[Text, list[Text]] = Field({}, description="Other names that files use for a column, the best first.")
    links: list[LinkPart] = Field([], description="What tells of other tickets that this one is linked with.")
    csv: CsvPart = CsvPart()


class DemandPart(_Part):
    """Where demand is told by a column: the event that it makes, where that is earlier than the ticket's first row."""

    time: Text
    format: Text | None = Field(None, description="Default: that of the export's time.")
    zone: Text | None = Field(None, description="Default: that of the export's time.")
    activity: Annotated[Any, WithJsonSchema(_ACTIVITY)]
    step: Annotated[Any, WithJsonSchema(_STEP)] = None
    waiting: Annotated[Any, WithJsonSchema(_WAITING)] = None


class RulePart(_Part):
    """One rule: the first whose `when` holds decides."""

    when: Annotated[Any, WithJsonSchema(_WHEN)]
    activity: Annotated[Any, WithJsonSchema(_ACTIVITY)] = None
    step: Annotated[Any, WithJsonSchema(_STEP)] = None
    activities: Annotated[Any, WithJsonSchema(_ACTIVITIES)] = None
    waiting: Annotated[Any, WithJsonSchema(_WAITING)] = None
    value: Annotated[Any, WithJsonSchema(_VALUE)] = None
    end: Annotated[Any, WithJsonSchema(_OUTCOME["properties"]["end"])] = None
    ignore: StrictBool = Field(False, description="The row says nothing: it makes no event and undoes no end.")


class ExamplePart(_Part):
    """A made-up row, and what is to become of it."""

    event: Annotated[Any, WithJsonSchema(_CELLS)]
    expected: Annotated[
        Any, WithJsonSchema({"anyOf": [_EXPECTED, {"type": "array", "items": _OUTCOME, "minItems": 1}]})
    ] = Field(alias="is")


class MappingFile(_Part):
    """How to read one kind of export and turn its rows into activities of the service value chain."""

    model_config = ConfigDict(
        json_schema_extra=_of_links(
            {"properties": {"export": _SHAPE_IS_LINKS}, "required": ["export"]},
            then={"properties": dict.fromkeys(NOT_OF_LINKS, False)},
            other=["rules"],
        )
    )

    name: Text
    owner: Text | None = Field(None, description="Who answers for this mapping.")
    cannot_show: list[Text] = Field([], description="What this kind of export cannot show; reports say so.")
    ticket_link: Text | None = Field(
        None, description="Where the tool shows a ticket, such as https://desk.example.com/ticket/{ticket}."
    )
    export: ExportPart
    demand: DemandPart | None = None
    cases: CasesPart | None = None
    calendar: CalendarPart | None = None
    scope: Scope | None = Field(
        None, description="run: the tickets keep services going. change: they make new or better ones."
    )
    facts: FactsPart | None = None
    support_lines: Annotated[Any, WithJsonSchema(_SUPPORT_LINES)] = None
    system_actors: list[Text] = Field([], description="Actors that are machines.")
    rules: list[RulePart] = Field([], min_length=1, description="The first that matches decides.")
    otherwise: Annotated[Any, WithJsonSchema(_OTHERWISE)] = "unmapped"
    rework_after: list[Annotated[Any, WithJsonSchema(_ACTIVITY)]] = Field(
        [],
        description="Steps that mean rejection or failure: to come back somewhere by or after one of them is rework.",
    )
    rates: RatesPart | None = Field(None, description="What work costs, where the report is to say it.")
    examples: list[ExamplePart] = []


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a mapping file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mapping of a value-stream-miner export",
        **{key: part for key, part in MappingFile.model_json_schema().items() if key != "title"},
    }
