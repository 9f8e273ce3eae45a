"""The tables of the page, by the names that the templates call them by."""

from __future__ import annotations

from mining.core.analysis import Analysis
from mining.report import (
    acceptances,
    accounts,
    breakdown,
    cohort_tables,
    deviation_tables,
    differing,
    evidence,
    hand_off_quality,
    improve_tables,
    link_tables,
    parts_section,
    several_references,
)
from mining.report.actions import actions_table
from mining.report.cost_tables import cost_tables
from mining.report.desk_tables import desk_tables
from mining.report.doubling import doubling_tables
from mining.report.map_tables import map_tables
from mining.report.parting import parting_table
from mining.report.tabular import Table
from mining.report.time_tables import time_tables
from mining.report.workload import workload_tables


def page_tables(analysis: Analysis) -> dict[str, Table]:
    """Every table that this analysis has."""
    made = (
        *breakdown.tables(analysis),
        actions_table(analysis),
        parting_table(analysis),
        evidence.activities_table(analysis),
        evidence.activity_hand_offs_table(analysis),
        evidence.step_hand_offs_table(analysis),
        *map_tables(analysis),
        evidence.waits_table(analysis),
        evidence.waiting_table(analysis),
        link_tables.links_table(analysis),
        link_tables.orphans_table(analysis),
        link_tables.in_no_stream_table(analysis),
        link_tables.cut_table(analysis),
        link_tables.weak_table(analysis),
        *desk_tables(analysis),
        *workload_tables(analysis),
        several_references.references_table(analysis),
        several_references.further_deviations_table(analysis),
        several_references.nearest_table(analysis),
        evidence.rates_table(analysis),
        evidence.deviations_table(analysis),
        acceptances.acceptances_table(analysis),
        *deviation_tables.tables(analysis),
        hand_off_quality.bounces_table(analysis),
        evidence.lead_times_table(analysis),
        *doubling_tables(analysis),
        *cost_tables(analysis),
        evidence.ends_table(analysis),
        improve_tables.value_times_table(analysis),
        improve_tables.scopes_table(analysis),
        improve_tables.led_to_table(analysis),
        improve_tables.effects_table(analysis),
        improve_tables.compared_table(analysis),
        improve_tables.ripple_table(analysis),
        improve_tables.ripple_days_table(analysis),
        *time_tables(analysis),
        *cohort_tables.cohort_tables(analysis),
        *parts_section.parts_tables(analysis),
        *differing.differing_tables(analysis),
        accounts.ledger_table(analysis),
        accounts.events_table(analysis),
        accounts.beside_table(analysis),
        accounts.rules_table(analysis),
        accounts.unmapped_table(analysis),
        accounts.rejected_table(analysis),
        accounts.files_table(analysis),
    )
    return {one.name: one for one in made if one is not None}
