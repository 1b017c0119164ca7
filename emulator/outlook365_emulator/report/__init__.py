"""What clients made of trouble: an observer of a world, and the report that it gives."""

from outlook365_emulator.report.observer import Observer, observe
from outlook365_emulator.report.summary import Cell, FaultSummary, Findings, OperationSummary, ReportView, report_of

__all__ = [
    "Cell",
    "FaultSummary",
    "Findings",
    "Observer",
    "OperationSummary",
    "ReportView",
    "observe",
    "report_of",
]
