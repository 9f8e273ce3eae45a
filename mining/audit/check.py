"""An audit file in words, and what is questionable in it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from mining.audit import inputs
from mining.audit.gates import sentence
from mining.audit.plan import Plan, Schedule
from mining.audit.setup import setup_of
from mining.core.audit import Severity
from mining.core.clock import Clock, system_clock

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """The plan in words, and what to mind."""

    says: list[str]
    cautions: list[str]


def check_plan(plan: Plan, clock: Clock = system_clock) -> PlanCheck:
    """Raises RequestError where a mapping or the reference stream cannot be read. Runs and fetches nothing."""
    setup = setup_of(plan, clock().date())
    source = plan.inputs
    where = source.newest or source.folder or ", ".join(source.files)
    says = [
        f"{plan.name}",
        f"  reads      {'the newest of ' if source.newest else 'all files of ' if source.folder else ''}{where}",
        *([] if source.fetch is None else [f"  fetches    by running {' '.join(source.fetch.command)}"]),
        *(f"  mapping    {text.file} ({text.sha256[:8]}), owner: {text.owner or 'none'}" for text in setup.mappings),
        *(f"  reference  {text.file} ({text.sha256[:8]})" for text in setup.references),
        *([] if setup.references else ["  reference  none"]),
        *([] if setup.acceptances is None else [f"  accepts    what {setup.acceptances.file} says"]),
        f"  reports    {plan.reports}",
        f"  history    {plan.history if plan.history_from is None else f'the URL in {plan.history_from}'}",
        *([] if plan.cache is None else [f"  cache      {plan.cache.folder} (it holds tickets)"]),
        f"  due        {in_words(plan.schedule)}",
        *(f"  gate       {gate.name}: {sentence(gate)}" for gate in plan.gates),
        *(f"  tells      {alert.name}: {', '.join(alert.about)}" for alert in plan.alerts),
    ]
    cautions = _cautions(plan, [text.file for text in setup.mappings if not text.owner])
    if setup.acceptances is not None:
        cautions += [f"“{one}” is accepted no longer: until {until}" for one, until in setup.acceptances.expired]
    return PlanCheck(says, cautions)


def _cautions(plan: Plan, unsigned: list[str]) -> list[str]:
    found = [f"{name} names no owner who signed it off" for name in unsigned]
    if not any(gate.severity is Severity.FAIL for gate in plan.gates):
        found.append("no gate can make a run fail")
    if not plan.references and any(gate.figure.startswith("conformance.") for gate in plan.gates):
        found.append("a gate asks for conformance, and no reference stream is named")
    if not inputs.candidates(plan.inputs):
        found.append("there is no input yet")
    found += [
        f"the environment has no {name}"
        for name in dict.fromkeys([*(alert.address_from for alert in plan.alerts), plan.history_from])
        if name is not None and not os.environ.get(name)
    ]
    return found


def in_words(schedule: Schedule | None) -> str:
    """A schedule as people say it; without one, that somebody runs it."""
    if schedule is None:
        return "when somebody runs it"
    if schedule.weekdays:
        days = "on " + ", ".join(_DAYS[day] for day in schedule.weekdays)
    elif schedule.days_of_month:
        days = "on day " + ", ".join(map(str, schedule.days_of_month)) + " of the month"
    else:
        days = "every day"
    return f"{days} at {', '.join(f'{at:%H:%M}' for at in schedule.at)} by the clock of {schedule.zone}"
