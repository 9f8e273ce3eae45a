"""Links that an export of changes tells: the new value of a field, set when that was changed."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mining
from mining.core.analysis import Options
from mining.core.errors import ConfigError
from mining.core.links import CasesBy
from mining.mapping import parse_mapping

pytestmark = pytest.mark.slow  # reads files

CHANGES = """\
name: Audit
export:
  shape: changes
  ticket: number
  ticket_type: incident
  time: {column: at, zone: UTC}
  field: what
  old: was
  new: is
  event: state
  links: [{field: problem, to: problem}]
rules:
  - {when: {event: New}, activity: {engage: log}}
  - {when: {event: Done}, activity: {deliver_and_support: resolve}, value: claimed, end: agent}
otherwise: ignore
"""
PROBLEMS = """\
name: Problems
export:
  shape: tickets
  ticket: number
  ticket_type: problem
  time: {zone: UTC}
  times: [found, done]
rules:
  - {when: {event: found}, activity: {improve: analyse}}
  - {when: {event: done}, activity: {improve: solve}, value: claimed, end: agent}
"""
# The comment names P2 too, which makes no link; 1 was moved from P2 to P1, and 2 names a problem that nobody exported.
AUDIT = """\
number,at,what,was,is
1,2024-01-01 08:00,state,,New
1,2024-01-01 09:00,problem,,P2
1,2024-01-01 10:00,comment,,P2
1,2024-01-01 11:00,problem,P2,P1
1,2024-01-01 12:00,state,New,Done
2,2024-01-01 08:00,state,,New
2,2024-01-01 09:00,problem,,P9
2,2024-01-01 10:00,problem,P9,
3,2024-01-01 08:00,state,,New
3,2024-01-01 09:00,comment,,P1
"""
LIST = "number,found,done\nP1,2024-01-01 10:00,2024-01-02 10:00\nP2,2024-01-01 08:30,\n"


def test_a_link_was_set_when_the_field_was_changed(tmp_path: Path) -> None:
    for name, text in {"a.yaml": CHANGES, "p.yaml": PROBLEMS, "a.csv": AUDIT, "p.csv": LIST}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = mining.analyse(
        [tmp_path / "a.csv", tmp_path / "p.csv"],
        mapping=[f"{tmp_path}/a.yaml=a.csv", f"{tmp_path}/p.yaml=p.csv"],
        options=Options(cases=CasesBy.FOLLOW),
        output=tmp_path / "out",
    )
    linked = found.analysis.streams.linked
    assert linked is not None
    (use,) = linked.uses
    assert (use.column, use.strength.value, use.links, use.tickets, use.absent) == ("problem", "explicit", 3, 2, 1)
    assert (found.analysis.streams.cases, linked.largest, linked.weak) == (3, 3, 0)
    rows = pq.read_table(tmp_path / "out" / "tables" / "ticket_links.parquet").to_pylist()
    assert [(row["ticket"], row["other"], f"{row['since']:%H:%M}") for row in rows] == [
        ("1", "P1", "11:00"),
        ("1", "P2", "09:00"),
        ("2", "P9", "09:00"),
    ]


def test_only_changes_have_fields() -> None:
    with pytest.raises(ConfigError, match=r"only changes tell the new value of a field.*shape tickets"):
        parse_mapping(PROBLEMS.replace("\nrules", "\n  links: [{field: rfc, to: change}]\nrules"), "p.yaml")
    with pytest.raises(ConfigError, match="and not several"):
        parse_mapping(CHANGES.replace("{field: problem, ", "{field: problem, column: is, "), "a.yaml")
