"""Collisions in cells: choice of pairs, scattering, exchange of energy with rotation, tracers."""
