"""A process that computes batches: python -m ripeness.ensembles.worker, started by `executors.Local`.

It reads the pickled function and then batches from its standard input, and writes results to its standard output, until
the input ends or the other side is gone.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from multiprocessing.connection import Connection

from ripeness.ensembles.errors import EnsembleError


def main() -> None:
    """Serve until the driver closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    results = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever prints goes to the error stream
    tasks = Connection(os.dup(0), writable=False)
    try:
        try:
            function = pickle.loads(tasks.recv_bytes())
        except EOFError:
            return
        except Exception as error:
            results.send(EnsembleError(f"a worker cannot load its work: {type(error).__name__}: {error}"))
            return
        results.send(None)  # ready
        while True:
            for result in function(tasks.recv()):
                results.send(result)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass
    finally:
        sys.stdout = None


if __name__ == "__main__":
    main()
