"""Child processes that die with their parent, are started again when they die, and stop when told.

Hides signals, process groups and Linux's parent-death signal. Never imports Django, never starts a thread:
the parent sleeps in `sigtimedwait`, so no signal is lost between two looks.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# A child that lived this long was well: the next death starts the waiting times from the beginning.
_SETTLED_AFTER = 60.0
_WAITS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_STOP_WITHIN = 10.0
_PR_SET_PDEATHSIG = 1
_SIGNALS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process (SIGTERM) when process `parent` ends; end now if it already has."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


@dataclass(slots=True)
class Child:
    """A process to be kept running. `name` is for people."""

    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)


class Family:
    """The children of this process. Use as a context manager: on leaving, all are stopped.

    They get SIGTERM, and SIGKILL with all they started when they are still there after `stop_within` seconds,
    or when a second signal says that somebody is in a hurry.
    """

    def __init__(
        self, children: Sequence[Child], environment: Mapping[str, str], *, stop_within: float = _STOP_WITHIN
    ) -> None:
        self._children = list(children)
        self._stop_within = stop_within
        self._environment = dict(environment)
        self._mask: set[signal.Signals] | set[int] = set()

    def __enter__(self) -> "Family":
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS))
        for child in self._children:
            self._start(child)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def watch(self, seconds: float) -> signal.Signals | None:
        """Keep the children running for `seconds`; return early with a signal that asks us to stop."""
        until = time.monotonic() + seconds
        while True:
            self._revive()
            wait = max(0.0, min([until, *(c.due for c in self._children if c.process is None)]) - time.monotonic())
            caught = signal.sigtimedwait(_SIGNALS, wait)
            if caught is not None and caught.si_signo != signal.SIGCHLD:
                return signal.Signals(caught.si_signo)
            if time.monotonic() >= until:
                return None

    def failures(self, name: str) -> int:
        """How often the named child has died in a row, since it last lived for a minute."""
        return next(c.failures for c in self._children if c.name == name)

    def _start(self, child: Child) -> None:
        parent, mask = os.getpid(), self._mask

        def before_exec() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            die_with_parent(parent)

        # Its own session, so that Ctrl-C reaches only the parent, which then stops all in order.
        child.process = subprocess.Popen(
            list(child.argv),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=before_exec,
        )
        child.started = time.monotonic()

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.due:
                    self._start(child)
                continue
            code = child.process.poll()
            if code is None:
                continue
            # What it left behind in its session must not compete with its successor.
            _signal_group(child.process.pid, signal.SIGKILL)
            child.failures = 1 if now - child.started > _SETTLED_AFTER else child.failures + 1
            wait = _WAITS[min(child.failures, len(_WAITS)) - 1]
            child.process, child.due = None, now + wait
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
            print(
                f"{child.name} ended with {how}; starting it again in {wait:g} s.",
                file=sys.stderr,
                flush=True,
            )

    def _stop(self) -> None:
        running = [c.process for c in self._children if c.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + self._stop_within
        while any(p.poll() is None for p in running) and time.monotonic() < until:
            caught = signal.sigtimedwait(_SIGNALS, 0.1)
            if caught is not None and caught.si_signo != signal.SIGCHLD:
                break
        for process in running:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return
