"""What a mapping file tells of tickets beside what happened to them, as pydantic sees it: facts, lines of support."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from mining.mapping.schema_part import TEXTS, Part, Text

_FACT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "column": {"type": "string"},
        "field": {"type": "string", "description": "Of changes: the field whose new value it is."},
        "is": {**TEXTS, "description": "The cells that mean that the fact holds."},
    },
}
SUPPORT_LINES = {
    "type": "object",
    "description": "Which groups are of which line of support: patterns of their names with * and ?; the first line "
    "that fits, in the order of the file, holds.",
    "minProperties": 1,
    "patternProperties": {"^[1-9]$": TEXTS},
    "additionalProperties": False,
}


class FactPart(Part):
    """Where a fact on a ticket stands; a text is its column."""

    column: Text | None = None
    field: Text | None = Field(None, description="Of changes: the field whose new value it is.")
    is_: Text | list[Text] | None = Field(None, alias="is", description="The cells that mean that the fact holds.")

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data


Fact = Annotated[FactPart | None, WithJsonSchema({"anyOf": [{"type": "string"}, _FACT]})]


class FactsPart(Part):
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
