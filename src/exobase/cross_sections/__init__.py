"""Cross sections and the angles of scattering, for both solvers."""
