"""What keeps number, momentum and energy where weights differ: coins that remember, and debts that are paid.

Two things change the weight of the gas at random. *Clone/remove*: a particle that passes into a cell of larger weight
is kept there with the probability f, the ratio of weights. *Collisions of unequal weights*: the lighter partner always
turns, the heavier one with the probability f, the ratio of weights (Boyd 1996, J. Thermophys. Heat Tr. 10, 579). Both
keep number, momentum and energy in the mean of many events, but what a fair coin gains or loses piles up: it stays in
the gas until diffusion or conduction carries it to a boundary, many mean free paths away. An ideal gas open to a
reservoir has Poisson numbers; the pile makes content and temperature wander several times more, and escape follows
temperature like exp(-lambda T0/T): its mean exceeds the flux at the mean temperature.

So coins remember. Every destination (cell and species; the whole cell for collisions) keeps what its coins have gained
so far, D, in units in which the moments y of a single event are orthonormal. The next coin falls with the probability

    p = f - f (1 - f) clip(LEAN <D, y>, -L, L),   L = 1/max(f, 1 - f),

and D grows by (m - f) y, m = 1 or 0. D is a first-order autoregression with the variance 1/(2 LEAN) in each component,
so no gain lasts. Turning round all signs is a symmetry: every coin stays fair on average, and no velocity is touched.

What collisions of unequal weights owe is then bounded by about one particle's momentum and energy in a cell. The energy
is paid by the collisions of equal weights in the same cell, each by at most ``PAYMENT`` of its relative energy. But for
a part of order 1/N (:mod:`exobase.collisions.carrier`) the sign of a debt is as often one as the other, so payments
move no energy between species (shifts that paid momentum would: they heat heavy partners by M d^2/2 each).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.jit import kernel
from exobase.rng import GOLDEN, mix, unit

LEAN = 1.0
PAYMENT = 0.1
MOMENTS = 5
# Of particles that cross a face (flux-weighted Maxwellian, units of c = sqrt(kT/m)): mean and width of the normal
# speed, mean energy over kT, its slope against the normal speed's deviation, and the variance of what is left of it.
_NORMAL, _NORMAL_WIDTH = 1.2533141373155003, 0.6551363775620336
_ENERGY, _SLOPE, _ENERGY_VARIANCE = 2.0, 0.9565, 1.0845
_WIDTH = 1.2247448713915890


class Keeper(NamedTuple):
    """What coins of the owned cells remember.

    speed [ncell * ns]: c = sqrt(kT/m) [m/s] of the expected gas; gained [ncell * ns, 5]: number, two tangential
    momenta, normal momentum and energy gained by clone/remove, in flux weights of the destination and units of its
    moments; debt [ncell, 4]: momentum along the normal and the tangents [kg m/s2], energy [W] gained in collisions of
    unequal weights and not yet paid; scale [ncell, 2]: units of momentum and energy in which their coins lean; flow
    [ncell * ns, 6]: means over the past, in which the present counts by ``part`` (:mod:`exobase.collisions.carrier`).
    """

    speed: np.ndarray
    gained: np.ndarray
    debt: np.ndarray
    scale: np.ndarray
    flow: np.ndarray
    part: float


def new_keeper(speed: np.ndarray, scale: np.ndarray, part: float = 0.01) -> Keeper:
    """A keeper that remembers nothing yet: speed [rows], scale [ncell, 2]."""
    return Keeper(
        speed, np.zeros((speed.size, MOMENTS)), np.zeros((scale.shape[0], 4)), scale, np.zeros((speed.size, 6)), part
    )


@kernel
def keep(gained, row, c, f, v, t1, t2, spin, zeta, u):
    """1 if a particle that arrives with the part f of the weight is kept, else 0; ``u`` uniform in (0, 1).

    gained [rows, 5]; c [m/s]: thermal speed sqrt(kT/m); v, t1, t2, spin: velocity and rotational energy per mass of the
    particle; zeta: its rotational degrees of freedom.
    """
    y1 = t1 / c
    y2 = t2 / c
    y3 = (abs(v) / c - _NORMAL) / _NORMAL_WIDTH
    energy = (0.5 * (v * v + t1 * t1 + t2 * t2) + spin) / (c * c) - 0.5 * zeta
    y4 = (energy - _ENERGY - _SLOPE * y3) / np.sqrt(_ENERGY_VARIANCE + 0.5 * zeta)
    past = gained[row, 0] + gained[row, 1] * y1 + gained[row, 2] * y2 + gained[row, 3] * y3 + gained[row, 4] * y4
    lean = LEAN * past
    most = 1.0 / max(f, 1.0 - f)
    p = f - f * (1.0 - f) * min(max(lean, -most), most)
    m = 1 if u < p else 0
    d = m - f
    gained[row, 0] += d
    gained[row, 1] += d * y1
    gained[row, 2] += d * y2
    gained[row, 3] += d * y3
    gained[row, 4] += d * y4
    return m


@kernel
def turns(state, debt, scale, c, f, q1, q2, q3, de, owed):
    """Whether the heavier partner turns, which would change the cell's momentum by q and its energy by de.

    f: ratio of the weights. What that adds to the mean, (m - f) (q, de), is owed by cell c, and ``owed``: what the mean
    itself does not keep of the energy. Returns the stream too.
    """
    s1 = scale[c, 0]
    s2 = scale[c, 1]
    momentum = (debt[c, 0] * q1 + debt[c, 1] * q2 + debt[c, 2] * q3) / (s1 * s1)
    lean = LEAN * (momentum + debt[c, 3] * de / (s2 * s2))
    most = 1.0 / max(f, 1.0 - f)
    p = f - f * (1.0 - f) * min(max(lean, -most), most)
    state += GOLDEN
    m = unit(mix(state)) < p
    d = (1.0 if m else 0.0) - f
    debt[c, 0] += d * q1
    debt[c, 1] += d * q2
    debt[c, 2] += d * q3
    debt[c, 3] += d * de + owed
    return state, m


@kernel
def pay_energy(debt, c, available):
    """Factor of the relative speed by which a collision pays energy; ``available``: flux weight times relative
    energy.
    """
    if not available > 0.0:
        return 1.0
    most = PAYMENT * available
    paid = min(max(-debt[c, 3], -most), most)
    debt[c, 3] += paid
    return np.sqrt(1.0 + paid / available)


def energy_scale(kt: np.ndarray) -> np.ndarray:
    """Standard deviation [J] of the kinetic energy of a particle of a Maxwellian, (3/2)^(1/2) kT."""
    return np.asarray(_WIDTH * kt)
