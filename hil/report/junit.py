"""JUnit's XML of a bench run, as CI systems read it."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from hil.report.checks import Check


def junit(suite: str, checks: Sequence[Check], seconds: float, properties: Sequence[tuple[str, str]] = ()) -> str:
    """One test suite with a test case a check; `seconds` is the board's side of it, real time."""
    counts = {outcome: str(sum(check.outcome == outcome for check in checks)) for outcome in ("failed", "skipped")}
    top = ElementTree.Element("testsuites")
    element = ElementTree.SubElement(
        top, "testsuite", name=suite, tests=str(len(checks)), failures=counts["failed"], errors="0",
        skipped=counts["skipped"], time=f"{seconds:.3f}",
    )  # fmt: skip
    if properties:
        table = ElementTree.SubElement(element, "properties")
        for name, value in properties:
            ElementTree.SubElement(table, "property", name=name, value=_plain(value))
    for check in checks:
        case = ElementTree.SubElement(element, "testcase", classname=suite, name=_plain(check.name), time="0")
        if check.outcome == "passed":
            ElementTree.SubElement(case, "system-out").text = _plain(check.text)
        else:
            kind = "failure" if check.outcome == "failed" else "skipped"
            ElementTree.SubElement(case, kind, message=_plain(check.text))
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _plain(words: str) -> str:
    """Without the control characters that XML has no way to write: a board may call itself anything."""
    return "".join(sign if sign >= " " or sign in "\t\n" else "\N{REPLACEMENT CHARACTER}" for sign in words)
