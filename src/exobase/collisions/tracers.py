"""Tracers of the fast tail among the particles of the gas: they scatter, the gas does not (see particles.levels)."""

from __future__ import annotations

import numpy as np

from exobase.collisions.listed import pair_direction, pair_sigma_g, pair_top
from exobase.collisions.partners import relax
from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import specific_energy
from exobase.jit import kernel, part
from exobase.particles.births import bear
from exobase.rng import GOLDEN, mix, unit

_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)


_MOST_PARTNERS = 64
_MOST_DRAWS = 100_000


@part
def _meet(state, motion, k, tables, ea, x, j, g1, g2, g3, g, weight, left, births):
    """A tracer with the rotational energy ``ea`` scatters off particle j of the gas, which keeps its velocity; g = v -
    v_j, g its square last.

    A slow partner that would be lifted above the first energy gets a tracer of this ``weight``. Returns the stream,
    the change h of the relative velocity, and the tracer's rotational energy.
    """
    fb = k.ma / (k.ma + k.mb)
    half_reduced = 0.5 * k.mb * fb
    rotating = k.pa + k.pb > 0.0
    speed = np.sqrt(g)
    eb = 0.0
    state, n1, n2, n3 = pair_direction(state, tables, k, half_reduced, g1, g2, g3, speed)
    if rotating:
        eb = k.mb * x[j, SPIN]
        state, e_tr, ea, eb = relax(state, tables, k, half_reduced * g, ea, eb)
        speed = np.sqrt(e_tr / half_reduced)
    h1 = n1 * speed - g1
    h2 = n2 * speed - g2
    h3 = n3 * speed - g3
    if k.fast_b < np.inf and specific_energy(motion, x[j, R], x[j, VN], x[j, VT1], x[j, VT2]) < k.fast_b:
        w1, w2, w3 = x[j, VN] - fb * h1, x[j, VT1] - fb * h2, x[j, VT2] - fb * h3
        if specific_energy(motion, x[j, R], w1, w2, w3) >= k.fast_b:
            spin = 0.0
            if x.shape[1] > SPIN:
                spin = eb / k.mb if rotating else x[j, SPIN]
            bear(births, k.row_b, weight, left, x[j, R], w1, w2, w3, spin)
    return state, h1, h2, h3, ea


@kernel
def _meet_more(state, motion, k, tables, number, v1, v2, v3, ea, x, majorant, weight, left, births):
    """What ``number`` more partners of a tracer's collision would become: only they may get tracers. Returns the
    stream.
    """
    um = np.uint64(k.nb)
    half_reduced = 0.5 * k.ma * k.mb / (k.ma + k.mb)
    for _ in range(_MOST_DRAWS):
        if number == 0:
            break
        state += GOLDEN
        z = mix(state)
        j = k.b0 + np.int64(((z & _LOW) * um) >> _S32)
        g1 = v1 - x[j, VN]
        g2 = v2 - x[j, VT1]
        g3 = v3 - x[j, VT2]
        g = g1 * g1 + g2 * g2 + g3 * g3
        state += GOLDEN
        if unit(mix(state)) * majorant < pair_sigma_g(tables, k, half_reduced, g):
            state, _, _, _, _ = _meet(state, motion, k, tables, ea, x, j, g1, g2, g3, g, weight, left, births)
            number -= 1
    return state


@kernel
def meet_gas(state, motion, tracers, start, weights, group, x, k, tables, count, majorant, left, births):
    """``count`` candidates between tracers k.a0, ... of all levels and the remembered particles of the gas ``x`` [n,
    ncol].

    A tracer that has fallen below the first energy meets nothing any more. weights: flux weights of the groups of
    tracers, which begin with ``group``; -1: of each tracer. Candidates are spread over the part ``left`` of the step.
    A tracer heavier than partners that tracers follow too meets as many of them as outweigh it (at most 64): what one
    of them becomes would be a burst of copies. Returns the stream and the largest sigma g seen.
    """
    fa = k.mb / (k.ma + k.mb)
    half_reduced = 0.5 * k.ma * fa
    rotating = k.pa + k.pb > 0.0
    top = 0.0
    un = np.uint64(k.na)
    um = np.uint64(k.nb)
    for event in range(count):
        state += GOLDEN
        z = mix(state)
        i = k.a0 + np.int64(((z >> _S32) * un) >> _S32)
        j = k.b0 + np.int64(((z & _LOW) * um) >> _S32)
        g1 = tracers[VN, i] - x[j, VN]
        g2 = tracers[VT1, i] - x[j, VT1]
        g3 = tracers[VT2, i] - x[j, VT2]
        g = g1 * g1 + g2 * g2 + g3 * g3
        state += GOLDEN
        sg = pair_sigma_g(tables, k, half_reduced, g)
        top = pair_top(tables, k, g, sg, top)
        if unit(mix(state)) * majorant >= sg:
            continue
        if specific_energy(motion, tracers[R, i], tracers[VN, i], tracers[VT1, i], tracers[VT2, i]) < k.fast_a:
            continue
        own = i
        if group >= 0:
            own = group
            while start[own + 1] <= i:
                own += 1
        rest = left * (1.0 - (event + 0.5) / count)
        weight = weights[own]
        ea = k.ma * tracers[SPIN, i] if rotating else 0.0
        number = 1
        if k.fast_b < np.inf and weight > k.wb:
            number = min(int(weight / k.wb), _MOST_PARTNERS)
            weight /= number
        state, h1, h2, h3, after = _meet(state, motion, k, tables, ea, x, j, g1, g2, g3, g, weight, rest, births)
        if number > 1:
            v1, v2, v3 = tracers[VN, i], tracers[VT1, i], tracers[VT2, i]
            state = _meet_more(state, motion, k, tables, number - 1, v1, v2, v3, ea, x, majorant, weight, rest, births)
        tracers[VN, i] += fa * h1
        tracers[VT1, i] += fa * h2
        tracers[VT2, i] += fa * h3
        if rotating:
            tracers[SPIN, i] = after / k.ma
    return state, top
