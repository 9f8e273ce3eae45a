"""The corridor of `--where` and `--split-by`: which tickets an analysis is about, and which cohorts their streams make.

`pipeline.analyse` passes through it; where neither is asked for, nothing is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mining.core.analysis import Options
from mining.core.cohorts import Cohorts, Filtered
from mining.core.errors import Problem, RequestError
from mining.core.links import CasesBy, CasesSpec

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from mining.core.events import EventTable, MappedLog
    from mining.core.results import Conformance
    from mining.core.streams import Streams
    from mining.core.tables import Tables
    from mining.mapping import Mapping
    from mining.mapping.filtering import Judged

Job = tuple["Mapping", Sequence[str | Path]]
Part = tuple["Mapping", "MappedLog"]


class Choosing:
    """What one analysis was asked to choose and to split by, and what was found out on the way."""

    def __init__(self, options: Options, jobs: Sequence[Job], cases: CasesSpec) -> None:
        """Raises RequestError where what is asked for makes no sense with these mappings."""
        from mining import mapping as mappings

        self._options, self._cases = options, cases
        where = (options.where,) if isinstance(options.where, str) else options.where
        self._request = mappings.cohort_request(where, options.split_by, options.compare)
        self._notes: list[str] = []
        self._judged: list[tuple[Mapping, Judged]] = []
        self._columns: list[str] = []
        self.labels: ir.Table | None = None
        if options.compare is not None and self._request.split is None:
            todo = "say by what streams are to be split, or name two periods"
            raise RequestError(Problem("--compare goes with --split-by", todo=todo))
        if options.compare is not None and len(set(options.compare)) < 2:
            raise RequestError(Problem("--compare needs two different values", found=options.compare[0]))
        self.jobs = list(jobs)
        if self.asked:
            of_events = [rules for rules, _ in jobs if not rules.is_link_table]
            self._notes += mappings.check_cohorts(self._request, of_events, with_actors=options.with_actors)
            alone = len(of_events) == 1
            self.jobs = [(mappings.carrying(rules, self._request, alone=alone), files) for rules, files in jobs]

    @property
    def asked(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._request.where) or self._request.split is not None

    @property
    def by_beginnings(self) -> bool:
        """Whether streams of several tickets are chosen: by the ticket at which they begin, which only shows once all
        tickets are mapped."""
        return bool(self._request.where) and self._cases.by is not CasesBy.TICKET

    def chosen(self, tables: Tables, events: EventTable, rules: Mapping) -> EventTable:
        """The events of the tickets that meet the conditions; all of them where streams are chosen by beginnings."""
        from mining import mapping as mappings

        if not self.asked or rules.is_link_table:
            return events
        judged = mappings.judge_tickets(tables, events, rules, self._request)
        self._judged.append((rules, judged))
        self._columns += events.columns
        if not self._request.where or self.by_beginnings:
            return events
        tickets = judged.table.filter(judged.table.chosen)
        return mappings.only(tables, events, tickets.select("ticket_id"))

    def with_what_they_reach(
        self, tables: Tables, read: list[EventTable], parts: list[Part]
    ) -> tuple[list[EventTable], list[Part]]:
        """The exports once more, each with the tickets only that streams hold which begin at a chosen one."""
        from mining import mapping as mappings
        from mining import streams

        self._check(tables)
        mapped = mappings.together(parts, self._options.cases)[1]
        begins = self.begins(tables, mapped)
        if begins is None:
            return read, parts
        held = streams.tickets_of_streams(tables, mapped, self._cases, begins)
        again: list[EventTable] = []
        for events, (rules, _) in zip(read, parts, strict=True):
            if rules.is_link_table:
                again.append(events)
                continue
            prefix = mapped.case_of(rules.export.ticket_type, "")
            here = held.filter(held.case_id.startswith(prefix)) if prefix else held
            again.append(mappings.only(tables, events, here.select(ticket_id=here.case_id.substr(len(prefix)))))
        return again, [
            (rules, mappings.map_events(tables, events, rules)) for events, (rules, _) in zip(again, parts, strict=True)
        ]

    def begins(self, tables: Tables, mapped: MappedLog) -> ir.Table | None:
        """The tickets at which streams are to begin (case_id); None where they may begin at any."""
        import ibis

        if not self.by_beginnings:
            return None
        chosen = [
            judged.table.filter(judged.table.chosen).select(
                case_id=ibis.literal(mapped.case_of(rules.export.ticket_type, "")) + judged.table.ticket_id
            )
            for rules, judged in self._judged
        ]
        return tables.named(ibis.union(*chosen, distinct=False) if len(chosen) > 1 else chosen[0], "begins")

    def concluded(self, tables: Tables, found: Streams) -> tuple[Filtered | None, list[str]]:
        """What the conditions left, and what has to be said of it. Raises RequestError where they left nothing, or
        where something was asked for that no export tells."""
        from mining import mapping as mappings

        if not self.asked:
            return None, []
        self._check(tables)
        if self.by_beginnings:
            self._notes.append("Links to tickets that were left out (--where) count as links to tickets in no export.")
        kept = None if not self.by_beginnings or found.linked is None else found.linked.tickets
        filtered, notes = mappings.concluded(self._request, [judged for _, judged in self._judged], kept)
        people = self._options.with_actors
        return None if filtered is None else replace(filtered, may_name_people=people), [*self._notes, *notes]

    def _check(self, tables: Tables) -> None:
        from mining import mapping as mappings

        judged = [each for _, each in self._judged]
        mappings.check_told(tables, self._request, judged, self._columns, with_actors=self._options.with_actors)

    @property
    def _compare(self) -> tuple[str, str] | None:
        """The two values to set side by side, as the cohorts are called."""
        asked = self._options.compare
        return None if asked is None else (asked[0].strip(), asked[1].strip())

    def cohorts(
        self, tables: Tables, mapped: MappedLog, found: Streams, checked: Sequence[Conformance]
    ) -> Cohorts | None:
        """The streams in cohorts; None where no split was asked for."""
        from mining import mapping as mappings
        from mining import measures

        if self._request.split is None:
            return None
        parts = [(mapped.case_of(rules.export.ticket_type, ""), judged) for rules, judged in self._judged]
        self.labels = labels = mappings.cohort_labels(tables, parts)
        return measures.split(
            tables,
            found,
            labels,
            self._request.split,
            conformance=checked,
            against_time=found.against_time,
            compare=self._compare,
            may_name_people=self._options.with_actors,
        )
