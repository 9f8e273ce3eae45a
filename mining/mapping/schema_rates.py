"""What a mapping file may say of rates: the keys and types. `read_rates.py` reads them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictStr, WithJsonSchema

from mining.core.activities import Activity
from mining.mapping.schema_part import Part

_RATE = {"type": "number", "minimum": 0, "maximum": 1_000_000, "description": "Money for an hour, such as 60 or 72.5."}
_NAMES = [activity.value for activity in Activity]
_BY_NAME = {"type": "object", "additionalProperties": _RATE}


def _by_activity(each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(_NAMES, each), "additionalProperties": False}


class PerHourPart(Part):
    """What an hour costs: by the group that has the ticket, else by step, else by activity."""

    activities: Annotated[Any, WithJsonSchema(_by_activity(_RATE))] = None
    steps: Annotated[Any, WithJsonSchema(_by_activity(_BY_NAME))] = None
    """By activity, then by step: {deliver_and_support: {resolve: 80}}."""
    groups: Annotated[Any, WithJsonSchema(_BY_NAME)] = None
    """By the group that has the ticket when the visit begins."""


class RatesPart(Part):
    """What work costs, where the report is to say it."""

    currency: Annotated[StrictStr, Field(min_length=1, max_length=12)] = Field(description="Such as EUR.")
    per_hour: PerHourPart = PerHourPart()
    default: Annotated[Any, WithJsonSchema(_RATE)] = Field(
        None, description="What an hour costs where nothing else says it. Without it, such time is not priced."
    )
