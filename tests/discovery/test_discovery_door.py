from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from discovery_logs import INCIDENTS, holding, streams, symbols

from mining import discovery
from mining.core.activities import State
from mining.core.errors import Fault
from mining.core.streams import Variant
from mining.discovery import traces

pytestmark = pytest.mark.slow  # each is quick, all of them are not

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def tasks(document: str) -> set[str]:
    return {e.attrib["name"] for e in ET.fromstring(document).iter(f"{BPMN}task")}  # noqa: S314 - our own


def test_models_of_incidents() -> None:
    found = discovery.discover(INCIDENTS, noise=0.0)
    assert found.tree.startswith("->( 'engage:log', ")
    assert tasks(found.bpmn) == {
        "Engage: log",
        "Engage: ask",
        "Engage: reopen",
        "Deliver and support: investigate",
        "Deliver and support: resolve",
        "Deliver and support: route",
    }
    labels = {e.text for e in ET.fromstring(found.pnml).iterfind(".//transition/name/text")}  # noqa: S314 - our own
    assert {"engage:log", "deliver_and_support:resolve"} <= labels
    assert (found.variants_used, found.streams_used, found.streams_all) == (4, 113, 126)
    assert found.notes == (
        "The models rest on fulfilled streams; 13 of 126 streams are open, cancelled, without value or beyond the cap "
        "on variants, and are left out.",
    )


def test_sizes_are_those_of_the_document() -> None:
    found = discovery.discover(INCIDENTS, noise=0.2)
    page = ET.fromstring(found.pnml)  # noqa: S314 - our own
    sizes = tuple(len(page.findall(f".//page/{kind}")) for kind in ("place", "transition", "arc"))
    assert sizes == (found.places, found.transitions, found.arcs)
    assert found.noise_threshold == 0.2


def test_noise_leaves_rare_behaviour_out() -> None:
    log = streams(("engage plan improve+", 99), ("improve engage plan+", 1))
    assert discovery.discover(log, noise=0.0).tree == "+( 'engage', 'improve', 'plan' )"
    assert discovery.discover(log, noise=0.2).tree == "->( 'engage', 'plan', 'improve' )"


def test_value_marks_are_no_part_of_a_name() -> None:
    log = streams(("engage:log deliver_and_support deliver_and_support+ deliver_and_support!", 5))
    assert discovery.discover(log, noise=0.0).tree == "->( 'engage:log', 'deliver_and_support' )"


@pytest.mark.parametrize(
    ("state", "marks", "can_realise_value", "used"),
    [
        (State.ENDED, "+", True, 1),
        (State.ENDED, "!", True, 1),
        (State.ENDED, "", True, 0),
        (State.ENDED, "-", True, 0),
        (State.ENDED, "", False, 1),
        (State.OPEN, "+", True, 0),
        (State.CANCELLED, "+", True, 0),
        (State.UNKNOWN, "", True, 1),
    ],
)
def test_which_streams_are_mined(state: State, marks: str, can_realise_value: bool, used: int) -> None:
    log = streams((f"engage deliver_and_support{marks}", 1, state), can_realise_value=can_realise_value)
    found = discovery.discover(log, noise=0.2)
    assert (found.streams_used, found.streams_all, bool(found.notes)) == (used, 1, not used)


def test_nothing_to_mine_is_the_model_of_doing_nothing() -> None:
    found = discovery.discover(streams(), noise=0.2)
    assert (found.tree, tasks(found.bpmn), found.streams_all) == ("tau", set(), 0)
    only_unmapped = discovery.discover(holding([Variant(0, (), State.UNKNOWN, 3, 3)]), noise=0.2)
    assert (only_unmapped.tree, only_unmapped.streams_used) == ("tau", 3)


def test_beyond_the_cap_the_most_frequent_variants_are_mined_and_it_is_said() -> None:
    log = streams(
        ("engage+", 1), ("engage plan+", 7), ("engage improve+", 7), ("engage obtain_build+", 2), beyond_cap=3
    )
    mined = traces.fulfilled_traces(log, most=2)
    assert list(mined.counts) == [("engage", "plan"), ("engage", "improve")]
    assert (mined.variants, mined.streams) == (2, 14)
    assert mined.notes[1] == "Of 4 variants the 2 most frequent were mined; they hold 82.4% of the fulfilled streams."
    assert traces.fulfilled_traces(log, work=5).variants == 1
    assert traces.fulfilled_traces(log, work=1).variants == 1


def test_names_of_any_kind_survive() -> None:
    log = streams(("engage:é<&\"'> deliver_and_support:x\x07y+", 2))
    found = discovery.discover(log, noise=0.0)
    assert tasks(found.bpmn) == {"Engage: é<&\"'>", "Deliver and support: x�y"}
    assert "engage:é&lt;&amp;\"'&gt;" in found.pnml


def test_warm_and_cold_give_the_same() -> None:
    cold = discovery.discover(INCIDENTS, noise=0.2)
    discovery.warm_up()
    discovery.warm_up()
    assert discovery.discover(INCIDENTS, noise=0.2) == cold
    assert discovery.discover(INCIDENTS, noise=0.2) == cold


def test_a_lost_worker_is_replaced_by_this_process() -> None:
    discovery.warm_up()
    from mining.discovery import door

    door._warm[0]._process.kill()
    door._warm[0]._process.wait()
    assert discovery.discover(INCIDENTS, noise=0.2).streams_used == 113


def test_without_an_interpreter_to_start_mining_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    discovery.warm_up()
    assert discovery.discover(INCIDENTS, noise=0.2).streams_used == 113


@pytest.mark.parametrize("warm", [False, True])
def test_a_failure_of_the_miner_is_a_fault(warm: bool) -> None:
    if warm:
        discovery.warm_up()
    with pytest.raises(Fault, match="inductive miner failed"):
        discovery.discover(INCIDENTS, noise="high")  # type: ignore[arg-type]


def test_cool_down_ends_the_process() -> None:
    from mining.discovery import door

    discovery.warm_up()
    process = door._warm[0]._process
    discovery.cool_down()
    discovery.cool_down()
    assert process.poll() is not None


def test_the_worker_ends_when_its_parent_is_gone() -> None:
    script = "from mining import discovery as d; d.warm_up(); from mining.discovery import door as x; "
    script += "print(x._warm[0]._process.pid, flush=True); import os; os._exit(9)"
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    worker = int(parent.stdout)
    try:
        import time

        for _ in range(600):
            os.kill(worker, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        return
    raise AssertionError("the worker outlived its parent")


@pytest.mark.slow
def test_equal_to_the_byte_in_every_process() -> None:
    script = (
        "from discovery_logs import INCIDENTS; from mining import discovery; "
        "found = discovery.discover(INCIDENTS, noise=0.0); print(found)"
    )
    here = Path(__file__).parent
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


def test_symbols_of_the_helper() -> None:
    assert [str(s) for s in symbols("engage:ask deliver_and_support!")] == [
        "engage:ask",
        "deliver_and_support [confirmed]",
    ]
