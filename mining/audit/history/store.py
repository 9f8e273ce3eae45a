"""The history on disk or in a database: opened, brought up to date, read, and appended to."""

from __future__ import annotations

import hashlib
import json
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from mining.audit.history.chain import START, Checked, Link, canonical, check, hash_of
from mining.audit.history.locking import advisory, is_passing, lock_file, trouble
from mining.audit.history.tables import documents, records
from mining.core.errors import Problem, RequestError

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for which a run waits for a database that went away, before it gives up."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record, read. `body` is its content; see `records.py` for what each kind holds."""

    number: int
    kind: str
    hash: str
    body: dict[str, Any]


class History:
    """One history, open. Every method may raise RequestError where the database cannot be reached or read."""

    def __init__(self, engine: sa.Engine, place: str, *, patience: float = PATIENCE) -> None:
        self._engine = engine
        self.place = place
        self._patience = patience

    @property
    def is_postgresql(self) -> bool:
        """Whether it is kept by PostgreSQL."""
        return self._engine.dialect.name == "postgresql"

    # --------------------------------------------------------------------------------------------------- reading

    def head(self) -> tuple[int, str]:
        """How many records there are, and the hash of the newest."""
        return self._patiently(_head)

    def read(self, audit: str, kinds: Sequence[str] = ()) -> list[Record]:
        """The records of an audit, of these kinds (of all where none is named), the newest last."""
        wanted = sa.select(records.c.number, records.c.kind, records.c.hash, records.c.body)
        wanted = wanted.where(records.c.audit == audit).order_by(records.c.number)
        if kinds:
            wanted = wanted.where(records.c.kind.in_(kinds))
        rows = self._patiently(lambda connection: connection.execute(wanted).all())
        return [Record(row.number, row.kind, row.hash, json.loads(row.body)) for row in rows]

    def audits(self) -> list[str]:
        """The names of the audits that have records."""
        wanted = sa.select(records.c.audit).distinct().order_by(records.c.audit)
        return list(self._patiently(lambda connection: connection.execute(wanted).scalars().all()))

    def document(self, sha256: str) -> bytes:
        """The content that a record refers to."""
        wanted = sa.select(documents.c.content).where(documents.c.sha256 == sha256)
        packed = self._patiently(lambda connection: connection.execute(wanted).scalar())
        if packed is None:
            raise RequestError(Problem("the history lacks a document", file=self.place, found=sha256))
        return zlib.decompress(packed)

    def verify(self, wanted: str | None = None) -> Checked:
        """Go along the whole chain, and look at every document. `wanted` is a head's hash that somebody wrote down."""
        found = self._patiently(lambda connection: check(_links(connection), wanted))
        wrong = (*found.wrong, *self._patiently(lambda connection: list(_wrong_documents(connection))))
        return Checked(found.records, found.head, wrong, found.found_at)

    # ------------------------------------------------------------------------------------------------- appending

    def append(self, body: Mapping[str, Any], content: Mapping[str, bytes] | None = None) -> Record:
        """Add a record, whole or not at all. `body` has a key `id` that no other record has, so that an attempt of
        which nobody knows whether it came through is not repeated. `content` are documents by their SHA-256."""
        text = canonical(body)

        def add(connection: sa.Connection) -> Record:
            count, previous = _head(connection, to_append=True)
            last = connection.execute(sa.select(records).where(records.c.number == count)).one_or_none()
            if last is not None and json.loads(last.body).get("id") == body["id"]:
                return Record(last.number, last.kind, last.hash, dict(body))
            for sha256, whole in (content or {}).items():
                known = connection.execute(sa.select(documents.c.sha256).where(documents.c.sha256 == sha256)).scalar()
                if known is None:
                    packed = zlib.compress(whole, 6)
                    connection.execute(documents.insert().values(sha256=sha256, content=packed))
            number = count + 1
            digest = hash_of(number, previous, text)
            values = {"audit": body["audit"], "kind": body["kind"], "hash": digest, "previous": previous}
            connection.execute(records.insert().values(number=number, body=text, **values))
            return Record(number, body["kind"], digest, dict(body))

        return self._patiently(add)

    # ---------------------------------------------------------------------------------------------------- trouble

    def _patiently(self, work: Callable[[sa.Connection], T]) -> T:
        """Do `work` in one transaction; where the connection is lost, wait for the database to come back."""
        begin, pause = time.monotonic(), 0.2
        while True:
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except sa.exc.DBAPIError as error:
                left = begin + self._patience - time.monotonic()
                if not is_passing(error) or left <= 0:
                    raise trouble(error, self.place) from error
                time.sleep(min(pause, left))
                pause = min(pause * 2, 5)
                self._engine.dispose()

    @contextmanager
    def one_run(self, audit: str, waited: Callable[[], bool]) -> Iterator[None]:
        """Hold the right to run `audit` for as long as the block lasts; `waited` is called while another run has it,
        and says whether to wait on. Raises RequestError where it does not."""
        name = hashlib.sha256(audit.encode()).hexdigest()
        with advisory(self._engine, name, waited) if self.is_postgresql else lock_file(self.place, name, waited):
            yield

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _head(connection: sa.Connection, *, to_append: bool = False) -> tuple[int, str]:
    if to_append and connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE record IN EXCLUSIVE MODE"))
    newest = sa.select(records.c.number, records.c.hash).order_by(records.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return (0, START) if row is None else (row.number, row.hash)


def _links(connection: sa.Connection) -> Iterator[Link]:
    rows = connection.execution_options(yield_per=500).execute(sa.select(records).order_by(records.c.number))
    for row in rows:
        yield Link(row.number, row.audit, row.kind, row.hash, row.previous, row.body)


def _wrong_documents(connection: sa.Connection) -> Iterator[str]:
    needed: set[str] = set()
    for link in _links(connection):
        with suppress(ValueError, AttributeError):
            needed |= set(json.loads(link.body).get("documents", {}).values())
    for row in connection.execution_options(yield_per=20).execute(sa.select(documents)):
        needed.discard(row.sha256)
        try:
            same = hashlib.sha256(zlib.decompress(row.content)).hexdigest() == row.sha256
        except zlib.error:
            same = False
        if not same:
            yield f"The document {row.sha256[:12]} was changed."
    for sha256 in sorted(needed):
        yield f"The document {sha256[:12]}, to which a record refers, is missing."


# ----------------------------------------------------------------------------------------------------------- opening


def open_history(place: str, *, write: bool, patience: float = PATIENCE) -> History:
    """The history at `place`, the path of a file of SQLite or the URL of a database.

    To write, it is made where there is none, and brought up to date; to read, it is taken as it is, also on a place
    that cannot be written to. Raises RequestError where that cannot be.
    """
    shown = place
    try:
        if "://" in place:
            url = sa.make_url(place)
            shown = url.render_as_string(hide_password=True)
            if url.get_backend_name() == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            engine = sa.create_engine(url, pool_pre_ping=True)
        else:
            engine = _sqlite(Path(place), write=write)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        expected = "postgresql://USER@HOST/DATABASE"
        raise RequestError(Problem("this is no URL of a database", file=shown, expected=expected)) from error
    except ImportError as error:
        todo = 'install what it needs: pip install "value-stream-miner[postgres]"'
        raise RequestError(Problem(f"this database needs a package: {error.name}", file=shown, todo=todo)) from error
    history = History(engine, shown, patience=patience)
    try:
        if write:
            history._patiently(_upgrade)  # noqa: SLF001 - this is its opening
        else:
            history._patiently(lambda connection: _check_readable(connection, shown))  # noqa: SLF001
    except BaseException:
        history.close()
        raise
    return history


def _sqlite(path: Path, *, write: bool) -> sa.Engine:
    if write:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(Problem(f"cannot be written: {error.strerror}", file=str(path))) from error
        url = f"sqlite:///{path}"
    else:
        if not path.is_file():
            todo = "vsm audit run makes it"
            raise RequestError(Problem("there is no history here yet", file=str(path), todo=todo))
        url = f"sqlite:///file:{path}?mode=ro&uri=true"
    engine = sa.create_engine(url, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where `_began` says so

    @sa.event.listens_for(engine, "begin")
    def _began(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _script(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "mining.audit.history:migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7205759403792)"))  # two runs, each the first of all
    _refuse_newer(connection)
    command.upgrade(_script(connection), "head")


def _refuse_newer(connection: sa.Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(_script())
    if current is not None and current not in {step.revision for step in steps.walk_revisions()}:
        todo = "use that version, or a newer one"
        raise RequestError(Problem("this history is of a newer version of vsm", found=current, todo=todo))
    return current


def _check_readable(connection: sa.Connection, shown: str) -> None:
    if _refuse_newer(connection) is None:
        raise RequestError(Problem("this is no audit history", file=shown))
