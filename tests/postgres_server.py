"""A PostgreSQL server of one's own, in a temporary folder, for as long as tests need it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "tester"
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


def programs() -> Path | None:
    """Debian's folder with ``initdb`` and ``postgres``, the newest; None if the server is not installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Start a server, give the URL of its database, and stop it.

    Args:
        folder: With the programs.
    """
    # Nobody but root can reach pytest's own folders, and the server refuses to be root.
    home = Path(tempfile.mkdtemp(prefix="archgraph-postgres-"))
    account = _account()
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    try:
        _run(folder / "initdb", account, "-D", home / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        port = _free_port()
        settings = (*OPTIONS, "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}")
        command = [folder / "postgres", "-D", home / "data", *(part for one in settings for part in ("-c", one))]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen([*_tied(account), *command], stdout=log, stderr=log, cwd=home)
        try:
            _wait(folder, port, server, home / "log")
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
        finally:
            # "Fast": clients that are still there are sent away.
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(home)


def _account() -> pwd.struct_passwd | None:
    """Who runs the server, if that is not the caller."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _tied(account: pwd.struct_passwd | None) -> list[str]:
    """Before a command: it runs as somebody else, and ends when its parent does, however that ends."""
    tied = ["setpriv", "--pdeathsig", "INT"]
    if account:
        tied += ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
    return tied


def _run(program: Path, account: pwd.struct_passwd | None, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_as(account))
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(folder: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    ready = [str(folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(300):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8', errors='replace')}")
