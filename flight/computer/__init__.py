"""The onboard computer: navigation, guidance, control, sequencer.

Every module here is written in the flight subset of Python (hil/firmware/subset.py states it and `./run check`
enforces it), because the same text is flown as C.
"""
