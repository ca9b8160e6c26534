"""Link URLs: what they mean, and how a wrong one is told."""

from __future__ import annotations

import pytest

from flight.links.factory import receiver
from flight.links.url import Address, parse
from flight.wire.errors import Misuse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serial:/dev/ttyUSB0", {"scheme": "serial", "path": "/dev/ttyUSB0", "baud": 460_800}),
        ("serial:/dev/ttyACM1?baud=115200", {"scheme": "serial", "path": "/dev/ttyACM1", "baud": 115_200}),
        ("serial:COM3", {"scheme": "serial", "path": "COM3"}),
        ("serial:socket://127.0.0.1:4000", {"scheme": "serial", "path": "socket://127.0.0.1:4000"}),
        ("pty:", {"scheme": "pty", "path": ""}),
        ("tcp://pad:7000", {"scheme": "tcp", "host": "pad", "port": 7000}),
        ("tcp-listen://:7000", {"scheme": "tcp-listen", "host": "127.0.0.1", "port": 7000}),
        ("udp://[::1]:7001", {"scheme": "udp", "host": "::1", "port": 7001}),
        ("mqtt://broker", {"scheme": "mqtt", "host": "broker", "port": 1883, "path": "vermilion"}),
        (
            "mqtts://u:p@broker/range/a",
            {"host": "broker", "port": 8883, "path": "range/a", "user": "u", "password": "p"},
        ),
    ],
)
def test_what_a_url_means(text: str, expected: dict[str, object]) -> None:
    address = parse(text)
    assert {name: getattr(address, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ttyUSB0", "not a link"),
        ("serial:", "names no port"),
        ("serial:/dev/ttyUSB0?baud=fast", "baud must be a whole number above 0"),
        ("serial:/dev/ttyUSB0?parity=even", "unknown option 'parity'"),
        ("ftp://host:1", "unknown kind of link 'ftp'"),
        ("tcp://host", "needs a host and a port"),
        ("tcp://host:99999", "Port out of range"),
        ("udp://:5", "needs a host and a port"),
        ("mqtt:///prefix", "names no broker"),
        ("mqtt://broker/a/+", "cannot hold + or #"),
        ("tcp://host:1?baud=3", "there are none"),
    ],
)
def test_a_wrong_url_is_one_line_that_names_it(text: str, complaint: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse(text)
    assert complaint in str(caught.value)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    assert parse("mqtt://team:secret@broker/x").shown == "mqtt://team@broker/x"
    assert Address("tcp://a:1", "tcp").shown == "tcp://a:1"


def test_a_station_cannot_make_the_vehicles_pseudo_terminal() -> None:
    with pytest.raises(Misuse, match="listen to the serial:"):
        receiver("pty:")
