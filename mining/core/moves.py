"""The moves of alignments, made when somebody reads them: an analysis finds millions and reads few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from mining.core.results import Move


class Moves(Sequence[Move]):
    """The moves `low` to `high` of those that `read` gives. Equal to any other moves that are the same."""

    __slots__ = ("_high", "_low", "_read")

    def __init__(self, read: Callable[[int, int], tuple[Move, ...]], low: int, high: int) -> None:
        self._read, self._low, self._high = read, low, high

    def all(self) -> tuple[Move, ...]:
        """The moves as a tuple."""
        return self._read(self._low, self._high)

    def __len__(self) -> int:
        return self._high - self._low

    @overload
    def __getitem__(self, at: int) -> Move: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Move]: ...
    def __getitem__(self, at: int | slice) -> Move | Sequence[Move]:
        return self.all()[at]

    def __eq__(self, other: object) -> bool:
        return self.all() == (other.all() if isinstance(other, Moves) else other)

    def __hash__(self) -> int:
        return hash(self.all())

    def __repr__(self) -> str:
        return repr(self.all())
