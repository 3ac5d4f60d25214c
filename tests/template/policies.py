"""What each function may do, as data: `check.py --policies` prints it for the test that compares it with recorded calls."""

import re

from template import functions, listed, properties, resource_of, statements, text


def grants(template: dict) -> dict[str, list[dict]]:
    """For each function its grants: `action`, `resource` (a logical id, and what is below it), `by` and `when`.

    `by` says whose call it is: the `function`'s own, or that of `lambda`, which polls, logs and keeps failed events with
    the function's role. `when` names the condition of the template under which the grant is there, or is null.
    """
    roles = properties(template, "AWS::IAM::Role")
    return {
        name: sorted(
            (
                {"action": action, "resource": short(resource), "by": by(statement), "when": when}
                for when, statement in statements(roles.get(resource_of(function["Role"]), {}))
                if statement["Effect"] == "Allow"
                for action in listed(statement["Action"])
                for resource in listed(statement["Resource"])
            ),
            key=lambda grant: (grant["action"], grant["resource"]),
        )
        for name, function in functions(template).items()
    }


def by(statement: dict) -> str:
    """The template's convention: a Sid that begins with `Lambda` is for the service."""
    return "lambda" if statement.get("Sid", "").startswith("Lambda") else "function"


def short(resource) -> str:
    """`${Table.Arn}/index/by-index` → `Table/index/by-index`; an ARN that is spelt out loses what comes before its name."""
    spelt = re.sub(r"^arn:\$\{AWS::Partition\}:[a-z0-9]+:\$\{AWS::Region\}:\$\{AWS::AccountId\}:", "", text(resource))
    return re.sub(r"\$\{(\w+)(\.Arn|\.EventSourceMappingArn)?\}", r"\1", spelt)
