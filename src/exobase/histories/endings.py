"""Where a particle stays, and how it ends: entries in the scores of a history."""

from __future__ import annotations

import numpy as np

from exobase.histories.world import shell_of
from exobase.jit import part
from exobase.tallies.scores import HEAT, OF_THERMALISED, Fate, book, cell_of

_ESCAPED, _ABSORBED, _THERMALISED = int(Fate.ESCAPED), int(Fate.ABSORBED), int(Fate.THERMALISED)


@part
def score_residence(world, scores, s, process, x, y, z, stay):
    """Score weight times time [1] at a point, in the shells and in the maps."""
    r = np.sqrt(x * x + y * y + z * z)
    c = shell_of(world.grids, r)
    if c >= 0:
        scores.residence[s, process, c] += stay
        if scores.zenith.shape[2] + scores.sphere.shape[2] > 0:
            score_map(world, scores, s, x, y, z, stay)


@part
def score_map(world, scores, s, x, y, z, stay):
    """Score weight times time at a point in the maps only."""
    r = np.sqrt(x * x + y * y + z * z)
    c = shell_of(world.grids, r)
    if c < 0:
        return
    cells = scores.zenith.shape[2]
    if cells > 0:
        angle = np.arccos(min(max(x / r, -1.0), 1.0))
        scores.zenith[s, c, min(int(angle * cells / np.pi), cells - 1)] += stay
    bands = scores.sphere.shape[2]
    if bands > 0:
        parts = scores.sphere.shape[3]
        latitude = np.arcsin(min(max(z / r, -1.0), 1.0)) / np.pi + 0.5
        longitude = 0.5 * np.arctan2(y, x) / np.pi + 0.5
        i = min(int(latitude * bands), bands - 1)
        scores.sphere[s, c, i, min(int(longitude * parts), parts - 1)] += stay


@part
def end(world, scores, q, s, r, v2, fate):
    """Book an end; the kinetic energy of a thermalised particle stays where it is."""
    kinetic = 0.5 * world.mass[s] * v2
    book(scores, s, fate, q[6], kinetic - world.mass[s] * world.gm / r)
    if fate == _ABSORBED:
        _score_rain(world, scores, q, s, r, v2, kinetic)
    if fate == _THERMALISED:
        scores.exchange[OF_THERMALISED] += q[6] * kinetic
        leave_heat(world, scores, q, r, kinetic)


@part
def leave_heat(world, scores, q, r, heat):
    """Book energy [J] that a particle leaves in the background at r."""
    scores.exchange[HEAT] += q[6] * heat
    shell = shell_of(world.grids, r)
    if shell >= 0:
        scores.heating[shell] += q[6] * heat


@part
def settle(world, scores, q, s, r, ended, heat):
    """After a collision: book its heat, and the end of a particle below its threshold.

    ended: whether the collision itself ended the particle. Returns whether it has ended, and its v2.
    """
    leave_heat(world, scores, q, r, heat)
    v2 = q[3] * q[3] + q[4] * q[4] + q[5] * q[5]
    if not ended and 0.5 * world.mass[s] * v2 < world.threshold[s]:
        end(world, scores, q, s, r, v2, _THERMALISED)
        ended = True
    return ended, v2


@part
def escape(world, scores, q, s, process, birth, r, v2):
    """Book an escape: ledger, process, energy at infinity, zenith angle, table of births."""
    energy = world.mass[s] * (0.5 * v2 - world.gm / r)
    book(scores, s, _ESCAPED, q[6], energy)
    scores.escaped[s, process] += q[6]
    scores.escaped_energy[s, process, max(cell_of(world.grids.energies, energy), 0)] += q[6]
    angles = scores.escaped_zenith.shape[1]
    if angles > 0:
        cosine = min(max(q[0] / r, -1.0), 1.0)
        scores.escaped_zenith[s, min(int(0.5 * (cosine + 1.0) * angles), angles - 1)] += q[6]
    if birth >= 0:
        cells = scores.births.shape[2]
        a, rest = divmod(birth, scores.births.shape[1] * cells)
        shell, cell = divmod(rest, cells)
        scores.all[a, shell, cell] += q[6]
        if process % 2 == 0:
            scores.first[a, shell, cell] += q[6]


@part
def _score_rain(world, scores, q, s, r, v2, kinetic):
    """Score what reaches the inner boundary: by energy, cosine to the vertical and place."""
    angles = scores.rain.shape[2]
    if angles > 0:
        radial = q[0] * q[3] + q[1] * q[4] + q[2] * q[5]
        cosine = min(abs(radial) / (r * np.sqrt(v2) + 1e-300), 1.0)
        cell = max(cell_of(world.grids.energies, kinetic), 0)
        scores.rain[s, cell, min(int(cosine * angles), angles - 1)] += q[6]
    bands = scores.rain_map.shape[1]
    if bands > 0:
        parts = scores.rain_map.shape[2]
        latitude = np.arcsin(min(max(q[2] / r, -1.0), 1.0)) / np.pi + 0.5
        longitude = 0.5 * np.arctan2(q[1], q[0]) / np.pi + 0.5
        cell_map = scores.rain_map[s, min(int(latitude * bands), bands - 1), min(int(longitude * parts), parts - 1)]
        cell_map[0] += q[6]
        cell_map[1] += q[6] * kinetic
