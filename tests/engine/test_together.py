from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time

import pyarrow as pa
import pytest

from mining.core.errors import Fault, Problem
from mining.core.tables import Tables


def numbers(engine: Tables, many: int):
    return engine.put(pa.table({"n": list(range(many))}), "numbers")


def total(engine: Tables, table) -> int:
    return engine.fetch(table.aggregate(all=table.n.sum()), limit=1)["all"][0].as_py()


def test_jobs_return_in_their_order_and_see_the_tables_of_one_another(engine):
    source = numbers(engine, 5)

    def greater(least: int):
        return lambda: engine.keep(source.filter(source.n >= least), "greater")

    kept = engine.together(*(greater(least) for least in range(5)))
    assert [total(engine, table) for table in kept] == [10, 10, 9, 7, 4]


def test_jobs_are_done_at_the_same_time(engine):
    here = threading.Barrier(3, timeout=10)
    assert len(set(engine.together(*[here.wait] * 3))) == 3


def test_within_a_job_jobs_are_done_one_after_the_other(engine):
    done: list[int] = []
    jobs = [lambda i=i: done.append(i) for i in range(20)]
    engine.together(lambda: engine.together(*jobs))
    assert done == list(range(20))


def test_no_job_is_no_result(engine):
    assert engine.together() == []


def test_what_the_first_job_that_fails_raises_is_raised_once_the_others_have_ended(engine):
    ended = threading.Event()

    def fail(text: str):
        raise Fault(Problem(text))

    def slow():
        time.sleep(0.2)
        ended.set()

    with pytest.raises(Fault, match="first"):
        engine.together(slow, lambda: fail("first"), lambda: fail("second"))
    assert ended.is_set()
    assert total(engine, numbers(engine, 3)) == 3  # and the engine goes on


def test_a_failed_job_stops_the_queries_of_the_others(engine):
    source = numbers(engine, 100_000)
    begun = threading.Event()

    def fail():
        begun.wait(10)
        raise Fault(Problem("this one fails"))

    def without_end():
        pairs = source.cross_join(source.view())
        begun.set()
        engine.keep(pairs.filter((pairs.n * pairs.n_right) % 1_000_003 == 5), "never done")

    before = time.monotonic()
    with pytest.raises(Fault, match="this one fails"):
        engine.together(fail, without_end)
    assert time.monotonic() - before < 20
    assert total(engine, numbers(engine, 3)) == 3


def test_ctrl_c_stops_the_jobs(tmp_path):
    program = textwrap.dedent(
        f"""
        import pyarrow as pa
        from pathlib import Path
        from mining.core.analysis import Options
        from mining.engine import open_engine
        with open_engine(Options(temp=Path({str(tmp_path)!r}))) as engine:
            table = engine.put(pa.table({{"n": list(range(200_000))}}), "numbers")
            pairs = table.cross_join(table.view())
            never = pairs.filter((pairs.n * pairs.n_right) % 1_000_003 == 5)
            print("ready", flush=True)
            engine.together(*[lambda: engine.keep(never, "never done")] * 3)
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in said
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []
