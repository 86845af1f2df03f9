"""Tables of a whole case: every law's total, deflection and bound, partners, and refusals.

Exact: mean of 1 - cos chi over u is momentum transfer over total; hard spheres 1, soft spheres 2/(alpha + 1).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from exobase.constants import ATOMIC_MASS, EV
from exobase.cross_sections import o_co2, universal
from exobase.cross_sections.catalogue import laws, laws_for
from exobase.cross_sections.differential import read_differential
from exobase.cross_sections.entries import PairEntry
from exobase.cross_sections.lookup import SPEEDS, TABLE, fill_deflections, fill_totals
from exobase.cross_sections.packing import bounds_of
from exobase.cross_sections.quantiles import TotalTable
from exobase.cross_sections.scattering import (
    PairLaw,
    ScatteringTables,
    bound,
    build_scattering,
    check_energies,
    deflection,
    electronic,
    in_range,
    total,
)
from exobase.cross_sections.tabulated import ElasticTable
from exobase.cross_sections.vhs import mean_laws, sigma_g, vhs_coefficient
from exobase.errors import InputError
from exobase.species import species
from exobase.tables import load_table

Array = npt.NDArray[np.float64]
U = (np.arange(400_000) + 0.5) / 400_000


def one(projectile: str, target: str, law: str, **more: Any) -> ScatteringTables:
    """Tables of a single pair."""
    options = {key: more.pop(key) for key in list(more) if key not in ("target_as", "stopping", "table")}
    pair = PairLaw(projectile, target, law, options, **more)
    return build_scattering([species(projectile)], [species(target)], [pair])


def sigma(tables: ScatteringTables, energy: float, k: int = 0) -> float:
    return float(total(tables, k, energy))


def sampled_mean(tables: ScatteringTables, energy: float, k: int = 0) -> float:
    out = np.empty(U.size)
    fill_deflections(tables, k, energy, U, out)
    return float(np.mean(out))


def reduced_mass(a: str, b: str) -> float:
    return species(a).mass * species(b).mass / (species(a).mass + species(b).mass)


CASES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("O", "O", "kharchenko", {}),
    ("O", "CO2", "gacesa", {}),
    ("H", "CO2", "universal", {}),
    ("O", "O", "universal", {}),
    ("O", "N2", "lillis_molecules", {}),
    ("O", "CO2", "lee_molecules_isotropic", {}),
    ("O", "CO", "fox_hac", {}),
    ("CO", "N2", "forward", {"cross_section": 2e-19}),
    ("O", "CO2", "hard_sphere", {}),
    ("CO2", "CO2", "vhs", {}),
    ("O", "CO2", "vss", {}),
    ("H", "H", "vhs", {"omega": 1.0}),
    ("O", "O", "zbl", {}),
    ("H", "O", "zbl", {"smallest_transfer": 2.0 * EV}),
    ("O", "CO2", "zbl", {"target_as": "atoms"}),
    ("CO", "CO2", "zbl", {"target_as": "united_atom"}),
]
NAMES = ["-".join(case[:3]) for case in CASES]


@pytest.mark.parametrize(("projectile", "target", "law", "more"), CASES, ids=NAMES)
def test_the_bound_is_never_exceeded_and_tight(projectile: str, target: str, law: str, more: dict[str, Any]) -> None:
    tables = one(projectile, target, law, **more)
    rng = np.random.default_rng(11)
    for k in range(tables.mass.size):
        mu = species(projectile).mass * tables.mass[k] / (species(projectile).mass + tables.mass[k])
        g = np.concatenate([10.0 ** rng.uniform(-2.0, 8.0, 4000), np.exp2(np.linspace(0, 25, 801)), [0.0]])
        sg = np.array([total(tables, k, 0.5 * mu * v * v) * v for v in g])
        order = np.argsort(g)
        largest = np.maximum.accumulate(sg[order])
        bounds = np.array([bound(tables, k, v) for v in g[order]])
        assert np.all(bounds >= largest)
        # Steps of 3 % in speed; below 1 m/s and above the tables it is loose by design.
        use = (g[order] > 30.0) & (g[order] < 1e6) & (largest > 0.0)
        assert float(np.median(bounds[use] / largest[use])) < 1.04


def test_the_bound_sees_peaks_between_its_own_speeds() -> None:
    """Totals that jump by 10 from node to node, nodes closer than the speeds of the bound."""
    mu, rng = reduced_mass("O", "O"), np.random.default_rng(2)
    at = np.linspace(math.log(1e-3 * EV), math.log(20.0 * EV), 1500)
    entry = PairEntry(TABLE, (0.0, 1.0), totals=TotalTable(at, 1e-19 * np.where(np.arange(1500) % 2, 1.0, 10.0)))
    bounds = bounds_of(entry, mu)
    assert entry.totals is not None
    g = np.sort(rng.uniform(100.0, 3e4, 20000))
    sg = np.maximum.accumulate(np.interp(np.log(0.5 * mu * g * g), at, entry.totals.sigma) * g)
    assert np.all(bounds[np.searchsorted(SPEEDS, g)] >= sg)


@pytest.mark.parametrize(("projectile", "target", "law", "more"), CASES, ids=NAMES)
def test_deflections_are_between_0_and_2_and_fall_with_u(
    projectile: str, target: str, law: str, more: dict[str, Any]
) -> None:
    tables = one(projectile, target, law, **more)
    u = np.sort(np.concatenate([np.random.default_rng(5).uniform(size=2000), [1e-16, 1.0 - 1e-16]]))
    out = np.empty(u.size)
    for energy in (1e-4, 0.02, 0.7, 4.0, 300.0, 8000.0):
        if sigma(tables, energy * EV) == 0.0:
            continue
        fill_deflections(tables, 0, energy * EV, u, out)
        assert np.all((out >= 0.0) & (out <= 2.0))
        assert np.all(np.diff(out) <= 1e-9)


@pytest.mark.parametrize("i", range(3))
def test_oxygen_samples_give_its_momentum_transfer_and_total(i: int) -> None:
    table = read_differential(load_table("scattering/o_o.toml"), "o_o.toml")
    tables = one("O", "O", "kharchenko")
    energy = table.energies[i]
    assert sigma(tables, energy) == pytest.approx(table.total(i), rel=1e-3, abs=0.0)
    sampled = sigma(tables, energy) * sampled_mean(tables, energy)
    assert sampled == pytest.approx(table.momentum_transfer(i), rel=0.005, abs=0.0)
    # The forward peak: half of the integral lies below the sampled median.
    chi, density = table.fine(i)
    part = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(chi))])
    # The table's first step, u > 0.95, blurs the first angle itself (by 7 % at u = 0.99).
    for u in (0.95, 0.8, 0.5, 0.2, 0.02):
        exact = float(np.interp((1.0 - u) * part[-1], part, chi))
        angle = 2.0 * math.asin(math.sqrt(0.5 * float(deflection(tables, 0, energy, u))))
        assert angle == pytest.approx(exact, rel=0.01, abs=0.0)


def test_outside_its_data_a_table_keeps_total_and_shape() -> None:
    tables = one("O", "O", "kharchenko")
    for inside, outside in ((0.03, 0.001), (0.03, 0.0), (3.0, 9.0)):
        assert sigma(tables, outside * EV) == pytest.approx(sigma(tables, inside * EV), rel=1e-12, abs=0.0)
        for u in (0.9, 0.3, 1e-4):
            one_, other = (deflection(tables, 0, e * EV, u) for e in (inside, outside))
            assert one_ == pytest.approx(other, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("energy", [0.154, 0.25, 0.5, 1.02, 1.25, 2.0, 3.3, 4.99])
def test_carbon_dioxide_samples_give_its_momentum_transfer(energy: float) -> None:
    tables = one("O", "CO2", "gacesa")
    published = o_co2.published(energy * EV)
    assert sigma(tables, energy * EV) == pytest.approx(float(published[0]), rel=0.005, abs=0.0)
    sampled = sigma(tables, energy * EV) * sampled_mean(tables, energy * EV)
    assert sampled == pytest.approx(float(published[1]), rel=0.005, abs=0.0)


@pytest.mark.parametrize("energy", [5.0, 33.0, 1000.0])
def test_universal_samples_give_the_integrals_of_the_formula(energy: float) -> None:
    tables = one("H", "CO2", "universal")
    chi, density = universal.fine(energy * ATOMIC_MASS / reduced_mass("H", "CO2"))
    exact = 1.4 * float(np.trapezoid(density, chi))
    transfer = 1.4 * float(np.trapezoid(density * (1.0 - np.cos(chi)), chi))
    assert sigma(tables, energy * EV) == pytest.approx(exact, rel=0.01, abs=0.0)
    assert sigma(tables, energy * EV) * sampled_mean(tables, energy * EV) == pytest.approx(transfer, rel=0.005, abs=0.0)


def test_a_forward_constant_has_its_total_and_the_universal_angles() -> None:
    tables, law = one("O", "CO2", "lillis_molecules"), one("O", "CO2", "universal")
    for energy in (0.1, 2.0, 10.0):
        assert sigma(tables, energy * EV) == pytest.approx(2e-18, rel=1e-12, abs=0.0)
        for u in (0.9, 0.1, 1e-3):
            assert deflection(tables, 0, energy * EV, u) == deflection(law, 0, energy * EV, u)


@pytest.mark.parametrize("g", [50.0, 900.0, 2e4])
@pytest.mark.parametrize("law", ["hard_sphere", "vhs", "vss"])
def test_spheres_have_the_laws_of_the_gas(law: str, g: float) -> None:
    table = "vss" if law == "vss" else "vhs"
    kinds = [species("O", table), species("CO2", table)]
    means = mean_laws(kinds, law)
    mu = reduced_mass("O", "CO2")
    omega, alpha = float(means.omega[0, 1]), float(means.alpha[0, 1])
    coefficient = vhs_coefficient(float(means.diameter[0, 1]), omega, float(means.t_ref[0, 1]), mu)
    tables = one("O", "CO2", law)
    energy = 0.5 * mu * g * g
    assert sigma(tables, energy) * g == pytest.approx(sigma_g(g * g, coefficient, 1.0 - omega), rel=1e-12, abs=0.0)
    assert sampled_mean(tables, energy) == pytest.approx(2.0 / (alpha + 1.0), rel=1e-5, abs=0.0)


def test_named_constants_have_their_values() -> None:
    for law, target, value in [
        ("fox_hac", "CO2", 3e-19),
        ("lillis_molecules", "N2", 2e-18),
        ("lillis_molecules_isotropic", "CO2", 2e-18),
        ("lee_molecules", "CO2", 1.2e-18),
    ]:
        assert sigma(one("O", target, law), EV) == pytest.approx(value, rel=1e-12, abs=0.0)
    diameter = one("O", "O", "hard_sphere", cross_section=3e-19)
    assert sigma(diameter, EV) == pytest.approx(3e-19, rel=1e-12, abs=0.0)


def test_zbl_samples_transfer_what_the_disc_does() -> None:
    """Energy loss of O in O at 1 keV, all transfers above 0.1 eV: the nuclear stopping, 25.47e-15 eV cm2, to 4 %."""
    tables = one("O", "O", "zbl")
    loss = sigma(tables, 500.0 * EV) * sampled_mean(tables, 500.0 * EV) * 500.0 * 1e4
    assert loss == pytest.approx(25.47e-15, rel=0.04, abs=0.0)
    smallest = 500.0 * float(deflection(tables, 0, 500.0 * EV, 1.0 - 1e-12))
    assert smallest == pytest.approx(0.1, rel=0.02, abs=0.0)
    assert sigma(tables, 0.049 * EV) == 0.0


def test_partners_of_a_molecule_are_its_atoms_by_number() -> None:
    followed = [species(name) for name in ("O", "C", "CO", "CO2")]
    targets = [species("O"), species("CO2")]
    pairs = [PairLaw(p.name, "O", "vhs") for p in followed]
    pairs += [PairLaw(name, "CO2", "zbl", target_as="atoms", stopping="lss") for name in ("O", "C")]
    pairs += [PairLaw("CO", "CO2", "hard_sphere"), PairLaw("CO2", "CO2", "zbl", target_as="united_atom")]
    tables = build_scattering(followed, targets, pairs)
    assert tables.target.tolist() == [0, 1, 1, 1, 1]
    assert tables.number.tolist() == [1.0, 1.0, 2.0, 1.0, 1.0]
    assert tables.struck.tolist() == [0, 3, 0, 1, 3]
    assert tables.rest.tolist() == [-1, -1, 2, -1, -1]
    assert tables.whole.tolist() == [-1, -1, 3, 3, -1]
    co2, o = species("CO2").mass, species("O").mass
    assert tables.mass[[0, 1, 2, 4]] == pytest.approx([o, co2, o, co2], rel=1e-12, abs=0.0)
    assert tables.rest_mass[2] == pytest.approx(co2 - o, rel=1e-12, abs=0.0)
    assert tables.bond[2] == pytest.approx(5.453 * EV, rel=1e-12, abs=0.0)
    meets = np.array([[sigma(tables, 50.0 * EV, p * 5 + b) > 0.0 for b in range(5)] for p in range(4)])
    assert meets.tolist() == [
        [True, False, True, True, False],
        [True, False, True, True, False],
        [True, True, False, False, False],
        [True, False, False, False, True],
    ]
    assert all(bound(tables, 1, g) == 0.0 for g in (0.0, 1.0, 1e4, 1e9))
    stopping = electronic(tables, 2, 1000.0 * EV) / EV * 1e4
    assert stopping == pytest.approx(1.216e-16 * math.sqrt(1000.0), rel=1e-3, abs=0.0)
    assert electronic(tables, 0, 1000.0 * EV) == 0.0


def test_electronic_stopping_of_a_whole_molecule_is_that_of_its_atoms() -> None:
    whole = one("O", "CO2", "universal", stopping="lss")
    parts = one("O", "CO2", "universal", target_as="atoms", stopping="lss")
    added = 2.0 * electronic(parts, 0, EV) + electronic(parts, 1, EV)
    assert electronic(whole, 0, EV) == pytest.approx(added, rel=1e-12, abs=0.0)


def test_a_united_atom_has_the_mass_and_the_charge_of_the_molecule() -> None:
    """CO as one atom of Z = 14, against the law of a silicon-like atom: a = 0.8853 a0/(8^0.23 + 14^0.23)."""
    tables = one("O", "CO", "zbl", target_as="united_atom")
    assert tables.mass[0] == species("CO").mass
    length = 0.8853 * 5.29177210544e-11 / (8**0.23 + 14**0.23)
    assert 1.0 / tables.real[0, 10] == pytest.approx(length, rel=1e-9, abs=0.0)


def test_ranges_end_where_the_rule_of_extrapolation_does() -> None:
    tables = one("O", "O", "kharchenko")
    assert in_range(tables, 0, 0.001 * EV)
    assert in_range(tables, 0, 9.9 * EV)
    assert not in_range(tables, 0, 10.1 * EV)
    assert not in_range(tables, 0, float("nan"))
    assert in_range(one("O", "O", "kharchenko", extrapolate_to=50.0 * EV), 0, 49.0 * EV)


def test_energies_beyond_a_law_are_refused_before_the_run() -> None:
    followed, targets = [species("O")], [species("O"), species("CO2")]
    pairs = [PairLaw("O", "O", "kharchenko"), PairLaw("O", "CO2", "hard_sphere")]
    assert check_energies(followed, targets, pairs, 0.1 * EV, 5.0 * EV) == []
    notes = check_energies(followed, targets, pairs, 0.01 * EV, 12.0 * EV)
    assert len(notes) == 1
    assert "0.005 eV to 6 eV" in notes[0]
    assert "shape of 0.03 eV below" in notes[0]
    with pytest.raises(InputError) as caught:
        check_energies(followed, targets, pairs, 0.1 * EV, 1000.0 * EV)
    text = str(caught.value)
    for word in ("O on O", "'kharchenko'", "0.03 eV to 3 eV", "up to 10 eV", "universal", "zbl", "extrapolate_to"):
        assert word in text
    wider = [PairLaw("O", "O", "kharchenko", {"extrapolate_to": 600.0 * EV}), pairs[1]]
    assert len(check_energies(followed, targets, wider, 0.1 * EV, 1000.0 * EV)) == 1


def test_a_missing_pair_lists_the_laws_that_exist_for_it() -> None:
    with pytest.raises(InputError) as caught:
        build_scattering([species("O")], [species("O"), species("CO2")], [PairLaw("O", "O", "kharchenko")])
    text = str(caught.value)
    for word in ("O on CO2", "no law", "gacesa", "lillis_molecules", "universal", "atoms: ", "zbl"):
        assert word in text
    assert "kharchenko" not in text


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (PairLaw("O", "CO2", "kharchenko"), ["serves O on O", "gacesa"]),
        (PairLaw("O", "CO2", "zbl"), ["atoms on atoms", "target_as = 'whole'"]),
        (PairLaw("O", "CO2", "karchenko"), ["unknown law 'karchenko'", "did you mean 'kharchenko'"]),
        (PairLaw("O", "CO2", "gacesa", target_as="parts"), ["target_as = 'parts'", "united_atom"]),
        (PairLaw("O", "CO2", "isotropic"), ["needs cross_section"]),
        (PairLaw("O", "CO2", "isotropic", {"cross_section": -1.0}), ["cross_section = -1", "positive"]),
        (PairLaw("O", "CO2", "vhs", {"diametre": 1e-10}), ["no option 'diametre'", "'diameter'"]),
        (PairLaw("O", "CO2", "vhs", {"omega": 1.2}), ["omega = 1.2", "between 0.5"]),
        (PairLaw("O", "CO2", "gacesa", stopping="bethe"), ["stopping = 'bethe'", "'lss'"]),
        (PairLaw("O", "N2", "fox_hac"), ["background species CO2"]),
    ],
)
def test_a_wrong_pair_is_refused_with_what_is_allowed(pair: PairLaw, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        build_scattering([species("O")], [species("CO2")], [pair])
    for word in [f"{pair.projectile} on {pair.target}", *words]:
        assert word in str(caught.value)


def test_atoms_of_an_unlisted_molecule_and_a_doubled_pair_are_refused() -> None:
    with pytest.raises(InputError, match="atoms of SO2"):
        one("O", "SO2", "zbl", target_as="atoms")
    with pytest.raises(InputError, match="given twice"):
        build_scattering([species("O")], [species("O")], [PairLaw("O", "O", "vhs"), PairLaw("O", "O", "zbl")])


def test_every_law_names_source_range_rule_and_cut() -> None:
    for law in laws().values():
        assert law.source
        assert law.extrapolation
        assert law.angle_cut
        assert law.reach[0] <= law.valid[0] < law.valid[1] <= law.reach[1]
    assert "kharchenko" in laws_for("18O", "O")
    assert "gacesa" in laws_for("O", "13CO2")
    assert "zbl" in laws_for("O", "CO2", "atoms")
    assert "zbl" not in laws_for("O", "CO2")
    assert laws_for("O", "SO2", "atoms") == []


@pytest.mark.parametrize("target_as", ["whole", "atoms", "united_atom"])
@pytest.mark.parametrize("projectile", ["H", "O", "C", "CO", "CO2"])
@pytest.mark.parametrize("target", ["O", "CO2", "N2"])
def test_every_law_offered_for_a_pair_can_be_built(projectile: str, target: str, target_as: str) -> None:
    energy, out = np.array([5.0 * EV]), np.empty(1)
    for law in laws_for(projectile, target, target_as):
        options = {"cross_section": 1e-19} if laws()[law].required else {}
        more = {"table": ElasticTable("own.csv", "isotropic", (EV,), (1e-19,))} if law == "table" else {}
        tables = one(projectile, target, law, target_as=target_as, **options, **more)
        fill_totals(tables, 0, energy, out)
        assert 1e-21 < out[0] < 1e-17
