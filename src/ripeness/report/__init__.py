"""What people look at: charts, images and the HTML report."""

from ripeness.report.html import write_report
from ripeness.report.images import save_charts

__all__ = ["save_charts", "write_report"]
