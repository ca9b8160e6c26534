"""Link addresses: what the user writes, parsed and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flight.wire.errors import Misuse

FORMS = (
    "serial:/dev/ttyUSB0?baud=460800, serial:socket://host:port, pty:, tcp://host:port, tcp-listen://host:port, "
    "udp://host:port or mqtt://[user@]host[:port]/prefix"
)
DEFAULT_BAUD = 460_800
MQTT_PORT = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed link URL. `path` is a serial device or an MQTT topic prefix; `text` is what the user wrote."""

    text: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    user: str = ""
    password: str = ""
    baud: int = DEFAULT_BAUD

    @property
    def shown(self) -> str:
        """The URL without its password, for people and logs."""
        return self.text.replace(f":{self.password}@", "@") if self.password else self.text


def parse(text: str) -> Address:
    """An address from a URL. Raises Misuse that names the URL, what is wrong and the forms there are."""
    scheme, colon, rest = text.partition(":")
    if not colon:
        raise Misuse(f"{text}: not a link; write one of {FORMS}")
    if scheme in ("serial", "pty"):
        path, _, query = rest.partition("?")
        options = _options(text, query)
        if scheme == "serial" and not path:
            raise Misuse(f"{text}: names no port; ./run ports lists them")
        return Address(text, scheme, path=path, baud=_positive(text, "baud", options.get("baud", str(DEFAULT_BAUD))))
    if scheme not in ("tcp", "tcp-listen", "udp", "mqtt", "mqtts"):
        raise Misuse(f"{text}: unknown kind of link {scheme!r}; write one of {FORMS}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Misuse(f"{text}: {error}; write one of {FORMS}") from error
    _options(text, parts.query, allowed=())
    if scheme.startswith("mqtt"):
        if not parts.hostname:
            raise Misuse(f"{text}: names no broker; write mqtt://host[:port]/prefix")
        prefix = parts.path.strip("/") or "vermilion"
        if any(sign in prefix for sign in "+#"):
            raise Misuse(f"{text}: a topic prefix cannot hold + or #")
        user, password = parts.username or "", parts.password or ""
        return Address(text, scheme, parts.hostname, port or MQTT_PORT[scheme], prefix, user, password)
    host = parts.hostname or ("127.0.0.1" if scheme == "tcp-listen" else "")
    if not host or port is None:
        raise Misuse(f"{text}: needs a host and a port, as in {scheme}://127.0.0.1:5000")
    return Address(text, scheme, host, port)


def _options(text: str, query: str, allowed: tuple[str, ...] = ("baud",)) -> Mapping[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    for key in options:
        if key not in allowed:
            raise Misuse(f"{text}: unknown option {key!r}; {'only baud is known' if allowed else 'there are none'}")
    return options


def _positive(text: str, key: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= 100_000_000:
        raise Misuse(f"{text}: {key} must be a whole number above 0")
    return int(value)
