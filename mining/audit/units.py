"""The schedule of an audit for those who start programs: systemd, cron, Kubernetes, GitHub, GitLab.

All of them call `vsm audit run FILE --due`, which runs once for each time that is due, whoever calls it and how
often: so none of their own rules on zones and on the days when clocks change can make a run too many, or lose one.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mining.audit.plan import Plan, Schedule
from mining.audit.schedule import offsets
from mining.core.errors import Problem, RequestError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OFTEN = "*/15 * * * *"


class Target(StrEnum):
    """Who starts the runs."""

    SYSTEMD = "systemd"
    CRON = "cron"
    KUBERNETES = "kubernetes"
    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is printed, or installed under this name."""

    name: str
    text: str


def files(plan: Plan, target: Target, *, command: str, now: datetime, local_zone: str | None) -> tuple[File, ...]:
    """What this target needs. `command` is the path of vsm, `local_zone` the zone of this machine, None where unknown.

    Raises RequestError where the audit has no schedule.
    """
    schedule = plan.schedule
    if schedule is None:
        todo = 'add schedule: {zone: Europe/Berlin, at: "07:00", days: [monday]}'
        raise RequestError(Problem("this audit has no schedule", file=str(plan.file), todo=todo))
    match target:
        case Target.SYSTEMD:
            return _systemd(plan, schedule, command)
        case Target.CRON:
            return (File(slug(plan), _cron_line(plan, schedule, command, local_zone) + "\n"),)
        case Target.KUBERNETES:
            return (File(f"{slug(plan)}.yaml", _kubernetes(plan, schedule)),)
        case Target.GITHUB:
            return (File(f"{slug(plan)}.yml", _github(plan, schedule, now)),)
        case Target.GITLAB:
            return (File(".gitlab-ci.yml", _gitlab(plan, schedule)),)


def slug(plan: Plan) -> str:
    """The audit's name as the name of a unit."""
    return "vsm-audit-" + (re.sub(r"[^a-z0-9]+", "-", plan.name.lower()).strip("-") or "unnamed")[:50]


def _arguments(plan: Plan) -> list[str]:
    return ["audit", "run", str(plan.file), "--due", "--quiet", "--patience", "1 h"]


# ------------------------------------------------------------------------------------------------------------ systemd


def _systemd(plan: Plan, schedule: Schedule, command: str) -> tuple[File, ...]:
    name = slug(plan)
    words = " ".join(_quoted(word) for word in [command, *_arguments(plan)])
    calendars = "\n".join(f"OnCalendar={one}" for one in _on_calendar(schedule))
    title = _harmless(plan.name)
    service = f"""\
[Unit]
Description=Audit {title}

[Service]
Type=oneshot
WorkingDirectory={_specifiers(str(plan.file.parent))}
ExecStart={words}
"""
    timer = f"""\
[Unit]
Description=When the audit {title} is due

[Timer]
{calendars}
Persistent=true
AccuracySec=1s

[Install]
WantedBy=timers.target
"""
    return File(f"{name}.service", service), File(f"{name}.timer", timer)


def _on_calendar(schedule: Schedule) -> list[str]:
    days = ",".join(_DAYS[day] for day in schedule.weekdays)
    date = "*-*-" + (",".join(f"{day:02}" for day in schedule.days_of_month) or "*")
    return [f"{days + ' ' if days else ''}{date} {at:%H:%M:%S} {schedule.zone}" for at in schedule.at]


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of ExecStart: systemd reads quotes, backslashes, $ and %."""
    escaped = _specifiers(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if re.search(r"[^A-Za-z0-9_./@:%=+-]", word) else escaped


def _harmless(text: str) -> str:
    return _specifiers("".join(c if c.isprintable() else " " for c in text))


# --------------------------------------------------------------------------------------------------------------- cron


def expressions(schedule: Schedule, shift: timedelta = timedelta(0)) -> list[str]:
    """The schedule as cron writes it, by a clock that is `shift` behind that of the zone."""
    found = []
    for at in schedule.at:
        minutes = at.hour * 60 + at.minute - int(shift.total_seconds() // 60)
        over, rest = divmod(minutes, 24 * 60)
        weekdays = ",".join(str((day + over + 1) % 7) for day in schedule.weekdays) or "*"
        # On the last day of a month a shift would lead into another month, so every day is asked, and --due decides.
        dates = "*" if over or not schedule.days_of_month else ",".join(map(str, schedule.days_of_month))
        found.append(f"{rest % 60} {rest // 60} {dates} * {weekdays}")
    return found


def _cron_line(plan: Plan, schedule: Schedule, command: str, local_zone: str | None) -> str:
    words = shlex.join([command, *_arguments(plan)]).replace("%", "\\%")
    if schedule.zone == local_zone:
        return "\n".join(f"{one} {words}" for one in expressions(schedule))
    return (
        f"# The clock of {schedule.zone} is not known to be this machine's, and cron knows no zones: it asks every\n"
        f"# 15 minutes whether the audit is due.\n{_OFTEN} {words}"
    )


# -------------------------------------------------------------------------------------------------------- in clusters


def _kubernetes(plan: Plan, schedule: Schedule) -> str:
    jobs = []
    for i, one in enumerate(expressions(schedule)):
        name = slug(plan) + (f"-{i + 1}" if len(schedule.at) > 1 else "")
        jobs.append(f"""\
# Put the audit file, mappings and inputs on the volume, and the history into PostgreSQL or on the volume too.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
spec:
  schedule: {json.dumps(one)}
  timeZone: {json.dumps(schedule.zone)}
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: audit
              image: IMAGE # one with value-stream-miner in it
              command: ["vsm"]
              args: {json.dumps(_in_container(plan))}
              envFrom:
                - secretRef: {{name: {slug(plan)}}} # addresses of alerts, the URL of the history
              volumeMounts:
                - {{name: audit, mountPath: /audit}}
          volumes:
            - name: audit
              persistentVolumeClaim: {{claimName: {slug(plan)}}}
""")
    return "---\n".join(jobs)


def _in_container(plan: Plan) -> list[str]:
    return ["audit", "run", f"/audit/{plan.file.name}", "--due", "--quiet"]


def _github(plan: Plan, schedule: Schedule, now: datetime) -> str:
    """GitHub counts in UTC, so each offset of the zone has a line; `--due` lets only the right one run."""
    lines = dict.fromkeys(one for offset in offsets(schedule, now) for one in expressions(schedule, offset))
    crons = "\n".join(f"    - cron: {json.dumps(one)}" for one in lines)
    secrets = "\n".join(f"          {name}: ${{{{ secrets.{name} }}}}" for name in _variables(plan))
    environment = f"        env:\n{secrets}\n" if secrets else ""
    return f"""\
# The history has to outlast the job: keep it in PostgreSQL (history: {{url_from: …}}).
name: {json.dumps(f"Audit {plan.name}", ensure_ascii=False)}
on:
  schedule: # UTC: one line for each offset of {schedule.zone}; vsm runs the audit only where it is due
{crons}
  workflow_dispatch:
jobs:
  audit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.11"}}
      - run: pip install "value-stream-miner[postgres]"
      - run: vsm audit run {shlex.quote(plan.file.name)} --due --quiet
{environment}      - uses: actions/upload-artifact@v4
        if: always()
        with: {{name: reports, path: {json.dumps(plan.reports.name)}}}
"""


def _gitlab(plan: Plan, schedule: Schedule) -> str:
    crons = " and ".join(f'"{one}"' for one in expressions(schedule))
    return f"""\
# Make a pipeline schedule in the project's settings: cron {crons}, time zone {schedule.zone}.
# The history has to outlast the job: keep it in PostgreSQL (history: {{url_from: …}}). Secrets are CI/CD variables.
audit:
  image: python:3.11
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  script:
    - pip install "value-stream-miner[postgres]"
    - vsm audit run {shlex.quote(plan.file.name)} --due --quiet
  artifacts:
    when: always
    paths: [{json.dumps(plan.reports.name)}]
"""


def _variables(plan: Plan) -> Iterable[str]:
    named = [*(alert.address_from for alert in plan.alerts), plan.history_from]
    return [name for name in dict.fromkeys(named) if name is not None]
