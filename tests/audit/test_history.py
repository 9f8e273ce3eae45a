"""The history, on SQLite and on PostgreSQL: append only, whole, and every change in it is seen."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from audit_builders import body
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mining.audit.history.chain import START, Link, canonical, check, hash_of
from mining.audit.history.store import History, _script, open_history
from mining.core.errors import RequestError

TEXT = b"a mapping"
SHA = hashlib.sha256(TEXT).hexdigest()


def filled(place: str, count: int = 5) -> History:
    history = open_history(place, write=True)
    for number in range(1, count + 1):
        history.append(body(number, documents={"mapping": SHA}), {SHA: TEXT})
    return history


@pytest.fixture
def history(place: str) -> Iterator[History]:
    opened = filled(place)
    yield opened
    opened.close()


def tamper(history: History, *statements: str) -> None:
    """What somebody does who owns the database: the triggers go first."""
    with history._engine.begin() as connection:
        if history.is_postgresql:
            connection.exec_driver_sql("DROP TRIGGER record_append_only ON record")
            connection.exec_driver_sql("DROP TRIGGER document_append_only ON document")
        else:
            for table in ("record", "document"):
                for act in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_records_come_back_as_they_were_written(history: History) -> None:
    found = history.read("A")
    assert [record.body["value"] for record in found] == [1, 2, 3, 4, 5]
    assert history.head() == (5, found[-1].hash)
    assert history.document(SHA) == TEXT
    assert history.audits() == ["A"]


def test_a_whole_history_is_verified_by_any_head_that_was_written_down(history: History) -> None:
    for record in history.read("A"):
        found = history.verify(record.hash)
        assert (found.wrong, found.found_at, found.records) == ((), record.number, 5)
    assert history.verify("0" * 64).found_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET body = replace(body, '\"value\":3', '\"value\":4') WHERE number = 3",
        "UPDATE record SET audit = 'B' WHERE number = 3",
        "UPDATE record SET kind = 'repeat' WHERE number = 3",
        "UPDATE record SET hash = '" + "0" * 64 + "' WHERE number = 3",
        "DELETE FROM record WHERE number = 3",
        "DELETE FROM record WHERE number = 1",
        "DELETE FROM document",
    ],
)
def test_a_change_in_the_middle_is_seen_by_everybody(history: History, statement: str) -> None:
    tamper(history, statement)
    assert history.verify().wrong


def test_the_removal_of_the_newest_is_seen_by_who_has_the_head(history: History) -> None:
    _, head = history.head()
    tamper(history, "DELETE FROM record WHERE number >= 4")
    assert history.verify().wrong == ()  # the rest is a whole chain
    assert history.verify(head).found_at is None


def test_a_chain_written_anew_is_seen_by_who_has_the_head(history: History) -> None:
    """Somebody changes record 4 and works out all hashes anew: only a head that was kept elsewhere can tell."""
    _, head = history.head()
    previous = history.read("A")[2].hash
    statements = []
    for number in (4, 5):
        text = canonical(body(number, documents={"mapping": SHA}, value=99))
        digest = hash_of(number, previous, text)
        statements.append(
            f"UPDATE record SET body = '{text}', previous = '{previous}', hash = '{digest}' WHERE number = {number}"
        )
        previous = digest
    tamper(history, *statements)
    assert history.verify().wrong == ()
    assert history.verify(head).found_at is None


def test_an_inserted_record_is_seen(history: History) -> None:
    _, head = history.head()
    text = canonical(body(6))
    fourth = history.read("A")[3].hash
    digest = hash_of(6, fourth, text)
    values = f"6, 'A', 'run', '{digest}', '{fourth}', '{text}'"
    statement = f"INSERT INTO record (number, audit, kind, hash, previous, body) VALUES ({values})"
    with pytest.raises(sa.exc.DBAPIError), history._engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert history.verify(head).wrong == ()


@pytest.mark.parametrize("statement", ["UPDATE record SET kind = 'x'", "DELETE FROM record", "DELETE FROM document"])
def test_the_database_itself_refuses_changes(history: History, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append only"), history._engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert history.verify().records == 5


def test_an_attempt_of_which_nobody_knows_is_not_recorded_twice(history: History) -> None:
    again = history.append(body(5, documents={"mapping": SHA}))
    assert again.number == 5
    assert history.head()[0] == 5


def test_many_that_append_at_once_make_one_chain(place: str) -> None:
    open_history(place, write=True).close()

    def append(first: int) -> None:
        own = open_history(place, write=True)
        for number in range(first, first + 5):
            own.append(body(number))
        own.close()

    threads = [threading.Thread(target=append, args=(first,)) for first in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = open_history(place, write=False)
    assert history.verify().wrong == ()
    assert sorted(record.body["value"] for record in history.read("A")) == sorted(
        number for first in (0, 100, 200, 300) for number in range(first, first + 5)
    )
    history.close()


def test_a_history_of_an_older_version_is_brought_up_to_date(place: str) -> None:
    engine = open_history(place, write=True)._engine
    with engine.begin() as connection:  # back to the first version, in which nothing kept anybody from changing it
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TABLE record, document, alembic_version")
            connection.exec_driver_sql("DROP FUNCTION vsm_append_only")
        else:
            for table in ("record", "document", "alembic_version"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
    with engine.begin() as connection:
        command.upgrade(_script(connection), "0001")
        text, number = canonical(body(1)), 1
        values = f"1, 'A', 'run', '{hash_of(number, START, text)}', '{START}', '{text}'"
        connection.exec_driver_sql(f"INSERT INTO record (number, audit, kind, hash, previous, body) VALUES ({values})")
    engine.dispose()
    old = open_history(place, write=False)  # to read it, it is taken as it is
    assert [record.body["value"] for record in old.read("A")] == [1]
    old.close()
    new = open_history(place, write=True)
    new.append(body(2))
    assert new.verify().wrong == ()
    with pytest.raises(sa.exc.DBAPIError, match="append only"), new._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM record")
    new.close()


def test_a_history_of_a_newer_version_is_refused(place: str) -> None:
    history = open_history(place, write=True)
    with history._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    history.close()
    with pytest.raises(RequestError, match="newer version"):
        open_history(place, write=True)
    with pytest.raises(RequestError, match="newer version"):
        open_history(place, write=False)


def test_one_run_at_a_time(place: str) -> None:
    first, second = open_history(place, write=True), open_history(place, write=True)
    asked = []

    def waited() -> bool:
        asked.append(1)
        return len(asked) < 3

    with first.one_run("A", lambda: False):
        with pytest.raises(RequestError, match="another run of this audit is under way"), second.one_run("A", waited):
            pass
        with second.one_run("B", lambda: False):
            pass  # another audit
    assert len(asked) == 3
    with second.one_run("A", lambda: False):
        pass
    first.close()
    second.close()


# ------------------------------------------------------------------------------------------------------- of SQLite only


def test_there_is_no_history_yet(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no history here yet"):
        open_history(str(tmp_path / "none.db"), write=False)


@pytest.mark.parametrize("content", [b"this is no database, but long enough to be taken for one" * 50, b""])
def test_a_file_that_is_no_history(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(content)
    with pytest.raises(RequestError, match=r"no audit history|cannot be used"):
        open_history(str(path), write=False)


def test_a_place_that_cannot_be_written_to_can_be_read(tmp_path: Path) -> None:
    """In a process without root's rights, since root may write everywhere."""
    filled(str(tmp_path / "history.db")).close()
    script = (
        "import os, sys\n"
        "from mining.audit.history.store import open_history\n"
        "from mining.core.errors import RequestError\n"
        "place = sys.argv[1]\n"
        "open_history(place, write=True).close()  # what is imported late is imported before rights are dropped\n"
        "os.chmod(place, 0o444); os.chmod(os.path.dirname(place), 0o555)\n"
        "parent = os.path.dirname(place)\n"
        "while parent != '/':\n"
        "    parent = os.path.dirname(parent)\n"
        "    os.access(parent, os.X_OK) and parent.startswith('/tmp/') and os.chmod(parent, 0o755)\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "history = open_history(place, write=False)\n"
        "print(history.head()[0], len(history.read('A')), history.verify().wrong)\n"
        "try:\n"
        "    open_history(place, write=True).append({'audit': 'A', 'kind': 'run', 'id': 'x'})\n"
        "except RequestError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "history.db")], capture_output=True, text=True, check=False
    )
    (tmp_path).chmod(0o755)
    assert done.stdout.startswith("5 5 ()\n"), done.stderr
    assert "cannot be written to" in done.stdout


# ---------------------------------------------------------------------------------------------------------- the chain

LINKS = st.integers(min_value=2, max_value=8)


def chain(count: int) -> list[Link]:
    links, previous = [], START
    for number in range(1, count + 1):
        text = canonical(body(number))
        digest = hash_of(number, previous, text)
        links.append(Link(number, "A", "run", digest, previous, text))
        previous = digest
    return links


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(count=LINKS, data=st.data())
def test_no_change_of_any_part_passes(count: int, data: st.DataObject) -> None:
    links = chain(count)
    assert check(links).wrong == ()
    at = data.draw(st.integers(0, count - 1))
    part = data.draw(st.sampled_from(["number", "audit", "kind", "hash", "previous", "body"]))
    old = getattr(links[at], part)
    new = old + 1 if part == "number" else old[:-1] + chr(ord(old[-1]) ^ 1)
    values = {name: getattr(links[at], name) for name in Link.__dataclass_fields__}
    links[at] = Link(**{**values, part: new})
    assert check(links).wrong


@given(count=LINKS, data=st.data())
def test_no_removal_and_no_swap_passes_who_has_the_head(count: int, data: st.DataObject) -> None:
    links = chain(count)
    head = links[-1].hash
    at = data.draw(st.integers(0, count - 1))
    fewer = links[:at] + links[at + 1 :]
    found = check(fewer, head)
    assert found.wrong or found.found_at is None
    swapped = [*links]
    swapped[at], swapped[at - 1] = swapped[at - 1], swapped[at]
    assert count < 2 or check(swapped).wrong


def test_the_canonical_form_does_not_hang_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}' == canonical(json.loads('{"a": "é", "b": 1}'))
