"""Cells, motion and what lies beyond the boundaries, in spherical and planar geometry."""
