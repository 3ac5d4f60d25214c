#!/usr/bin/env python3
"""Measures the functions as they are deployed, and prints a Markdown table of what was asked and what was reached.

Starts and invocations are timed from this process, through a Lambda Runtime API of its own. Units of DynamoDB are those that Amazon's
DynamoDB Local counts. Processor seconds of one core of this machine become seconds at 256 MB by the share that Lambda gives."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measured
import memory
import start
import throughput
import units

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "baton-bench/data"
PARTS = ("init", "first", "memory", "package", "throughput", "units")
MB = 1_000_000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=MB, help="how many contacts are known")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--work", type=Path, default=CACHE, help="where exports are kept")
    parser.add_argument("--details", action="store_true", help="what consumed the units, by function, action and kind of item")
    parser.add_argument("--write", action="store_true", help="put the counts into infra/measured.toml")
    a = parser.parse_args()
    only = a.only.split(",")
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}\n")
    print("| figure | reached | asked | | beside it |\n|---|---:|---:|---|---|")
    for part in (part for part in PARTS if part in only):
        globals()[f"measure_{part}"](a)
        sys.stdout.flush()


def row(figure, reached, asked, met, beside=""):
    print(f"| {figure} | {reached} | {asked} | {'' if met is None else 'PASS' if met else 'SHORT'} | {beside} |")


def measure_init(_):
    for name, (ours, pythons) in start.init().items():
        mine, its = start.median(ours) * 1000, start.median(pythons) * 1000
        row(f"init of {name}, process start to first poll", f"{mine:.1f} ms", "15 ms; 1/20 of Python", mine <= 15 and mine * 20 <= its,
            f"Python 3.11 with boto3 {its:.0f} ms: 1/{its / mine:.0f}; processor {start.median(ours, 'cpu') * 1000:.1f} and {start.median(pythons, 'cpu') * 1000:.0f} ms")


def measure_first(_):
    for name, (first, second, _) in start.first_invocations().items():
        of = lambda used: statistics.median(wall for wall, _ in used) * 1000
        row(f"first invocation of {name}, over TLS", f"{of(first):.1f} ms", "30 ms", of(first) <= 30,
            f"the second {of(second):.1f} ms; processor of the first {statistics.median(cpu for _, cpu in first) * 1000:.1f} ms")


def measure_memory(_):
    python = start.python_peak()
    for name, peak in memory.peaks().items():
        row(f"peak memory of {name}, the sample's three scans", f"{peak:.1f} MiB", "30 MiB", peak <= 30, f"Python's imports and clients {python:.0f} MiB")


def measure_package(_):
    for name, (program, zipped) in start.packages().items():
        row(f"package of {name}", f"{zipped / MB:.2f} MB", "6 MB", zipped <= 6 * MB, f"program {program / MB:.1f} MB")


def measure_throughput(a):
    export = exported(a.work, 10_000, .05, .03)
    scratch = Path(tempfile.mkdtemp(prefix="baton-bench-"))
    cores = os.sched_getaffinity(0)
    rounds, requests, alerts = throughput.Bench(export, scratch).run()
    os.sched_setaffinity(0, cores)
    shutil.rmtree(scratch)
    of = lambda figure: statistics.median(figure(one) for one in rounds)
    ratio, busy = of(lambda r: r.seconds / r.alone), of(lambda r: r.cpu / r.alone_cpu)
    row("enrichment → planning → notify, warm, one core", f"{of(lambda r: r.messages / r.seconds):.0f} messages/s", "1.5 × the store's time", ratio <= 1.5,
        f"{ratio:.2f} × on the clock, {busy:.2f} × in processor time; {of(lambda r: r.seconds):.1f} s; the store alone, with the same {requests:,} "
        f"requests, {of(lambda r: r.alone):.1f} s; {alerts} alerts; processor of the functions {of(lambda r: r.functions_cpu):.1f} s")


def measure_units(a):
    export = exported(a.work, a.contacts, .001, .009)
    story = units.Story(export, "6g" if a.contacts > 300_000 else "2g", log=lambda text: print(text, file=sys.stderr, flush=True))
    phases = story.run()
    scans, cases, kept = story.records(a.contacts)
    delta = next(scan for scan in scans if scan["scan"] == "scan-delta")
    if story.capacity.disagreements:
        sys.exit(f"the rule and DynamoDB Local disagree on a single write: {story.capacity.disagreements[0]}")
    scale, changed, alerted = a.contacts / MB, delta["changed"], delta["alerted"]
    naive_reads, naive_writes = story.naive()
    first, full, scan, told, idle = (phases[n] for n in ("first: scan", "full: scan", "delta: scan", "delta: what followed", "again: scan"))
    mix = f"{delta['touched']:,} touched, {changed:,} changed: {alerted:,} alerted, {delta['silenced']:,} silenced, {delta['held']:,} held; {cases}"
    reads, writes = scan.counts.of("reads"), scan.counts.of("writes")
    row(f"delta scan, {a.contacts:,} known: read units", f"{reads:,.0f}", f"{10_000 * scale:,.0f}", reads <= 10_000 * scale, mix)
    row("delta scan: write units a change", f"{writes / changed:.1f}", "7", writes <= 7 * changed, f"{writes:,.0f} in all, {idle.counts.of('writes'):,.0f} of them for any scan")
    row("what follows from an alert: write units", f"{told.counts.of('writes') / alerted:.0f}", "", None, f"{told.counts.of('reads') / alerted:.0f} read units; {told.messages}")
    reads, idle_writes = full.counts.of("reads"), idle.counts.of("writes")
    row("full pass, nothing changed: read units", f"{reads:,.0f}", f"{125_000 * scale:,.0f}", reads <= 125_000 * scale,
        f"get of each contact {naive_reads * a.contacts:,.0f}, put of each {naive_writes * a.contacts:,.0f}")
    unchanged = sum(n for (_, kind), n in full.counts.items.items() if kind.startswith("PEOPLE#"))
    row("full pass: snapshots written", f"{unchanged:,}", "0", unchanged == 0, f"{full.counts.of('writes'):,.0f} write units, all for the scan itself")
    for phase in (first, full, scan):
        at_256 = phase.cpu() / measured.SHARE
        row(f"{phase.name}: longest of {len(phase.used['scanner'])} invocations, at 256 MB", f"{at_256:.0f} s", "60 s", at_256 <= 60,
            f"processor {phase.cpu():.2f} s, here {phase.wall():.1f} s with the services on the same cores; in all {phase.all_cpu():.1f} s")
    peak = max(phase.peak() for phase in phases.values())
    row("peak memory of scanner over these scans", f"{peak:.0f} MiB", "256 MB", peak <= 244, f"enrichment {told.peak('enrichment'):.0f} MiB")
    if a.details:
        print("\n" + "\n".join(units.details(phase) for phase in phases.values()) + "\n")
    if a.write:
        found = measured.units(phases, a.contacts, delta["touched"], changed, alerted, kept)
        measured.write(found, f"tests/bench/aws/run --only units --contacts {a.contacts} --write", complete=a.contacts >= MB)
    story.deployment.end()


def exported(work, contacts, changed, touched):
    folder = work / f"aws-{contacts}-{changed}-{touched}"
    if not folder.exists():
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        subprocess.run([sys.executable, "-B", HERE.parent / "generate.py", unfinished, "--contacts", str(contacts), "--accounts", str(max(1, contacts // 5)),
                        "--changed", str(changed), "--touched", str(touched), "--modstamp"], check=True)
        unfinished.rename(folder)
    return folder


if __name__ == "__main__":
    main()
