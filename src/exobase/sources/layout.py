"""The sources of a case as a few arrays, and what their columns mean.

Few and two-dimensional: a call of a kernel with a tuple of 43 arrays costs 0.3 us more than one with 10.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Where births take place on the sphere.
WHOLE, DAYSIDE, COS_ZENITH = 0, 1, 2
# Columns of Births.code, of Births.value, and first index of Births.range.
PLACED, LAW, LAUNCH, SIGN, SPECIES = range(5)
MASS, SPEED, COSINE = range(3)
NODES, ENERGIES, COSINES, CHANNELS, PIECES = range(5)
# Columns of the tables.
RADIUS, LN_RATE, SLOPE, INTEGRAL, PARENT_TEMPERATURE, ELECTRON_TEMPERATURE = range(6)
POINT, DENSITY, BELOW = range(3)
CHANCE, RELEASED, MASS_A, MASS_B = range(4)
TOP, EXPONENT = range(2)
NOT_FOLLOWED = -1


class Births(NamedTuple):
    """All sources of a case: one entry or row per source [J], and tables joined end to end.

    range [J, 5, 2]: begin and end of the source's rows in nodes, energies, cosines, channels (and products), pieces.

    rate [J] s-1: events as simulated, those of the whole sphere where PLACED is WHOLE. area_factor [J]: part of the
    sphere that is lit (dayside 1/2, global 1, cos-zenith 1/4). report_factor [J]: the reported rate is rate times it
    (area_factor where PLACED is WHOLE, else 1). flux_area [J] m2: 4 pi r^2 area_factor at the source's mean radius.

    code [J, 5]: PLACED: WHOLE, DAYSIDE (uniform over x > 0) or COS_ZENITH; LAW, LAUNCH: codes of
    :mod:`exobase.sources.velocity`; SIGN: +1 outward, -1 inward; SPECIES: followed index of the particle. value [J, 3]:
    MASS kg (SPECIES and MASS have no meaning for dissociation); SPEED m/s: that of mono-energetic particles, or the
    drift of a Maxwellian flux; COSINE: of a beam to the vertical.

    nodes [n, 6]: RADIUS m, increasing, LN_RATE ln(events m-3 s-1) and SLOPE d ln/dr of the piece above, INTEGRAL
    [s-1] of the events below the node, PARENT_TEMPERATURE, ELECTRON_TEMPERATURE K; one node alone is a level.
    energies [m, 3] J, cosines [m, 3]: POINT, DENSITY (linear between), BELOW: its integral. channels [c, 4]: CHANCE of
    this channel or one before it, RELEASED J, MASS_A, MASS_B kg; products [c, 2]: followed index or NOT_FOLLOWED.
    pieces [p, 2]: up to TOP K the recombination coefficient goes as Te^-EXPONENT.
    """

    rate: np.ndarray
    area_factor: np.ndarray
    report_factor: np.ndarray
    flux_area: np.ndarray
    code: np.ndarray
    value: np.ndarray
    range: np.ndarray
    nodes: np.ndarray
    energies: np.ndarray
    cosines: np.ndarray
    channels: np.ndarray
    products: np.ndarray
    pieces: np.ndarray
