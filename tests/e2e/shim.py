"""The command ``commons`` inside a played workflow: the program of the job's checkout, on the tests' own Python.

The set-up's stand-in writes the line before this text that says where that program lies (``PROGRAM``). Where
``ACT_KILL_SHARD`` names the shard that is run, it is killed as soon as it has finished a cell.
"""

import os
import signal
import sys

sys.path.insert(0, PROGRAM)  # noqa: F821  (written above by the set-up)

from commons.cli import main
from commons.pool.ledger import Ledger

if sys.argv[1:2] == ["run"] and os.environ.get("ACT_KILL_SHARD") == os.environ.get("SHARD", "none"):
    write_cell = Ledger.write_cell

    def write_one_and_die(self, cell):
        """The first cell is whole, and then the machine is gone."""
        write_cell(self, cell)
        os.kill(os.getpid(), signal.SIGKILL)

    Ledger.write_cell = write_one_and_die

sys.exit(main())
