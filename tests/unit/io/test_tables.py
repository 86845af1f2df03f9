"""Profile tables convert to SI, come back exactly, and name file, line and column of every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exobase.errors import InputError
from exobase.io.tables import Profile, SpeciesProfile, read_profile, write_profile

GOOD = """# a comment
altitude [km], density_CO2 [cm-3], temperature [K], O [cm-3], u_r_O [km/s]
180, 3.08e8, 270, 3.9e7, 0.1
# between rows
200, 8.0e7, 272, 2.3e7, 0.2
240, 6.0e6, 280, 9.0e6, 0.3
"""


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "start.csv"
    path.write_text(text)
    return path


def test_units_in_the_heads_are_converted(tmp_path: Path) -> None:
    profile = read_profile(table(tmp_path, GOOD), planet_radius=3.3895e6)
    np.testing.assert_allclose(profile.r, [3.5695e6, 3.5895e6, 3.6295e6])
    np.testing.assert_allclose(profile.species["CO2"].density, [3.08e14, 8.0e13, 6.0e12])
    np.testing.assert_allclose(profile.species["O"].u_r, [100.0, 200.0, 300.0])
    np.testing.assert_allclose(profile.species["O"].temperature, [270, 272, 280])
    assert profile.species["CO2"].u_r is None


def test_a_units_line_does_the_same(tmp_path: Path) -> None:
    text = "# units: km, cm-3, K\nradius, H, T\n7000, 1e5, 1000\n8000, 1e4, 900\n"
    profile = read_profile(table(tmp_path, text))
    np.testing.assert_allclose(profile.r, [7e6, 8e6])
    np.testing.assert_allclose(profile.species["H"].density, [1e11, 1e10])
    np.testing.assert_allclose(profile.species["H"].temperature, [1000, 900])


def test_a_decreasing_coordinate_is_turned_round(tmp_path: Path) -> None:
    text = "radius [km], H [cm-3]\n9000, 1\n8000, 2\n7000, 3\n"
    profile = read_profile(table(tmp_path, text))
    np.testing.assert_allclose(profile.r, [7e6, 8e6, 9e6])
    np.testing.assert_allclose(profile.species["H"].density, [3e6, 2e6, 1e6])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("radius [km], H\n7000, 1\n8000, 2\n", "line 1: column 'H': has no unit"),
        ("radius [km], H [K]\n7000, 1\n8000, 2\n", "column 'H [K]': unit 'K' is not a unit of density"),
        ("radius [km], H [cm-3]\n7000, 1\n8000, x\n", "line 3, column 'density_H': 'x' is not a number"),
        ("radius [km], H [cm-3]\n7000, 1\n8000, 2, 3\n", "line 3: 3 values for 2 columns"),
        ("radius [km], H [cm-3]\n7000, 1\n7000, 2\n9000, 3\n", "line 3, column 'radius': must increase"),
        ("radius [km], H [cm-3]\n7000, 1\n8000, -2\n", "line 3, column 'density_H': -2e+06 is negative"),
        ("radius [km], H [cm-3], T [K]\n7000, 1, 5\n8000, 2, 0\n", "line 3, column 'temperature': 0 is not positive"),
        (
            "radius [km], H [cm-3]\n7000, 1\n8000, nan\n",
            "line 3, column 'density_H': the value is missing: fill the gap",
        ),
        ("radius [km], H [cm-3]\n7000, 1\n8000, \n", "line 3, column 'density_H': the value is missing: fill the gap"),
        ("radius [km], H [cm-3]\n7000, 1\n8000, inf\n", "line 3, column 'density_H': the value is not finite"),
        (
            "radius [km], H [cm-3], rate_Q [cm-3 s-1]\n7, 1, -1\n8, 2, 1\n",
            "line 2, column 'rate_Q': -1e+06 is negative",
        ),
        ("H [cm-3], O [cm-3]\n1, 1\n2, 2\n", "no column 'radius' or 'altitude'. Seen, between commas: 'H [cm-3]', 'O"),
        ("altitude [km], H [cm-3]\n100, 1\n200, 2\n", "needs the body's radius"),
        ("radius [km], T [K]\n7000, 1\n8000, 2\n", "no column of density"),
        ("altitude [km], H [cm-3]\n-8000, 1\n8000, 2\n", "needs the body's radius"),
        ("radius [km], H [cm-3]\n-8000, 1\n8000, 2\n", "lies below the centre, r = -8e+06 m"),
        ("radius [km], H [cm-3], u_r [km/s]\n7000, 1, 1\n8000, 2, 4e5\n", "400000 is no value of a gas"),
        ("radius [km], H [1e300 cm-3]\n7000, 1e300\n8000, 2\n", "1e+300 is no value of a gas"),
        ("radius [km], H [cm-3]\n7000, 1\n8000, 1_000\n", "'1_000' is not a number"),
        (
            "radius [km], H [cm-3]\n7000, 1\n8000, 2\n\nradius [km], O [cm-3]\n9000, 3\n9500, 4\n",
            "line 5: 'radius [km], O [cm-3]' holds no number but stands below numbers: if a second table begins here",
        ),
        (
            "# radius [km], H [cm-3]\n7000, 1\n8000, 2\n# radius [km], O [cm-3]\n9000, 3\n9500, 4\n",
            "line 4: 'radius [km], O [cm-3]' holds no number but stands below numbers",
        ),
        ("radius [km], H [cm-3], density_H [cm-3]\n7000, 1, 1\n8000, 2, 1\n", "appears twice"),
        ("# units: km\nradius, H\n7000, 1\n8000, 2\n", "names 1 units for 2 columns"),
        ("radius [km], H [cm-3]\n7000, 1\n", "at least two rows"),
    ],
)
def test_faults_are_named_with_file_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_profile(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_temperature_of_no_species_is_left_out_and_named_where_it_is_needed(tmp_path: Path) -> None:
    path = table(tmp_path, "radius [km], H [cm-3], temperature_O [K]\n7000, 1, 1\n8000, 2, 1\n")
    profile = read_profile(path)
    assert list(profile.species) == ["H"]
    assert profile.species["H"].temperature is None
    assert profile.warnings == (
        f"not used: {path}: column 'temperature_O' belongs to no species with a density in this table",
    )
    with pytest.raises(InputError, match=r"has no species 'O'.*column 'temperature_O' belongs to no species"):
        profile.at("O", 7.5e6)


def test_a_commented_head_is_found_where_rows_hold_text_too(tmp_path: Path) -> None:
    path = table(tmp_path, "# flag, radius [km], H [cm-3]\nday, 7000, 1\nnight, 8000, 2\n")
    assert read_profile(path).species["H"].density.tolist() == pytest.approx([1e6, 2e6])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_encodings_are_read_or_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("# d\u00e9riv\u00e9\nradius [km], H [cm-3]\n7000, 1\n8000, 2\n".encode(encoding))
    if encoding in ("utf-16-le", "latin-1"):
        with pytest.raises(InputError, match="save the table as UTF-8"):
            read_profile(path)
    else:
        assert read_profile(path).r.tolist() == [7e6, 8e6]


def test_a_written_profile_comes_back_exactly(tmp_path: Path) -> None:
    r = np.array([7.0e6, 7.1e6, 7.5e6]) / 3.0
    entry = SpeciesProfile(
        np.array([1e11, 0.0, 3.0]) / 7.0, np.array([-1.0, 0.1, 2.0]) / 3.0, np.array([1e3, 9.0, 8.0])
    )
    write_profile(tmp_path / "p.csv", Profile(r, {"H": entry, "O": SpeciesProfile(entry.density)}), ["made by a test"])
    back = read_profile(tmp_path / "p.csv")
    np.testing.assert_array_equal(back.r, r)
    np.testing.assert_array_equal(back.species["H"].density, entry.density)
    np.testing.assert_array_equal(back.species["H"].u_r, entry.u_r)
    np.testing.assert_array_equal(back.species["H"].temperature, entry.temperature)
    assert back.species["O"].u_r is None


def test_density_is_interpolated_in_its_logarithm_and_zero_stays_finite() -> None:
    profile = Profile(np.array([1.0, 2.0, 3.0]), {"H": SpeciesProfile(np.array([100.0, 1.0, 0.0]))}, "table")
    n, u, t = profile.at("H", np.array([1.0, 1.5, 2.5, 3.0]))
    np.testing.assert_allclose(n, [100.0, 10.0, 0.5, 0.0])
    np.testing.assert_array_equal(u, 0.0)
    assert np.isnan(t).all()
    with pytest.raises(InputError, match="extend the table or shrink the domain"):
        profile.at("H", np.array([3.5]))
    with pytest.raises(InputError, match="no species 'O'"):
        profile.at("O", np.array([2.0]))


def test_a_result_is_a_profile(mixture: Path) -> None:
    profile = read_profile(mixture)
    assert list(profile.species) == ["CO2", "O", "H"]
    n, _, t = profile.at("CO2", np.array([3.6e6]))
    assert n[0] == pytest.approx(4.19e13, rel=0.03)
    assert t[0] == pytest.approx(268.0, rel=0.02)
    assert np.isfinite(profile.species["CO2"].temperature).all()


def test_columns_that_export_writes_besides_are_ignored(tmp_path: Path) -> None:
    heads = "r [m], density_H [m-3], density_stderr_H [m-3], T_H [K], T_r_H [K], mach_H [1]\n"
    text = heads + "7e6, 1, 2, 3, nan, nan\n8e6, 1, 2, 3, 4, 5\n"
    profile = read_profile(table(tmp_path, text))
    assert list(profile.species) == ["H"]
    np.testing.assert_array_equal(profile.species["H"].temperature, [3.0, 3.0])


def test_ions_and_electrons_have_temperatures_of_their_own(tmp_path: Path) -> None:
    heads = "radius [km], O [cm-3], O2+ [cm-3], n_e [cm-3], T_n [K], T_i [K], T_e [K], rate_O2+ [cm-3 s-1]\n"
    profile = read_profile(table(tmp_path, heads + "7e3, 1, 2, 3, 4, 5, 6, 7\n8e3, 1, 2, 3, 4, 5, 6, 7\n"))
    assert list(profile.species) == ["O", "O2+", "e"]
    for name, expected in (("O", 4.0), ("O2+", 5.0), ("e", 6.0)):
        temperature = profile.species[name].temperature
        assert temperature is not None
        np.testing.assert_array_equal(temperature, expected)
    np.testing.assert_allclose(profile.rates["O2+"], 7e6)
    assert set(profile.temperatures) == {"ion", "e"}
    write_profile(tmp_path / "back.csv", profile)
    back = read_profile(tmp_path / "back.csv")
    np.testing.assert_array_equal(back.rates["O2+"], profile.rates["O2+"])
    np.testing.assert_array_equal(back.temperatures["e"], profile.temperatures["e"])


def test_charged_particles_do_not_take_the_temperature_of_the_neutrals(tmp_path: Path) -> None:
    heads = "radius [km], O [cm-3], O2+ [cm-3], e [cm-3], T [K]\n"
    profile = read_profile(table(tmp_path, heads + "7e3, 1, 2, 3, 4\n8e3, 1, 2, 3, 4\n"))
    assert profile.species["O2+"].temperature is None
    assert profile.species["e"].temperature is None


# ----- tables as people and programs write them -----------------------------------------------------------------------

HEADS = ("altitude [km]", "density_CO2 [cm-3]", "density_O [cm-3]", "T_n [K]")
ROWS = ((130, 2.9741e10, 7.5948e8, 140.59), (135, 2.4546e10, 5.6702e8, 143.89), (140, 2.0e10, 4.2e8, 150.0))


def lines(separator: str, heads: tuple[str, ...] = HEADS, before: str = "", after: str = "") -> str:
    """The same table, written in some way."""
    body = [separator.join(heads), *(separator.join(f"{v:g}" for v in row) for row in ROWS)]
    return before + "\n".join(line + after for line in body) + "\n"


D_EXPONENT = "altitude [km], CO2 [cm-3], O [cm-3], T [K]\n" + "\n".join(
    ", ".join(f"{v:.4E}".replace("E", "D") for v in row) for row in ROWS
)
WRITTEN = {
    "commas": lines(", "),
    "tabs": lines("\t"),
    "semicolons": lines(";"),
    "decimal commas": lines(";").replace(".", ","),
    "blanks": lines("   "),
    "trailing commas": lines(", ", after=","),
    "byte order mark": "\ufeff" + lines(", "),
    "windows": lines(", ").replace("\n", "\r\n"),
    "savetxt": lines(", ", before="# Mars\n# "),
    "savetxt with blanks": lines(" ", before="# "),
    "parentheses": lines(", ").replace("[", "(").replace("]", ")"),
    "units below": "altitude, CO2, O, T\nkm, cm-3, cm-3, K\n" + lines(", ").partition("\n")[2],
    "units below in brackets": "altitude, CO2, O, T\n[km], [cm-3], [cm-3], [K]\n" + lines(", ").partition("\n")[2],
    "per cc": lines(", ").replace("[cm-3]", "[#/cc]"),
    "per cubed": lines(", ").replace("[cm-3]", "[1/cm^3]"),
    "D exponents": D_EXPONENT,
    "index": ",altitude [km],CO2 [cm-3],O [cm-3],T [K]\n"
    + "\n".join(f"{i}," + ",".join(f"{v:g}" for v in row) for i, row in enumerate(ROWS)),
    "more columns": "altitude [km], CO2 [cm-3], O [cm-3], T [K], rho [kg m-3], p [Pa], NO [cm-3], note [1]\n"
    + "\n".join(", ".join(f"{v:g}" for v in row) + ", 1e-9, 1e-5, nan, x" for row in ROWS),
}


@pytest.mark.parametrize("name", list(WRITTEN))
def test_a_table_is_read_however_it_is_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(WRITTEN[name], encoding="utf-8", newline="")
    profile = read_profile(path, 3.4e6)
    assert profile.r == pytest.approx([3.53e6, 3.535e6, 3.54e6])
    assert profile.species["CO2"].density == pytest.approx([2.9741e16, 2.4546e16, 2.0e16])
    assert profile.species["O"].density == pytest.approx([7.5948e14, 5.6702e14, 4.2e14])
    assert profile.species["O"].temperature == pytest.approx([140.59, 143.89, 150.0])


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    profile = read_profile(table(tmp_path, WRITTEN["more columns"]), 3.4e6)
    assert profile.ignored == ("rho [kg m-3]", "p [Pa]", "note [1]")
    assert list(profile.unusable) == ["density_NO"]
    assert "NO" not in profile.species
    with pytest.raises(InputError, match=r"has no species 'NO' .*line 2, column 'density_NO': the value is missing"):
        profile.at("NO", [3.535e6])
    assert any(text.startswith("not used: ") and "density_NO" in text for text in profile.warnings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (lines(", ").partition("\n")[2], r"line 1: the table begins with numbers; put a line with a name and a unit"),
        (
            "t_utc,orbit,alt,species,abundance\n2015,1,130,CO2,2e10\n2015,1,135,CO2,2e10\n",
            "one species in each row .*pivot_table",
        ),
        ("z km, n per cc\n1, 2\n2, 3\n", "no column 'radius' or 'altitude'. Seen, between commas: 'z km', 'n per cc'"),
        ("altitude [km];O [cm-3];T [K]\n200;150,000;1,200\n300;140,000;1,300\n", "a comma that may divide thousands"),
        ("altitude [km];O [cm-3];T [K]\n100.5;125,000;200\n200.5;12,5;200\n", "a comma that may divide thousands"),
        ("altitude [km],O [cm-3]\n0,200,\n1,300,\n2,400,\n", "3 cells below 2 heads, the first ones counting rows"),
        ("altitude [km],O [dex(cm-3)]\n1,8\n2,7\n", "is not a unit of density"),
        ("altitude [km],O [cm-3]\n1,9e305\n2,7\n", "9e\\+305 is no value of a gas"),
        ("# units: m, m-3\naltitude [km],O [cm-3]\n1,8\n2,7\n", "the units line says 'm'; take one out"),
        ("altitude [km],CO2 [cm3]\n1,8\n2,7\n", "unit 'cm3' is not a unit of density"),
        ("altitude [km],log10(n_O) [cm-3]\n1,8\n2,7\n", "no column of density.*log10"),
        ('altitude [km], "O [cm-3]\n1, ' + "2" * 200_000 + "\n2, 3\n", "t.csv|start.csv"),
    ],
)
def test_what_cannot_be_read_is_one_message(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_profile(table(tmp_path, text), 3.4e6)
    assert len(caught.value.messages) == 1


def test_zeros_at_the_top_and_gaps_are_pointed_out(tmp_path: Path) -> None:
    z = np.array([130.0, 140, 150, 160, 310, 320])
    rows = [f"{a:g}, {1e16 * np.exp(-(a - 130) / 12):g}, {0.0 if a > 150 else 1e12:g}, 200" for a in z]
    profile = read_profile(table(tmp_path, "altitude [km], CO2 [m-3], O [m-3], T [K]\n" + "\n".join(rows)), 3.4e6)
    zero, gap = profile.warnings
    assert "O is zero above altitude 150 km" in zero
    assert "no rows between altitude 160 and 310 km, 13 scale heights of CO2" in gap


def test_no_species_gets_a_state_that_is_not_its_own(tmp_path: Path) -> None:
    """Where its own temperature or velocity has a fault it is left out; a shared one that has leaves none."""
    heads = "altitude [km], CO2 [m-3], O [m-3], T [K], temperature_O [K], u_r_CO2 [m s-1]\n"
    profile = read_profile(table(tmp_path, heads + "1, 1, 1, 200, nan, 0\n2, 1, 1, 200, 300, 0\n"), 3.4e6)
    assert list(profile.species) == ["CO2"]
    with pytest.raises(InputError, match=r"no species 'O' .*column 'temperature_O': the value is missing"):
        profile.at("O", [3.401e6])
    profile = read_profile(table(tmp_path, heads + "1, 1, 1, 200, 300, x\n2, 1, 1, 200, 300, 0\n"), 3.4e6)
    assert list(profile.species) == ["O"]
    with pytest.raises(InputError, match="column 'temperature': the value is missing"):
        read_profile(table(tmp_path, "altitude [km], O [m-3], T [K]\n1, 1, 200\n2, 1,\n"), 3.4e6)


def test_a_column_k_that_is_no_density_is_no_potassium(tmp_path: Path) -> None:
    """K is the usual symbol of the eddy diffusion coefficient; with a unit of density it is the atom."""
    file = tmp_path / "air.csv"
    file.write_text("radius [km], H [cm-3], K [cm2 s-1]\n7000, 1, 1e6\n8000, 2, 1e7\n", encoding="utf-8")
    profile = read_profile(file)
    assert list(profile.species) == ["H"]
    assert profile.ignored == ("K [cm2 s-1]",)
    assert not profile.unusable
    file.write_text("radius [km], H [cm-3], K [cm-3]\n7000, 1, 1e6\n8000, 2, 1e7\n", encoding="utf-8")
    assert list(read_profile(file).species) == ["H", "K"]
