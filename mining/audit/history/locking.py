"""What goes wrong with a database, told; and the right to run an audit, which one process has at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from mining.audit.history.exclusive import taken
from mining.core.errors import Problem, RequestError

_BUSY = "another run of this audit is under way"


def is_passing(error: sa.exc.DBAPIError) -> bool:
    """Whether waiting can help: the connection is gone or refused, the database is starting, or busy."""
    said = str(error.orig).lower()
    if error.connection_invalidated or "database is locked" in said:
        return True
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InternalError | sa.exc.InterfaceError):
        return False
    signs = ("connection", "server closed", "terminating", "starting up", "shutting down", "could not connect")
    return any(sign in said for sign in signs) and "authentication" not in said and "does not exist" not in said


def trouble(error: sa.exc.DBAPIError, place: str) -> RequestError:
    """What went wrong with the database, for people: without the statement, which holds what was to be recorded."""
    said = str(error.orig).strip().split("\n", 1)[0][:200]
    todo = "see that the database is reached and may be written to; nothing of this run is recorded"
    if "readonly" in said or "read-only" in said:
        todo = "the history is on a place that cannot be written to; reading it works"
    return RequestError(Problem(f"the history cannot be used: {said}", file=place, todo=todo))


@contextmanager
def lock_file(place: str, name: str, waited: Callable[[], bool]) -> Iterator[None]:
    """A lock that the system lets go of when the process ends, however it ends. `waited` waits a while for another's,
    and says whether to try again.

    Raises RequestError where another run has it for longer, or the file beside `place` cannot be written.
    """
    path = Path(f"{place}.{name[:12]}.lock")
    try:
        file = path.open("a")
    except OSError as error:
        raise RequestError(Problem(f"cannot be written: {error.strerror}", file=str(path))) from error
    with file:
        while not taken(file):
            if not waited():
                raise RequestError(Problem(_BUSY, file=place, todo="wait for it, or give --patience"))
        yield


@contextmanager
def advisory(engine: sa.Engine, name: str, waited: Callable[[], bool]) -> Iterator[None]:
    """PostgreSQL's own lock, so that runs on several machines see each other; gone with the connection."""
    key = int(name[:15], 16)
    taking = sa.text("SELECT pg_try_advisory_lock(:key)").bindparams(key=key)
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except sa.exc.DBAPIError as error:
        raise trouble(error, engine.url.render_as_string(hide_password=True)) from error
    try:
        while not connection.execute(taking).scalar():
            if not waited():
                raise RequestError(Problem(_BUSY, todo="wait for it, or give --patience"))
        yield
    finally:
        with suppress(sa.exc.DBAPIError):
            connection.invalidate()  # closes it, and with it the lock
            connection.close()
