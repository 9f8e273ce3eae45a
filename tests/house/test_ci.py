"""CI runs what a developer runs, and nothing is skipped there in silence."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed"), ("", "1 skipped")])
def test_a_browser_test_cannot_be_skipped_in_ci(ci: str, outcome: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_page.py").write_text(
        "import pytest\n\n\n@pytest.mark.browser\ndef test_page() -> None:\n    pytest.skip('no Chromium')\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout.splitlines()[-1]


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    shown = re.findall(r"^(make (?:test|demo))\b", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert shown == ["make demo", "make test"]
    ran = re.findall(r"^(?:time )?(make [a-z]+)", script, flags=re.MULTILINE)
    assert ran == ["make setup", "make check", "make test", "make slow"]


def test_every_test_is_run_by_test_or_by_slow() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert '-m "not ($(APART))"' in makefile
    assert '-m "slow and not ($(ALONE))"' in makefile
    assert '-m "$(ALONE)"' in makefile
    apart, alone = (re.search(rf"^{name} := (.+)$", makefile, flags=re.MULTILINE) for name in ("APART", "ALONE"))
    assert apart is not None
    assert alone is not None
    assert {"slow", *alone[1].split(" or ")} == set(apart[1].split(" or "))
    marked = re.findall(r'^    "([a-z_]+): ', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(apart[1].split(" or ")) == set(marked)
