"""Samples, their sums in blocks, and the errors that follow from them."""
