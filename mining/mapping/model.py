"""A mapping, read and found to be right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mining.core.activities import Activity, End
from mining.core.analysis import MappingInfo
from mining.core.calendars import Calendars
from mining.core.events import VisitLabel
from mining.core.export import ExportSpec, Shape
from mining.core.facts import GROUPED_BY, SupportLine
from mining.core.links import CasesSpec
from mining.core.rates import RateCard
from mining.core.scope import Scope
from mining.mapping.conditions import AllOf, Condition, Constant, columns_of
from mining.mapping.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping. `number` counts from 1; `line` is where it stands in the file."""

    number: int
    line: int
    when: Condition
    outcome: Outcome

    @property
    def text(self) -> str:
        """Its `when` in words."""
        return str(self.when.worded())


@dataclass(frozen=True, slots=True)
class Example:
    """A row that the mapping's author made up, and what is to become of it.

    `cells` and `before` hold the texts of the row and of the row before it, by column, None where missing; `first` and
    `last` say whether it is its ticket's first and last row.
    """

    number: int
    line: int
    cells: dict[str, str | None]
    before: dict[str, str | None]
    first: bool
    last: bool
    expected: Outcome


@dataclass(frozen=True, slots=True)
class FailedExample:
    """An example of which something else became. `rule` is the number of the rule that decided, None where none did."""

    number: int
    line: int
    expected: Outcome
    found: Outcome
    rule: int | None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of export is read, and how its rows become activities.

    `initial` are columns that never change within a ticket and are known from its first row on.
    """

    name: str
    info: MappingInfo
    rules: tuple[Rule, ...]
    otherwise: Outcome
    examples: tuple[Example, ...]
    demand: VisitLabel | None
    system_actors: tuple[str, ...]
    initial: tuple[str, ...]
    lines: dict[str, int]  # on which line each top-level key stands
    cases: CasesSpec | None = None
    support_lines: tuple[SupportLine, ...] = ()
    rates: RateCard | None = None
    rework_after: tuple[tuple[Activity, str | None], ...] = ()
    calendars: Calendars | None = None
    scope: Scope | None = None

    @property
    def export(self) -> ExportSpec:
        """How the export is read."""
        return self.info.export

    @property
    def is_link_table(self) -> bool:
        """Whether it reads a table of links, which makes no events and so no streams of its own."""
        return self.export.shape is Shape.LINKS

    @property
    def with_links(self) -> Mapping:
        """The same, reading the columns of links as well."""
        return replace(self, info=replace(self.info, export=self.export.with_links))

    def with_asked(self, columns: tuple[str, ...], *, may_lack: bool) -> Mapping:
        """The same, carrying on `columns` as well: see `ExportSpec.with_asked`."""
        return replace(self, info=replace(self.info, export=self.export.with_asked(columns, may_lack=may_lack)))

    @property
    def with_same(self) -> Mapping:
        """The same, reading also the columns that tell of tickets raised again."""
        return replace(self, info=replace(self.info, export=self.export.with_same))

    @property
    def groups_what_recurs(self) -> bool:
        """Whether it tells what incidents are grouped by, so that links say what came of those that recur."""
        return any(fact.fact in GROUPED_BY for fact in self.export.facts)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All that may become of a row, the rules' in their order, then what is done otherwise."""
        return (*(rule.outcome for rule in self.rules), self.otherwise)

    @property
    def visits(self) -> tuple[VisitLabel, ...]:
        """Every label that an event can get, each once, in the order of the rules."""
        labels = [label for outcome in self.outcomes for label in outcome.events]
        if self.demand is not None:
            labels.insert(0, self.demand)
        return tuple(dict.fromkeys(labels))

    @property
    def ends(self) -> tuple[End, ...]:
        """Every end that a ticket can get, each once, in the order of the rules."""
        return tuple(dict.fromkeys(outcome.end for outcome in self.outcomes if outcome.end is not None))

    @property
    def can_end(self) -> bool:
        """Whether any rule ends a ticket."""
        return bool(self.ends)

    @property
    def can_realise_value(self) -> bool:
        """Whether any rule claims or confirms value."""
        return any(label.realises for label in self.visits)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The columns that `event`, `group` or a rule's `when` looks at, without double names."""
        group = () if self.export.group is None else (self.export.group,)
        rules = (column for rule in self.rules for column in columns_of(rule.when))
        return tuple(dict.fromkeys((self.export.event, *group, *rules)))


def without_rule(mapping: Mapping, number: int) -> Mapping:
    """The mapping with the rule `number` (from 1) never holding, so that its rows fall to the next that does.

    The rule itself stays: a mapping without it would look at fewer columns, so that other snapshots were unchanged,
    and could show fewer ends, so that other streams were fulfilled. The two analyses could not be compared.
    """

    def silenced(rule: Rule) -> Rule:
        return replace(rule, when=AllOf((rule.when, Constant(holds=False))))

    rules = tuple(silenced(rule) if rule.number == number else rule for rule in mapping.rules)
    return replace(mapping, rules=rules)
