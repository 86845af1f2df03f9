"""Particles in their cells: moving, sorting, entering, weights and levels."""
