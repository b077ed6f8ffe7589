from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time

import pytest

from archgraph.cli.ending import orderly_end

ASKED = (signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _as_at_first():
    """As a process begins, however these tests were started."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in ASKED}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def asked(number: int) -> None:
    """What the system does."""
    os.kill(os.getpid(), number)
    time.sleep(20)


@pytest.mark.parametrize("number", ASKED)
def test_the_system_may_ask_for_an_end(number: signal.Signals) -> None:
    closed = []

    def work() -> None:
        with orderly_end():
            try:
                asked(number)
            finally:
                closed.append(True)

    with pytest.raises(SystemExit) as ended:
        work()
    assert ended.value.code == 128 + number
    assert closed
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_second_request_does_not_disturb_the_end() -> None:
    closed = []

    def work() -> None:
        with orderly_end():
            try:
                asked(signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)
                closed.append(True)

    with pytest.raises(SystemExit):
        work()
    assert closed


def test_what_fails_on_the_way_out_is_not_why_it_ends() -> None:
    def work() -> None:
        with orderly_end():
            try:
                asked(signal.SIGHUP)
            finally:
                raise OSError("the terminal is gone")

    with pytest.raises(SystemExit) as ended:
        work()
    assert ended.value.code == 128 + signal.SIGHUP
    with pytest.raises(OSError, match="something else"), orderly_end():
        raise OSError("something else")


def test_what_is_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with orderly_end():
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(0.01)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_processes_that_work_for_it_end_too() -> None:
    child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    child.start()
    with pytest.raises(SystemExit), orderly_end():
        asked(signal.SIGTERM)
    child.join(60)
    assert child.exitcode == -signal.SIGTERM


def test_in_other_threads_it_does_nothing() -> None:
    ended: list[bool] = []

    def elsewhere() -> None:
        with orderly_end():
            ended.append(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert ended == [True]
