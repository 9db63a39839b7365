"""The wire between a page and its kernel."""

from unittest.mock import Mock

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from utils.lab.__main__ import options
from utils.lab.wire import AtOnce


def test_no_message_waits_for_the_one_before(monkeypatch):
    """Is Nagle's algorithm off before a page is connected?"""
    handler = Mock(spec=KernelWebsocketHandler)
    delays = handler.set_nodelay
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: delays.call_args.args)
    assert AtOnce(parent=None, websocket_handler=handler).connect() == (True,)


def test_jupyterlab_is_started_with_that_wire():
    """Is the class that the options name the one above?"""
    assert f"--ServerApp.kernel_websocket_connection_class={AtOnce.__module__}.AtOnce" in options()
