"""Tables as LaTeX: numbers with errors in units of the last digit, and text that compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import synthetic
import synthetic_histories
from exobase.cli import app
from exobase.cli.latex import chemical, latex_table, number, text
from exobase.errors import InputError
from exobase.io.results import read_result, write_summary


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (1.234e24, 4e22, r"$1.23(4)\times10^{24}$"),
        (8.113e11, 1.2e9, r"$8.113(12)\times10^{11}$"),
        (1.02, 0.014, "$1.020(14)$"),
        (1.0, 0.096, "$1.00(10)$"),
        (9.996, 0.02, "$10.00(2)$"),
        (1234.0, 50.0, r"$1.23(5)\times10^{3}$"),
        (1e23, 2e24, r"$0(2)\times10^{24}$"),
        (-3.3e5, 1e3, r"$-3.300(10)\times10^{5}$"),
        (5e-20, 3e-21, r"$5.0(3)\times10^{-20}$"),
        (0.0, 0.0, "$0$"),
        (123456.0, float("nan"), r"$1.235\times10^{5}$"),
        (2.0, None, "$2$"),
        (None, 1.0, "--"),
        (float("inf"), 1.0, "--"),
        (True, None, "--"),
    ],
)
def test_the_error_stands_in_units_of_the_last_digit(value: object, error: object, expected: str) -> None:
    assert number(value, error) == expected


def test_value_and_error_can_be_read_back_within_their_rounding() -> None:
    for power in range(-30, 31):
        for first in (1.0, 1.44, 1.96, 2.5, 5.04, 9.6, 9.97):
            for relative in (0.9, 0.31, 0.099, 0.02, 0.0013):
                value, error = first * 10.0**power, relative * first * 10.0**power
                found = re.fullmatch(r"\$(-?[\d.]+)\((\d+)\)(?:\\times10\^\{(-?\d+)\})?\$", number(value, error))
                assert found is not None, number(value, error)
                digits = len(found[1].partition(".")[2])
                scale = 10.0 ** int(found[3] or 0)
                unit = 10.0**-digits * scale
                assert abs(float(found[1]) * scale - value) <= 0.5001 * unit
                assert int(found[2]) * unit == pytest.approx(error, rel=0.26)


def test_no_sign_of_latex_is_left_in_a_text() -> None:
    assert text("a_b & 50% of #1 {x} $y$ \\foo~^") == (
        r"a\_b \& 50\% of \#1 \{x\} \$y\$ \textbackslash{}foo\textasciitilde{}\textasciicircum{}"
    )
    assert text("1 < 2 > 0, λ₀ ± 5 °, a\nb") == r"1 $<$ 2 $>$ 0, $\lambda$0 $\pm$ 5 $^{\circ}$, a b"
    every = "".join(chr(code) for code in range(0x20, 0x3000))
    made = text(every)
    assert made.isascii() or not (set(made) - set("äöüÄÖÜßéèêáàâíóôúñçåøæ") - {chr(c) for c in range(128)})
    assert made.count("{") - made.count(r"\{") == made.count("}") - made.count(r"\}")
    assert not re.search(r"(?<!\\)[%#&_]", made)


def test_species_are_formulas() -> None:
    assert chemical("CO2+") == "CO$_{2}^{+}$"
    assert chemical("14N15N") == "$^{14}$N$^{15}$N"
    assert chemical("He++") == "He$^{2+}$"
    assert chemical("O") == "O"
    assert chemical("dust_1") == r"dust\_1"


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.write_mixture(tmp_path_factory.mktemp("case") / "output" / "result.h5")


@pytest.fixture(scope="module")
def hot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_histories.write_histories(tmp_path_factory.mktemp("hot") / "output" / "result.h5")


def rows_of(table: str) -> list[list[str]]:
    """Cells of the body of a tabular, checked for a constant number of columns."""
    columns = re.search(r"\\begin\{tabular\}\{(\w+)\}", table)
    assert columns is not None
    assert table.rstrip().endswith(r"\end{tabular}")
    lines = [line.removesuffix(r" \\").split(" & ") for line in table.splitlines() if line.endswith(r"\\")]
    assert {len(line) for line in lines} == {len(columns[1])}
    return lines[1:]


def test_escape_rates_have_their_errors_and_species_can_be_chosen(mixture: Path) -> None:
    result = read_result(mixture)
    table = latex_table(mixture)
    assert [row[0] for row in rows_of(table)] == ["CO$_{2}$", "O", "H"]
    expected = number(float(result["escape/rate"][2]), float(result.stderr("escape/rate")[2]))
    assert rows_of(table)[2][1] == expected
    assert rows_of(latex_table(mixture, "escape", ["H"])) == rows_of(table)[2:]
    assert r"\toprule" not in table
    assert r"\toprule" in latex_table(mixture, booktabs=True)
    assert "% case_name: mars_h_in_co2_o" in table


def test_exobase_checks_and_processes_are_tables_too(mixture: Path, hot: Path) -> None:
    exobase = rows_of(latex_table(mixture, "exobase"))
    assert exobase[2][1] == "$3620$"
    checks = rows_of(latex_table(mixture, "checks"))
    assert {"ledger", r"clone\_gain"} <= {row[0] for row in checks}
    assert {row[4] for row in checks} <= {"passed", "failed", "not judged"}
    assert rows_of(latex_table(hot, "processes"))[0] == ["O", "O2+ + e", r"$1.000(10)\times10^{26}$"]
    assert rows_of(latex_table(hot, "exobase")) == [["$3589.5$", "$200$"]]
    with pytest.raises(InputError, match=r"--table budget: .*allowed: escape, exobase, checks"):
        latex_table(mixture, "budget")
    with pytest.raises(InputError, match="no species 'X'"):
        latex_table(mixture, "escape", ["X"])


def test_the_command_writes_a_table_from_every_way_to_name_a_run(mixture: Path, tmp_path: Path) -> None:
    case = mixture.parents[1]
    (case / "case.toml").write_text("")
    write_summary(mixture.parent / "summary.json", {"solver": "dsmc"})
    printed = {
        CliRunner().invoke(app, ["export", str(path), "--to", "latex"]).output
        for path in (case, case / "case.toml", case / "output", mixture)
    }
    assert printed == {latex_table(mixture)}
    done = CliRunner().invoke(
        app, ["export", str(case), "--to", "latex", "-t", "checks", "-o", str(tmp_path / "t.tex")]
    )
    assert done.exit_code == 0
    assert (tmp_path / "t.tex").read_text() == latex_table(mixture, "checks")
    refused = CliRunner().invoke(app, ["export", str(case), "--booktabs"])
    assert refused.exit_code == 2
    assert "--booktabs goes with --to latex" in refused.output
