"""The wire between a page and its kernel."""

from collections.abc import Sequence
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import IOLoop

SOON = 0.1  # seconds


class AtOnce(ZMQChannelsWebsocketConnection):
    """Sends every message at once, but for one that is not worth a word.

    Else a small one waits until the page has acknowledged the one before, which takes 40 ms: a
    kernel says that it is busy, and then a figure's new pixels come that much later.

    That a kernel is busy with the move of a slider is told if it still is after `SOON`: the page
    draws its signs of a busy kernel, and takes them back, for longer than most moves take.
    """

    def connect(self) -> Any:
        """Connect the page, without Nagle's algorithm."""
        self._held: dict[str, object] = {}  # by move: the call that will tell that it takes long
        self.websocket_handler.set_nodelay(True)
        return super().connect()

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Send a message of the kernel; hold back that it has begun with the move of a widget."""
        state, move = self._about_a_move(self.session.feed_identities(outgoing_msg)[1])
        if state == "busy":
            told = IOLoop.current().call_later(SOON, self._tell, move, stream, outgoing_msg)
            self._held[move] = told
            return
        if state == "idle" and move in self._held:
            IOLoop.current().remove_timeout(self._held.pop(move))
        super().handle_outgoing_message(stream, outgoing_msg)

    def _about_a_move(self, parts: Sequence[Any]) -> tuple[str, str]:
        """The state that a message tells, and of which move, "" twice if it is about no move."""
        _, header, parent, _, content = (bytes(part) for part in parts[:5])
        if b'"status"' not in header or b'"comm_msg"' not in parent:
            return "", ""
        move = self.session.unpack(parent)["msg_id"]
        return self.session.unpack(content)["execution_state"], move

    def _tell(self, move: str, stream: Any, outgoing_msg: list[Any]) -> None:
        self._held.pop(move, None)
        if not stream.closed():
            super().handle_outgoing_message(stream, outgoing_msg)
