"""Sources as a case describes them, read into emitters; both solvers use them.

Settings of a source by type (SI; numbers, words, columns = tuples of numbers; a key without default is required).

Places and sizes of ``thermal``, ``mono_energetic``, ``table``: on a level, or in a volume.

================== ============= ====================================================================================
radius             m             a level
profile_r          m, column     instead of radius: nodes of a volume source, log-linear between them; a piece next to
                                 a zero emits nothing; what lies outside the domain is cut off
profile_density    column        relative rate per volume on profile_r, scaled to ``rate``
profile_rate       m-3 s-1       instead of profile_density: events per volume (then no rate)
rate               s-1           events per second over the lit part of the sphere (default 1)
flux               m-2 s-1       level only, instead of rate: through the lit part (cos_zenith: under the Sun)
================== ============= ====================================================================================

thermal: a Maxwellian flux up through the level, or Maxwellian births in a volume.

================== ============= ====================================================================================
temperature        K             a column too, with profile_r
density            m-3           level only, instead of rate or flux: of the Maxwellian behind the level
drift              m/s           level only: its bulk speed, upward (default 0)
================== ============= ====================================================================================

mono_energetic:

================== ============= ====================================================================================
energy or speed    J, m/s        one of them
launch             word          isotropic_flux (cosine law; default on a level), uniform_solid_angle (upward half),
                                 isotropic (default in a volume), beam
angle              rad           beam: from the upward vertical
================== ============= ====================================================================================

table: as mono_energetic, with launch = "table" besides, and

================== ============= ====================================================================================
energy             J, column     increasing
spectrum           column        per energy: relative, or in m-2 s-1 J-1 or s-1 J-1
spectrum_kind      word          relative (default), flux (level only), rate (over the lit part)
interpolation      word          linear (default) or log (log-log)
angles             rad, column   launch = "table": from the upward vertical, increasing
angle_weight       column        particles per solid angle at these angles, linear in the cosine between them
================== ============= ====================================================================================

dissociative_recombination:

================== ============= ====================================================================================
ion                word          see exobase.sources.recombination.ions
rate_law           word          its rate coefficient by name (default: the first of the table)
branching          word          its set of branching fractions by name (default: the first)
products           names         which products are born (default: Source.species)
r                  m, column
n_ion, n_e         m-3, column   densities of the ion and of electrons
recombination_rate m-3 s-1       column, instead of both: recombinations per volume in all channels
T_i, T_e           K, column     ion and electron temperature
electron_energy    true/false    whether the electron's energy is added (default true)
scale              1             factor of the rate (default 1)
================== ============= ====================================================================================

photodissociation (optically thin):

================== ============= ====================================================================================
parent             word          see exobase.sources.photolysis.parents
channels           names         default: all into two neutrals with known energy that give a product
activity           word          quiet (default), active
distance           m             from the Sun
products           names         as above
r                  m, column
n_parent, T_parent m-3, K        columns
excess_energy      J             shared by the products, in place of the table's
scale              1             factor of the rate (default 1)
================== ============= ====================================================================================

sputtering: Source.species is the incident particle once neutralised; it keeps the velocity of the ion.

================== ============= ====================================================================================
radius             m             level at which it is let in, inward
incident           name          the ion (default: Source.species): its mass turns energy into speed
energy             J             a number, or a column with ``spectrum``
spectrum, spectrum_kind, interpolation                as in table
launch             word          beam (default), isotropic_flux, uniform_solid_angle, table
angle              rad           beam: from the downward vertical (default 0)
angles, angle_weight             launch = "table": from the downward vertical
rate or flux       s-1, m-2 s-1  default: one incident particle per second
================== ============= ====================================================================================

pickup: Source.species is the ion; births follow n_parent times the frequency, see exobase.histories.ionise.

================== ============= ====================================================================================
way                word          frequency, photoionisation, electron_impact, charge_exchange
r                  m, column
n_parent, T_parent m-3, K        columns of the neutral
frequency          s-1           nu_0: unshadowed; outside the conic; of the undisturbed solar wind
shadow             m             radius of the shadow (0: none)
within, factor                                   electron_impact: name of a boundary and the factor within it
beam_mass, beam_fraction, beam_spread            charge_exchange: kg; density over that of the protons; sqrt(kT/m) m/s
beam_energy, beam_sigma          J, m2, columns  charge_exchange: cross section over the kinetic energy
fast               name          charge_exchange: the fast neutral where it is followed
================== ============= ====================================================================================

solar_wind: ions along -x, through the outer boundary.

================== ============= ====================================================================================
density, speed     m-3, m/s      undisturbed
temperature        K             default 0
beam_radius        m             of the disc across x that is followed (default: the outer boundary)
================== ============= ====================================================================================

charge_exchange: Source.species is the fast neutral that a thermal ion becomes.

================== ============= ====================================================================================
r                  m, column
n_ion, n_parent    m-3           columns of the ion and of the neutral
T_i, T_parent      K             columns
ion_mass, parent_mass            kg
relative_speed, sigma            m/s, m2, columns; sigma times speed linear between
scale              1             factor of the rate (default 1)
================== ============= ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from exobase.errors import InputError
from exobase.sources.channels import choose
from exobase.sources.emitters import ILLUMINATION, Emitter
from exobase.sources.kinds import Place, mono_energetic, sputtering, tabulated, thermal
from exobase.sources.photochemistry import dissociative_recombination, photodissociation
from exobase.sources.plasma import charge_exchange, pickup, solar_wind
from exobase.sources.settings import Settings
from exobase.species import Species

KINDS: dict[str, Callable[[Settings, str, Place], Emitter]] = {
    "thermal": thermal,
    "mono_energetic": mono_energetic,
    "table": tabulated,
    "dissociative_recombination": dissociative_recombination,
    "photodissociation": photodissociation,
    "sputtering": sputtering,
    "pickup": pickup,
    "solar_wind": solar_wind,
    "charge_exchange": charge_exchange,
}


class Described(Protocol):
    """A source as a case holds it: type, name, emitted species, lit part of the sphere, settings in SI units."""

    @property
    def type(self) -> str:
        """Name of the kind of source."""

    @property
    def name(self) -> str:
        """Its own name."""

    @property
    def species(self) -> str:
        """Name of the emitted species."""

    @property
    def illumination(self) -> str:
        """Lit part of the sphere."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """All its other keys, in SI units."""


def read_source(source: Described, r_inner: float, r_outer: float, species: Iterable[Species]) -> Emitter:
    """The emitter of a source in the domain r_inner..r_outer [m]; species: those it may emit, in order.

    Raises InputError that names the source and the key.
    """
    keys = Settings(source.type, source.name, source.settings)
    read = KINDS[keys.checked(lambda: choose("the type", source.type, list(KINDS)))]
    lit = keys.checked(lambda: choose("illumination", source.illumination, list(ILLUMINATION)))
    kinds = tuple(species)
    names, masses = tuple(k.name for k in kinds), tuple(k.mass for k in kinds)
    return read(keys, source.species, Place(r_inner, r_outer, ILLUMINATION[lit][1], names, masses))


def read_sources(
    sources: Iterable[Described], r_inner: float, r_outer: float, species: Iterable[Species]
) -> list[Emitter]:
    """The emitters of several sources. Raises InputError with the faults of all."""
    kinds = tuple(species)
    found: list[Emitter] = []
    faults: list[str] = []
    for source in sources:
        try:
            found.append(read_source(source, r_inner, r_outer, kinds))
        except InputError as error:
            faults += error.messages
    if faults:
        raise InputError(faults)
    return found
