"""Writes what was counted into infra/measured.toml: only the numbers, only of drivers that this benchmark counts."""
import os
import re
from datetime import date
from math import ceil
from pathlib import Path

FILE = Path(os.environ.get("BATON_MEASURED") or Path(__file__).resolve().parents[3] / "infra/measured.toml")
# What Lambda itself writes to the log about an invocation: START, END and REPORT.
LINES_OF_LAMBDA = 350
# At 256 MB a function has 256/1769 of a processor (AWS Lambda Developer Guide, Configure Lambda function memory).
SHARE = 256 / 1769
# What every change leaves, whether or not anybody is told of it; the rest follows from alerts.
OF_A_CHANGE = ("PEOPLE#/", "SCAN#/SEEN#", "Delete SCAN#/SEEN#", "SCAN#/AUDIT")
OF_A_SILENT_CHANGE = ("SILENCED/",)
OF_A_SCAN = ("SCAN#/", "CONFIG/")


def milliseconds(phase, function):
    """As if the function had the processor of its memory size and the services answered in no time."""
    return phase.all_cpu(function) * 1000 / SHARE


def logged(phase):
    return phase.log_bytes + LINES_OF_LAMBDA * sum(map(len, phase.used.values()))


def units(phases, contacts, touched, changed, alerted, kept):
    """{driver: {key: number}}, each for the driver's own `per`."""
    idle, full, delta, told, steward = (phases[n] for n in ("again: scan", "full: scan", "delta: scan", "delta: what followed", "steward"))
    silent = changed - alerted
    base_reads, base_writes = idle.counts.of("reads"), idle.counts.of("writes")
    by_kind = lambda phase, kinds: sum(u for (_, kind), u in phase.counts.by_rule.items() if kind.startswith(kinds))
    of_change = (by_kind(delta, OF_A_CHANGE) - by_kind(idle, OF_A_CHANGE)) / changed + by_kind(delta, OF_A_SILENT_CHANGE) / max(1, silent)
    of_alerts = delta.counts.of("writes") - base_writes - of_change * changed + by_kind(delta, OF_A_SILENT_CHANGE) / max(1, silent) * alerted
    change_reads = delta.counts.of("reads") - base_reads - touched / 2
    stored = lambda at, is_one: sum(of[at] for kind, of in kept.items() if is_one(kind))
    of_contact, of_silent = (lambda kind: kind.startswith("PEOPLE#/")), (lambda kind: kind.startswith(OF_A_SILENT_CHANGE))
    of_alert = lambda kind: not (of_contact(kind) or of_silent(kind) or kind.startswith(OF_A_SCAN))
    pipeline = ("enrichment", "planning", "notify")
    return {
        "scan": {"dynamodb_reads": base_reads, "dynamodb_writes": base_writes, "log_bytes": logged(full), "invocations": {"scanner": len(full.used["scanner"])},
                 "milliseconds": {"scanner": milliseconds(idle, "scanner")}},
        "contact_in_full_pass": {"dynamodb_reads": (full.counts.of("reads") - base_reads) * 1e6 / contacts,
                                 "milliseconds": {"scanner": (milliseconds(full, "scanner") - milliseconds(idle, "scanner")) * 1e6 / contacts}},
        # An eventually consistent read of an item of up to 4 KB counts half a unit.
        "contact_in_delta_scan": {"dynamodb_reads": 5_000},
        "change": {"dynamodb_reads": change_reads * 1000 / changed, "dynamodb_writes": of_change * 1000,
                   "table_bytes": stored(1, of_silent) * 1000 / max(1, silent), "index_bytes": stored(2, of_silent) * 1000 / max(1, silent),
                   "log_bytes": max(0, logged(delta) - logged(idle)) * 1000 / changed,
                   "milliseconds": {"scanner": (milliseconds(delta, "scanner") - milliseconds(idle, "scanner")) * 1000 / changed}},
        "alert": {"dynamodb_reads": told.counts.of("reads") * 1000 / alerted,
                  "dynamodb_writes": (told.counts.of("writes") + of_alerts) * 1000 / alerted,
                  "table_bytes": stored(1, of_alert) * 1000 / alerted, "index_bytes": stored(2, of_alert) * 1000 / alerted,
                  "log_bytes": logged(told) * 1000 / alerted,
                  "invocations": {f: len(told.used.get(f, ())) * 1000 / alerted for f in pipeline},
                  "milliseconds": {f: milliseconds(told, f) * 1000 / alerted for f in pipeline}},
        "contact": {"table_bytes": stored(1, of_contact) * 1e6 / contacts, "index_bytes": stored(2, of_contact) * 1e6 / contacts},
        "day": {"milliseconds": {"steward": milliseconds(steward, "steward") * 96}},
    }


def write(found, command, complete):
    text = FILE.read_text()
    for driver, numbers in found.items():
        head, mark, rest = text.partition(f"\n[{driver}]\n")
        body, after, tail = rest.partition("\n[")
        for key, number in numbers.items():
            shown = "{ " + ", ".join(f"{name} = {rounded(n):_}" for name, n in number.items()) + " }" if isinstance(number, dict) else f"{rounded(number):_}"
            line = re.compile(rf"^{key} = .*$", re.MULTILINE)
            body = line.sub(f"{key} = {shown}", body) if line.search(body) else body.rstrip("\n") + f"\n{key} = {shown}\n"
        text = head + mark + body + after + tail
    for key, shown in (("date", f'"{date.today()}"'), ("command", f'"{command}"'), ("preliminary", str(not complete).lower())):
        text = re.sub(rf"^{key} = .*$", f"{key} = {shown}", text, count=1, flags=re.MULTILINE)
    FILE.write_text(text)


def rounded(number):
    """Up, to three significant digits: another run differs by more."""
    whole = ceil(number)
    step = 10 ** max(0, len(str(whole)) - 3)
    return ceil(whole / step) * step
