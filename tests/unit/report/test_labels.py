"""Species, processes and units are typeset by one set of functions."""

from __future__ import annotations

import pytest

from exobase.report.labels import axis_label, formula, formula_html, process, process_html, unit, unit_html


@pytest.mark.parametrize(
    ("name", "figure", "page"),
    [
        ("CO2", "CO$_{2}$", "CO<sub>2</sub>"),
        ("O2+", "O$_{2}$$^{+}$", "O<sub>2</sub><sup>+</sup>"),
        ("15N", "$^{15}$N", "<sup>15</sup>N"),
        ("14N15N", "$^{14}$N$^{15}$N", "<sup>14</sup>N<sup>15</sup>N"),
        ("Ar", "Ar", "Ar"),
        ("C10H8", "C$_{10}$H$_{8}$", "C<sub>10</sub>H<sub>8</sub>"),
        ("129Xe", "$^{129}$Xe", "<sup>129</sup>Xe"),
        ("H13CN", "H$^{13}$CN", "H<sup>13</sup>CN"),
        ("C60", "C$_{60}$", "C<sub>60</sub>"),
        ("4He+", "$^{4}$He$^{+}$", "<sup>4</sup>He<sup>+</sup>"),
        ("M1", "M1", "M1"),
        ("HS", "HS", "HS"),
        ("gas1", "gas1", "gas1"),
        ("<b>", "<b>", "&lt;b&gt;"),
    ],
)
def test_names_of_species(name: str, figure: str, page: str) -> None:
    assert formula(name) == figure
    assert formula_html(name) == page


def test_processes_have_their_species_typeset_and_words_left_alone() -> None:
    assert process("O2+ + e, recoils") == "O$_{2}$$^{+}$ + e, recoils"
    assert process_html("CO2 + hv & more") == "CO<sub>2</sub> + hv &amp; more"
    assert process("pickup, low obstacle") == "pickup, low obstacle"


def test_units_have_their_powers_raised() -> None:
    assert unit("m-2 s-1") == "m$^{-2}$ s$^{-1}$"
    assert unit_html("cm-3") == "cm<sup>−3</sup>"
    assert axis_label("Heating", "W cm-3") == "Heating (W cm$^{-3}$)"
    assert unit("1") == "1"
