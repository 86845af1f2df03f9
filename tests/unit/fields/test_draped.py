"""The field frozen into potential flow round a sphere, against independent reference points and its own laws.

Reference points (a = U = B0 = 1, flow along +x, field far away along +y, so x and z change sign here): by tracing
streamlines and differences of the time of travel.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from exobase.fields import draped as formulas
from exobase.fields.plasma import draped, sample, wind

POINTS = [
    ((-1.3, 0.4, 0.3), (0.16899453, 1.21357442, -0.03479154), (0.14060779, -0.04326393, -0.82612200)),
    ((0.2, 1.1, 0.5), (0.34759451, 0.66779165, -0.36982658), (-0.08063775, -0.44350764, -0.87662694)),
    ((-0.5, -0.8, 1.0), (-0.19426215, 1.07295261, 0.25257478), (0.19472476, 0.31155962, -1.17375557)),
]
FLIP = np.array([-1.0, 1.0, -1.0])
OBLIQUE = wind(1.0, 1.0, 1.0, cone=math.radians(50.0), clock=math.radians(-25.0))


def space(count: int, seed: int = 1) -> np.ndarray:
    """Points outside the sphere, off its surface and the axis of the wake, out to 6 radii."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(-6.0, 6.0, (8 * count, 3))
    r = np.sqrt((p**2).sum(1))
    rho = np.hypot(p[:, 1], p[:, 2])
    return p[(r > 1.1) & ((p[:, 0] > 0.0) | (rho > 0.2)) & (np.abs(p[:, 0]) > 0.01)][:count]


def gradient(plasma, points: np.ndarray, h: float = 1e-3) -> np.ndarray:  # type: ignore[no-untyped-def]
    """dB_i/dx_j [n, 3, 3] by differences of fourth order."""
    columns = []
    for j in range(3):
        step = np.zeros(3)
        step[j] = h
        near = sample(plasma, points + step).b - sample(plasma, points - step).b
        far = sample(plasma, points + 2 * step).b - sample(plasma, points - 2 * step).b
        columns.append((8.0 * near - far) / (12.0 * h))
    return np.stack(columns, axis=2)


@pytest.mark.parametrize(("point", "b", "e"), POINTS)
def test_the_draped_field_agrees_with_streamline_tracing(point, b, e) -> None:  # type: ignore[no-untyped-def]
    at = sample(draped(wind(1.0, 1.0, 1.0), 1.0), np.array(point) * FLIP)
    assert at.b[0] * FLIP == pytest.approx(b, abs=1e-6)
    assert at.e[0] * FLIP == pytest.approx(e, abs=1e-6)


def test_the_drapings_scale_with_radius_speed_and_field() -> None:
    small = sample(draped(OBLIQUE, 1.0), space(20))
    large = sample(draped(wind(5e6, 4e5, 3e-9, math.radians(50.0), math.radians(-25.0)), 3.5e6), 3.5e6 * space(20))
    assert large.b == pytest.approx(3e-9 * small.b, rel=1e-12)
    assert large.e == pytest.approx(3e-9 * 4e5 * small.e, rel=1e-12)
    assert large.density == pytest.approx(np.full(20, 5e6))


def test_e_is_minus_u_cross_b_everywhere() -> None:
    at = sample(draped(OBLIQUE, 1.0), space(5000))
    size = np.abs(at.e).max()
    assert at.e + np.cross(at.u, at.b) == pytest.approx(np.zeros((5000, 3)), abs=1e-12 * size)


def test_e_is_the_gradient_of_the_potential_of_streamlines() -> None:
    points = space(200)
    plasma = draped(OBLIQUE, 1.0)

    def potential(p: np.ndarray) -> np.ndarray:
        eta = np.sqrt(1.0 - (p**2).sum(1) ** -1.5)
        return np.asarray(eta * (OBLIQUE.bz * p[:, 1] - OBLIQUE.by * p[:, 2]))

    h = 1e-4
    steps = h * np.eye(3)
    slope = np.stack([(potential(points + d) - potential(points - d)) / (2 * h) for d in steps], axis=1)
    assert sample(plasma, points).e == pytest.approx(-slope, abs=1e-6)


def test_b_has_no_divergence_and_is_carried_by_the_flow() -> None:
    """div B = 0 and (u . grad) B = (B . grad) u, the law of a frozen field in a flow of constant density."""
    points = space(2000)
    plasma = draped(OBLIQUE, 1.0)
    at, slope = sample(plasma, points), gradient(plasma, points)
    size = np.sqrt((slope**2).sum((1, 2))) + 1e-3
    assert np.abs(np.trace(slope, axis1=1, axis2=2) / size).max() < 1e-5
    h = 1e-5
    change = [(sample(plasma, points + d).u - sample(plasma, points - d).u) / (2 * h) for d in h * np.eye(3)]
    u_slope = np.stack(change, axis=2)
    carried = np.einsum("nij,nj->ni", slope, at.u)
    stretched = np.einsum("nij,nj->ni", u_slope, at.b)
    assert (np.abs(carried - stretched).max(axis=1) / size).max() < 1e-5


def test_nothing_is_inside_and_the_wind_is_undisturbed_far_away() -> None:
    plasma = draped(OBLIQUE, 1.0)
    inside = sample(plasma, [[0.5, 0.3, 0.2], [0.0, 0.0, 0.0]])
    assert not inside.e.any()
    assert not inside.b.any()
    assert not inside.density.any()
    far = sample(plasma, [[300.0, 100.0, 200.0], [-10.0, 400.0, 30.0]])
    assert far.b == pytest.approx(np.tile([OBLIQUE.bx, OBLIQUE.by, OBLIQUE.bz], (2, 1)), abs=1e-6)
    assert far.u == pytest.approx(np.tile([-1.0, 0.0, 0.0], (2, 1)), abs=1e-6)


def test_the_flow_is_tangential_to_the_sphere() -> None:
    p = space(500)
    p /= np.sqrt((p**2).sum(1))[:, None]
    at = sample(draped(OBLIQUE, 1.0), p * (1.0 + 1e-9))
    assert np.abs((at.u * p).sum(1)).max() < 1e-8


def test_the_field_rises_like_an_inverse_square_root_towards_the_sphere() -> None:
    direction = np.array([0.6, 0.64, 0.48])
    exact_ = draped(OBLIQUE, 1.0, layer=0.0)
    near = sample(exact_, [direction * (1.0 + 1e-4), direction * (1.0 + 1e-6 * 1.0001)]).b
    assert np.linalg.norm(near[1]) / np.linalg.norm(near[0]) == pytest.approx(10.0, rel=0.01)
    assert np.isfinite(sample(exact_, [[-3.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]).b).all()


def test_the_layer_at_the_sphere_keeps_potential_and_flux() -> None:
    """Integrals over the layer of its radial E and its tangential B are those of the exact field, to its thickness."""
    direction, layer = np.array([0.6, 0.64, 0.48]), 2e-3
    x, w = np.polynomial.legendre.leggauss(200)
    depth = 0.5 * (x + 1.0) ** 2 * 0.5 * layer  # dense at the sphere, where the exact field diverges
    weight = 0.5 * w * (x + 1.0) * layer
    sums = []
    for thickness in (layer, 0.0):
        at = sample(draped(OBLIQUE, 1.0, layer=thickness), direction * (1.0 + depth[:, None]))
        tangential = at.b - np.outer(at.b @ direction, direction)
        sums.append((weight @ (at.e @ direction), np.linalg.norm(weight @ tangential)))
    assert sums[0] == pytest.approx(sums[1], rel=5.0 * layer)


def test_the_quadrature_of_the_travel_agrees_with_an_adaptive_one() -> None:
    for r, mu in ((1.0, 0.3), (1.001, 0.0), (1.2, 0.5), (1.0001, 0.9), (4.0, 0.02), (1.05, 1.0 - 1e-9)):
        alpha = math.acos(mu)
        b = math.sin(alpha) * math.sqrt(r * r - 1.0 / r)

        def integrand(angle: float, b: float = b) -> float:
            q = float(formulas.radius_at(np.array([(b / math.sin(angle)) ** 2]))[0])
            return float(18.0 * q**4 / (2.0 * q**3 + 1.0) ** 3 * math.sin(angle))

        points = [p for p in (0.1 * b, b, 10.0 * b) if 0.0 < p < alpha] or None
        exact = quad(integrand, 1e-12, alpha, points=points, epsabs=1e-14, limit=400)[0] / math.sin(alpha) ** 2
        assert float(formulas.travel(np.array(r), np.array(mu))) == pytest.approx(exact, abs=1e-10)


def test_the_time_of_travel_differs_between_neighbouring_streamlines_as_the_field_says() -> None:
    """B . grad alpha is constant along a streamline: a line element carried by the flow stays along B.

    Followed through the whole flow from 40 radii upstream to 3 radii behind, with its neighbour.
    """
    plasma = draped(wind(1.0, 1.0, 1.0), 1.0)

    def velocity(_: float, q: np.ndarray) -> np.ndarray:
        r2 = (q * q).sum()
        s3 = r2**-1.5
        return np.asarray(np.array([-(1.0 + 0.5 * s3), 0.0, 0.0]) + 1.5 * s3 * q[0] / r2 * q)

    d = 1e-4
    ends = []
    for y in (0.5 - d, 0.5 + d):
        start = np.array([40.0, y, 0.3])
        ends.append(solve_ivp(velocity, (0.0, 45.0), start, rtol=1e-11, atol=1e-13).y[:, -1])
    element = (ends[1] - ends[0]) / (2.0 * d)
    middle = 0.5 * (ends[0] + ends[1])
    assert middle[0] < -2.0
    assert sample(plasma, middle).b[0] == pytest.approx(element, abs=2e-4)


def exact(points: np.ndarray) -> np.ndarray:
    """B of the oblique field with the time of travel by quadrature at each point, by spherical components."""
    x, y, z = points.T
    r = np.sqrt(x * x + y * y + z * z)
    mu, s3 = -x / r, r**-3.0
    eta, g, sine = np.sqrt(1.0 - s3), 1.0 + 0.5 * r**-3.0, np.hypot(y, z) / r
    n = formulas.travel(r, np.abs(mu))
    t_mu = r / g - np.abs(mu) * n
    t_r = (-np.abs(mu) - g * sine**2 * n / r) / eta**2 * np.where(mu > 0.0, -1.0, 1.0)
    b = r * eta * sine
    drift = np.where(mu > 0.0, -2.0 * formulas._integral(b, np.full(b.size, 0.5 * math.pi)) / b, 0.0)
    b_r, b_theta = eta * sine * t_mu / r, eta * t_r
    u_r, u_theta = mu * eta**2, -sine * g
    cosine = (OBLIQUE.by * y + OBLIQUE.bz * z) / np.hypot(y, z)
    b_r = cosine * (b_r - drift * u_r) - OBLIQUE.bx * u_r
    b_theta = cosine * (b_theta - drift * u_theta) - OBLIQUE.bx * u_theta
    b_phi = (OBLIQUE.bz * y - OBLIQUE.by * z) / np.hypot(y, z) / eta
    r_hat = points / r[:, None]
    phi_hat = np.stack([0.0 * x, -z, y], axis=1) / np.hypot(y, z)[:, None]
    theta_hat = np.cross(phi_hat, r_hat)
    # theta increases from the axis of the wake; with -x along the flow (r, theta, phi) is right-handed about it
    theta_hat *= np.sign((theta_hat * [1.0, 0.0, 0.0]).sum(1))[:, None]
    return np.asarray(b_r[:, None] * r_hat + b_theta[:, None] * theta_hat + b_phi[:, None] * phi_hat)


def test_the_tables_are_accurate_in_all_space() -> None:
    """To 1e-8 of the field at the point, from 1e-5 radii above the sphere to 1000 radii, off and near the axes."""
    rng = np.random.default_rng(4)
    count = 4000
    height = 10.0 ** rng.uniform(-5.0, 3.0, count)
    near = 10.0 ** rng.uniform(-6.0, 0.0, count)
    poles = np.where(rng.random(count) < 0.5, 1.0, -1.0) * (1.0 - near)
    mu = np.where(rng.random(count) < 0.5, rng.uniform(-1.0, 1.0, count), poles)
    angle = rng.uniform(0.0, 2.0 * math.pi, count)
    r, sine = 1.0 + height, np.sqrt((1.0 - mu) * (1.0 + mu))
    points = np.stack([-r * mu, r * sine * np.cos(angle), r * sine * np.sin(angle)], axis=1)
    wanted, got = exact(points), sample(draped(OBLIQUE, 1.0, layer=0.0), points).b
    errors = np.linalg.norm(got - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
    assert errors.max() < 1e-8
