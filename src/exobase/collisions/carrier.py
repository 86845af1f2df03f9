"""What particles of small weight feel of a gas of larger weight: its flow, without the noise of its few particles.

The mean velocity V of the N particles of a heavy weight in a cell fluctuates by kT/(M N). A lighter weight follows V,
but the heavy one recoils with the probability f only, the ratio of the weights. So their velocities become correlated,
as those of a gas in equilibrium are not: <v1 v2> is some tenths of 3 kT/(M N). Collisions then bring a trace of mass m
not to T but to T (1 + (m - M) <v1 v2>/(3 kT)), and its rotation, which sees the relative speed only, to less: with
N = 25, in nitrogen, methane to 0.3 % below T and its rotation to 1 %.

The balance of <v1 v2> in a cell (pulled by V: +1; drag of V by the recoils: +f; correlated kicks: -2 f, in units of the
collision frequency times 3 kT/(M N)) is zero if partners follow the fluctuation of V by the part f only. So the
collisions of unequal weights take the velocity of a heavy partner to be

    v2* = U + f (V - U) + a (v2 - V),    a^2 = 1 + (1 - f^2) <(V - U)^2>/<S>,

with U the mean flow of the past and S the mean square of v2 - V: the mean square about U stays that of the particles
in the cell. a is at most 2^(1/2), its value for two particles. With equal weights v2* = v2. A change of the flow is
followed after a quarter of the steps that have passed since the start or the last change of a reservoir, at most 4000.
"""

from __future__ import annotations

import numpy as np

from exobase.geometry.columns import VN, VT1, VT2
from exobase.jit import kernel

_SHORTEST, _PART, _LONGEST = 32.0, 0.25, 4000.0


def part_of_flow(age: float) -> float:
    """Weight of the present particles in the mean flow of the past, at an ``age`` of it in steps.

    Long, since waves of the few particles last long too; short while the gas still settles.
    """
    return 1.0 / min(_SHORTEST + _PART * age, _LONGEST)


@kernel
def moments_of(x, start, group, levels, moments):
    """Of the gas of every species of a cell, whose groups begin with ``group``: number, mean velocity [m/s] and mean
    square of the deviation from it [m2/s2], into ``moments`` [ns, 5].
    """
    for s in range(moments.shape[0]):
        first, last = start[group + s * levels], start[group + s * levels + 1]
        s1 = s2 = s3 = q = 0.0
        for i in range(first, last):
            s1 += x[VN, i]
            s2 += x[VT1, i]
            s3 += x[VT2, i]
            q += x[VN, i] * x[VN, i] + x[VT1, i] * x[VT1, i] + x[VT2, i] * x[VT2, i]
        n = float(last - first)
        if n > 0.0:
            s1, s2, s3, q = s1 / n, s2 / n, s3 / n, q / n
        moments[s, 0] = n
        moments[s, 1], moments[s, 2], moments[s, 3] = s1, s2, s3
        moments[s, 4] = q - (s1 * s1 + s2 * s2 + s3 * s3)


@kernel
def steadied(flow, moments, f):
    """Stretch s and shift d [m/s] by which v2* = v2 + (s v2 + d); zero where nothing is known of the past.

    flow [6]: means over the past (``follow_flow``); moments [5]: those of the present particles; f: ratio of weights.
    """
    if f == 1.0 or moments[0] < 2.0 or not flow[4] > 0.0:
        return 0.0, 0.0, 0.0, 0.0
    u1, u2, u3 = flow[1] / flow[0], flow[2] / flow[0], flow[3] / flow[0]
    v1, v2, v3 = moments[1], moments[2], moments[3]
    a = np.sqrt(1.0 + (1.0 - f * f) * min(flow[5] / flow[4], 1.0))
    d1 = u1 + f * (v1 - u1) - a * v1
    d2 = u2 + f * (v2 - u2) - a * v2
    d3 = u3 + f * (v3 - u3) - a * v3
    return a - 1.0, d1, d2, d3


@kernel
def follow_flow(flow, moments, part):
    """Take the present particles of all species of a cell into the means over the past, with the weight ``part``; the
    first ones are all that is known.

    flow [ns, 6]: number N, sum of velocities (3), N S and N (V - U)^2, where N is at least 2.
    """
    for s in range(flow.shape[0]):
        n = moments[s, 0]
        p = part if flow[s, 0] > 0.0 else 1.0
        if n > 1.0 and flow[s, 0] > 0.0:
            off = 0.0
            for q in range(1, 4):
                d = moments[s, q] - flow[s, q] / flow[s, 0]
                off += d * d
            first = part if flow[s, 4] > 0.0 else 1.0
            flow[s, 4] += first * (n * moments[s, 4] - flow[s, 4])
            flow[s, 5] += first * (n * off - flow[s, 5])
        flow[s, 0] += p * (n - flow[s, 0])
        for q in range(1, 4):
            flow[s, q] += p * (n * moments[s, q] - flow[s, q])
