"""Scheduled audits: one analysis, repeated for years, with gates, a history that cannot be changed unseen, and alerts.

    file.load_plan(path)                  an audit file, checked whole
    run.run_audit(plan, …)                one run: fetch, analyse, judge, record, report, tell
    serve.Server(files, …)                runs audits when they are due, until it is stopped
    places.history_of(plan, …)            the records
    shown.verified(plan, head)            whether every record is as it was written

`plan.py` has the nouns. This package imports the corridor and core, nothing else of ours.
"""

from __future__ import annotations
