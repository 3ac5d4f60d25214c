"""Checks infra/template.yaml as CloudFormation will see it: python check.py [--self-test | --policies]

    (nothing)     transforms it for both processors, lints it, and holds our own rules; one line a check
    --self-test   plants every mistake that a rule names, and requires that it is found
    --policies    prints what each function may do, as JSON
"""

import copy
import json
import sys
import tomllib
from pathlib import Path

import linters
import policies
from rules import RULES, World
from template import RUNBOOK, transform

EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text())
ARCHITECTURES = ["arm64", "x86_64"]


def main() -> int:
    match sys.argv[1:]:
        case []:
            return verdict(line for architecture in ARCHITECTURES for line in checks(architecture))
        case ["--self-test"]:
            return verdict(self_test())
        case ["--policies"]:
            print(json.dumps(policies.grants(transform({})), indent=1))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def verdict(lines) -> int:
    """Prints each check as it ends. The figures at the end say that there were any."""
    failed = total = 0
    for name, problems in lines:
        total, failed = total + 1, failed + bool(problems)
        print(f"{'FAILED' if problems else 'ok    '}  {name}", flush=True)
        for problem in problems:
            print(f"          {problem}")
    print(f"{total - failed} passed, {failed} failed")
    return int(failed > 0 or total == 0)


def checks(architecture: str):
    world = the_world(architecture)
    yield f"{architecture}: cfn-lint", linters.cfn_lint(world.template)
    yield f"{architecture}: checkov, but for {len(EXCEPTIONS['checkov'])} exceptions", linters.checkov(world.template, EXCEPTIONS["checkov"])
    for rule in RULES:
        yield f"{architecture}: {rule.says}", list(rule.check(world))


def the_world(architecture: str) -> World:
    template = transform({"Architecture": architecture})
    return World(template, RUNBOOK.read_text(), copy.deepcopy(EXCEPTIONS["wildcard"]), architecture)


def self_test():
    """A rule must be silent on the template as it is, and must find each mistake that is planted in a copy."""
    clean = the_world("arm64")
    for rule in RULES:
        yield f"silent on what is right: {rule.says}", list(rule.check(clean))
        yield f"{len(rule.mistakes)} mistakes for: {rule.says}", [] if rule.mistakes else ["no mistake shows that it bites"]
        for name, plant in rule.mistakes.items():
            world = copy.deepcopy(clean)
            plant(world)
            if vars(world) == vars(clean):
                yield f"  {name}", ["it changes nothing"]
                continue
            found = list(rule.check(world))
            yield f"  {name} → {found[0]}" if found else f"  {name}", [] if found else ["not found"]
    yield from self_test_of_the_linters(clean)


def self_test_of_the_linters(clean: World):
    exceptions = EXCEPTIONS["checkov"]

    wrong = copy.deepcopy(clean.template)
    wrong["Resources"]["Table"]["Properties"]["BilingMode"] = "PAY_PER_REQUEST"
    yield "cfn-lint: a misspelt property", [] if linters.cfn_lint(wrong) else ["not found"]

    wrong = copy.deepcopy(clean.template)
    wrong["Resources"]["Exports"]["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicAcls"] = False
    yield "checkov: a public bucket", [] if linters.checkov(wrong, exceptions) else ["not found"]

    stale = [*exceptions, {"id": "CKV_AWS_53", "on": ["Exports"], "why": "planted"}]
    yield "checkov: an exception that is not needed", [] if linters.checkov(clean.template, stale) else ["not found"]

    unreasoned = [{**e, "why": ""} for e in exceptions]
    yield "checkov: an exception without a reason", [] if linters.checkov(clean.template, unreasoned) else ["not found"]

    yield "checkov: one exception less", [] if linters.checkov(clean.template, exceptions[1:]) else ["not found"]


if __name__ == "__main__":
    sys.exit(main())
