"""The ports of a hub."""

from __future__ import annotations

import pytest

from vitrina.hub.processes.ports import PortError, listen, port_of


def test_port_0_takes_any_that_is_free() -> None:
    with listen("127.0.0.1", 0, option="--port") as one, listen("127.0.0.1", 0, option="--port") as other:
        assert port_of(one) != port_of(other)


def test_a_port_in_use_names_itself_and_the_option() -> None:
    with listen("127.0.0.1", 0, option="--port") as taken:
        port = port_of(taken)
        with pytest.raises(PortError) as refused:
            listen("127.0.0.1", port, option="--apps-port")
    assert str(refused.value) == f"Port {port} of 127.0.0.1 is in use. Choose another: --apps-port N"


def test_an_address_that_is_not_this_machines_is_said() -> None:
    with pytest.raises(PortError, match=r"of 203\.0\.113\.7 cannot be used"):
        listen("203.0.113.7", 0, option="--port")
