"""Accelerations at a point: gravity of the body, tide of the star or planet it orbits, radiation pressure."""
