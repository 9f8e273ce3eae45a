"""What is said in words, apart from the names and texts in it, so that the words can be said in another language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """`template` is English, with a gap {0}, {1}, … for each of `values`: names and texts that stay as they are, or
    wordings of their own. As a text it is English."""

    template: str
    values: tuple[str | Wording, ...] = ()

    def __str__(self) -> str:
        return self.template.format(*self.values)
