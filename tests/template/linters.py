"""cfn-lint and checkov over the transformed template, with the exceptions that are written down and no other."""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


def cfn_lint(template: dict) -> list[str]:
    """What cfn-lint says, warnings too."""
    found = run("cfn-lint", template, ["--format", "json", "--regions", "us-east-1", "eu-central-1", "--"])
    return [f"{f['Rule']['Id']} at {'/'.join(map(str, f['Location']['Path'] or []))}: {f['Message']}" for f in found]


def checkov(template: dict, exceptions: list[dict]) -> list[str]:
    """What checkov says beyond the exceptions, and which of them it does not need."""
    arguments = ["--framework", "cloudformation", "--skip-download", "--output", "json", "--compact", "--quiet", "--file"]
    report = run("checkov", template, arguments)
    failed, names = defaultdict(set), {}
    for f in report["results"]["failed_checks"]:
        failed[f["check_id"]].add(f["resource"].split(".")[-1])
        names[f["check_id"]] = f["check_name"]
    excepted = {e["id"]: set(e["on"]) for e in exceptions}

    problems = [f"exception {e['id']} says no reason" for e in exceptions if not e.get("why", "").strip()]
    problems += [f"{i} on {r}: {names[i]}" for i in failed for r in sorted(failed[i] - excepted.get(i, set()))]
    problems += [f"exception {i} on {r} is no longer needed" for i in excepted for r in sorted(excepted[i] - failed[i])]
    problems += [f"checkov could not read {report['summary']['parsing_errors']} file"] * bool(report["summary"]["parsing_errors"])
    if not report["summary"]["passed"]:
        problems.append("checkov checked nothing")
    return problems


def run(program: str, template: dict, arguments: list[str]):
    """A linter's report as JSON. Both end with another code than 0 when they found something."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "template.json"
        file.write_text(json.dumps(template, indent=1))
        done = subprocess.run([PROGRAMS / program, *arguments, file], capture_output=True, text=True, cwd=folder)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{program} ended with {done.returncode} and no report:\n{done.stdout}{done.stderr}") from None
