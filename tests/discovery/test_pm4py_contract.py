"""What the adapter relies on in pm4py, and the traps it walks round: an upgrade that changes one of them fails here."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.discovery.models import mine
from mining.pm4py_adapter import import_pm4py, inductive_models

pytestmark = [
    pytest.mark.slow,  # pm4py takes seconds to import
    pytest.mark.filterwarnings("ignore"),  # pm4py's own warnings are not ours
]

Log = dict[tuple[str, ...], int]

names = st.sampled_from(["engage:log", "engage:ask", "deliver_and_support", "plan", "improve"])
logs = st.dictionaries(st.lists(names, max_size=5).map(tuple), st.integers(1, 30), min_size=1, max_size=6)


def ids_log() -> Counter[tuple[int, ...]]:
    return Counter({(0, 1, 2): 5, (0, 2, 1): 3})


def mined_over_numbers() -> Any:
    import_pm4py()
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL

    return IMFUVCL({}).apply(IMDataStructureUVCL(ids_log()), {})


def test_trap_apply_refuses_a_counter_of_variants() -> None:
    import_pm4py()
    from pm4py.algo.discovery.inductive import algorithm

    with pytest.raises(AttributeError, match="loc"):  # it takes the counter for a data frame
        algorithm.apply(Counter({("a", "b"): 3}))


def test_trap_a_tree_over_numbers_cannot_be_printed() -> None:
    with pytest.raises(TypeError):
        str(mined_over_numbers())


def test_trap_threshold_is_read_under_its_enum_only() -> None:
    from pm4py.algo.discovery.inductive.variants.imf import IMFParameters

    assert IMFParameters.NOISE_THRESHOLD.value == "noise_threshold"
    log = {("a", "b", "c"): 99, ("c", "a", "b"): 1}
    assert inductive_models(log, 0.0).notation.startswith("+( ")
    assert inductive_models(log, 0.2).notation == "->( 'a', 'b', 'c' )"


def test_trap_places_are_counted_and_visible_transitions_are_named_at_random() -> None:
    import_pm4py()
    from pm4py.objects.conversion.process_tree.variants import to_petri_net
    from pm4py.objects.process_tree.utils.generic import parse

    tree = parse("->( 'a', X( tau, *( 'b', tau ) ), +( 'c', X( 'd', tau ) ) )")
    nets = [to_petri_net.apply(tree)[0] for _ in range(20)]
    assert len({tuple(sorted(p.name for p in net.places)) for net in nets}) == 1
    assert len({tuple(sorted(t.name for t in net.transitions if t.label is None)) for net in nets}) == 1
    assert len({t.name for net in nets for t in net.transitions if t.label is not None}) == 20 * 4


def test_importing_and_mining_say_nothing() -> None:
    script = "from mining.pm4py_adapter import inductive_models; inductive_models({('a', 'b'): 2}, 0.2)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_trap_the_banner_is_shown_to_a_script_that_imports_it() -> None:
    done = subprocess.run([sys.executable, "-c", "import pm4py"], capture_output=True, timeout=60, check=True)
    assert b"PM4Py" in done.stderr


def test_import_from_many_threads_gives_one_module() -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(import_pm4py())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def language_checks(net: tuple[Any, Any, Any], log: Log) -> list[int]:
    """The costs of pm4py's optimal alignments of the traces of `log` with a net, in costly moves."""
    from pm4py.algo.conformance.alignments.petri_net import algorithm
    from pm4py.objects.log.obj import Event, EventLog, Trace

    traces = EventLog([Trace([Event({"concept:name": name}) for name in trace]) for trace in log])
    return [found["cost"] // 10_000 for found in algorithm.apply(traces, *net)]


def of_pnml(text: str, folder: Path) -> tuple[Any, Any, Any]:
    file = folder / "net.pnml"
    file.write_text(text, encoding="utf-8")
    return import_pm4py().read_pnml(str(file))  # type: ignore[no-any-return]


def of_bpmn(text: str, folder: Path) -> tuple[Any, Any, Any]:
    file = folder / "model.bpmn"
    file.write_text(text, encoding="utf-8")
    pm4py = import_pm4py()
    return pm4py.convert_to_petri_net(pm4py.read_bpmn(str(file)))  # type: ignore[no-any-return]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs)
def test_without_noise_every_trace_fits_the_net(tmp_path: Path, log: Log) -> None:
    found = mine(log, 0.0)
    assert set(language_checks(of_pnml(found.pnml, tmp_path), log)) == {0}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs, st.sampled_from([0.0, 0.2, 0.5, 1.0]), logs)
def test_bpmn_and_net_agree_on_any_trace(tmp_path: Path, log: Log, noise: float, others: Log) -> None:
    from mining.discovery.bpmn import display

    found = mine(log, noise)
    shown = {tuple(map(display, trace)): n for trace, n in others.items()}
    net, bpmn = of_pnml(found.pnml, tmp_path), of_bpmn(found.bpmn, tmp_path)
    assert language_checks(net, others) == language_checks(bpmn, shown)


@settings(max_examples=40, deadline=None)
@given(logs, st.sampled_from([0.0, 0.2]))
def test_the_order_of_the_traces_does_not_matter(log: Log, noise: float) -> None:
    assert mine(log, noise) == mine(dict(reversed(log.items())), noise)
