"""The regime of escape in a word, by a stated rule, with a sentence that holds the numbers behind it.

The rule, in this order, for the target species of the case:

- collisionless: the run has no collisions; planar: the geometry has no escape; closed: a wall closes the domain; not
  judged: no gas comes from the inner boundary;
- hydrodynamic: the gas passes Mach 1 where its Knudsen number (mean free path over pressure scale height) is below 1;
- free-molecular: no exobase, and the gas hardly collides (Kn >= 1) from the inner boundary on;
- no exobase in the domain: none, and no sonic point either: the domain ends inside the collisional gas;
- jeans-like: at the exobase the gas is slow (Mach < 0.3) and bound (Jeans parameter > 3), and the flux is 0.5 to 2.5
  times Jeans' there (within two standard errors; where nothing escaped, the first two decide);
- transitional: all else.

In kinetic simulations the flow is hydrodynamic below a Jeans parameter at the surface of 2 to 3 (monatomic; diatomic
2.4 to 3.6) and, above about 6, Jeans-like with 1.7 to 1.4 times the Jeans flux at the exobase: Volkov, Johnson, Tucker
& Erwin 2011, ApJL 729, L24, doi:10.1088/2041-8205/729/2/L24; Volkov & Johnson 2013, ApJ 765, 90.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exobase.geometry.space import space_of
from exobase.io.results import Result
from exobase.regime.formulas import Formula, formulas_of
from exobase.regime.numbers import Number, Numbers, SpeciesNumbers, measure
from exobase.regime.profile import CLOSED, SLOW_MACH

WORDS = (
    "collisionless",
    "planar",
    "closed",
    "hydrodynamic",
    "free-molecular",
    "no exobase in the domain",
    "jeans-like",
    "transitional",
    "not judged",
)
SONIC_KNUDSEN = 1.0
BOUND_DEPTH = 3.0
FLUX_OVER_JEANS = (0.5, 2.5)


@dataclass(frozen=True)
class Regime:
    """The verdict on a run. word: one of `WORDS`; sentence: the same with its numbers; target: species it is about.

    numbers: None where there are none (planar cells; no gas behind the inner boundary). formulas: which theory may be
    applied to this gas, and why not.
    """

    word: str
    sentence: str
    target: str
    numbers: Numbers | None = None
    formulas: tuple[Formula, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """One line for each formula that must not be applied here."""
        return [f"do not apply {f.name} here: {f.why}" for f in self.formulas if f.applies is False]

    def to_dict(self) -> dict[str, Any]:
        """`regime_numbers` of summary.json."""
        numbers = self.numbers
        return {
            "sentence": self.sentence,
            "target": self.target,
            "gas": numbers.gas.to_dict() if numbers else {},
            "species": {name: s.to_dict() for name, s in numbers.species.items()} if numbers else {},
            "formulas": [f.to_dict() for f in self.formulas],
            "warnings": self.warnings,
        }


def assess(result: Result, case: Mapping[str, Any]) -> Regime:
    """The regime of a run from its result and its resolved case (`Case.to_dict()`).

    Raises InputError where the result lacks a dataset that every run writes.
    """
    target = str(case["run"].get("target_species") or result.species[0])
    if not space_of(case).spherical:
        return Regime("planar", "planar: without a body there is no escape.", target)
    numbers = measure(result, case)
    if numbers is None:
        return Regime("not judged", "not judged: the inner boundary supplies no gas, or none was sampled.", target)
    word = _word(case, numbers, numbers.species[target])
    sentence = f"{word}: {_reasons(word, target, numbers)}."
    return Regime(word, sentence, target, numbers, formulas_of(case, numbers, target, word))


def _word(case: Mapping[str, Any], numbers: Numbers, own: SpeciesNumbers) -> str:
    gas = numbers.gas
    if case["collisions"] == "off":
        return "collisionless"
    if case["outer"]["type"] in CLOSED:
        return "closed"
    if gas.sonic_radius_m.known and gas.sonic_knudsen.value < SONIC_KNUDSEN:
        return "hydrodynamic"
    if not own.exobase_radius_m.known:
        sparse = numbers.profile.knudsen[0] >= 1.0
        return "free-molecular" if sparse else "no exobase in the domain"
    bound = own.exobase_jeans_parameter.value > BOUND_DEPTH
    if bound and own.exobase_mach.value < SLOW_MACH and _near_jeans(own):
        return "jeans-like"
    return "transitional"


def _near_jeans(own: SpeciesNumbers) -> bool:
    """Whether flux/Jeans lies in its range within two standard errors, or cannot be told since nothing escaped."""
    if not own.escapes:
        return True
    ratio = own.flux_over_jeans
    slack = 2.0 * ratio.stderr if ratio.stderr == ratio.stderr else 0.0
    return FLUX_OVER_JEANS[0] - slack <= ratio.value <= FLUX_OVER_JEANS[1] + slack


def _reasons(word: str, target: str, numbers: Numbers) -> str:
    gas, own, r0 = numbers.gas, numbers.species[target], numbers.base.radius
    base = f"at R0 lambda = {own.jeans_parameter_inner.value:.3g}"
    if word == "collisionless":
        return f"{target}, {base}; {_flux(own.flux_over_jeans_inner, 'Jeans at R0', own.escapes)}"
    parts = [
        f"{target}, {base}, l/R0 = {own.knudsen_number_radius.value:.3g}, l/H = {own.knudsen_number_height.value:.3g}"
    ]
    if gas.sonic_radius_m.known:
        sonic = gas.sonic_radius_m.over(r0)
        parts.append(f"Mach 1 at {text(sonic)} R0 where l/H = {gas.sonic_knudsen.value:.2g}")
    else:
        parts.append("no sonic point in the domain")
    if own.exobase_radius_m.known:
        parts.append(
            f"exobase at {own.exobase_radius_m.value / r0:.4g} R0 with lambda = {text(own.exobase_jeans_parameter)}, "
            f"T = {text(own.exobase_temperature_K)} K, Mach {own.exobase_mach.value:.2g}"
        )
    else:
        parts.append("no exobase in the domain")
    if word == "closed":
        return "; ".join([*parts, "nothing can escape"])
    if own.exobase_jeans_parameter.known:
        parts.append(_flux(own.flux_over_jeans, "Jeans at the exobase", own.escapes))
    parts.append(_flux(own.flux_over_evaporation, "evaporation", own.escapes))
    if gas.flux_over_isentropic.known and gas.flux_over_isentropic.value > 0.0:
        parts.append(_flux(gas.flux_over_isentropic, "isentropic wind", True))
    return "; ".join(part for part in parts if part)


def _flux(ratio: Number, reference: str, escapes: bool) -> str:
    if not escapes:
        return "nothing escaped"
    return f"flux/{reference} = {text(ratio)}" if ratio.known else ""


def text(number: Number) -> str:
    """A number for a sentence: '1.445 +- 0.018', '2.42'."""
    if not number.stderr > 0.0:
        return f"{number.value:.3g}"
    return f"{number.value:.4g} +- {number.stderr:.2g}"
