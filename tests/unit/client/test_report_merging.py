"""Merging the reports of runs, thresholds, and what is written of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from outlook365_emulator.client.report_merging import FINDINGS, merged, parse_threshold, run_record, violations
from outlook365_emulator.client.report_pages import html, markdown, summary_lines, write_report


def run(outcome: str = "passed", cells: tuple[tuple[str, str, int], ...] = (), **findings: int) -> dict[str, Any]:
    report = {
        "world": "w",
        "seed": 1,
        "scenarios": ["throttled"],
        "observed": True,
        "requests": 3,
        "operations": [{"operation": "mail.messages.list", "count": 3}],
        "faults": [{"name": "busy", "kind": "error", "served": sum(count for _, _, count in cells)}],
        "cells": [{"operation": one, "fault": fault, "count": count} for one, fault, count in cells],
        "findings": {**dict.fromkeys(FINDINGS, 0), **findings},
        "examples": {name: ["GET x: <said>"] for name in findings},
    }
    return run_record(f"test[{outcome}]", outcome, report)


MET = (("mail.messages.list", "busy", 2),)


def test_a_matrix_counts_requests_and_runs() -> None:
    report = merged([run(cells=MET), run("failed", cells=MET), run()])
    assert report["matrix"] == [
        {"operation": "mail.messages.list", "fault": "busy", "exercised": 4, "survived": 1, "failed": 1}
    ]
    assert (report["met"], report["survived"], report["failed"]) == (2, 50.0, 1)
    assert report["unmet"] == []
    assert report["operations"] == {"mail.messages.list": 9}


def test_nothing_met_is_all_survived() -> None:
    report = merged([run()])
    assert (report["survived"], report["unmet"]) == (100.0, ["busy"])
    assert merged([])["met"] == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("early_retries=0", ("early_retries", 0.0)),
        ("early-retries=2", ("early_retries", 2.0)),
        ("survived=95.5", ("survived", 95.5)),
    ],
)
def test_a_threshold(text: str, read: tuple[str, float]) -> None:
    assert parse_threshold(text) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("erly_retries=0", "early_retries"),
        ("nothing=1", "there are"),
        ("failed", "NUMBER"),
        ("failed=x", "NUMBER"),
        ("failed=-1", "NUMBER"),
    ],
)
def test_a_wrong_threshold(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_threshold(text)


def test_thresholds_that_are_not_kept_are_told() -> None:
    report = merged([run("failed", cells=MET, early_retries=2)])
    limits = [("early_retries", 1.0), ("early_retries", 2.0), ("survived", 50.0), ("failed", 0.0), ("unmet", 0.0)]
    assert violations(report, limits) == [
        "early_retries: 2, at most 1",
        "survived: 0 % of the runs that met a fault, at least 50 %",
        "failed: 1, at most 0",
    ]


def test_what_is_written(tmp_path: Path) -> None:
    report = merged([run(cells=MET, early_retries=1), run("failed", cells=MET)])
    files = write_report(tmp_path / "new", report, ["early_retries: 1, at most 0"])
    assert [file.suffix for file in files] == [".json", ".md", ".html"]
    assert json.loads(files[0].read_text())["thresholds_broken"] == ["early_retries: 1, at most 0"]
    assert "&lt;said&gt;" in files[2].read_text()
    assert "<said>" not in files[2].read_text()
    assert "early_retries: 1, at most 0" in files[1].read_text()


def test_the_pages_of_nothing() -> None:
    report = merged([])
    assert "0 of 0 runs" in markdown(report)
    assert "</html>" in html(report)
    assert list(summary_lines(report)) == ["0 of 0 runs met a fault. 0 requests, 0 of them served by faults."]
