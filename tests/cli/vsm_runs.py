"""Runs `vsm` as a user types it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def vsm(*words: str, cwd: Path, **environment: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "mining", *words],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", **environment},
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
