"""`result.json`: every figure of the report, for other programs. `result.schema.json` describes what is made here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mining.core.analysis import Analysis
from mining.core.audit import AuditRun
from mining.core.events import RuleUse
from mining.report import words
from mining.report.actions import actions_block
from mining.report.breakdown_block import breakdown_block
from mining.report.cohorts_block import cohorts_block, filter_block
from mining.report.conformance_block import conformance_block, further_blocks
from mining.report.costs_block import costs_block
from mining.report.desk_block import desk_block
from mining.report.examples import examples_block
from mining.report.formats import share
from mining.report.hand_off_quality import hand_offs_block
from mining.report.improve_block import improvement_block, scope_block, value_block
from mining.report.links_block import links_block
from mining.report.map_block import map_block
from mining.report.outcome_blocks import discovery_block, measures_block, streams_block
from mining.report.overview import overview
from mining.report.parting import parting_block
from mining.report.several_references import no_reference_block
from mining.report.slices_block import slices_block
from mining.report.tally import rejected_reasons
from mining.report.time_block import time_block

SCHEMA_VERSION = "1.0"
Json = dict[str, Any]


def outcome(analysis: Analysis, audit: AuditRun | None = None) -> Json:
    """The whole of `result.json` as plain values; `audit` is in it where an audit made it."""
    return {
        **({} if audit is None else {"audit": audit.as_dict()}),
        "schema_version": SCHEMA_VERSION,
        "summary": _summary(analysis),
        "mapping": _mapping(analysis),
        "files": [asdict(one) for one in analysis.files],
        "ledger": _ledger(analysis),
        "coverage": _coverage(analysis),
        "streams": streams_block(analysis),
        "links": links_block(analysis),
        "discovery": discovery_block(analysis),
        "map": map_block(analysis),
        "conformance": conformance_block(analysis),
        "further_conformance": further_blocks(analysis),
        "no_reference": no_reference_block(analysis),
        "hand_offs": hand_offs_block(analysis),
        "measures": {
            **measures_block(analysis),
            "value": value_block(analysis),
            "scope": scope_block(analysis),
            "service_desk": desk_block(analysis),
        },
        "improvement": improvement_block(analysis),
        "costs": costs_block(analysis),
        "time": time_block(analysis),
        "filter": filter_block(analysis),
        "cohorts": cohorts_block(analysis),
        "breakdown": breakdown_block(analysis),
        "actions": actions_block(analysis),
        "step_by_step": parting_block(analysis),
        "examples": examples_block(analysis),
        **({} if analysis.slices is None else {"slices": slices_block(analysis)}),
        "notes": list(analysis.notes),
        "run": _run(analysis),
    }


def _summary(analysis: Analysis) -> Json:
    first = overview(analysis)
    return {
        "verdict": first.verdict,
        "lede": list(first.lede),
        "tiles": [{"name": one.name, "figure": one.figure, "over": list(one.over)} for one in first.tiles],
        "findings": [asdict(one) for one in first.findings],
    }


# ------------------------------------------------------------------------------------------------- input and rules


def _mapping(analysis: Analysis) -> Json:
    mapping, spec = analysis.mapping, analysis.mapping.export
    return {
        "name": mapping.name,
        "file": mapping.file,
        "sha256": mapping.sha256,
        "owner": mapping.owner,
        "shape": spec.shape.value,
        "holds": spec.holds.value,
        "zone": spec.time.zone or "UTC",
        "zone_assumed": spec.time.zone is None,
        "cannot_show": list(mapping.cannot_show),
    }


def _ledger(analysis: Analysis) -> Json:
    ledger = analysis.ledger
    shares = {
        f"{field}_share": share(getattr(ledger, field), whole)
        for lines, whole in ((words.LEDGER_LINES, ledger.rows_read), (words.LEDGER_EVENTS, ledger.events_made))
        for field, *_ in lines
    }
    missing = None if ledger.missing_updates is None else share(ledger.missing_updates, ledger.neighbours)
    return {**asdict(ledger), "adds_up": ledger.adds_up, **shares, "missing_updates_share": missing}


def _rule(one: RuleUse) -> Json:
    """Its words apart are for a report in another language."""
    return {name: value for name, value in asdict(one).items() if name != "when"}


def _coverage(analysis: Analysis) -> Json:
    read = analysis.ledger.rows_read
    return {
        "rules": [{**_rule(one), "share": share(one.rows, read)} for one in analysis.rule_uses],
        "unmapped": [asdict(one) for one in sorted(analysis.unmapped, key=lambda one: (-one.rows, one.event or ""))],
        "rejected": [
            {"reason": reason, "column": column, "rows": rows} for reason, column, rows in rejected_reasons(analysis)
        ],
    }


def _run(analysis: Analysis) -> Json:
    run = analysis.run
    return {
        "started": run.started.isoformat(),
        "seconds": run.seconds,
        "peak_memory_bytes": run.peak_memory,
        "host": run.host,
        "versions": dict(sorted(run.versions.items())),
        "phases_seconds": dict(run.phases),
    }
