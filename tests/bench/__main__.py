"""`./run bench [NAME...] [--json]`: measures, and says beside each figure what was asked."""

from __future__ import annotations

import argparse
import importlib

BENCHMARKS = {
    "boards": "boards in the loop: lockstep, real time, longest step, boot to identity (a quarter of an hour)",
    "startup": "start-up of vermilion --help",
    "wire": "batch decoding, beside pymavlink and a memory copy",
    "station": "the live path, with and without stage events",
    "demo": "a whole flight to its verdict, and the first frame of a second start",
    "campaign": "one flight beside real time, and flights a second beside RocketPy's, plain and compiled",
    "halving": "what a flight's motion at half the time step changes",
    "claims": "every vehicle against what is said of it (minutes)",
    "firmware": "the flight logic as C: speed on this computer, and ten million inputs under sanitizers",
    "detect": "stage events and alarms in six hundred recorded flights drawn at random (minutes)",
    "damage": "ten million damaged frames, of which none may be accepted",
}


def main() -> int:
    """Runs the benchmarks named, or all."""
    listed = "\n".join(f"  {name:8} {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser("./run bench", None, listed, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in given.names or BENCHMARKS:
        for figure in importlib.import_module(f"tests.bench.{name}").measure():
            if given.json:
                print(figure.as_line(), flush=True)
            else:
                against = f"{figure.ratio:.3g} x {figure.against}" if figure.against else ""
                verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
                asked = f"asked {figure.asked}" if figure.asked else ""
                print(
                    f"{figure.name:32} {figure.value:>14,.4g} {figure.unit:7} {against:28} {asked:22} {verdict}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
