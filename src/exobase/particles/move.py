"""Cells and boundary conditions of a rank, and what a boundary does to a particle that meets it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.cross_sections.rotation import thermal_rotation
from exobase.geometry.columns import DX, DY, DZ, PLACED, SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import farthest, specific_energy, tangent_moment, time_beyond
from exobase.jit import kernel
from exobase.rng import TWO_PI, uniform
from exobase.tallies.ledger import Entry, book, book_escape

ABSORB, SPECULAR, DIFFUSE, KEPLER_RETURN, REMOVE = 0, 1, 2, 3, 4
GONE, REMOTE = -2, -1

_ABSORBED, _ESCAPED, _BEYOND = int(Entry.ABSORBED), int(Entry.ESCAPED), int(Entry.LOST_BEYOND)
_IN_FLIGHT, _RETURNED, _WALL = int(Entry.LOST_IN_FLIGHT), int(Entry.RETURNED), int(Entry.WALL)


class Cells(NamedTuple):
    """Owned cells: bounds [m], step [s], run of equal steps, first/last in their patch, touching a step face.

    wall [ncell, 6]: those of their patch (:func:`exobase.geometry.patches.walls_of`); no rows where there are none.

    ``first_id`` is the global number of the first owned cell, ``species`` the number of species, ``levels`` that of
    energy levels: a cell has species * levels groups of particles, in this order.
    """

    lo: np.ndarray
    hi: np.ndarray
    dt: np.ndarray
    volume: np.ndarray
    run: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    at_face: np.ndarray
    wall: np.ndarray
    first_id: int
    species: int
    levels: int


class Boundary(NamedTuple):
    """Boundary conditions: codes, diffuse walls, loss of returning particles.

    Walls: thermal speeds sqrt(2kT/m) [ns], and velocity along the first tangent [m/s]; zeta [ns]: rotational degrees of
    freedom of the particles; loss_frequency [ns] s-1 of those above the outer boundary.
    """

    inner: int
    outer: int
    inner_speed: np.ndarray
    outer_speed: np.ndarray
    inner_slip: float
    outer_slip: float
    zeta: np.ndarray
    lost_beyond: float
    loss_frequency: np.ndarray
    delayed: bool
    step: int
    dt: float


@kernel
def _wall_velocity(speed, sign, key, draws):
    """Velocity re-emitted by a diffuse wall: half-Maxwellian flux along ``sign`` and Maxwellian along the wall."""
    v = sign * speed * np.sqrt(-np.log(uniform(key, draws)))
    radius = speed * np.sqrt(-np.log(uniform(key, draws + 1)))
    angle = TWO_PI * uniform(key, draws + 2)
    return v, radius * np.cos(angle), radius * np.sin(angle)


@kernel
def _outer_fate(motion, bc, g, s, x, v, t1, t2, spin, weight, key, draws, books):
    """Fate at the outer boundary: (gone, flight time in s or 0). Books escapes and losses."""
    energy = specific_energy(motion, x, v, t1, t2)
    if bc.outer == REMOVE or energy >= 0.0:
        book_escape(books, g, s, _ESCAPED, weight, energy, spin, v)
        return True, 0.0
    energy += spin
    l2 = tangent_moment(motion, x, t1, t2)
    if farthest(motion, x, v, l2) > bc.lost_beyond:
        book(books, g, _BEYOND, weight, energy, v)
        return True, 0.0
    flight = 0.0
    if bc.delayed or bc.loss_frequency[s] > 0.0:
        flight = time_beyond(motion, x, v, l2)
    if bc.loss_frequency[s] > 0.0 and uniform(key, draws) > np.exp(-bc.loss_frequency[s] * flight):
        book(books, g, _IN_FLIGHT, weight, energy, v)
        return True, 0.0
    book(books, g, _RETURNED, weight, energy, v)
    return False, flight


@kernel
def find_cell(cells, c, x):
    """Owned cell that holds x, walking from cell c within its column; REMOTE if another rank owns it."""
    while x >= cells.hi[c] and not cells.top[c]:
        c += 1
        if c == cells.hi.size:
            return REMOTE
    while x < cells.lo[c] and not cells.bottom[c]:
        c -= 1
        if c < 0:
            return REMOTE
    return c


@kernel
def meet_boundary(motion, bc, inner, g, s, x, v, t1, t2, spin, weight, key, draws, books):
    """What a boundary does to a particle with the rotational energy ``spin`` per mass.

    Returns (gone, new velocity, new spin, flight time in s or 0, random draws used so far).
    """
    kind = bc.inner if inner else bc.outer
    if kind == ABSORB:
        book(books, g, _ABSORBED if inner else _ESCAPED, weight, specific_energy(motion, x, v, t1, t2) + spin, v)
        return True, v, t1, t2, spin, 0.0, draws
    if kind == SPECULAR:
        return False, -v, t1, t2, spin, 0.0, draws
    if kind == DIFFUSE:
        before = specific_energy(motion, x, v, t1, t2) + spin
        speed = bc.inner_speed[s] if inner else bc.outer_speed[s]
        w, u1, u2 = _wall_velocity(speed, 1.0 if inner else -1.0, key, draws)
        u1 += bc.inner_slip if inner else bc.outer_slip
        draws += 3
        if bc.zeta[s] > 0.0:
            spin = (
                0.5
                * speed
                * speed
                * thermal_rotation(bc.zeta[s], uniform(key, draws), uniform(key, draws + 1), uniform(key, draws + 2))
            )
            draws += 3
        book(books, g, _WALL, weight, specific_energy(motion, x, w, u1, u2) + spin - before, w - v)
        return False, w, u1, u2, spin, 0.0, draws
    gone, flight = _outer_fate(motion, bc, g, s, x, v, t1, t2, spin, weight, key, draws, books)
    return gone, -v, t1, t2, spin, flight, draws + 1


@kernel
def write_mover(out, j, r, v, t1, t2, spin, place, source, column, weight, flight):
    """Write a mover's columns, flux weight and return time to place j; place: its direction."""
    out[R, j] = r
    out[VN, j] = v
    out[VT1, j] = t1
    out[VT2, j] = t2
    ncol = source.shape[0]
    if ncol > SPIN:
        out[SPIN, j] = spin
    if ncol >= PLACED:
        out[DX, j], out[DY, j], out[DZ, j] = place
    out[ncol, j] = weight
    out[ncol + 1, j] = flight
