"""The deployment as CloudFormation sees it: the SAM template transformed, and the few questions one asks of it."""

import json
import os
import re
from pathlib import Path

# The translator asks for a region and never for an account.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from cfnlint.decode import cfn_yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"
RUNBOOK = ROOT / "infra" / "README.md"


def transform(parameters: dict[str, str]) -> dict:
    """The template after `Transform: AWS::Serverless-2016-10-31`, with these parameters instead of the defaults."""
    template = json.loads(json.dumps(cfn_yaml.load(str(TEMPLATE))))
    for function in of_type(template, "AWS::Serverless::Function").values():
        # `sam deploy` uploads the code and writes where it lies; the transform takes nothing else.
        function["Properties"]["CodeUri"] = "s3://bucket/key"
    for name, value in parameters.items():
        template["Parameters"][name]["Default"] = value
    return Translator(managed_policy_map={}, sam_parser=Parser()).translate(template, parameter_values=parameters)


def of_type(template: dict, kind: str) -> dict[str, dict]:
    """Resources of a type by their logical id."""
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def properties(template: dict, kind: str) -> dict[str, dict]:
    """The same, only what is set on them."""
    return {name: r.get("Properties", {}) for name, r in of_type(template, kind).items()}


def text(value) -> str:
    """A value as one text, in which everything that is looked up reads `${Name}` or `${Name.Attribute}`."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(sub)}:
            return sub
        case str() | int() | float():
            return str(value)
    return json.dumps(value)


def resource_of(value) -> str:
    """The logical id that a value names, whichever way it does."""
    return re.sub(r"^\$\{(\w+)(\.\w+)?\}$", r"\1", text(value))


def number(value, template: dict) -> float | None:
    """A number, or the default of the parameter that gives it."""
    if isinstance(value, dict) and "Ref" in value:
        value = template["Parameters"].get(value["Ref"], {}).get("Default")
    return value if isinstance(value, (int, float)) else None


def functions(template: dict) -> dict[str, dict]:
    """The functions by the names they have everywhere else: scanner, enrichment, …"""
    found = properties(template, "AWS::Lambda::Function")
    return {text(f.get("FunctionName", name)).removeprefix("${AWS::StackName}-"): {"id": name, **f} for name, f in found.items()}


def queues(template: dict) -> dict[str, dict]:
    """The queues by their names without the stack's: scan-pages, scan-pages-dead-letters, …"""
    found = properties(template, "AWS::SQS::Queue")
    return {text(q.get("QueueName", name)).removeprefix("${AWS::StackName}-"): {"id": name, **q} for name, q in found.items()}


def statements(role: dict):
    """Each statement of a role's policies, with the condition of the template under which it is there."""
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            match statement:
                case {"Fn::If": [condition, dict(then), {"Ref": "AWS::NoValue"}]}:
                    yield condition, then
                case _:
                    yield None, statement


def listed(value) -> list:
    """IAM takes one or many."""
    return value if isinstance(value, list) else [value]
