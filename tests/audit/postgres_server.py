"""A PostgreSQL server of the tests' own, that can be killed and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return None if initdb is None else Path(initdb).parent


class Server:
    """A cluster in a folder of its own, reached through a port of this machine."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._folder = Path(tempfile.mkdtemp(prefix="vsm-postgres-"))
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._call("initdb", "-D", str(self._data), "-U", "vsm", "--auth", "trust", "-E", "UTF8", "--locale", "C", "-N")
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _call(self, program: str, *words: str) -> None:
        as_user = ["runuser", "-u", self._user, "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(self._bin / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder)

    def start(self) -> None:
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self._folder / "log")
        self._call("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """At once, as a crash would."""
        self._call("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def database(self, name: str) -> str:
        """A new, empty database; its URL."""
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "vsm", name)
        return f"postgresql://vsm@127.0.0.1:{self.port}/{name}"

    def close(self) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
