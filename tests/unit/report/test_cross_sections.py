"""The figure of cross sections shows every pair that meets, with quantities and units, as the laws give it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exobase.case import make_case
from exobase.constants import EV
from exobase.cross_sections.scattering import PairLaw
from exobase.report.cross_sections import draw_cross_sections, gas_laws, write_cross_sections
from exobase.species import species


def test_the_figure_shows_every_pair_that_meets(tmp_path: Path) -> None:
    followed, targets = [species("O"), species("C")], [species("O"), species("CO2")]
    pairs = [
        PairLaw("O", "O", "kharchenko"),
        PairLaw("O", "CO2", "gacesa"),
        PairLaw("C", "O", "fox_hac"),
        PairLaw("C", "CO2", "zbl", target_as="atoms"),
    ]
    figure = draw_cross_sections(followed, targets, pairs, 0.01 * EV, 30.0 * EV, 3.0 * EV)
    total, transfer, angles = figure.axes
    labels = total.get_legend_handles_labels()[1]
    assert labels == [
        "O + O (kharchenko)",
        "O + CO$_{2}$ (gacesa)",
        "C + O (fox_hac)",
        "C + O of CO$_{2}$ (zbl)",
        "C + C of CO$_{2}$ (zbl)",
    ]
    assert "eV" in total.get_xlabel()
    assert "cm$^{2}$" in transfer.get_ylabel()
    assert "sr" in angles.get_ylabel()
    x, y = (np.asarray(column, dtype=float) for column in total.lines[0].get_data())
    assert float(np.interp(3.0, x, y)) == pytest.approx(5.44e-15, rel=0.01, abs=0.0)
    # Above its reach of 10 eV the law is drawn as a guide only.
    assert np.all(np.isnan(y[x > 10.1]))
    figure.savefig(tmp_path / "figure.png")


def test_the_pairs_of_a_gas_are_drawn_once_with_their_tables(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("energy [eV], sigma [cm2]\n0.001, 4e-15\n10, 4e-15\n")
    gas = {"temperature": "300 K", "density": "1e8 cm-3"}
    case = make_case(
        {
            "solver": "dsmc",
            "body": {"name": "Mars"},
            "domain": {"inner_altitude": "180 km", "outer_altitude": "500 km"},
            "species": [{"name": "CO2", **gas}, {"name": "O", **gas}],
            "pair": [{"species": ["O", "CO2"], "table": str(tmp_path / "own.csv"), "below": "constant"}],
        }
    )
    kinds = [s.species for s in case.species]
    figure = draw_cross_sections(kinds, kinds, gas_laws(case), 1e-4 * EV, EV)
    lines, labels = figure.axes[0].get_legend_handles_labels()
    assert labels == ["CO$_{2}$ + CO$_{2}$ (vhs)", "CO$_{2}$ + O (own.csv)", "O + O (vhs)"]
    x, y = (np.asarray(column, dtype=float) for column in lines[1].get_data())
    assert float(np.interp(0.1, x, y)) == pytest.approx(4e-15, rel=1e-9, abs=0.0)
    # Below the table its first value is used, drawn as a guide only.
    assert np.all(np.isnan(y[x < 0.0009]))
    (path,) = write_cross_sections(case, tmp_path / "figures")
    assert path.name == "cross_sections.png"
    assert path.is_file()
