"""A team's tests of its board: ./run test examples/board_test -p hil.plugin --board unicorn, or serial, or a port."""


def test_it_lights_the_first_stage_and_lifts_off(vermilion_flight):
    flown = vermilion_flight("nominal", seconds=13)
    assert list(flown.events)[:2] == ["ignition", "liftoff"]


def test_a_noisy_wire_costs_time_and_not_the_flight(vermilion_flight):
    flown = vermilion_flight("nominal", seconds=2, faults=["wire_noise@-9:part=0.002,duration_s=0.05"])
    assert flown.computer.frames_damaged > 0
    assert flown.mission.end_reason == "stopped"
