"""What is installed from the wheel works without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def vsm(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of a fresh environment that has the wheel; what it depends on is lent from this environment."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    (packages,) = home.glob("lib/python*/site-packages")
    # a path named in a .pth file is searched, but its own .pth files, such as the one that names the checkout, are not
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return [str(home / "bin" / "vsm")]


def run(vsm: list[str], *words: str, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    done = subprocess.run([*vsm, *words], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_data_the_licence_and_the_types_are_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for shipped in ("mappings", "sample_logs"):
        ours = {
            f"mining/_data/{path.relative_to(ROOT)}"
            for path in (ROOT / shipped).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert ours
        assert ours <= set(names)
    assert "mining/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", ".ci/"))]


def test_every_file_of_the_package_is_inside(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "mining"], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = set(listed.stdout.split())
    assert len(ours) > 20
    assert ours <= set(zipfile.ZipFile(wheel).namelist())


def test_the_environment_does_not_reach_the_checkout(vsm: list[str], tmp_path: Path) -> None:
    python = str(Path(vsm[0]).parent / "python")
    where = run([python], "-c", "import mining; print(mining.__file__)", cwd=tmp_path)
    assert not Path(where.strip()).is_relative_to(ROOT)


def test_the_shipped_mappings_and_references_are_found(vsm: list[str], tmp_path: Path) -> None:
    listed = run(vsm, "mapping", "list", cwd=tmp_path)
    assert all(name in listed for name in ("servicenow_incident", "vinst_incident", "generic_events"))
    assert "incident" in run(vsm, "reference", "list", cwd=tmp_path)
    run(vsm, "doctor", cwd=tmp_path)


def test_the_demo_works_in_an_empty_folder(vsm: list[str], tmp_path: Path) -> None:
    said = run(vsm, "demo", cwd=tmp_path)
    report = tmp_path / "demo" / "report.html"
    assert report.as_uri() in said
    assert report.stat().st_size > 10_000
    outcome = json.loads((tmp_path / "demo" / "result.json").read_text(encoding="utf-8"))
    assert outcome["ledger"]["rows_read"] > 100
    assert {path.name for path in tmp_path.iterdir()} == {"demo"}


def test_an_audit_keeps_its_history(vsm: list[str], tmp_path: Path) -> None:
    """The migrations of the history are in the wheel too."""
    (tmp_path / "in.csv").write_bytes((ROOT / "sample_logs" / "servicenow_incidents.csv").read_bytes())
    gates = "gates: [{figure: conformance.fitness, at_least: 0.5}]"
    text = f"name: A\ninputs: {{newest: in.csv}}\nmapping: servicenow_incident\nreference: incident\n{gates}\n"
    (tmp_path / "audit.yaml").write_text(text, encoding="utf-8")
    assert "Held" in run(vsm, "audit", "run", "audit.yaml", cwd=tmp_path)
    assert "Whole: 1 record" in run(vsm, "audit", "verify", "audit.yaml", cwd=tmp_path)
