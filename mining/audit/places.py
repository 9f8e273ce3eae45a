"""Where the history of an audit is."""

from __future__ import annotations

import os

from mining.audit.history.store import PATIENCE, History, open_history
from mining.audit.plan import Plan
from mining.core.errors import Problem, RequestError


def history_of(plan: Plan, *, write: bool, patience: float = PATIENCE) -> History:
    """The history of an audit, open. Raises RequestError where it cannot be used, or no variable says where it is."""
    place = plan.history
    if plan.history_from is not None:
        place = os.environ.get(plan.history_from, "")
        if not place:
            todo = f"set {plan.history_from} to the URL of the database"
            raise RequestError(Problem("the environment does not say where the history is", todo=todo))
    return open_history(place, write=write, patience=patience)
