"""Reports for people and machines: lines for a terminal, Markdown for a summary of CI, one HTML page, JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from outlook365_emulator.client.report_merging import FINDINGS, TITLES

FILES = ("outlook365-report.json", "outlook365-report.md", "outlook365-report.html")

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}
td.survived{background:#dff3e0}td.failed{background:#fadcd9}td.never{color:#8a8a8a}
th.fault{writing-mode:vertical-rl;transform:rotate(180deg);vertical-align:bottom}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e6e6e6}th,td{border-color:#444}
td.survived{background:#1d3b21}td.failed{background:#4a1f1b}}
"""


def write_report(folder: Path, report: Mapping[str, Any], broken: Sequence[str] = ()) -> list[Path]:
    """Write a report as JSON, Markdown and HTML.

    Args:
        folder: where to; it is made where it does not exist.
        report: what `report_merging.merged` returned.
        broken: the thresholds that are not kept.

    Returns:
        The files.

    Raises:
        OSError: they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**report, "thresholds_broken": list(broken)}
    texts = (json.dumps(whole, indent=2) + "\n", markdown(report, broken), html(report, broken))
    files = [folder / name for name in FILES]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def summary_lines(report: Mapping[str, Any], broken: Sequence[str] = ()) -> Iterator[str]:
    """Write a report in a few lines for a terminal.

    Args:
        report: what `report_merging.merged` returned.
        broken: the thresholds that are not kept.
    """
    yield _headline(report)
    for cell in report["matrix"]:
        outcome = "survived" if not cell["failed"] else f"failed in {cell['failed']}"
        requests = _counted(cell["exercised"], "request")
        yield f"  {cell['operation'] or '(no operation)'}  {cell['fault']}: {requests}, {outcome}"
    for name in report["unmet"]:
        yield f"  never met: {name}"
    for name in FINDINGS:
        if report["findings"][name]:
            yield f"  {report['findings'][name]} {TITLES[name]}"
            yield from (f"      {sentence}" for sentence in report["examples"].get(name, ())[:3])
    for sentence in broken:
        yield f"  threshold not kept: {sentence}"


def markdown(report: Mapping[str, Any], broken: Sequence[str] = ()) -> str:
    """Write a report in Markdown, as the job summaries of CI take it.

    Args:
        report: what `report_merging.merged` returned.
        broken: the thresholds that are not kept.
    """
    lines = ["# What the code under test survived", "", _headline(report), ""]
    if broken:
        lines += ["**Thresholds that were not kept**", "", *(f"- {sentence}" for sentence in broken), ""]
    lines += ["| operation | fault | requests | runs that passed | runs that failed |", "|---|---|---|---|---|"]
    lines += [
        f"| `{cell['operation']}` | `{cell['fault']}` | {cell['exercised']} | {cell['survived']} | {cell['failed']} |"
        for cell in report["matrix"]
    ]
    if report["unmet"]:
        lines += ["", f"Never met: {', '.join(f'`{name}`' for name in report['unmet'])}"]
    lines += ["", "| what clients did | how often |", "|---|---|"]
    lines += [f"| {TITLES[name]} | {report['findings'][name]} |" for name in FINDINGS]
    for name, sentences in report["examples"].items():
        lines += ["", f"**{TITLES[name]}**", "", *(f"- {sentence}" for sentence in sentences)]
    return "\n".join(lines) + "\n"


def html(report: Mapping[str, Any], broken: Sequence[str] = ()) -> str:
    """Write a report as one HTML page that loads nothing: the matrix of operations and faults, and the findings.

    Args:
        report: what `report_merging.merged` returned.
        broken: the thresholds that are not kept.
    """
    return "".join(
        [
            "<!doctype html><html lang=en><meta charset=utf-8><title>What the code under test survived</title>",
            f"<style>{_STYLE}</style><h1>What the code under test survived</h1><p>{escape(_headline(report))}</p>",
            *(f"<p><strong>Threshold not kept:</strong> {escape(sentence)}</p>" for sentence in broken),
            "<h2>Operations and faults</h2>",
            *_matrix(report),
            "<h2>What clients did</h2><table><tr><th>what<th>how often",
            *(f"<tr><td>{escape(TITLES[name])}<td>{report['findings'][name]}" for name in FINDINGS),
            "</table>",
            *_examples(report),
            "<h2>Runs</h2><table><tr><th>run<th>outcome<th>scenarios<th>seed<th>requests",
            *(_run_row(run) for run in report["runs"]),
            "</table></html>\n",
        ]
    )


def _matrix(report: Mapping[str, Any]) -> Iterator[str]:
    faults = list(report["faults"])
    cells = {(cell["operation"], cell["fault"]): cell for cell in report["matrix"]}
    faults += sorted({fault for _, fault in cells} - set(faults))
    operations = sorted({*report["operations"], *(operation for operation, _ in cells)})
    yield "<table><tr><th>operation" + "".join(f"<th class=fault>{escape(fault)}" for fault in faults)
    for operation in operations:
        yield f"<tr><th>{escape(operation or '(none)')}"
        for fault in faults:
            yield _cell(cells.get((operation, fault)))
    yield "</table>"
    if report["unmet"]:
        yield f"<p>Never met: {escape(', '.join(report['unmet']))}</p>"


def _cell(cell: Mapping[str, int] | None) -> str:
    if cell is None:
        return "<td class=never>never met"
    if cell["failed"]:
        return f"<td class=failed>failed {cell['failed']}, survived {cell['survived']} ({cell['exercised']} requests)"
    return f"<td class=survived>survived {cell['survived']} ({cell['exercised']} requests)"


def _examples(report: Mapping[str, Any]) -> Iterator[str]:
    for name, sentences in report["examples"].items():
        yield f"<h3>{escape(TITLES[name])}</h3><ul>"
        yield from (f"<li>{escape(sentence)}" for sentence in sentences)
        yield "</ul>"


def _run_row(run: Mapping[str, Any]) -> str:
    kind = "survived" if run["outcome"] == "passed" else "failed"
    shown = (run["outcome"], ", ".join(run["scenarios"]), str(run["seed"]), str(run["requests"]))
    outcome, *rest = map(escape, shown)
    return f"<tr><td>{escape(run['name'])}<td class={kind}>{outcome}" + "".join(f"<td>{text}" for text in rest)


def _headline(report: Mapping[str, Any]) -> str:
    passed = f"; {report['survived']:g} % of them passed" if report["met"] else ""
    return (
        f"{report['met']} of {_counted(len(report['runs']), 'run')} met a fault{passed}. "
        f"{_counted(sum(report['operations'].values()), 'request')}, "
        f"{sum(report['faults'].values())} of them served by faults."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
