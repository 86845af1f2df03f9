"""Figures and the report page, made from result files alone."""

from exobase.report.figures import draw, figure_names, plot
from exobase.report.page import write_report

make_figures = plot

__all__ = ["draw", "figure_names", "make_figures", "plot", "write_report"]
