"""Hand in through nbgrader's exchange, so that only the learner and the course can read it.

nbgrader lets everybody read a submission who knows its name, and hides the names. Here the folder
of a submission says it, too: it belongs to the learner, and to the group of the inbound folder.
"""

from __future__ import annotations

import os

from nbgrader.exchange.default import ExchangeSubmit


class Submit(ExchangeSubmit):
    """Submit, and let nobody but the learner and the inbound folder's group in."""

    def copy_files(self) -> None:
        """Copy the submission into the exchange and close its folder."""
        super().copy_files()
        place = os.path.join(self.inbound_path, self.assignment_filename)
        if os.stat(self.inbound_path).st_gid == os.stat(place).st_gid:
            os.chmod(place, 0o770)  # (elsewhere the course could not read it)
