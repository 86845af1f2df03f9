"""Straight flights, beams, ballistic arcs and exospheres of test particles against exact results.

Slab: one collision ends a history (equal masses, cold gas, threshold a hair below the energy), so that an isotropic
source at the optical depth tau sends out E_2(tau)/2, and one proportional to the density the flux q0/(4 sigma).
Exosphere: particles launched with one speed or a Maxwellian into an empty sky; hops on arcs, and step by step through
a gas too thin to be met.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exobase.analytic import chamberlain, exospheric_beam, kepler, liouville, slab
from exobase.constants import K_B
from exobase.geometry.arcs import swept_angle
from exobase.histories.simulation import HistorySimulation
from exobase.judge.outcome import Bounds
from exobase.species import species
from exobase.tallies.scores import Scores
from exobase_verify.row import Row, Size, judged
from exobase_verify.trials import (
    ONE_ATOM,
    PLANE,
    mean_over,
    metres,
    one_by_one,
    scored,
    shells,
    trial,
    volumes,
)

HEIGHT = 1e4
SIGMA = 1e-19
ENERGY = 1.0
KILLS = f"{ENERGY * (1.0 - 1e-7)!r} eV"
COLD = "1e-3 K"
BATCHES = 50

MARS_GM = 4.282837e13
MARS_R0 = 3.5895e6
HOPS = (
    (2000.0, 45.0, 1160.839230, 22.771662),
    (4000.0, 30.0, 10805.755682, 82.274237),
    (4800.0, 10.0, 359297.800999, 38.645327),
)
"""Launch speed [m/s], angle from the vertical [deg], exact time aloft [s], angle between launch and landing [deg]."""

_CHANDRASEKHAR = "Chandrasekhar 1960, Radiative Transfer, appendix I"
_LIOUVILLE = "Liouville's theorem and conservation of the flux"
_KEPLER = "Kepler's equation, Mars G M = 4.282837e13 m3/s2, r0 = 3589.5 km"


def height_of(tau: float, foot: float = 20.0) -> float:
    """Height [m] at which the optical depth to the top of the exponential atmosphere is tau; it is ``foot`` at 0 m."""
    return HEIGHT * math.log(foot / tau)


def atmosphere(source: dict[str, Any], histories: int, foot: float = 20.0, split: tuple[float, ...] = ()) -> Any:
    """A flat exponential atmosphere of cold oxygen in which the first collision ends a history.

    split: optical depths, from below, at which histories are split in two.
    """
    density = foot / (SIGMA * HEIGHT)
    return trial(
        {
            "body": {"gm": "0 m3 s-2", "radius": metres(PLANE)},
            "domain": {"inner_altitude": "0 km", "outer_altitude": metres(30.0 * HEIGHT), "collision_depth": 1e-6},
            "background": {
                "gas": [
                    {"name": "O", "density": f"{density!r} m-3", "temperature": COLD, "scale_height": metres(HEIGHT)}
                ]
            },
            "species": [{"name": "O", "threshold": KILLS}],
            "collision": [{"pair": ["O", "O"], "law": "isotropic", "cross_section": f"{SIGMA!r} m2"}],
            "source": [{"type": "mono_energetic", "species": "O", "energy": f"{ENERGY} eV", **source}],
            "splitting": {"altitudes": [metres(height_of(tau, foot)) for tau in split]},
            "run": {"histories_per_batch": histories},
        }
    )


def escaped(scores: Scores) -> float:
    """Particles that escape in a batch [s-1]."""
    return float(scores.escaped.sum())


def share_escaping(sim: HistorySimulation, batches: int) -> tuple[float, float]:
    """Escaping particles per born one, and the standard error."""
    value, error = mean_over(scored(sim, batches), escaped)
    born = float(sim.births.rate.sum())
    return value / born, error / born


def slab_escape(tau: float, histories: int, split: tuple[float, ...] = ()) -> tuple[float, float]:
    """Probability to leave the slab from the optical depth tau, with its error; histories in all."""
    source = {"altitude": metres(height_of(tau)), "launch": "isotropic"}
    return share_escaping(atmosphere(source, histories // BATCHES, split=split), BATCHES)


def column_escape(foot: float, histories: int) -> tuple[float, float]:
    """Flux out of a source proportional to the density down to the optical depth ``foot``, in units of q0/sigma."""
    source = {"follows": "O", "launch": "isotropic"}
    split = tuple(x for x in (3.0, 2.0, 1.0) if x < foot)
    value, error = share_escaping(atmosphere(source, histories // BATCHES, foot, split), BATCHES)
    # all births per area: q0 times the column, foot/sigma
    return value * foot, error * foot


def beam_escape(tau: float, cosine: float, histories: int) -> tuple[float, float]:
    """Part of an upward beam at an angle to the vertical that leaves without a collision; exp(-tau/cosine)."""
    angle = f"{math.acos(cosine)!r} rad"
    source = {"altitude": metres(height_of(tau)), "launch": "beam", "angle": angle}
    return share_escaping(atmosphere(source, histories // BATCHES), BATCHES)


def tangent_beam(depth: float, histories: int) -> tuple[float, float]:
    """Part of a beam past a body that comes out on the other side; exp(-depth) along the whole tangent."""
    r0, h, low = 3.4e6, 5e4, 2e5
    outer, b = r0 + 26.0 * h, r0 + low
    density = depth / SIGMA / float(exospheric_beam.tangent_column(b, 1.0, h, r0))
    sim = trial(
        {
            "body": {"gm": "0 m3 s-2", "radius": metres(r0)},
            "domain": {"inner_altitude": "0 km", "outer": metres(outer), "collision_depth": 1e-7},
            "background": {
                "gas": [{"name": "O", "density": f"{density!r} m-3", "temperature": COLD, "scale_height": metres(h)}]
            },
            "species": [{"name": "O", "threshold": KILLS}],
            "collision": [{"pair": ["O", "O"], "law": "isotropic", "cross_section": f"{SIGMA!r} m2"}],
            "source": [
                {
                    "type": "sputtering",
                    "species": "O",
                    "radius": metres(outer),
                    "energy": f"{ENERGY} eV",
                    "angle": f"{math.asin(b / outer)!r} rad",
                    "illumination": "global",
                }
            ],
            "run": {"histories_per_batch": histories // BATCHES},
        }
    )
    return share_escaping(sim, BATCHES)


def slab_rows(size: Size) -> list[Row]:
    """Escape from a slab and from an exponential atmosphere, beams."""
    many = 3_000_000 if size == "full" else 750_000
    bounds, rows = Bounds(relative=0.005 if size == "full" else 0.01, sigma=4.0), []
    deep = 10_000_000 if size == "full" else 2_500_000
    for tau, number, split in ((0.1, many // 3, ()), (1.0, 4 * many // 3, ()), (3.0, deep, (2.25, 1.5, 0.75))):
        value, error = slab_escape(tau, number, split)
        name = f"test particles: escape from optical depth {tau:g}, one collision ends the flight"
        rows.append(judged(name, value, error, float(slab.escape_probability(tau)), bounds, source=_CHANDRASEKHAR))
    value, error = column_escape(4.0, 3 * many // 2)
    exact = float(slab.escape_flux(1.0, 1.0, 4.0))
    name = "test particles: flux times sigma/q0 of a source proportional to the density, down to optical depth 4"
    rows.append(judged(name, value, error, exact, bounds, source=_CHANDRASEKHAR, detail="q0/(4 sigma) for all depths"))
    value, error = beam_escape(0.7, 0.5, many // 3)
    exact = math.exp(-1.4)
    rows.append(judged("test particles: beam at 60 degrees", value, error, exact, bounds, source="exp(-sigma N)"))
    value, error = tangent_beam(1.0, many // 3)
    exact = math.exp(-1.0)
    name = "test particles: beam along a tangent of an exponential atmosphere"
    rows.append(judged(name, value, error, exact, bounds, source="exp(-2 n0 exp(r0/H) sigma b K1(b/H))"))
    return rows


def sky(source: dict[str, Any], domain: dict[str, Any], shell: list[str], histories: int, **gas: str) -> Any:
    """Oxygen above the Mars exobase in a gas too thin to be met."""
    return trial(
        {
            "body": {"gm": f"{MARS_GM!r} m3 s-2", "radius": metres(MARS_R0)},
            "domain": {"inner_altitude": "0 km", **domain},
            "background": {"gas": [{"name": "O", "density": ONE_ATOM, "temperature": COLD, **gas}]},
            "species": [{"name": "O", "threshold": "0 eV"}],
            "collision": [{"pair": ["O", "O"], "law": "isotropic", "cross_section": f"{SIGMA!r} m2"}],
            "source": [{"species": "O", "radius": metres(MARS_R0), **source}],
            "tally": {"shells": shell},
            "run": {"histories_per_batch": histories},
        }
    )


def launched_density(
    launch: str, xs: tuple[float, ...], histories: int, over: float = 1.3
) -> list[tuple[float, float]]:
    """Density at x R0 times v0 over the launched flux, with errors; v0 = ``over`` times the escape speed."""
    speed = over * math.sqrt(2.0 * MARS_GM / MARS_R0)
    source = {"type": "mono_energetic", "speed": f"{speed!r} m s-1", "launch": launch}
    layers = shells(*((x - 1.0) * MARS_R0 for x in xs), width=0.004 * MARS_R0)
    sim = sky(source, {"outer_over_inner": 1.1 * max(xs)}, layers, histories // BATCHES)
    found, scale = scored(sim, BATCHES), speed / float(sim.births.rate[0]) * 4.0 * math.pi * MARS_R0**2
    return [_of_shell(sim, found, 2 * k, scale) for k in range(len(xs))]


def thermal_density(jeans: float, xs: tuple[float, ...], histories: int) -> list[tuple[float, float]]:
    """Density at x R0 over that of the Maxwellian at R0 which feeds the exosphere, with errors."""
    temperature = MARS_GM * species("O").mass / (K_B * MARS_R0 * jeans)
    source = {"type": "thermal", "temperature": f"{temperature!r} K", "density": "1e6 m-3"}
    layers = shells(*((x - 1.0) * MARS_R0 for x in xs), width=0.004 * MARS_R0)
    sim = sky(source, {"outer_over_inner": 1.1 * max(xs)}, layers, histories // BATCHES)
    found = scored(sim, BATCHES)
    return [_of_shell(sim, found, 2 * k, 1e-6) for k in range(len(xs))]


def _of_shell(sim: HistorySimulation, found: list[Scores], shell: int, scale: float) -> tuple[float, float]:
    value, error = mean_over(found, lambda scores: float(scores.presence[0, shell]))
    scale /= float(volumes(sim)[shell])
    return value * scale, error * scale


def exosphere_rows(size: Size) -> list[Row]:
    """Densities above a sphere that launches particles: one speed, both laws; a Maxwellian."""
    many = 2_000_000 if size == "full" else 500_000
    bounds, rows, xs = Bounds(relative=0.01, sigma=4.0), [], (2.0, 5.0)
    speed = 1.3 * math.sqrt(2.0 * MARS_GM / MARS_R0)
    for law, launch in (("isotropic_flux", "isotropic"), ("uniform_solid_angle", "solid_angle")):
        for x, (value, error) in zip(xs, launched_density(law, xs, many // 5), strict=True):
            exact = float(liouville.density(x * MARS_R0, MARS_R0, speed, MARS_GM, speed, launch))  # type: ignore[arg-type]
            name = f"test particles: density n v0/F at {x:g} R0, {law.replace('_', ' ')}, v0 = 1.3 v_esc"
            rows.append(judged(name, value, error, exact, bounds, source=_LIOUVILLE))
    for jeans, x in ((10.0, 1.25), (5.0, 1.6667), (3.0, 6.0)):
        ((value, error),) = thermal_density(jeans, (x,), many)
        exact = chamberlain_density(jeans, x)
        name = f"test particles: density over that of the exobase at {x:g} R0, lambda {jeans:g}, no collisions"
        rows.append(judged(name, value, error, exact, bounds, source="Chamberlain 1963, ballistic and escaping"))
    return rows


def chamberlain_density(jeans: float, x: float) -> float:
    """Density at x R0 over that of the exobase without satellites."""
    zeta = chamberlain.zeta_bal(jeans / x, jeans) + chamberlain.zeta_esc(jeans / x, jeans)
    return float(zeta * math.exp(jeans / x - jeans))


def hop(speed: float, angle: float, number: int, height: float | None = None) -> tuple[float, float, float, float]:
    """Time aloft [s], angle from launch to landing [deg], worst change of energy and of angular momentum (relative).

    height [m]: flights are followed in steps, a quarter of it at most, through a gas of this scale height that is too
    thin to be met; None: on Kepler arcs.
    """
    top = float(kepler.apoapsis(MARS_R0, speed * math.cos(math.radians(angle)), _across(speed, angle), MARS_GM))
    source = {"type": "mono_energetic", "speed": f"{speed!r} m s-1", "launch": "beam", "angle": f"{angle!r} deg"}
    domain: dict[str, Any] = {"outer": metres(1.2 * top)}
    gas = {}
    if height is not None:
        domain["collision_depth"], gas["scale_height"] = 1e-300, metres(height)
    sim = sky(source, domain, ["0 km", metres(1.2 * top - MARS_R0)], number, **gas)
    starts, ends = one_by_one(sim, number)
    (found,) = scored(sim, 1)
    time = float(found.presence.sum() / sim.births.rate[0])
    r, v2 = np.linalg.norm(ends[:, :3], axis=1), (ends[:, 3:] ** 2).sum(axis=1)
    energy = 0.5 * v2 - MARS_GM / r
    exact = 0.5 * speed**2 - MARS_GM / MARS_R0
    momentum = np.linalg.norm(np.cross(ends[:, :3], ends[:, 3:]), axis=1)
    cosine = (starts[:, :3] * ends[:, :3]).sum(axis=1) / (r * MARS_R0)
    # the last step ends below the boundary
    flown = zip(r.tolist(), energy.tolist(), (momentum**2).tolist(), strict=True)
    over = [swept_angle(below, MARS_R0, e, l2, MARS_GM) for below, e, l2 in flown]
    turned = np.degrees(np.arccos(cosine) - np.array(over))
    worst_e = float(np.abs(energy / exact - 1.0).max())
    worst_l = float(np.abs(momentum / (MARS_R0 * _across(speed, angle)) - 1.0).max())
    return time, float(turned.mean()), worst_e, worst_l


def _across(speed: float, angle: float) -> float:
    return speed * math.sin(math.radians(angle))


def hop_rows(size: Size) -> list[Row]:
    """Ballistic hops through the solver, on arcs and in steps."""
    rows = []
    bounds = Bounds(relative=1e-4)
    for speed, angle, time, turned in HOPS:
        for height, way in ((None, "on an arc"), (1e5, "in steps of 25 km")):
            if height is not None and speed > 4500.0:
                continue
            number = 4 if height is None else (40_000 if size == "full" else 10_000)
            t, a, energy, momentum = hop(speed, angle, number, height)
            name = f"test particles: hop {way}, {speed:g} m/s at {angle:g} deg"
            detail = f"energy changes by {energy:.1e}, angular momentum by {momentum:.1e}"
            rows.append(judged(f"{name}: time", t, 0.0, time, bounds, unit="s", source=_KEPLER, detail=detail))
            rows.append(judged(f"{name}: range", a, 0.0, turned, bounds, unit="deg", source=_KEPLER))
    return rows
