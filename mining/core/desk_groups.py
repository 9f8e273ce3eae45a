"""Who has a ticket at a service desk: groups, lines of support, and whether the first one resolves it."""

from __future__ import annotations

from dataclasses import dataclass

from mining.core.streams import Quantiles

MOST_SHOWN = 20
"""So many groups, or pairs of groups, are named; the others are summed."""


@dataclass(frozen=True, slots=True)
class Part:
    """`n` of `of`."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group by its name. `name` None is no group; where there are `others`, it stands for the sum of so many."""

    name: str | None
    others: int = 0


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Changes of the group. `tickets` had a group; `by_changes` counts those with 0, 1, 2 and more changes; `changes`
    are all of them. From no group to the first is no change."""

    tickets: int
    by_changes: tuple[int, int, int, int]
    changes: int


@dataclass(frozen=True, slots=True)
class PingPongPair:
    """A group that gave a ticket away and got it back at once from the one that it gave it to. Both are None in the sum
    of the `others` that are not named."""

    group: str | None
    back_from: str | None
    others: int
    occurrences: int
    between: int  # time in which the other group had the ticket, in all


@dataclass(frozen=True, slots=True)
class PingPong:
    """A → B → A: `between` are the times for which B had the ticket. `returned` are tickets that came back to a group
    by whatever way, and `returns` how often; ping-pong is among them. `pairs` are the most frequent ones, then the
    others as one."""

    tickets: Part
    occurrences: int
    between: Quantiles | None
    returned: Part
    returns: int
    pairs: tuple[PingPongPair, ...]


@dataclass(frozen=True, slots=True)
class AtLine:
    """Tickets in which value was first claimed while a group of this `line` had them (children whose value is that of
    their parent are no resolutions, here and in `FirstContact`); of them those that no group of another line had had
    before (`alone`). `line` None: of no known line. `alone` None: the export does not say."""

    line: int | None
    tickets: int
    alone: int | None


@dataclass(frozen=True, slots=True)
class Lines:
    """Push to front: at which line tickets are resolved; `tickets` are those with value and a group."""

    tickets: int
    by_line: tuple[AtLine, ...]


@dataclass(frozen=True, slots=True)
class Reopening:
    """Tickets in which value was claimed, those of them in which it was withdrawn later, and how often that was."""

    reopened: Part
    reopenings: int


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Tickets in which value was claimed (`of`, with a group where groups matter), and of them those

    first_group    in which the first group claimed it, and it was not withdrawn
    without_asking among these, nobody outside the desk was waited on before
    first_line     among these, the first group is of the first line; None where lines are not told
    first_touch    in which the ticket's first row claimed it, and it was not withdrawn
    """

    first_group: Part | None
    without_asking: Part | None
    first_line: Part | None
    first_touch: Part
