"""The texts of README.md, docs/ and cases/*/README.md keep the rules that a machine can check.

Their numbers have a zero before the decimal point, their sentences are short, and what they name is there: files,
links, commands and options. docs/validation.md is written by ``exobase validate``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from exobase.cli.app import app
from exobase_verify.bench import BENCHMARKS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "cases").glob("*/README.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
WRITTEN = [name for name in NAMES if name != "docs/validation.md"]

MOST_LINES = 200
MOST_WORDS = 30
DIALECT = (
    r"\btold\b", r"\bgo(es)? on\b", r"\bwho\b", r"\bheeds?\b", r"\bfaults?\b", r"\bis said\b", r"\bwhatever\b.*\bbe\b",
    r"\bwants? (no|a)\b", r"\ball that\b", r"\bwander", r"\bwalk away\b", r"\bby lot\b",
)  # fmt: skip
"""Phrases that grew here in place of: reported, continues, particles with, follow, errors, ..."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """Every line of a Markdown text, and whether it belongs to a block of code."""
    fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        fenced = fenced != fence
        yield line, fenced or fence or line.startswith("    ")


def without_code(text: str) -> str:
    """The text without its blocks of code and without code within lines."""
    return re.sub(r"`[^`]*`", "`", "\n".join(line for line, code in lines_of(text) if not code))


def code(text: str) -> list[str]:
    """Lines of the blocks of code, without comments, and code within lines."""
    blocks = [line.split("  # ")[0] for line, is_code in lines_of(text) if is_code]
    prose = "\n".join(line for line, is_code in lines_of(text) if not is_code)
    return [*blocks, *re.findall(r"`([^`]+)`", prose)]


def sentences(text: str) -> Iterator[str]:
    """Sentences of paragraphs and lists, without code, brackets, tables, captions, headings and references."""
    paragraphs, current, skipped = [], "", False
    for line, is_code in [*lines_of(text), ("", False)]:
        if line.startswith("#"):
            skipped = line.endswith("References")
        starts = re.match(r"\s*([-*]|\d+\.) ", line)
        ends = is_code or not line.strip() or line.lstrip().startswith(("#", "|", "!["))
        if ends or starts:
            paragraphs.append(current)
            current = ""
        if not (ends or skipped):
            current += " " + line[starts.end() if starts else 0 :].strip()
    for paragraph in paragraphs:
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`]*`", "`", paragraph))
        for _ in range(2):
            plain = re.sub(r"\([^()]*\)", "", plain)
        plain = re.sub(r"\b(al|e\.g|i\.e|Phys|Res|Fluids)\.", r"\1", plain)
        yield from re.split(r"(?<=[.:;?!])\s+", plain)


def words(sentence: str) -> int:
    return sum(bool(re.search(r"[A-Za-z]{2}|^[aI]$", word)) for word in sentence.split())


def bare_decimals(text: str) -> list[str]:
    """Decimal numbers without a digit before the point."""
    return re.findall(r"(?<![\w.)\]/*])\.\d[\d.e+-]*", without_code(text))


def anchor(heading: str) -> str:
    """The anchor that a heading gets on a web page."""
    plain = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).strip().lower())
    return plain.replace(" ", "-")


def anchors(path: Path) -> set[str]:
    heads = [line.lstrip("#") for line, is_code in lines_of(path.read_text(encoding="utf-8")) if line.startswith("#")]
    return {anchor(head) for head in heads}


def broken_links(page: Path, text: str) -> list[str]:
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, mark = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (mark and path.suffix == ".md" and mark not in anchors(path)):
            found.append(target)
    return found


@cache
def tree() -> frozenset[str]:
    """Paths of all files of the repository below the folders that texts name."""
    tops = ("src", "tests", "docs", "cases", "scripts")
    files = [path for top in tops for path in (ROOT / top).rglob("*") if path.is_file() and "output" not in path.parts]
    return frozenset("/" + path.relative_to(ROOT).as_posix() for path in files)


def missing_files(page: Path, text: str) -> list[str]:
    """Names of files and folders that a text gives and that are not there.

    A name with a folder of the repository in front counts from its root, a name that ends in .py or .md from any
    folder, and inputs/*.csv from that of a case.
    """
    paths = re.findall(r"(?<![\w/.$~-])(?:src|tests|docs|cases|scripts)/[\w./*-]*\w", text)
    found = [name for name in paths if not list(ROOT.glob(name))]
    known = (*tree(), "/README.md", "/CHANGELOG.md")
    names = re.findall(r"(?<![\w/.$*-])[\w/]+\.(?:py|md)\b", text)
    found += [name for name in names if not any(path.endswith("/" + name) for path in known)]
    if page.parent.parent == ROOT / "cases":
        found += [n for n in re.findall(r"inputs/[\w*]+\.csv", text) if not list(page.parent.glob(n))]
    return found


@cache
def options() -> dict[str, set[str]]:
    """Options of every command."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return {
        name: {o for p in command.params for o in (*p.opts, *p.secondary_opts) if o.startswith("-")} | {"--help"}
        for name, command in commands.items()
    }


def unknown_commands(text: str) -> list[str]:
    """Commands, options and benchmarks that a text shows and the command line does not have.

    A line with a bracket after the second word is output: "exobase estimate (isothermal, hydrostatic): ...".
    """
    found = []
    of_scripts = {"run": options()["run"], "bench": options()["bench"], "test": {"--full"}, "docs": set()}
    for line in code(text):
        match = re.match(r"\s*(?:mpirun -n \w+ |srun )?(exobase |scripts/)([a-z][\w-]*)\b(?! \()([^|&;]*)", line)
        if match:
            start, command, rest = match.groups()
            known = (of_scripts if start == "scripts/" else options()).get(command)
            if known is None:
                found.append(f"{start}{command}")
                continue
            given = re.findall(r"(?<=\s)--?[a-z][\w-]*", re.sub(r'"[^"]*"', "", rest))
            ranks = {"-n"} if start == "scripts/" else set()
            found += [f"{start}{command} {option}" for option in given if option not in known | ranks]
            name = rest.split()[0] if rest.split() else ""
            if command == "bench" and re.fullmatch(r"[a-z]\w*", name) and name not in BENCHMARKS:
                found.append(f"{start}bench {name}")
        alone = re.match(r"--[a-z][\w-]*", line)
        if alone and not any(alone[0] in known for known in (*options().values(), *of_scripts.values(), *ELSEWHERE)):
            found.append(alone[0])
    return found


ELSEWHERE = ({"--signal"},)
"""Options of other programs that texts name alone: of sbatch."""


def test_the_readme_is_short_and_begins_with_the_two_scripts() -> None:
    text = read("README.md")
    assert len(text.splitlines()) < MOST_LINES
    first = [line.split()[0] for line, is_code in lines_of(text) if is_code and line.strip()][:2]
    assert first == ["scripts/run", "scripts/test"]


@pytest.mark.parametrize("name", NAMES)
def test_numbers_have_a_zero_before_the_decimal_point(name: str) -> None:
    assert bare_decimals(read(name)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_sentences_are_short(name: str) -> None:
    assert [s for s in sentences(read(name)) if words(s) > MOST_WORDS] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_no_phrase_of_the_old_dialect_is_left(name: str) -> None:
    text = without_code(read(name)).split("## References")[0]
    assert [phrase for phrase in DIALECT if re.search(phrase, text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    assert broken_links(ROOT / name, read(name)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_files_that_are_named_exist(name: str) -> None:
    assert missing_files(ROOT / name, read(name)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_commands_and_options_that_are_shown_exist(name: str) -> None:
    assert unknown_commands(read(name)) == []


def test_modules_that_are_named_exist() -> None:
    """`exobase.module.name` in code: the module is in the sources, and so is the name in it."""
    missing = []
    for page in WRITTEN:
        for dotted in re.findall(r"`exobase((?:\.[a-z_]+)+)\b", read(page)):
            *folders, last = dotted.strip(".").split(".")
            place = ROOT / "src" / "exobase" / Path(*folders)
            module = place / f"{last}.py"
            package = place / last / "__init__.py"
            owner = place.with_suffix(".py") if folders and place.with_suffix(".py").exists() else place / "__init__.py"
            named = owner.exists() and re.search(rf"\b{last}\b", owner.read_text(encoding="utf-8"))
            if not (module.exists() or package.exists() or named):
                missing.append(f"{page}: exobase{dotted}")
    assert missing == []


PLACE = re.compile(r"`([a-z_/]+\.py)(?:::([A-Za-z_.]+))?`")


def names_in(path: Path) -> set[str]:
    """Functions, classes and constants of a source file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return found | {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}


def missing_places(text: str) -> list[str]:
    """Places file::name below src/exobase that are not there."""
    found = []
    for file, name in PLACE.findall(text):
        path = ROOT / "src" / "exobase" / file
        if not path.is_file() or set(filter(None, name.split("."))) - names_in(path):
            found.append(f"{file}::{name}")
    return found


def test_places_in_the_sources_that_are_named_exist() -> None:
    text = read("docs/follow.md")
    assert len(PLACE.findall(text)) > 30
    assert missing_places(text) == []
    assert missing_places("`tallies/ledger.py::nobody` `rng.py::Stream` `nowhere.py`") == [
        "tallies/ledger.py::nobody", "nowhere.py::",
    ]  # fmt: skip


def test_pages_that_sources_and_tests_name_exist() -> None:
    """A reader of the code can open what it refers to; a heading in quotation marks is in that page."""
    missing = []
    for name in sorted(name[1:] for name in tree() if name.endswith((".py", ".toml"))):
        if name == "tests/unit/test_docs_text.py":
            continue
        text = re.sub(r"\s+", " ", read(name))
        for page in re.findall(r"\bdocs/\w+\.md\b|\b[A-Z]{4,}\.md\b", text):
            places = (ROOT / page, *(ROOT / "cases").glob(f"*/{page}"))
            missing += [] if any(place.is_file() for place in places) else [f"{name}: {page}"]
        for page, heading in re.findall(r"(docs/\w+\.md), \"([^\"]+)\"", text):
            missing += [] if re.search(rf"^#+ {heading}$", read(page), re.MULTILINE) else [f"{name}: {heading}"]
    assert missing == []


def test_these_rules_can_fail() -> None:
    page = ROOT / "docs" / "results.md"
    assert bare_decimals("within .5 %, 1.2 and `.5`\n\n    .5 in code") == [".5"]
    assert bare_decimals("| 1.2 +- .03 | 3.4e-2 | 0.5 |") == [".03"]
    assert broken_links(page, "[a](nowhere.md) [b](ions.md) [c](ions.md#nowhere) [d](ions.md#sources)") == [
        "nowhere.md",
        "ions.md#nowhere",
    ]
    assert missing_files(page, "tests/nowhere, tests/unit, `nothing.py` and jit.py") == ["tests/nowhere", "nothing.py"]
    assert unknown_commands(
        "`exobase walk CASE`, `exobase run CASE --quiet --loud`, `exobase bench radial`, `--loud`"
    ) == [
        "exobase walk",
        "exobase run --loud",
        "--loud",
    ]
    long = "one " * (MOST_WORDS + 1)
    assert max(words(s) for s in sentences(f"Short one. {long}\n")) == MOST_WORDS + 1
    assert max(words(s) for s in sentences(f"Short one.\n\n| {long} |\n\n    {long}")) == 2
