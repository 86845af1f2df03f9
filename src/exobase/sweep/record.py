"""What is known of a point on disk: whether it may be skipped, continued or must be started.

POINT/point.json   the resolved case with which it was begun, and how it ended
POINT/output/      the output of an ordinary run: summary.json, result.h5, checkpoints, log.txt
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exobase.case import AnyCase, simulated, start_digest
from exobase.driver import LIMITS
from exobase.driver.histories import LIMITS as HISTORY_LIMITS
from exobase.errors import InputError
from exobase.io import read_summary
from exobase.io.files import to_json, write_text_atomic
from exobase.io.own import holds_a_run
from exobase.io.results import SUMMARY_NAME
from exobase.sweep.points import Point

RECORD_NAME = "point.json"
RECORD_VERSION = 1
FINISHED = ("converged", "reached_limit", "drifting")
NOT_RUN, UNFINISHED, FAILED = "not run", "stopped", "failed"

# Keys of [run] of either solver: those that end a run, those a finished one must share, and how long it may become.
_LIMITS = {*LIMITS, *HISTORY_LIMITS}
_DEMANDS = ("target_species", "min_blocks", "min_batches")
_LENGTHS = ("max_steps", "max_batches")

Data = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where a point stands: its status (not run, stopped, failed, converged, reached_limit, drifting), whether all that
    is asked of it is done, whether a checkpoint is there, its summary (empty without one), why it failed.
    """

    status: str
    done: bool
    resumable: bool
    summary: Data
    message: str = ""


def case_digest(case: AnyCase) -> str:
    """SHA-256 of what is simulated: the resolved case without names, texts, checks and limits of the run."""
    text = json.dumps(_essence(case.to_dict()), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def begin(folder: Path, point: Point, case: AnyCase) -> None:
    """Note, before a point runs, for which case its folder is. Raises RunError where the disk refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, {"point": point.name, "values": point.values, "settings": point.settings, "status": UNFINISHED,
                    "digest": case_digest(case), "start": start_digest(case.to_dict()),
                    "case": _json(case)})  # fmt: skip


def end(folder: Path, status: str, code: int, message: str = "") -> None:
    """Note how a point ended; code is its exit code."""
    record = _read(folder) or {}
    _write(folder, {**record, "status": status, "exit_code": code, "message": message})


def standing(folder: Path, case: AnyCase) -> Standing:
    """Where the point in this folder stands, measured by the case that it should be.

    Raises InputError if the folder holds another case, naming the keys that differ.
    """
    record = _read(folder)
    resumable = any(p.suffix == "" for p in (folder / "output").glob("checkpoint-*"))
    if record is None:
        if holds_a_run(folder / "output"):
            raise InputError(f"{folder}: holds output that no sweep has made; move it, or add --overwrite")
        return Standing(NOT_RUN, False, False, {})
    keys = [] if record.get("digest") == case_digest(case) else _changed(record.get("case", {}), _json(case))
    if record.get("start", start := start_digest(case.to_dict())) != start:
        keys.append("the content of initial_file")
    if keys:
        raise InputError(
            f"{folder}: was run as another case (changed: {', '.join(keys)}); add --overwrite to replace it, or choose "
            "another --name or --output"
        )
    status, message = str(record.get("status", UNFINISHED)), str(record.get("message", ""))
    summary = _summary(folder)
    if status in FINISHED and not summary:
        status, message = FAILED, f"{SUMMARY_NAME} is missing"
    return Standing(status, status in FINISHED and _satisfies(record, case), resumable, summary, message)


def _satisfies(record: Data, case: AnyCase) -> bool:
    """Whether a finished run did what is asked now: error or number of steps or batches, species, blocks, checks."""
    then, now = record["case"], _json(case)
    if then["checks"] != now["checks"]:
        return False
    if any(then["run"][key] != now["run"][key] for key in _DEMANDS if key in now["run"]):
        return False
    if record["status"] == "converged":
        return bool(then["run"]["target_error"] <= now["run"]["target_error"])
    return all(then["run"][key] >= now["run"][key] for key in _LENGTHS if key in now["run"])


def _essence(case: Data) -> Data:
    kept = simulated(case)
    return {**kept, "run": {key: value for key, value in case["run"].items() if key not in _LIMITS}}


def _changed(then: Data, now: Data) -> list[str]:
    """Keys of two resolved cases that differ, with those of [run] one by one."""
    if not then:
        return ["another version of exobase"]
    a, b = _essence(then), _essence(now)
    keys = sorted(key for key in a.keys() | b.keys() if key != "run" and a.get(key) != b.get(key))
    runs = a["run"].keys() | b["run"].keys()
    return keys + sorted(f"run.{key}" for key in runs if a["run"].get(key) != b["run"].get(key))


def _json(case: AnyCase) -> Data:
    """The resolved case as it comes back from a file."""
    plain: Data = json.loads(json.dumps(to_json(case.to_dict())))
    return plain


def _summary(folder: Path) -> Data:
    path = folder / "output" / SUMMARY_NAME
    return read_summary(path) if path.is_file() else {}


def _read(folder: Path) -> Data | None:
    path = folder / RECORD_NAME
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["schema_version"] > RECORD_VERSION:
            raise ValueError(f"schema {record['schema_version']} is newer than {RECORD_VERSION}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; add --overwrite to run the point anew") from None
    return dict(record)


def _write(folder: Path, record: Data) -> None:
    text = json.dumps({"schema_version": RECORD_VERSION, **to_json(record)}, indent=1)
    write_text_atomic(folder / RECORD_NAME, text + "\n")
