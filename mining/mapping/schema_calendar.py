"""The working calendar of a mapping file as pydantic sees it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from mining.mapping.schema_part import Part, Text

_HOURS = {
    "type": "object",
    "minProperties": 1,
    "description": "Working hours by day: mon, tue … sun, several as mon-fri or sat,sun. None on the days left out.",
    "additionalProperties": {
        "anyOf": [
            {"type": "string", "description": 'On the clocks of the zone, as "08:00-17:00".'},
            {"type": "array", "items": {"type": "string"}, "description": "Several, as before and after noon."},
        ]
    },
}

_DATES = {"type": "array", "items": {"type": "string", "format": "date"}}


class HoursPart(Part):
    """When people work."""

    zone: Text | None = Field(None, description="An IANA name or an offset: whose clocks the hours are read on.")
    hours: Annotated[Any, WithJsonSchema(_HOURS)] = None
    holidays: Text | None = Field(None, description="The country whose public holidays are free, as DE. Default: none.")
    subdivision: Text | None = Field(None, description="The part of the country, as BY.")
    free: Annotated[list[Any], WithJsonSchema(_DATES)] = Field(
        [], description="Further days on which nobody works, as 2024-12-24."
    )


class CalendarPart(HoursPart):
    """When people work; and groups that work at other times."""

    groups: dict[Text, HoursPart] = Field(
        {}, description="By group: its own calendar. What it does not say is as for all."
    )
