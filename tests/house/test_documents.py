"""What is written down agrees with what there is, and names no machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|farm|root|opt)/|bash_jobs|index-url|find-links|trusted-host|file://"
    + r"/\w|pypi\.\w|pythonhosted"
)
ALLOWED = {
    "Makefile": {"index-url", "find-links", "trusted-host"},  # it tells pip-compile to leave them out
    "tests/house/test_documents.py": None,
}


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return sorted(name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def commands() -> Iterator[str]:
    """Every command of vsm, as a user types it."""
    import typer

    from mining.cli.app import app

    def walk(command: object, words: str) -> Iterator[str]:
        below = getattr(command, "commands", None)
        if below is None:
            yield words
        for name, child in (below or {}).items():
            yield from walk(child, f"{words} {name}")

    return walk(typer.main.get_command(app), "vsm")


@pytest.fixture(scope="module")
def guide() -> str:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_every_command_is_documented(guide: str) -> None:
    missing = [command for command in commands() if command not in guide]
    assert len(list(commands())) > 8
    assert missing == []


def test_the_guide_shows_no_command_that_does_not_exist(guide: str) -> None:
    known = set(commands())
    groups = {" ".join(command.split()[:2]) for command in known}
    for shown in re.findall(r"^(?:\$ )?(vsm [a-z]+(?: [a-z]+)?)", guide, flags=re.MULTILINE):
        assert shown in known | groups or " ".join(shown.split()[:2]) in known, shown


@pytest.mark.slow
def test_every_help_has_an_example() -> None:
    for command in commands():
        words = command.split()[1:]
        done = subprocess.run(
            [sys.executable, "-m", "mining", *words, "--help"], capture_output=True, text=True, check=True
        )
        assert f"  {command}" in done.stdout.partition("Example")[2], f"{command} --help shows no example"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_parts_and_is_listed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {page.stem[:4]}\. .+\n", text)
    parts = re.findall(r"^## (.+)\n+(\S.+)", text, flags=re.MULTILINE)
    assert [name for name, _ in parts] == ["Context", "Decision", "Consequence"]
    assert f"({page.name})" in (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")


def test_there_are_decisions_each_with_its_own_number() -> None:
    numbers = [page.stem[:4] for page in DECISIONS]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_changelog_and_version_agree() -> None:
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert newest is not None
    assert newest[1] == PROJECT["project"]["version"]


def test_the_licence_is_the_one_that_is_declared() -> None:
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert text.startswith("GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007")
    assert "13. Remote Network Interaction" in text
    assert PROJECT["project"]["license"] == "AGPL-3.0-or-later"


def test_links_between_our_pages_lead_somewhere() -> None:
    for name in files():
        if not name.endswith(".md"):
            continue
        page = ROOT / name
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{name} links to {target}"


def test_nothing_names_a_machine_or_an_index() -> None:
    found = []
    for name in files():
        allowed = ALLOWED.get(name, set())
        if allowed is None:
            continue
        text = (ROOT / name).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{name}: {hit}" for hit in MACHINE.findall(text) if hit not in allowed]
    assert found == []


def test_the_lock_pins_everything_by_version_and_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    pinned = set()
    for entry in filter(None, entries):
        found = re.match(
            r"([a-z0-9.-]+)==[\w.]+( ; platform_system == .Linux.)? \\\n {4}--hash=sha256:[0-9a-f]{64}", entry
        )
        assert found, entry[:100]
        pinned.add(found[1])
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9.-]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names <= pinned


def test_no_file_is_large() -> None:
    assert [name for name in files() if (ROOT / name).stat().st_size > 1_000_000] == []
