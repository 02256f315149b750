"""Exit codes, and exceptions turned into them, in one place.

0 clean · 1 findings, or files that would change · 2 could not check · 3 internal error
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

from dbfold.base.errors import UserError

CLEAN, FINDINGS, FAILED, INTERNAL = 0, 1, 2, 3


def run_guarded(command: Callable[[], int]) -> int:
    """The exit code of `command`; what it raises becomes a message on stderr and the code that fits."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names and texts may hold what the terminal cannot show
    try:
        code = command()
        sys.stdout.flush()
        return code
    except UserError as error:
        _say(f"dbfold: {error}")
        return FAILED
    except KeyboardInterrupt:
        _say("dbfold: interrupted; no file is half-written, run the command again")
        return FAILED
    except BrokenPipeError:
        _drop_output()  # its reader has gone: nothing is left to be said
        return FAILED
    except OSError as error:
        _say(f"dbfold: {error}; mend that and run dbfold again")
        _drop_output()
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence
        import traceback

        traceback.print_exc()
        _say(f"dbfold: internal error: {error!r}; nothing is half-written. Please report it with the lines above.")
        return INTERNAL


def _drop_output() -> None:
    """What stdout does not take, so that Python does not try once more at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201
