"""A ticket whose columns contradict the order of time takes the streams that hold it out of lead times."""

from __future__ import annotations

from pathlib import Path

import pytest

import mining
from mining.core.analysis import Options
from mining.core.links import CasesBy
from mining.core.realised import AgainstTime
from tests.log_builder import HOUR

pytestmark = pytest.mark.slow  # reads files

MAPPING = """\
name: {type}s
export:
  shape: tickets
  ticket: number
  ticket_type: {type}
  time: {{zone: UTC}}
  times: [opened, done]
  links: [{{column: more, to: problem{pattern}}}]
rules:
  - {{when: {{event: opened}}, activity: {{engage: open}}}}
  - {{when: {{event: done}}, activity: {{improve: solve}}, value: claimed, end: agent}}
"""
# P was done, by its columns, before it was opened: an hour after the demand of I1, which itself took twelve.
INCIDENTS = """\
number,opened,done,more
I1,2024-01-01 08:00,2024-01-01 20:00,P
I2,2024-01-01 08:00,2024-01-01 10:00,Q
I3,2024-01-01 08:00,2024-01-01 11:00,
"""
PROBLEMS = """\
number,opened,done,more
P,2024-01-01 12:00,2024-01-01 09:00,
Q,2024-01-01 12:00,2024-01-01 13:00,
"""


@pytest.mark.parametrize("pattern", ["", ', pattern: "[PQ]"'], ids=["explicit", "weak"])
@pytest.mark.parametrize("cases", [CasesBy.FOLLOW, CasesBy.CONNECTED])
def test_one_of_its_tickets_is_enough(tmp_path: Path, cases: CasesBy, pattern: str) -> None:
    for name, text in {"incident": INCIDENTS, "problem": PROBLEMS}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(MAPPING.format(type=name, pattern=pattern), encoding="utf-8")
    found = mining.analyse(
        [tmp_path / "incident.csv", tmp_path / "problem.csv"],
        mapping=[f"{tmp_path}/incident.yaml=incident.csv", f"{tmp_path}/problem.yaml=problem.csv"],
        options=Options(cases=cases, split_by="ticket_type"),
    )
    measures, linked = found.measures, found.analysis.streams.linked
    assert measures.realised is not None
    assert measures.realised.against_time == AgainstTime(1, 1, 1)  # `done` ends it as well
    lead = measures.lead_time_claimed
    assert (lead.n, lead.percentiles[0], lead.percentiles[100]) == (2, 2 * HOUR, 3 * HOUR)
    assert found.analysis.cohorts is not None
    assert sum(one.lead_n for one in found.analysis.cohorts.cohorts) == 2
    if pattern:  # by explicit links alone each ticket is a stream, and P alone is left out
        assert linked is not None
        assert linked.without_weak is not None
        assert linked.without_weak.lead_time is not None
        assert (linked.without_weak.streams, linked.without_weak.lead_time.n) == (5, 4)
