"""What a station's lines come to."""

from __future__ import annotations

from hil.station import Conclusions, read

LINES = """\
{"type":"event","vehicle":"zhuque-1","name":"ignition","status":"provisional"}
{"type":"alarm","vehicle":"zhuque-1","name":"computer_reboot"}
{"type":"event","vehicle":"zhuque-1","name":"liftoff","status":"confirmed"}
{"type":"event","vehicle":"zhuque-1","name":"ignition","status":"confirmed"}
{"type":"alarm","vehicle":"future","name":"link_lost"}
{"type":"verdict","vehicle":"zhuque-1","outcome":"orbit"}
{"type":"verdict","vehicle":"future","outcome":"unknown"}
{"type":"summary","event_log_sha256":"12ab"}
"""


def test_a_payload_s_verdict_is_not_its_vehicle_s() -> None:
    assert read(LINES, "zhuque-1") == Conclusions("orbit", ("ignition", "liftoff"), ("computer_reboot",), "12ab")
    assert read(LINES, "future").alarms == ("link_lost",)


def test_a_station_that_was_killed_leaves_no_verdict() -> None:
    assert read("", "zhuque-1") == Conclusions(None, (), (), None)
    assert read(LINES.splitlines()[0], "zhuque-1").events == ("ignition",)
