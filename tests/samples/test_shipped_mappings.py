"""What every mapping that ships must have and do: a page, a sample, and examples that come out as written.

A new mapping is found by its name; one without a page or a sample fails here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mining import mapping as mappings
from mining import sources, streams
from mining.core.activities import State
from mining.core.analysis import Options
from mining.core.locate import shipped, shipped_names
from mining.core.tables import Tables
from mining.engine import open_engine
from mining.mapping import Caution

pytestmark = pytest.mark.slow  # each is quick, all of them are not

NAMES = shipped_names("mappings/exports")
PAGES = Path(__file__).parents[2] / "docs" / "exports"
SAMPLES = shipped("sample_logs")
OTHER_SAMPLES = {  # of mappings whose samples are not called as they are, or are several files
    "servicenow_incident": ("servicenow_incidents.csv",),
    "new_service_events": ("new_service.xes",),
    "servicenow_request": ("servicenow_request_items.csv", "servicenow_request_tasks.csv"),
}
LEAST_MAPPED = 0.95  # of the events
LEAST_OF_VALUE = 0.3  # of the streams; some are open, some withdrawn
MOST_BYTES = 60_000
LARGE = ("servicenow_incidents.csv", "new_service.xes")


def sample_of(name: str) -> list[Path]:
    """The sample of a mapping: the files named above, else the one that is called as the mapping is."""
    if name in OTHER_SAMPLES:
        return [SAMPLES / file for file in OTHER_SAMPLES[name]]
    return sorted(path for path in SAMPLES.glob(f"{name}.*") if path.suffix not in (".py", ".md"))


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_page_that_the_index_names(name: str) -> None:
    page = PAGES / f"{name}.md"
    assert page.is_file(), f"docs/exports/{name}.md is missing: how is this export made, and what can it not show?"
    text = page.read_text(encoding="utf-8")
    assert f"--mapping {name}" in text
    assert re.search(r"not show|cannot be seen", text)
    assert f"({name}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_small_sample(name: str) -> None:
    files = sample_of(name)
    assert files, f"sample_logs/{name}.* is missing"
    for file in files:
        assert file.is_file()
        assert file.name in LARGE or file.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_come_out_and_meet_every_rule(name: str, tables: Tables) -> None:
    mapping = mappings.load_mapping(name)
    assert mappings.test_mapping(mapping, tables) == []
    assert len(mapping.examples) >= len(mapping.rules)
    assert mapping.info.cannot_show


@pytest.mark.parametrize("name", NAMES)
def test_its_sample_is_read_whole_met_by_rules_and_reaches_value(name: str) -> None:
    mapping = mappings.load_mapping(name)
    with open_engine(Options(memory_limit="1GB", threads=2)) as engine:
        events = sources.read(engine, sample_of(name), mapping.info.export, max_rejected=0.0)
        leaking = [p.text for p in mappings.check_against(engine, events, mapping) if not isinstance(p, Caution)]
        mapped = mappings.map_events(engine, events, mapping)
        found = streams.build_streams(engine, mapped, max_paths=1_000)
    assert leaking == [], "the rules look at columns that know the future"

    ledger = mapped.ledger
    assert events.rejected == ()
    assert ledger.rows_rejected == ledger.events_rejected == 0
    assert ledger.adds_up
    assert ledger.rows_read > 0
    assert ledger.events_unmapped <= (1 - LEAST_MAPPED) * ledger.events_made
    assert ledger.events_mapped > 0

    of_value = sum(path.streams for path in found.paths if path.value_at is not None)
    assert of_value >= LEAST_OF_VALUE * found.cases
    assert found.states.get(State.ENDED, 0) > 0
