"""Theory against which simulations are judged: closed formulas, one subject per file.

Nothing here imports the simulation, so that agreement is independent evidence. All functions take floats or arrays in
SI units, broadcast them, and return NumPy scalars or arrays; they raise ValueError outside their domain.
"""
