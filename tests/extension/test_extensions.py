"""A company's own formats and mappings: from a folder, and from packages that are installed beside vsm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import mining
from mining.core import extensions
from mining.core.catalogue import Kind, catalogue, own_mappings
from mining.sources import plugins

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = Path(__file__).parent / "example_package"
LOG = "#ACME DESK\n01.03.2024 10:00 | A1 | called\n01.03.2024 12:00 | A1 | works again\n"

Install = Callable[..., None]


@pytest.fixture(autouse=True)
def fresh_look(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is installed is looked up once in a run; each test here installs something else."""
    monkeypatch.delenv("VSM_MAPPINGS", raising=False)
    extensions.extensions.cache_clear()
    plugins.plugins.cache_clear()
    yield
    extensions.extensions.cache_clear()
    plugins.plugins.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a package with one entry point where Python finds it, as an installer would."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)

    def put(group: str, value: str, files: dict[str, str], name: str = "acme") -> None:
        for path, text in files.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(textwrap.dedent(text), encoding="utf-8")
        info = site / f"{name}_vsm-2.1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-vsm\nVersion: 2.1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[value_stream_miner.{group}]\n{name} = {value}\n", encoding="utf-8")

    yield put
    for module in set(sys.modules) - before:
        if module.startswith("acme"):
            del sys.modules[module]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.desk"
    path.write_text(LOG, encoding="utf-8")
    return path


def install_example(install: Install) -> None:
    names = [str(path.relative_to(EXAMPLE)) for path in (EXAMPLE / "acme_vsm").rglob("*") if path.suffix != ".pyc"]
    files = {name: (EXAMPLE / name).read_text(encoding="utf-8") for name in names if (EXAMPLE / name).is_file()}
    install("formats", "acme_vsm.desk_log", files)
    install("mappings", "acme_vsm", {}, name="acme_maps")


def test_a_format_and_a_mapping_of_a_package_are_used_by_name(install: Install, log: Path) -> None:
    install_example(install)
    found = mining.analyse(log, mapping="acme_desk", reference="acme_desk").analysis
    assert [(file.format, file.rows) for file in found.files] == [("Acme desk log", 2)]
    assert found.conformance is not None
    assert (found.conformance.checked, found.conformance.conforming) == (1, 1)


def test_rows_that_a_plugin_sets_aside_are_accounted_for(install: Install, log: Path) -> None:
    install_example(install)
    log.write_text(LOG + "garbage\n" + LOG.partition("\n")[2].replace("A1", "A2"), encoding="utf-8")
    options = mining.Options(max_rejected=0.5)
    found = mining.analyse(log, mapping="acme_desk", options=options).analysis
    assert (found.ledger.rows_read, found.ledger.rows_rejected, found.ledger.adds_up) == (5, 1, True)
    assert [(row.row, row.reason) for row in found.rejected] == [(3, "has 1 parts, not 3")]


def test_files_of_a_plugin_are_found_in_folders_by_their_suffix(install: Install, tmp_path: Path) -> None:
    install_example(install)
    folder = tmp_path / "week"
    folder.mkdir()
    (folder / "monday.desk").write_text(LOG, encoding="utf-8")
    (folder / "readme.md").write_text("not this one", encoding="utf-8")
    assert mining.analyse(folder, mapping="acme_desk").analysis.ledger.rows_read == 2


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_module", "failed at being imported(.|\n)*no_such_module"),
        ("NAME = 'Acme'", "is no format(.|\n)*lacks fits, open_file"),
        ("NAME = fits = open_file = 'x'\nPROTOCOL = 2", "was made for protocol 2"),
        ("NAME = 'A'\ndef open_file(visit): ...\ndef fits(name, head): return 1 / 0", "failed at its fits(.|\n)*Zero"),
        ("NAME = 'A'\ndef fits(*_): return True\ndef open_file(visit): raise KeyError('x')", "its open_file(.|\n)*Key"),
        ("NAME = 'A'\ndef fits(*_): return True\ndef open_file(visit): return 7", "returned no Opened"),
    ],
)
def test_a_plugin_that_does_not_keep_to_the_protocol_is_named(
    install: Install, log: Path, code: str, said: str
) -> None:
    install("formats", "acme_broken", {"acme_broken.py": code})
    with pytest.raises(mining.RequestError, match=rf'"acme" of the package acme-vsm 2.1 (.|\n)*{said}'):
        mining.analyse(log, mapping="generic_events")


@pytest.mark.parametrize(
    ("value", "said"),
    [("acme_maps", "has neither a folder exports nor"), ("acme_maps.one", "no package"), ("gone", "being imported")],
)
def test_a_package_without_mappings_is_named(install: Install, value: str, said: str) -> None:
    install("mappings", value, {"acme_maps/__init__.py": "", "acme_maps/one.py": ""})
    with pytest.raises(mining.RequestError, match=f"acme-vsm 2.1(.|\n)*{said}"):
        catalogue(Kind.EXPORTS)


def own_folder(folder: Path) -> Path:
    mapping = (EXAMPLE / "acme_vsm" / "exports" / "acme_desk.yaml").read_text(encoding="utf-8")
    stream = (EXAMPLE / "acme_vsm" / "streams" / "acme_desk.yaml").read_text(encoding="utf-8")
    (folder / "exports").mkdir(parents=True)
    (folder / "exports" / "generic_events.yaml").write_text(mapping, encoding="utf-8")
    (folder / "direct.yaml").write_text(mapping, encoding="utf-8")
    (folder / "incident.yaml").write_text(stream, encoding="utf-8")
    return folder


def test_names_of_ones_own_folder_come_first_and_say_what_they_hide(install: Install, tmp_path: Path) -> None:
    install_example(install)
    with own_mappings(own_folder(tmp_path / "ours")):
        mappings, streams = catalogue(Kind.EXPORTS), catalogue(Kind.STREAMS)
    ours = {name: (entry.origin, entry.hides) for name, entry in (mappings | streams).items()}
    assert ours["generic_events"] == ("folder ours", ("shipped",))
    assert ours["incident"] == ("folder ours", ("shipped",))
    assert ours["direct"] == ("folder ours", ())
    assert mappings["acme_desk"].origin == streams["acme_desk"].origin == "package acme_maps-vsm 2.1"
    assert mappings["servicenow_incident"].origin == "shipped"
    assert "direct" not in streams
    assert "incident" not in mappings
    assert list(mappings) == sorted(mappings)
    assert catalogue(Kind.EXPORTS)["generic_events"].origin == "shipped"  # outside the block all is as before


def test_the_report_says_that_a_mapping_hides_another(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("ticket,time,event\nA1,01.03.2024 10:00,called\n", encoding="utf-8")
    ours = own_folder(tmp_path / "ours")
    found = mining.analyse(export, mapping="generic_events", mappings_dir=ours, reference="incident").analysis
    assert found.mapping.name == "Acme desk"
    assert '"generic_events" is that of the folder ours; it hides the one that ships.' in found.notes
    assert '"incident" is that of the folder ours; it hides the one that ships.' in found.notes


def vsm(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mining", *words],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "120", **environment},
        timeout=300,
        check=False,
    )


def test_the_command_line_takes_a_folder_by_option_or_by_variable(tmp_path: Path) -> None:
    own_folder(tmp_path / "ours")
    by_option = vsm("mapping", "list", "--mappings", "ours", cwd=tmp_path)
    assert by_option.returncode == 0, by_option.stderr
    assert "folder ours" in by_option.stdout
    assert 'Note: "generic_events" is that of the folder ours; it hides the one that ships.' in by_option.stdout
    by_variable = vsm("reference", "list", "--json", cwd=tmp_path, VSM_MAPPINGS="ours")
    listed = {entry["name"]: entry for entry in json.loads(by_variable.stdout)}
    assert (listed["incident"]["from"], listed["incident"]["hides"]) == ("folder ours", ["shipped"])
    assert "Acme desk" in vsm("mapping", "show", "direct", "--mappings", "ours", cwd=tmp_path).stdout
    tested = vsm("mapping", "test", "direct", "--mappings", "ours", cwd=tmp_path)
    assert (tested.returncode, tested.stdout) == (0, "1 of 1 examples come out as written.\n")
    missing = vsm("mapping", "list", "--mappings", "their", cwd=tmp_path)
    assert missing.returncode == 2
    assert "no such folder of mappings" in missing.stderr


def test_help_looks_for_no_extensions(tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        "def broken(*a, **k): raise SystemExit('looked')\n"
        "import importlib.metadata as m; m.entry_points = broken\n"
        "from mining.cli import main; main(['analyse', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_shows_the_whole_example() -> None:
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    for path in sorted(EXAMPLE.rglob("*")):
        if path.suffix in (".py", ".yaml", ".toml"):
            assert path.read_text(encoding="utf-8").strip() in page, f"{path.name} differs from docs/extending.md"


@pytest.mark.wheel
def test_an_installed_package_is_read_and_listed(tmp_path: Path) -> None:
    """The whole way, as a user goes it: pip install, then vsm."""
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(EXAMPLE)], check=True, capture_output=True, cwd=tmp_path)
    path = os.pathsep.join([str(target), str(ROOT)])
    listed = vsm("mapping", "list", cwd=tmp_path, PYTHONPATH=path)
    assert "acme_desk" in listed.stdout
    assert "package acme-vsm 1.0" in listed.stdout
    (tmp_path / "tickets.desk").write_text(LOG, encoding="utf-8")
    words = ["analyse", "tickets.desk", "-m", "acme_desk", "-r", "acme_desk", "--json", "--quiet"]
    result = json.loads(vsm(*words, cwd=tmp_path, PYTHONPATH=path).stdout)
    assert result["files"][0]["format"] == "Acme desk log"
    assert result["conformance"]["fitness"] == 1
    assert "acme-vsm 1.0" in vsm("doctor", cwd=tmp_path, PYTHONPATH=path).stdout
