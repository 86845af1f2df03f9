"""The electromagnetic field of a resolved case, in SI units."""

from __future__ import annotations

from dataclasses import dataclass

Column = tuple[float, ...]


@dataclass(frozen=True)
class FieldSetup:
    """Fields in which ions move, in solar-orbital axes (+x to the Sun).

    model: a name of :data:`exobase.fields.plasma.MODELS`. density [m-3], speed [m/s] along -x and b [T] of the
    undisturbed solar wind. obstacle [m]: radius of the sphere, or distance of the obstacle's nose; shock [m] and
    compression: of the Kobel-Flueckiger model. magnetopause and flare [m]: standoff and flare of the paraboloid within
    which the fields vanish (0: none). source: where it all comes from. steps_per_gyration: of ions.
    """

    model: str
    density: float = 0.0
    speed: float = 0.0
    b: Column = (0.0, 0.0, 0.0)
    obstacle: float = 0.0
    shock: float = 0.0
    compression: float = 1.0
    magnetopause: float = 0.0
    flare: float = 0.0
    source: str = ""
    steps_per_gyration: float = 40.0

    @property
    def electric(self) -> Column:
        """E = -u x B of the undisturbed solar wind [V/m]."""
        return (0.0, -self.speed * self.b[2], self.speed * self.b[1])
