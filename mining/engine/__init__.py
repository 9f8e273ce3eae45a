"""Where tables are computed: DuckDB in the process, spoken to through Ibis. Nobody else knows which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mining.core.analysis import Options

if TYPE_CHECKING:
    from mining.engine.duck import Engine

__all__ = ["open_engine"]


@contextmanager
def open_engine(options: Options) -> Iterator[Engine]:
    """An engine under the memory limit, the threads and the temporary folder of `options`; closed on leaving.

    It computes in memory and spills to a folder of its own, which is gone afterwards, also after Ctrl-C. Raises
    RequestError where one of the options makes no sense.
    """
    from mining.engine.duck import Engine
    from mining.engine.settings import Settings

    settings = Settings.of(options)
    with settings.scratch_folder() as scratch:
        engine = Engine(settings, scratch)
        try:
            yield engine
        finally:
            engine.close()
