"""Values of swept keys, and sweep.toml: what is read and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase.config.sweep_file import axis_of, expand, is_label, parse_over, read_sweep_file
from exobase.errors import InputError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2,3", [1, 2, 3]),
        ("a.b=0:15:5", [0, 5, 10, 15]),
        ("a.b=0:1:0.25", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("a.b=3:1:-1", [3, 2, 1]),
        ("a.b=1e6 cm-3,2e6 cm-3", ["1e6 cm-3", "2e6 cm-3"]),
        ("a.b=100:300:100 K", ["100 K", "200 K", "300 K"]),
        ("a.b=0.1, 5:7:1", [0.1, 5, 6, 7]),
        ('a.b=["1 km","2 km"],["3 km"]', [["1 km", "2 km"], ["3 km"]]),
        ("a.b=off,vhs", ["off", "vhs"]),
        ("a.b=true", [True]),
    ],
)
def test_over_lists_values_and_ranges_with_both_ends(text: str, values: list[object]) -> None:
    axis = parse_over(text)
    assert axis.keys == ("a.b",)
    assert axis.column("a.b") == values
    assert axis.cut == ()


@pytest.mark.parametrize("text", ["a=67:90:5 K", "a=67 K:90 K:5 K", "a=67 K:90:5"])
def test_a_unit_may_stand_at_any_part_of_a_range_and_an_end_off_the_steps_is_no_member_and_is_said(text: str) -> None:
    axis = parse_over(text)
    assert axis.column("a") == ["67 K", "72 K", "77 K", "82 K", "87 K"]
    assert len(axis.cut) == 1
    assert "ends at 87: no step leads to 90" in axis.cut[0]


@pytest.mark.parametrize(
    ("text", "keys", "rows"),
    [
        ("r=1 km,2 km & d.i=3 km,4 km", ("r", "d.i"), (("1 km", "3 km"), ("2 km", "4 km"))),
        ("a & b = 0:1:0.5", ("a", "b"), ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0))),
        ("a=1:3:1 & b=5,7,6", ("a", "b"), ((1, 5), (2, 7), (3, 6))),
        ('a="x & y",z', ("a",), (("x & y",), ("z",))),
    ],
)
def test_keys_change_together(text: str, keys: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> None:
    axis = parse_over(text)
    assert axis.keys == keys
    assert axis.rows == rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a=1,2 & b=1", "need equally many values: a has 2, b has 1"),
        ("a & a=1", "is tied to itself"),
        ("species.*.temperature & species.0.temperature=1,2", "is tied to itself"),
        ("a & b", "for example run.seed=1:9:1"),
        ("a=1 &", "for example run.seed=1:9:1"),
        ("a=1:2", "no range start:stop:step, as in 0:15:1"),
        ("a=1:2:3:4", "no range start:stop:step"),
        ("a=67 K:90 km:5 K", "its units differ: K, km"),
        ("a=9:1:2", "or 9:1:-2"),
    ],
)
def test_faults_of_over_say_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_over(text)
    assert said in str(caught.value)


def test_keys_of_a_sweep_file_may_be_tied() -> None:
    assert axis_of("a & b", [[1, 2], [3, 4]]).rows == ((1, 2), (3, 4))
    assert axis_of("a & b", "1:3:1").rows == ((1, 1), (2, 2), (3, 3))
    assert axis_of("a", [[1, 2], [3]]).rows == (([1, 2],), ([3],))
    with pytest.raises(ValueError, match="a list of 2 values, one for each of a, b"):
        axis_of("a & b", [[1, 2], [3]])


def test_a_range_of_tenths_has_no_rounding_errors_and_its_last_member() -> None:
    assert expand("0:1:0.1") == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


@pytest.mark.parametrize("text", ["a.b", "=1", "a.b=", "a.b=1,,2", "a.b=1:5:0", "a.b=1:5:-1", "a.b=0:1:1e-9"])
def test_over_without_key_value_or_end_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--over"):
        parse_over(text)


@pytest.mark.parametrize(("name", "good"), [("a-1.5_b", True), ("a b", False), ("../x", False), ("", False)])
def test_labels_are_names_of_folders(name: str, good: bool) -> None:
    assert is_label(name) is good


def test_no_sweep_file_is_no_error(tmp_path: Path) -> None:
    assert read_sweep_file(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[blok]]\nname = "a"', "did you mean 'block'"),
        ('[[block]]\nname = "a"\nover = {}\nruel = []', "did you mean 'rule'"),
        ('[over]\n"run.seed" = [1, 2]', '[[block]] with the lines name = "a" and over = {'),
        ('[[block]]\n"run.seed" = [1, 2]', '[[block]] with the lines name = "a" and over = {'),
        ("[[block]\n", "cannot be read"),
        ('[[block]]\nname = "a"', "block.0.over: missing"),
        ('[[block]]\nname = "a"\nover = {}\n[figure]\ntheory = "transitoin"', "did you mean 'transition'"),
    ],
)
def test_mistakes_in_a_sweep_file_are_named_with_the_nearest_word(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"sweep\.toml") as caught:
        read_sweep_file(tmp_path)
    assert told in str(caught.value)
