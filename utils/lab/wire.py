"""The wire between a page and its kernel."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class AtOnce(ZMQChannelsWebsocketConnection):
    """Sends every message at once.

    Else a small one waits until the page has acknowledged the one before, which takes 40 ms: a
    kernel says that it is busy, and then a figure's new pixels come that much later.
    """

    def connect(self) -> Any:
        """Connect the page, without Nagle's algorithm."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
