"""The wire between a page and its kernel."""

import asyncio
import json
from unittest.mock import Mock

import pytest
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from utils.lab import wire
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


def message(kind, state, parent):
    """A message of a kernel, as it comes from its socket."""
    session = Session(key=b"")
    about = session.msg(parent) | {"msg_id": "one"}
    about["header"]["msg_id"] = "one"
    return session.serialize(session.msg(kind, {"execution_state": state}, parent=about["header"]))


@pytest.mark.parametrize(
    ("messages", "soon", "later"),
    [
        ([("status", "busy", "comm_msg"), ("comm_msg", "", "comm_msg"),
          ("status", "idle", "comm_msg")], ["comm_msg", "idle"], ["comm_msg", "idle"]),
        ([("status", "busy", "comm_msg")], [], ["busy"]),
        ([("status", "busy", "execute_request")], ["busy"], ["busy"]),
    ],
    ids=["a quick move", "a long one", "a cell"],
)  # fmt: skip
def test_a_page_is_told_of_a_busy_kernel_if_it_is_for_long(monkeypatch, messages, soon, later):
    """Is what a kernel says of a quick move its end alone, and nothing else held back?"""
    told = []

    def send(_, stream, parts):
        content = json.loads(parts[5])
        told.append(content["execution_state"] or "comm_msg")

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "handle_outgoing_message", send)
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda _: None)
    monkeypatch.setattr(wire, "SOON", 0.02)

    async def talk():
        page = AtOnce(parent=None, websocket_handler=Mock(spec=KernelWebsocketHandler))
        page.session = Session(key=b"")
        page.connect()
        stream = Mock()
        stream.closed.return_value = False
        for each in messages:
            page.handle_outgoing_message(stream, message(*each))
        assert told == soon
        await asyncio.sleep(0.05)
        assert told == later

    asyncio.run(talk())
