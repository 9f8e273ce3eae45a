"""The mapping file as pydantic sees it: its keys, their types, and the JSON Schema that editors complete from.

The whole is here, its larger parts in the modules `schema_*.py`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictInt, WithJsonSchema

from mining.core.links import MOST_TICKETS, CasesBy
from mining.core.scope import Scope
from mining.mapping.schema_calendar import CalendarPart
from mining.mapping.schema_export import SHAPE_IS_LINKS, ExportPart, of_links
from mining.mapping.schema_facts import SUPPORT_LINES, FactsPart
from mining.mapping.schema_part import Part, Text
from mining.mapping.schema_rates import RatesPart
from mining.mapping.schema_rules import ACTIVITY, OTHERWISE, DemandPart, ExamplePart, RulePart

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


class CasesPart(Part):
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


class MappingFile(Part):
    """How to read one kind of export and turn its rows into activities of the service value chain."""

    model_config = ConfigDict(
        json_schema_extra=of_links(
            {"properties": {"export": SHAPE_IS_LINKS}, "required": ["export"]},
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
    support_lines: Annotated[Any, WithJsonSchema(SUPPORT_LINES)] = None
    system_actors: list[Text] = Field([], description="Actors that are machines.")
    rules: list[RulePart] = Field([], min_length=1, description="The first that matches decides.")
    otherwise: Annotated[Any, WithJsonSchema(OTHERWISE)] = "unmapped"
    rework_after: list[Annotated[Any, WithJsonSchema(ACTIVITY)]] = Field(
        [],
        description="Steps that mean rejection or failure: to come back somewhere by or after one of them is rework.",
    )
    rates: RatesPart | None = Field(None, description="What work costs, where the report is to say it.")
    examples: list[ExamplePart] = Field([])


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a mapping file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mapping of a value-stream-miner export",
        **{key: part for key, part in MappingFile.model_json_schema().items() if key != "title"},
    }
