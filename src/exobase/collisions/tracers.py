"""Tracers of the fast tail among the particles of the gas: they scatter, the gas does not (see particles.levels)."""

from __future__ import annotations

import numpy as np

from exobase.collisions.partners import ROTATION, relax
from exobase.collisions.scatter import isotropic, soft_sphere
from exobase.cross_sections.vhs import sigma_g
from exobase.geometry.motion import specific_energy
from exobase.jit import kernel, part
from exobase.particles.births import bear
from exobase.rng import GOLDEN, mix, unit

_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)


@part
def _meet(state, motion, tracers, i, x, j, k, g1, g2, g3, g, weight, left, births):  # type: ignore[no-untyped-def]
    """Scatter tracer i off particle j of the gas, which keeps its velocity; g = v_i - v_j, g its square last.

    A slow partner that would be lifted above the first energy gets a tracer of the same ``weight``. Returns the stream.
    """
    fa = k.mb / (k.ma + k.mb)
    fb = k.ma / (k.ma + k.mb)
    half_reduced = 0.5 * k.ma * fa
    rotating = k.pa + k.pb > 0.0
    speed = np.sqrt(g)
    ea = eb = 0.0
    if k.alpha != 1.0 and speed > 0.0:
        state, n1, n2, n3 = soft_sphere(state, g1, g2, g3, speed, k.alpha)
    else:
        state, n1, n2, n3 = isotropic(state)
    if rotating:
        ea, eb = k.ma * tracers[ROTATION, i], k.mb * x[j, ROTATION]
        state, e_tr, ea, eb = relax(state, k, half_reduced * g, ea, eb)
        speed = np.sqrt(e_tr / half_reduced)
    h1 = n1 * speed - g1
    h2 = n2 * speed - g2
    h3 = n3 * speed - g3
    if k.fast_b < np.inf and specific_energy(motion, x[j, 0], x[j, 1], x[j, 2], x[j, 3]) < k.fast_b:
        w1, w2, w3 = x[j, 1] - fb * h1, x[j, 2] - fb * h2, x[j, 3] - fb * h3
        if specific_energy(motion, x[j, 0], w1, w2, w3) >= k.fast_b:
            spin = 0.0
            if x.shape[1] > ROTATION:
                spin = eb / k.mb if rotating else x[j, ROTATION]
            bear(births, k.row_b, weight, left, x[j, 0], w1, w2, w3, spin)
    tracers[1, i] += fa * h1
    tracers[2, i] += fa * h2
    tracers[3, i] += fa * h3
    if rotating:
        tracers[ROTATION, i] = ea / k.ma
    return state


@kernel
def meet_gas(state, motion, tracers, start, weights, group, x, k, count, majorant, left, births):  # type: ignore[no-untyped-def]
    """``count`` candidates between tracers k.a0, ... of all levels and the remembered particles of the gas ``x`` [n,
    ncol].

    A tracer that has fallen below the first energy meets nothing any more. weights: flux weights of the groups of
    tracers, which begin with ``group``; -1: of each tracer. Candidates are spread over the part ``left`` of the step.
    Returns the stream and the largest sigma g seen.
    """
    top = 0.0
    un = np.uint64(k.na)
    um = np.uint64(k.nb)
    for event in range(count):
        state += GOLDEN
        z = mix(state)
        i = k.a0 + np.int64(((z >> _S32) * un) >> _S32)
        j = k.b0 + np.int64(((z & _LOW) * um) >> _S32)
        g1 = tracers[1, i] - x[j, 1]
        g2 = tracers[2, i] - x[j, 2]
        g3 = tracers[3, i] - x[j, 3]
        g = g1 * g1 + g2 * g2 + g3 * g3
        state += GOLDEN
        sg = sigma_g(g, k.coefficient, k.exponent)
        top = max(top, sg)
        if unit(mix(state)) * majorant >= sg:
            continue
        if specific_energy(motion, tracers[0, i], tracers[1, i], tracers[2, i], tracers[3, i]) < k.fast_a:
            continue
        own = i
        if group >= 0:
            own = group
            while start[own + 1] <= i:
                own += 1
        rest = left * (1.0 - (event + 0.5) / count)
        state = _meet(state, motion, tracers, i, x, j, k, g1, g2, g3, g, weights[own], rest, births)
    return state, top
