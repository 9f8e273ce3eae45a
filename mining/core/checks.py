"""How each variant lies against a reference stream, as objects that are made when somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from mining.core.results import VariantCheck


class Checks(Sequence[VariantCheck]):
    """The `number` checks that `make` gives. All are made when the first is read, and kept. Equal to any others that
    are the same."""

    __slots__ = ("_made", "_make", "_number")

    def __init__(self, make: Callable[[], tuple[VariantCheck, ...]], number: int) -> None:
        self._make, self._number = make, number
        self._made: tuple[VariantCheck, ...] | None = None

    def all(self) -> tuple[VariantCheck, ...]:
        """The checks as a tuple."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, at: int) -> VariantCheck: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[VariantCheck]: ...
    def __getitem__(self, at: int | slice) -> VariantCheck | Sequence[VariantCheck]:
        return self.all()[at]

    def __eq__(self, other: object) -> bool:
        return self.all() == (other.all() if isinstance(other, Checks) else other)

    def __hash__(self) -> int:
        return hash(self.all())

    def __repr__(self) -> str:
        return repr(self.all())
