"""Scheduled audits: one analysis, repeated for years, with gates, a history that cannot be changed unseen, and alerts.

    load_plan(path)                       an audit file, checked whole
    run_audit(plan, …)                    one run: fetch, analyse, judge, record, report, tell
    open_history(plan, …)                 the records
    verify(history, head)                 whether every record is as it was written

`mining.audit.plan` has the nouns. This package imports the pipeline and core, nothing else of ours.
"""

from __future__ import annotations
