"""What all parts of a mapping file have in common, as pydantic sees them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictStr

Text = Annotated[StrictStr, Field(min_length=1)]

TEXTS: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
"""In JSON Schema: a text, or several."""


class Part(BaseModel):
    """A part of the file: it has these keys and no others, and does not change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
