"""How a mapping file says that an export is to be read, as pydantic sees it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, StrictStr, WithJsonSchema

from mining.core.export import Holds, Shape
from mining.mapping.schema_part import Part, Text

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

SHAPE_IS_LINKS: dict[str, Any] = {"properties": {"shape": {"const": Shape.LINKS.value}}, "required": ["shape"]}


def of_links(condition: dict[str, Any], *, then: dict[str, Any], other: list[str]) -> dict[str, Any]:
    """What an editor is told: where the export is a table of links, `then` holds; else the keys `other` are needed."""
    return {"if": condition, "then": then, "else": {"required": other}}


class FileZonePart(Part):
    """The zone of the files whose name fits a pattern."""

    files: Text = Field(description="Of the file's name, with * and ?, such as emea_*.")
    zone: Text


class TimePart(Part):
    """The column with an event's time, and how it is written."""

    column: Text | None = Field(None, description="Not for tickets: their times are listed under times.")
    until: Text | None = Field(None, description="The column with the event's end, where the export has one.")
    format: Text | None = Field(
        None, description="strptime's; or epoch s, epoch ms, excel. Without it: ISO 8601, or the one that fits."
    )
    zone: Annotated[Any, WithJsonSchema(_ZONE)] = None
    zones: list[FileZonePart] = Field([], description="Zones by file, the first pattern that fits; else zone.")
    language: Text | None = Field(None, description="Of the names of months, such as de. Default: English.")


class TicketTimePart(Part):
    """Of tickets: a column whose time makes an event."""

    column: Text
    event: Text | None = Field(None, description="The event's label. Default: the column's name.")
    actor: Text | None = Field(None, description="The column with who did that.")
    group: Text | None = Field(None, description="The column with the group that did that.")


class LinkPart(Part):
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


class CsvPart(Part):
    """What is fixed about CSV files of this export; whatever is left out is found out from the file."""

    delimiter: Annotated[StrictStr, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[StrictStr, Field(min_length=1, max_length=1)] | None = None
    encoding: Text | None = None
    header: StrictBool | None = None


class ExportPart(Part):
    """How to read the export."""

    model_config = ConfigDict(json_schema_extra=of_links(SHAPE_IS_LINKS, then={"required": ["links"]}, other=["time"]))

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
