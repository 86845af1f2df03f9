"""Emission that depends on the place on the inner boundary: where a particle starts, and how fast.

A reservoir of density n(d) and temperature T(d) in the direction d emits n U/(2 sqrt(pi)) particles per area, U ~
T^(1/2), with velocities that scale with U. Faces of patches emit their mean flux, as a Maxwellian of the species'
temperature; each particle then gets a direction, drawn in proportion to the local flux, and its velocity is scaled to
the local U. Both are tabulated in colatitude and longitude and linear in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.columns import DX, DY, DZ, SPIN, VN, VT1, VT2
from exobase.geometry.patches import Patches, draw_direction
from exobase.jit import kernel
from exobase.rng import TWO_PI, cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry, book_row

Array = NDArray[np.float64]

FROM_GROUND = 3.0
"""Third component of the direction of a particle that a face below has just emitted."""
LIT = {"global": 0.0, "dayside": 4.0, "cos_zenith": 5.0}
"""The same of a particle that a source has just emitted in a cell, by the illumination of the source."""
_DAYSIDE = LIT["dayside"]
_MAX_TRIES = 100000
_SAMPLES = 64
_SLIVER = 1e-3
_EMITTED = int(Entry.EMITTED)


class Ground(NamedTuple):
    """flux [ns, nodes, nodes]: over that of the species' mean density and temperature, by colatitude and longitude;
    speed [ns, nodes, nodes]: U over that of the species' temperature; most [patches, ns]: largest flux of a patch.
    No species where all emit the same everywhere. sun [3]: unit vector to the Sun.
    """

    flux: np.ndarray
    speed: np.ndarray
    most: np.ndarray
    sun: np.ndarray


def no_ground(sun: Array) -> Ground:
    """The same everywhere."""
    return Ground(np.ones((0, 2, 2)), np.ones((0, 2, 2)), np.ones((0, 0)), sun)


def lay_ground(patches: Patches, flux: Array, speed: Array, sun: Array) -> Ground:
    """The tables with the bounds of every patch: what is linear between nodes is nowhere above the largest of them."""
    most = np.empty((patches.number, flux.shape[0]))
    theta, phi = (n - 1 for n in flux.shape[1:])
    for zone in range(patches.edge.size - 1):
        low, high = (math.acos(min(max(z, -1.0), 1.0)) / math.pi * theta for z in patches.edge[[zone + 1, zone]])
        rows = slice(max(math.floor(low), 0), math.ceil(high) + 1)
        number = int(patches.first[zone + 1] - patches.first[zone])
        for k in range(number):
            columns = slice(math.floor(k * phi / number), math.ceil((k + 1) * phi / number) + 1)
            most[patches.first[zone] + k] = flux[:, rows, columns].max(axis=(1, 2))
    return Ground(flux, speed, most, sun)


@kernel
def at_place(table, x, y, z):
    """Value of a table [colatitudes, longitudes] in a direction, linear between its nodes."""
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    a = math.acos(min(max(z, -1.0), 1.0)) / math.pi * rows
    b = (math.atan2(y, x) / TWO_PI + 0.5) * columns
    i, j = min(int(a), rows - 1), min(max(int(b), 0), columns - 1)
    a -= i
    b -= j
    low = (1.0 - b) * table[i, j] + b * table[i, j + 1]
    high = (1.0 - b) * table[i + 1, j] + b * table[i + 1, j + 1]
    return (1.0 - a) * low + a * high


@kernel
def mean_flux(ground, patches):
    """Mean of the flux over every patch [patches, ns], from 64 x 64 places of equal area."""
    out = np.zeros(ground.most.shape)
    for zone in range(patches.edge.size - 1):
        number = patches.first[zone + 1] - patches.first[zone]
        for p in range(patches.first[zone], patches.first[zone + 1]):
            for i in range(_SAMPLES):
                part = (i + 0.5) / _SAMPLES
                z = patches.edge[zone] + (patches.edge[zone + 1] - patches.edge[zone]) * part
                across = math.sqrt((1.0 - z) * (1.0 + z))
                for j in range(_SAMPLES):
                    angle = TWO_PI * ((p - patches.first[zone] + (j + 0.5) / _SAMPLES) / number - 0.5)
                    for s in range(out.shape[1]):
                        x, y = across * math.cos(angle), across * math.sin(angle)
                        out[p, s] += at_place(ground.flux[s], x, y, z) / (_SAMPLES * _SAMPLES)
    return out


def lit_share(patches: Patches, sun: Array, illumination: Sequence[str]) -> Array:
    """Births in every patch over those of the same rate per volume everywhere [patches, sources].

    Patches of which less than a part of 1e-3 would emit, slivers at the terminator, leave that to the others.
    """
    part = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    out = np.empty((patches.number, len(illumination)))
    for p in range(patches.number):
        zone = int(np.searchsorted(patches.first, p, side="right")) - 1
        z = (patches.edge[zone] + (patches.edge[zone + 1] - patches.edge[zone]) * part)[:, None]
        number = patches.first[zone + 1] - patches.first[zone]
        angle = (TWO_PI * ((p - patches.first[zone] + part) / number - 0.5))[None]
        across = np.sqrt((1.0 - z) * (1.0 + z))
        cosine = across * np.cos(angle) * sun[0] + across * np.sin(angle) * sun[1] + z * sun[2]
        share = {"global": 1.0, "dayside": (cosine > 0.0).mean(), "cos_zenith": np.maximum(cosine, 0.0).mean()}
        out[p] = [share[name] for name in illumination]
    lit = np.where(out < _SLIVER, 0.0, out)
    return np.asarray(lit * out.sum(axis=0) / lit.sum(axis=0))


@kernel
def place_entering(patches, ground, layers, first_id, about, group, key, x, weight, books):
    """Give entering particles that have no direction yet one in their patch: even or by the sunlight (:data:`LIT`) for
    what is born in a cell, and by the local flux, with the local speed, for what the inner face has emitted
    (:data:`FROM_GROUND`).

    about: groups of a cell, energy levels; group, weight [n], cell by cell. What the scaling adds to the energy and the
    momentum that are booked as emitted is booked too. Returns how many particles found no place.
    """
    width, levels = about
    cell, slot, failed = -1, 0, 0
    base = np.uint64(0)
    for i in range(group.size):
        c = group[i] // width
        if c != cell:
            cell, slot = c, 0
            base = cell_key(key, first_id + c)
        slot += 1
        emitted, lit = x[DZ, i] == FROM_GROUND, x[DZ, i] >= _DAYSIDE
        if not (emitted or lit) and (x[DX, i] != 0.0 or x[DY, i] != 0.0 or x[DZ, i] != 0.0):
            continue
        patch = (first_id + c) // layers
        own = slot_key(base, slot)
        dx, dy, dz = draw_direction(patches, patch, own, 0)
        if lit:
            dx, dy, dz, tries = _draw_in_light(patches, ground.sun, patch, x[DZ, i] == _DAYSIDE, own)
            failed += tries >= _MAX_TRIES
        if emitted and ground.most.size > 0:
            s = (group[i] - c * width) // levels
            dx, dy, dz, tries = _draw_by_flux(patches, ground, patch, s, own)
            failed += tries >= _MAX_TRIES
            scale = at_place(ground.speed[s], dx, dy, dz)
            row = book_row(group[i], levels)
            energy = 0.5 * (x[VN, i] ** 2 + x[VT1, i] ** 2 + x[VT2, i] ** 2) + x[SPIN, i]
            books.energy[row, _EMITTED] += weight[i] * (scale * scale - 1.0) * energy
            books.momentum[row, _EMITTED] += weight[i] * (scale - 1.0) * x[VN, i]
            x[VN, i] *= scale
            x[VT1, i] *= scale
            x[VT2, i] *= scale
            x[SPIN, i] *= scale * scale
        x[DX, i], x[DY, i], x[DZ, i] = dx, dy, dz
    return failed


@kernel
def _draw_by_flux(patches, ground, patch, s, key):
    """Direction within a patch in proportion to the flux of species s, and the number of rejected ones."""
    dx = dy = dz = 0.0
    for tries in range(_MAX_TRIES):
        dx, dy, dz = draw_direction(patches, patch, key, 3 * tries)
        if uniform(key, 3 * tries + 2) * ground.most[patch, s] < at_place(ground.flux[s], dx, dy, dz):
            return dx, dy, dz, tries
    return dx, dy, dz, _MAX_TRIES


@kernel
def _draw_in_light(patches, sun, patch, even, key):
    """Direction within a patch on the dayside, even there or in proportion to the cosine of the zenith angle, and the
    number of rejected ones.
    """
    dx = dy = dz = 0.0
    for tries in range(_MAX_TRIES):
        dx, dy, dz = draw_direction(patches, patch, key, 3 * tries)
        cosine = dx * sun[0] + dy * sun[1] + dz * sun[2]
        if cosine > 0.0 and (even or uniform(key, 3 * tries + 2) < cosine):
            return dx, dy, dz, tries
    return dx, dy, dz, _MAX_TRIES
