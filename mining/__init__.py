"""Value stream miner: by which routes demand becomes value, where it waits, and how far that is from the agreement.

import mining
result = mining.analyse("incidents.csv", mapping="servicenow_incident", reference="incident")
result.conformance.fitness
result.write_report("report.html")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mining.core.analysis import Options
    from mining.core.errors import ConfigError, InputError, MiningError, RequestError
    from mining.pipeline import analyse
    from mining.result import Result

_HOMES = {
    "ConfigError": "mining.core.errors",
    "InputError": "mining.core.errors",
    "MiningError": "mining.core.errors",
    "Options": "mining.core.analysis",
    "RequestError": "mining.core.errors",
    "Result": "mining.result",
    "analyse": "mining.pipeline",
}

__all__ = ["ConfigError", "InputError", "MiningError", "Options", "RequestError", "Result", "analyse"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: `import mining` itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
