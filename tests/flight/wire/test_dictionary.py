"""The dictionary file: what it must hold, and how it says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from flight.wire import dictionary
from flight.wire.errors import Misuse

MINIMAL = '[packet.a]\napid = 1\nfields = [{ name = "x", type = "f32" }]\n'


def test_the_default_dictionary_is_pinned_by_its_fingerprint() -> None:
    """A change of layout must be meant: stations and boards in the field stop understanding each other."""
    assert dictionary.default().fingerprint == "94ebb6764b8e3a29"


def test_the_telemetry_fits_forty_percent_of_460800_baud() -> None:
    frames = (packet.rate_hz * (packet.size + 7) for packet in dictionary.default().packets.values())
    assert sum(frames) < 18_400


def test_the_low_rate_profile_fits_9600_baud() -> None:
    """Ten bits a byte; a frame is a packet with its CRC-32, one byte of COBS and two delimiters. 3 % are left for the
    packets that come on change and on events."""
    known = dictionary.default()
    rates = known.rates("low_rate")
    sent = sum(rate * (known.packets[name].size + 7) for name, rate in rates.items())
    assert sent < 0.97 * 960
    assert (rates["identity"], rates["navigation"], rates["imu_summary"], rates["imu"]) == (1.0, 5.0, 5.0, 0.0)


def test_the_full_profile_is_what_the_packets_say() -> None:
    rates = dictionary.default().rates(dictionary.FULL)
    assert (rates["imu"], rates["imu_summary"], rates["event"]) == (100.0, 0.0, 0.0)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(Misuse, match="profile: there is no 'slow'; one of full, low_rate"):
        dictionary.default().rates("slow")


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("b = 1", "profile.slow.b: unknown key; one of a"),
        ("a = 0.7", "profile.slow.a: must divide the control rate"),
        ("a = 200", "profile.slow.a: must divide the control rate"),
    ],
)
def test_profiles_are_checked(profile: str, message: str) -> None:
    with pytest.raises(Misuse, match=message):
        dictionary.parse(f"{MINIMAL}[profile.slow]\n{profile}\n", "mine.toml")


def test_a_profile_names_the_speaker() -> None:
    text = MINIMAL.replace("packet.a", "packet.identity") + "[profile.slow]\n"
    with pytest.raises(Misuse, match=r"profile.slow.identity: without it nobody knows who speaks"):
        dictionary.parse(text, "mine.toml")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({'name = "x"': 'name = "y"'}, False),
        ({'"f32"': '"f64"'}, False),
        ({'"f32"': '"f32", unit = "m"'}, False),
        ({'"f32"': '"f32", scale = 2.0'}, False),
        ({"apid = 1": "apid = 2"}, False),
        ({'"f32"': '"f32", help = "height"'}, True),
        ({'"f32"': '"f32", limits = { warning_high = 3.0 }'}, True),
        ({"apid = 1": "apid = 1\nrate_hz = 5"}, True),
    ],
)
def test_the_fingerprint_covers_what_decoding_depends_on_and_nothing_else(change: dict[str, str], same: bool) -> None:
    changed = MINIMAL
    for old, new in change.items():
        changed = changed.replace(old, new)
    before, after = (dictionary.parse(text, "test").fingerprint for text in (MINIMAL, changed))
    assert (before == after) is same


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = [", "own.toml: not valid TOML"),
        ("", "own.toml: packet: no packet is defined"),
        ("packets = 1", "own.toml: packets: unknown key"),
        ("[packet.a]\nfields = []", "own.toml: packet.a.apid: must be an integer from 0 to 2046"),
        ("[packet.a]\napid = 1", "own.toml: packet.a.fields: must be a list"),
        (MINIMAL + "[packet.b]\napid = 1\nfields = [{name='x', type='u8'}]", "packet.b.apid: 1 is packet.a's already"),
        (MINIMAL.replace("apid = 1", "apid = 1\nrate_hz = 3"), "packet.a.rate_hz: must divide the control rate"),
        (MINIMAL.replace('"f32"', '"f16"'), "packet.a.fields[0].type: 'f16' is none of f32"),
        (MINIMAL.replace('"x"', '"X y"'), "packet.a.fields[0].name: must be lower case"),
        (MINIMAL.replace('"x"', '"header_x"'), "not begin with header_"),
        (
            MINIMAL.replace('"f32"', '"f32", scale = 0'),
            "packet.a.fields[0].scale: must be a finite number other than 0",
        ),
        (MINIMAL.replace('"f32"', '"u8", enumeration = "e"'), "there is no [enumeration.e]"),
        (MINIMAL.replace('"f32"', '"f32", limits = { low = 1 }'), "packet.a.fields[0].limits.low: unknown key"),
        (MINIMAL.replace('"f32"', '"f32", limits = { warning_low = 2, warning_high = 1 }'), "must rise"),
        (
            MINIMAL.replace('"f32"', '"i16", scale = 0.01, limits = { warning_high = 358.15 }'),
            "limits.warning_high: i16 x 0.01 ends at 327.67 and never gets there",
        ),
        (MINIMAL.replace('"f32"', '"bool", limits = { warning_high = 1 }'), "limits: a bool has none"),
        (MINIMAL.replace('"f32"', '"text231"'), "packet.a: 234 bytes of user data; split it"),
        (
            '[packet.a]\napid=1\nfields=[{name="x",type="u8"},{name="x",type="u8"}]',
            "packet.a.x: the name is used twice",
        ),
        ("[enumeration.e]\na = 300\n" + MINIMAL, "enumeration.e: every value must be an integer from 0 to 255"),
    ],
)
def test_errors_name_the_file_the_key_and_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(Misuse) as caught:
        dictionary.parse(text, "own.toml")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="cannot read the dictionary"):
        dictionary.read(tmp_path / "absent.toml")
