"""What the command line asks of `aggregate`, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crowdbroker.errors import InputError

REPORTS = (".html", ".json", ".txt")


@dataclass(frozen=True)
class Request:
    """The options as they were given.

    Attributes:
        answers: a path or a pattern.
        compare: `all`, and the peers to compare as well; empty where nothing is compared.
        calibrate: None where nobody said; then gold decides.
        labels: the label set; empty where the answers say.
        skip: answers that are none.
        as_format: of the labels; csv, the default, leaves it to the suffix of `out`.
    """

    answers: str
    method: str
    gold: Path | None
    out: Path | None
    workers: Path | None
    report: Path | None
    compare: tuple[str, ...]
    calibrate: bool | None
    labels: tuple[str, ...]
    skip: tuple[str, ...]
    processes: int
    cluster: str | None
    encoding: str | None
    delimiter: str | None
    as_format: str

    @property
    def wants_document(self) -> bool:
        """Whether labels, workers and summary go into one JSON document."""
        by_suffix = self.as_format == "csv" and self.out is not None and self.out.suffix.lower() == ".json"
        return self.as_format == "json" or by_suffix

    @property
    def sharded(self) -> bool:
        """Whether each file is a shard that is never held beside all others."""
        return self.cluster is not None or self.processes > 1


def check(request: Request, files: list[Path]) -> None:
    """Refuse what cannot be, before anything is read.

    Raises:
        InputError: a file is named for two things, a report has an unknown suffix, or options exclude each other.
    """
    _check_distinct([*(("ANSWERS", path) for path in files), *_named(request)])
    if request.report and request.report.suffix.lower() not in REPORTS:
        remedy = "Name it .html, .json or .txt."
        raise InputError("no kind of report has this suffix", file=request.report, field="--report", remedy=remedy)
    if request.report and request.report.suffix.lower() == ".html":
        from crowdbroker.reports.plots.grammar import check_installed

        check_installed()
    if "" in request.labels:
        raise InputError("a label is empty", field="--labels", remedy="Write them as a,b,c: no comma at the end.")
    if request.cluster is not None and request.processes > 1:
        raise InputError("a cluster has its own processes", field="--processes", remedy="Give one of both.")
    if request.as_format == "parquet" and request.out is None:
        raise InputError("Parquet is no text for a terminal", field="--format", remedy="Give --out FILE.parquet.")
    if request.sharded:
        _check_sharded(request)


def _check_sharded(request: Request) -> None:
    """With shards only what needs one shard at a time can be had."""
    given = {
        "--method": request.method not in ("auto", "dawid-skene", "majority"),
        "--compare": bool(request.compare),
        "--calibrate": bool(request.calibrate),
        "--report": request.report is not None,
        "--format": request.wants_document or request.as_format == "table",
    }
    for option, asked in given.items():
        if asked:
            raise InputError(
                "not with --processes or --cluster, which never hold all answers at once",
                field=option,
                remedy="Leave one of both out. Without them the files are read together.",
            )


def _named(request: Request) -> Iterator[tuple[str, Path]]:
    for option, path in (
        ("--gold", request.gold),
        ("--out", request.out),
        ("--workers", request.workers),
        ("--report", request.report),
    ):
        if path is not None:
            yield option, path


def _check_distinct(paths: list[tuple[str, Path]]) -> None:
    seen: dict[Path, str] = {}
    for option, path in paths:
        other = seen.setdefault(path.resolve(), option)
        if other != option:
            raise InputError(f"the same file as {other}", file=path, field=option, remedy="Name a file for each.")
