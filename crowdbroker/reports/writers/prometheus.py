"""A report as a file for the text-file collector of Prometheus' node exporter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from crowdbroker.reports.report import Measure, Report


def prometheus(report: Report) -> str:
    """All measures in the text exposition format 0.0.4, and when the report was made."""
    made = datetime.fromisoformat(report.document["at"]).timestamp()
    stamp = Measure(
        "crowdbroker_report_timestamp_seconds", "When the report was made.", [({"report": report.name}, made)]
    )
    return "\n".join(line for one in (*report.measures, stamp) for line in _lines(one))


def _lines(measure: Measure) -> Iterator[str]:
    yield f"# HELP {measure.name} {measure.help}"
    yield f"# TYPE {measure.name} gauge"
    for labels, value in measure.samples:
        if value is not None:
            yield f"{measure.name}{_labels(labels)} {value!r}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_quoted(text)}"' for name, text in labels.items()) + "}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
