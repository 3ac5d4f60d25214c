#!/usr/bin/env python3
"""Measures Baton beside pandas and polars on the same made-up exports, in one run, and prints a Markdown table.

What is timed: a whole `baton` process, from start to exit; of the two scripts only the comparison, without Python's start and
imports. So the ratios favour the scripts. Everything runs in turns, round after round, so that a slow minute hits all alike."""
import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

# This process imports nothing large: a child's peak memory counts from the memory of the process that started it.
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "baton-bench"
ROUNDS = 3
BASELINE, A_MONTH_LATER = "2026-10-05T07:00:00Z", "2026-11-02T07:00:00Z"
UNCHANGED_PAIRS, CHANGED_PAIRS = 1_000_000, 300_000


class Samples:
    """Seconds and peak MiB of one contender, of all rounds but the warm-up."""

    def __init__(self):
        self.seconds, self.peaks, self.walls, self.note = [], [], [], ""

    def add(self, wall, peak, seconds=None):
        self.walls.append(wall)
        self.seconds.append(wall if seconds is None else seconds)
        self.peaks.append(peak)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def peak(self):
        return max(self.peaks)


def main():
    a = arguments()
    big = export(a.work, a.contacts, a.shuffle)
    small = export(a.work, a.contacts // 10, a.shuffle)
    pairs = judge_pairs(a.work)
    bench = Bench(a.baton.resolve(), a.work / "scratch")

    names = ("first", "second", "full", "pandas", "polars", "small", "unchanged", "changed")
    samples = {name: Samples() for name in names}
    for round_number in range(ROUNDS + 1):
        print(f"round {round_number} of {ROUNDS}{' (warm-up)' if not round_number else ''}", file=sys.stderr)
        kept = samples if round_number else {name: Samples() for name in names}
        bench.first_scan(kept["first"], big, "big")
        bench.second_scan(kept["second"], big, "big", "--shadow")
        bench.script(kept["pandas"], "compare_pandas.py", big)
        bench.script(kept["polars"], "compare_polars.py", big)
        bench.second_scan(kept["full"], big, "big", "--outbox", str(bench.scratch / "outbox"))
        if not round_number:
            bench.first_scan(Samples(), small, "small")
        bench.second_scan(kept["small"], small, "small", "--shadow")
        bench.judge(kept["unchanged"], pairs / "unchanged.jsonl", UNCHANGED_PAIRS)
        bench.judge(kept["changed"], pairs / "changed.jsonl", CHANGED_PAIRS)

    print_report(samples, a)
    shutil.rmtree(bench.scratch)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, default=CACHE / "data", help="where exports and states are kept")
    parser.add_argument("--baton", type=Path, default=ROOT / "target/release/baton")
    parser.add_argument("--shuffle", action="store_true", help="the later export in no order")
    a = parser.parse_args()
    if not os.access(a.baton, os.X_OK):
        sys.exit(f"no program at {a.baton}; build it with `cargo build --release --locked`, or name it with --baton")
    a.work = a.work.resolve()
    return a


def export(work, contacts, shuffle):
    options = ["--contacts", str(contacts), "--accounts", str(max(1, contacts // 5)), "--changed", "0.001", "--seed", "1"]
    return cached(work / f"export-{contacts}-seed1{'-shuffled' if shuffle else ''}", "generate.py", options + ["--shuffle"] * shuffle)


def judge_pairs(work):
    options = ["--unchanged", str(UNCHANGED_PAIRS), "--changed", str(CHANGED_PAIRS)]
    return cached(work / f"pairs-{UNCHANGED_PAIRS}-{CHANGED_PAIRS}-seed1", "generate_pairs.py", options)


def cached(folder, script, options):
    sources = b"".join((HERE / name).read_bytes() for name in ("generate.py", "generate_pairs.py"))
    folder = folder.with_name(f"{folder.name}-{hashlib.sha256(sources).hexdigest()[:8]}")  # another generator, another data set
    if not folder.exists():
        print(f"writing {folder}", file=sys.stderr)
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        subprocess.run([sys.executable, "-B", HERE / script, unfinished, *options], check=True)
        unfinished.rename(folder)
    return folder


class Bench:
    def __init__(self, baton, scratch):
        self.baton, self.scratch = baton, scratch
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)

    def first_scan(self, samples, export, name):
        """The baseline; its state is what the second scans start from."""
        state = self.scratch / f"baseline-{name}"
        shutil.rmtree(state, ignore_errors=True)
        self.scan(samples, export / "before", state, BASELINE, [])

    def second_scan(self, samples, export, name, *options):
        state, outbox = self.scratch / "state", self.scratch / "outbox"
        shutil.rmtree(state, ignore_errors=True)
        shutil.rmtree(outbox, ignore_errors=True)
        shutil.copytree(self.scratch / f"baseline-{name}", state)
        os.sync()  # or the copy would be written out at the scan's expense
        self.scan(samples, export / "after", state, A_MONTH_LATER, options)
        mails = len(list(outbox.rglob("*.eml")))
        samples.note = f"{mails:,} mails" if "--outbox" in options else ""

    def scan(self, samples, folder, state, now, options):
        wall, peak, _ = self.timed([self.baton, "scan", "--crm", f"export:{folder}", "--state", state, "--now", now, *options])
        samples.add(wall, peak)

    def script(self, samples, script, export):
        wall, peak, out = self.timed([sys.executable, HERE / script, export / "before", export / "after"])
        answer, expected = json.loads(out), json.loads((export / "expected.json").read_text())
        if any(answer[k] != expected[k] for k in ("changed", "new", "gone")):
            sys.exit(f"{script} found {answer}, the generator made {expected}")
        samples.add(wall, peak, answer["seconds"])
        samples.note = f"{answer['changed']:,} changed"

    def judge(self, samples, pairs, count):
        found = self.scratch / "findings.jsonl"
        found.unlink(missing_ok=True)
        one_core = {min(os.sched_getaffinity(0))}
        wall, peak, _ = self.timed([self.baton, "judge", "contacts", "--in", pairs, "--out", found], lambda: os.sched_setaffinity(0, one_core))
        with open(found, "rb") as lines:
            findings = sum(1 for _ in lines)
        if findings != count:
            sys.exit(f"{findings} findings for the {count} pairs in {pairs}")
        samples.add(wall, peak)
        samples.note = f"{count / samples.median:,.0f} pairs/s"

    def timed(self, command, before_start=None):
        """Wall seconds, peak MiB and standard output of one process."""
        with open(self.scratch / "stdout", "w+b") as out, open(self.scratch / "stderr", "w+b") as err:
            start = time.perf_counter()
            process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       cwd=self.scratch, preexec_fn=before_start)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            if process.returncode:
                sys.exit(f"{' '.join(process.args)}\nended with {process.returncode}: {err.read()[-2000:].decode(errors='replace')}")
            return wall, usage.ru_maxrss / 1024, out.read()


def print_report(samples, a):
    labels = {
        "first": "baton, first scan (baseline)", "second": "baton, second scan, `--shadow`", "full": "baton, second scan, with outbox",
        "pandas": f"pandas {version('pandas')}, comparison only", "polars": f"polars {version('polars')}, comparison only",
        "small": f"baton, second scan of {a.contacts // 10:,}", "unchanged": f"judge, {UNCHANGED_PAIRS:,} unchanged pairs, one core",
        "changed": f"judge, {CHANGED_PAIRS:,} changed pairs, one core",
    }
    print(f"{a.contacts:,} contacts, {max(1, a.contacts // 5):,} accounts, 0.1 % changed, later export {'shuffled' if a.shuffle else 'sorted'}; "
          f"{len(os.sched_getaffinity(0))} cores; medians of {ROUNDS} rounds after a warm-up, the highest peak\n")
    print("| | seconds | min to max | whole process, s | peak MiB | |\n|---|---:|---:|---:|---:|---|")
    for name, s in samples.items():
        print(f"| {labels[name]} | {s.median:.2f} | {min(s.seconds):.2f} to {max(s.seconds):.2f} | {statistics.median(s.walls):.2f} | {s.peak:.0f} | {s.note} |")

    first, second, pandas, polars = (samples[n].median for n in ("first", "second", "pandas", "polars"))
    print(f"\nbaton/pandas {second / pandas:.2f} · baton/polars {second / polars:.2f} · first/second scan {first / second:.2f} · "
          f"peak at {a.contacts:,} / at {a.contacts // 10:,} contacts {samples['second'].peak / samples['small'].peak:.2f}\n")
    if a.contacts != 1_000_000:
        print("The goals for the scans are set for 1,000,000 contacts, which this run did not have.\n")
    print("| goal | measured | |\n|---|---:|---|")
    goal("second scan in at most 10 s", second, 10, "s")
    goal("second scan in at most 300 MiB", samples["second"].peak, 300, "MiB")
    goal("first scan in at most 3 × 10 s", first, 30, "s")
    goal("second scan faster than pandas", second, pandas, "s")
    goal("second scan within 2 × polars", second, 2 * polars, "s")
    goal("at least 500,000 unchanged pairs/s on one core", UNCHANGED_PAIRS / samples["unchanged"].median, 500_000, "pairs/s", at_least=True)
    goal("at least 100,000 changed pairs/s on one core", CHANGED_PAIRS / samples["changed"].median, 100_000, "pairs/s", at_least=True)


def goal(text, measured, bound, unit, at_least=False):
    met = measured >= bound if at_least else measured <= bound
    shown = f"{{:,.{2 if unit == 's' else 0}f}} {unit}".format
    print(f"| {text} | {shown(measured)} | {'PASS' if met else 'short by ' + shown(abs(measured - bound))} |")


def version(package):
    from importlib.metadata import version
    return version(package)


if __name__ == "__main__":
    main()
