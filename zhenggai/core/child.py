"""Reading in a process of its own: a document that hangs or crashes its reader costs that process, not the run.

`python -m zhenggai.core.child` answers each path on standard input with one line: status, tab, JSON.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import BinaryIO

from zhenggai.core.bounds import CRASHED, OUR_MISTAKE, TOO_SLOW, limit_memory

_GRACE = 5  # seconds after which a forgotten child ends itself


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the output, and the exit status that its document has."""

    path: str
    status: int
    line: str


def refusal(path: str, message: str) -> Answer:
    """The line for a document that could not be read."""
    line = json.dumps({"file": path, "format": "zhenggai/1", "error": message}, ensure_ascii=False)
    return Answer(path, 2, _writable(line))


def _writable(line: str) -> str:
    """JSON with the lone surrogates of a file name that is no text written as escapes."""
    return line.encode("utf-8", "backslashreplace").decode()


class Child:
    """A process that reads one document after another; started at the first, and again after it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._path = ""
        self._seconds = 0.0
        self.deadline = 0.0

    def ask(self, path: str, seconds: float) -> None:
        """Begins reading; the answer is there when ``fileno`` can be read."""
        process = self._running()
        self._path, self._seconds, self.deadline = path, seconds, time.monotonic() + seconds
        try:
            process.stdin.write(f"{seconds}\t{json.dumps(path)}\n".encode())  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        except BrokenPipeError:
            pass  # it has died: the answer says so

    def answer(self) -> Answer:
        """The answer to the last question; waits for it."""
        words = self._stdout.readline().decode()
        if not words.endswith("\n"):
            self.stop()
            return refusal(self._path, CRASHED)
        status, _, line = words.rstrip("\n").partition("\t")
        return Answer(self._path, int(status), line)

    def overdue(self) -> Answer:
        """Ends a reading that takes too long."""
        self.stop()
        return refusal(self._path, TOO_SLOW.format(self._seconds))

    def stop(self) -> None:
        """Ends the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def fileno(self) -> int:
        """Of the pipe on which the answer comes."""
        return self._stdout.fileno()

    @property
    def _stdout(self) -> BinaryIO:
        stream = self._running().stdout
        assert stream is not None
        return stream  # type: ignore[return-value]

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # of parsers written in C
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
            )
        return self._process


def main() -> None:
    """Answers until standard input ends."""
    from zhenggai.core.reading import limits

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    limit_memory(limits.MAX_MEMORY)
    for question in sys.stdin:
        seconds, _, path = question.partition("\t")
        if hasattr(signal, "alarm"):
            signal.alarm(int(float(seconds)) + _GRACE)  # ends the process should the one that asked be gone
        answer = _read(json.loads(path))
        answers.write(f"{answer.status}\t{answer.line}\n".encode())
        answers.flush()


def _read(path: str) -> Answer:
    from zhenggai.core.extract import Unreadable, content_of, json_line, read_all, status_of

    try:
        reading = read_all(content_of(path), os.path.basename(path))
    except Unreadable as error:
        return refusal(path, str(error))
    except MemoryError:
        return refusal(path, CRASHED)
    except Exception as error:  # a mistake of ours must not stop the others
        return refusal(path, OUR_MISTAKE.format(type(error).__name__, error))
    return Answer(path, status_of(reading), _writable(json_line(reading, path)))


if __name__ == "__main__":
    main()
