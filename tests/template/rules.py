"""What no linter sees. Each rule is a sentence, the check, and the mistakes that `--self-test` plants to see it bite."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Callable

import policies
from template import functions, listed, number, of_type, properties, queues, resource_of, statements, text

DAY = 86_400
TIMEOUT = 60
RECEIVES = 5

# Who hands over to whom: the queues each function sends to and those it consumes.
SENDS = {
    "scanner": ["scan-pages", "changes", "planned"],
    "enrichment": ["changes", "enriched"],
    "planning": ["planned"],
    "notify": ["planned", "deliveries"],
    "steward": ["scan-pages", "changes", "enriched", "planned", "deliveries", "feedback"],
    "respond": ["planned", "deliveries"],
}
CONSUMES = {
    "scanner": ["scan-pages"],
    "enrichment": ["changes"],
    "planning": ["enriched"],
    "notify": ["planned", "deliveries", "feedback"],
    "steward": [],
    "respond": [],
}
# (batch size, batching window in seconds)
BATCHES = {"scan-pages": (1, 0), "changes": (1000, 20), "enriched": (100, 5), "planned": (100, 5), "deliveries": (10, 0), "feedback": (100, 20)}
SCHEDULED = {"DeltaScan": "scanner", "FullScan": "scanner", "StewardTick": "steward"}
METRICS = [
    "ContactsScanned", "ContactsChanged", "CasesAlerted", "CasesHeld", "ChangesSilenced", "ScansFinished",
    "SecondsFromChangeToAlert", "CasesUnacknowledged", "OutboxStranded", "DeliveriesUnknown", "IntakesStuck",
    "AnswersFailed", "AnswersUnsigned", "AnswersLimited",
]
# Functions that sign in with, or verify by, what the secret holds.
SECRET_READERS = ["scanner", "enrichment", "notify", "steward", "respond"]
# Functions that send messages to themselves: Lambda takes that for a mistake unless it is told otherwise.
CIRCLES = ["scanner", "enrichment", "notify"]
# What is brought to the disk, in MB: the newest export, and a sorted copy of it.
DISKS = {"scanner": 2048, "enrichment": 2048, "notify": 2048, "steward": 2048}


@dataclass
class World:
    """What is judged. A mistake changes a copy."""

    template: dict
    runbook: str
    wildcards: list[dict]
    architecture: str


@dataclass
class Rule:
    says: str
    check: Callable[[World], list[str]]
    mistakes: dict[str, Callable[[World], object]] = field(default_factory=dict)


RULES: list[Rule] = []


def rule(says: str, **mistakes):
    """Registers a check under its sentence."""

    def register(check):
        RULES.append(Rule(says, check, {name.replace("_", " "): plant for name, plant in mistakes.items()}))
        return check

    return register


# How a mistake is planted ----------------------------------------------------------------------------------------------


def put(resource: str, path: str, value):
    """Sets a property, by its path below `Properties`; `None` takes it away."""

    def plant(world: World):
        *way, last = path.split(".")
        at = world.template["Resources"][resource]["Properties"]
        for step in way:
            at = at[int(step) if isinstance(at, list) else step]
        last = int(last) if isinstance(at, list) else last
        if value is None:
            del at[last]
        else:
            at[last] = value

    return plant


def drop(resource: str):
    return lambda world: world.template["Resources"].pop(resource)


def grant(role: str, action, resource):
    """One more statement in a role."""
    statement = {"Sid": "Planted", "Effect": "Allow", "Action": action, "Resource": resource}
    return lambda world: world.template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(statement)


def unsay(role: str, sid: str):
    """One statement less."""

    def plant(world: World):
        policy = world.template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"] = [s for s in policy["Statement"] if s.get("Sid") != sid]

    return plant


def write(old: str, new: str):
    """Another runbook."""

    def plant(world: World):
        assert old in world.runbook, old
        world.runbook = world.runbook.replace(old, new, 1)

    return plant


def rewrite(resource: str, path: str, old: str, new: str):
    """Another text within a property."""

    def plant(world: World):
        at = world.template["Resources"][resource]["Properties"]
        *way, last = path.split(".")
        for step in way:
            at = at[step]
        assert old in json.dumps(at[last]), old
        at[last] = json.loads(json.dumps(at[last]).replace(old, new))

    return plant


# Functions -------------------------------------------------------------------------------------------------------------


@rule(
    "every function runs its own binary on Amazon Linux 2023, 60 s, 256 MB, on the chosen processor",
    another_runtime=put("Planning", "Runtime", "provided.al2"),
    a_longer_timeout=put("Scanner", "Timeout", 900),
    another_processor=put("Notify", "Architectures", ["i386"]),
    the_binary_of_another_function=lambda w: w.template["Resources"]["Notify"]["Metadata"]["BuildProperties"].update(Binary="planning"),
    a_function_is_missing=drop("Steward"),
)
def functions_are_built_alike(world):
    found = functions(world.template)
    for name in SENDS.keys() ^ found.keys():
        yield f"{name}: there is such a function either only here or only in the template"
    for name, f in found.items():
        wanted = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": TIMEOUT, "MemorySize": 256}
        for key, value in wanted.items():
            if f.get(key) != value:
                yield f"{name}: {key} is {f.get(key)}, not {value}"
        if [text(a) for a in f.get("Architectures", [])] not in ([world.architecture], ["${Architecture}"]):
            yield f"{name}: runs on {f.get('Architectures')}, not on {world.architecture}"
        built = world.template["Resources"][f["id"]].get("Metadata", {})
        if (built.get("BuildMethod"), built.get("BuildProperties", {}).get("Binary")) != ("rust-cargolambda", name):
            yield f"{name}: is not built as the binary {name}"


@rule(
    "who sends messages to itself may do so for as long as it takes, and nobody else",
    a_scan_that_ends_after_sixteen_rounds=put("Scanner", "RecursiveLoop", None),
    deliveries_that_are_stopped=put("Notify", "RecursiveLoop", "Terminate"),
    a_mistake_that_goes_on=put("Planning", "RecursiveLoop", "Allow"),
    a_new_circle=grant("PlanningRole", ["sqs:SendMessage"], {"Fn::GetAtt": ["Enriched", "Arn"]}),
)
def circles_are_meant(world):
    name_of = {q["id"]: name for name, q in queues(world.template).items()}
    may_send = {n: {name_of.get(g["resource"]) for g in all if (g["by"], g["action"]) == ("function", "sqs:SendMessage")} for n, all in policies.grants(world.template).items()}
    circles = [n for n, queues_ in may_send.items() if queues_ & set(CONSUMES[n])]
    yield from (f"{n}: sends messages to itself, or no longer does" for n in sorted(set(circles) ^ set(CIRCLES)))
    for name, f in functions(world.template).items():
        wanted = "Allow" if name in CIRCLES else "Terminate"
        if f.get("RecursiveLoop", "Terminate") != wanted:
            yield f"{name}: RecursiveLoop is {f.get('RecursiveLoop')}, not {wanted}"


@rule(
    "the disk has room for the largest export, where one is read",
    the_default=put("Scanner", "EphemeralStorage", None),
    too_small=put("Enrichment", "EphemeralStorage", {"Size": 512}),
    for_one_that_reads_none=put("Planning", "EphemeralStorage", {"Size": 2048}),
)
def disks_are_large_enough(world):
    for name, f in functions(world.template).items():
        size = f.get("EphemeralStorage", {}).get("Size", 512)
        if size != DISKS.get(name, 512):
            yield f"{name}: {size} MB of disk, not {DISKS.get(name, 512)}"


@rule(
    "no function has reserved concurrency, since throttled calls would burn receive counts, but respond where its parameter says so",
    reserved_concurrency=put("Notify", "ReservedConcurrentExecutions", 5),
    what_a_small_account_cannot_deploy=put("Respond", "ReservedConcurrentExecutions", 5),
    reserved_by_default=lambda w: w.template["Parameters"]["RespondConcurrency"].update(Default=5),
)
def nothing_is_reserved(world):
    chosen = {"Fn::If": ["HasRespondConcurrency", {"Ref": "RespondConcurrency"}, {"Ref": "AWS::NoValue"}]}
    for name, f in functions(world.template).items():
        if f.get("ReservedConcurrentExecutions") != (chosen if name == "respond" else None):
            yield f"{name}: {f.get('ReservedConcurrentExecutions')} are reserved"
    if world.template["Parameters"]["RespondConcurrency"]["Default"] != 0:
        yield "respond: something is reserved by default"


@rule(
    "each function has every variable it reads, and its queues' addresses are those it sends to and consumes",
    a_variable_is_missing=put("Planning", "Environment.Variables.BATON_CRM", None),
    an_empty_variable=put("Planning", "Environment.Variables.BATON_BUS", ""),
    the_wrong_queue=put("Enrichment", "Environment.Variables.BATON_QUEUES", {"Fn::Sub": '{"enriched":"${Planned}"}'}),
    a_queue_is_missing=put("Steward", "Environment.Variables.BATON_QUEUES", {"Fn::Sub": '{"changes":"${Changes}"}'}),
    no_JSON=put("Scanner", "Environment.Variables.BATON_DEAD_LETTERS", {"Fn::Sub": "scan-pages=${ScanPagesDeadLetters}"}),
    the_queue_instead_of_its_dead_letters=put("Notify", "Environment.Variables.BATON_DEAD_LETTERS", {"Fn::Sub": '{"planned":"${Planned}","deliveries":"${DeliveriesDeadLetters}"}'}),
    no_folder_of_exports=put("Scanner", "Environment.Variables.BATON_CRM", {"Fn::Sub": "export:s3://${Exports}"}),
    the_secret_for_one_that_needs_none=put("Planning", "Environment.Variables.BATON_SECRET", {"Ref": "Secret"}),
    a_mapping_that_nobody_wakes=rewrite("Steward", "Environment.Variables.BATON_MAPPINGS", '\\"planned\\":\\"${NotifyPlanned}\\",', ""),
    the_mapping_of_another_queue=rewrite("Steward", "Environment.Variables.BATON_MAPPINGS", "${NotifyPlanned}", "${NotifyDeliveries}"),
    a_function_instead_of_its_mapping=rewrite("Steward", "Environment.Variables.BATON_MAPPINGS", "${EnrichmentChanges}", "${Enrichment}"),
    polling_that_nobody_can_choose=put("Steward", "Environment.Variables.BATON_IDLE_POLLING", "sleep"),
    no_CRM_system=put("Scanner", "Environment.Variables.BATON_SYSTEM", None),
)
def environments_are_complete(world):
    ids = {name: q["id"] for name, q in queues(world.template).items()}
    for name, f in functions(world.template).items():
        variables = {k: text(v) for k, v in f.get("Environment", {}).get("Variables", {}).items()}
        wanted = {
            "BATON_TABLE": "${Table}",
            "BATON_SYSTEM": "${CrmSystem}",
            "BATON_BUS": "${Bus}",
            "BATON_CRM_ACCESS": "${CrmAccess}",
            "BATON_CRM": "export:s3://${Exports}/${ExportsPrefix}",
            "BATON_CONFIGURATION_SET": "${MailConfigurationSet}",
            "RUST_LOG": "${LogLevel}",
            "BATON_QUEUES": {q: f"${{{ids.get(q)}}}" for q in SENDS.get(name, [])},
            "BATON_DEAD_LETTERS": {q: f"${{{ids.get(q + '-dead-letters')}}}" for q in CONSUMES.get(name, [])},
        }
        if name in SECRET_READERS:
            wanted["BATON_SECRET"] = "${Secret}"
        if name == "steward":
            wanted["BATON_MAPPINGS"] = {q: f"${{{mapping}}}" for mapping, q, _, _ in sources(world.template)}
            wanted["BATON_IDLE_POLLING"] = "${IdlePolling}"
        for key in wanted.keys() ^ variables.keys():
            yield f"{name}: {key} is {'missing' if key in wanted else 'not a variable it reads'}"
        for key in wanted.keys() & variables.keys():
            if parsed(variables[key], wanted[key]) != wanted[key]:
                yield f"{name}: {key} is {variables[key]}, not {wanted[key]}"


def parsed(value: str, like):
    try:
        return json.loads(value) if isinstance(like, dict) else value
    except json.JSONDecodeError:
        return None


# Shapes of tokens, keys and passwords, and dynamic references, which put the secret itself into the function's settings.
SECRET_VALUE = re.compile(
    r"xox[abeprs]-|A(KI|SI)A[0-9A-Z]{16}|-----BEGIN|\{\{resolve:|gh[pousr]_\w{20}|eyJ[\w-]{10,}\.|://[^/@\s:]+:[^/@\s]+@"
    r"|(?<![\w/.$-])(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*[a-z])[A-Za-z0-9+/_-]{32,}"
)
SECRET_NAME = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|API_?KEY|PRIVATE", re.I)


@rule(
    "no variable holds a secret, only the name of the one that does",
    a_token=put("Notify", "Environment.Variables.SLACK", "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"),
    a_dynamic_reference=put("Notify", "Environment.Variables.SLACK", {"Fn::Sub": "{{resolve:secretsmanager:${Secret}}}"}),
    a_parameter_as_password=put("Scanner", "Environment.Variables.ODOO_PASSWORD", {"Ref": "LogLevel"}),
    a_long_random_text=put("Scanner", "Environment.Variables.EXTRA", "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZkdISUpL"),
    a_parameter_with_a_token=lambda w: w.template["Parameters"]["LogLevel"].update(Default="xoxb-1-2-abc"),
)
def variables_hold_no_secret(world):
    secrets = properties(world.template, "AWS::SecretsManager::Secret")
    for name, f in functions(world.template).items():
        for key, value in f.get("Environment", {}).get("Variables", {}).items():
            names_one = isinstance(value, dict) and value.get("Ref") in secrets
            if SECRET_NAME.search(key) and not names_one:
                yield f"{name}: {key} should be the name of a secret in Secrets Manager"
            if SECRET_VALUE.search(text(value)):
                yield f"{name}: {key} looks like a secret"
    for name, parameter in world.template["Parameters"].items():
        if SECRET_VALUE.search(str(parameter.get("Default", ""))):
            yield f"the default of {name} looks like a secret"
    for name, secret in secrets.items():
        if "SecretString" in secret:
            yield f"{name}: its value stands in the template"


@rule(
    "each function writes to a log group of its own that forgets",
    no_retention=put("NotifyLogs", "RetentionInDays", None),
    the_group_of_another=put("Notify", "LoggingConfig", {"LogGroup": {"Ref": "ScannerLogs"}}),
    no_group=put("Steward", "LoggingConfig", None),
    another_group_without_retention=put("MailEventsLogs", "RetentionInDays", None),
)
def logs_are_kept_for_a_time(world):
    groups = properties(world.template, "AWS::Logs::LogGroup")
    used = {n: resource_of(f.get("LoggingConfig", {}).get("LogGroup", "")) for n, f in functions(world.template).items()}
    yield from (f"{n}: writes to a log group that this template does not make" for n, g in used.items() if g not in groups)
    yield from (f"{g}: more than one function writes to it" for g, times in Counter(used.values()).items() if times > 1)
    yield from (f"{g}: keeps for ever" for g, p in groups.items() if not number(p.get("RetentionInDays"), world.template))


# Queues ----------------------------------------------------------------------------------------------------------------


def sources(template):
    """Each event source mapping with the names of its queue and its function."""
    queue_of = {q["id"]: name for name, q in queues(template).items()}
    function_of = {f["id"]: name for name, f in functions(template).items()}
    for name, p in properties(template, "AWS::Lambda::EventSourceMapping").items():
        yield name, queue_of.get(resource_of(p["EventSourceArn"])), function_of.get(resource_of(p["FunctionName"])), p


@rule(
    "each queue wakes its function, in the batches that were measured",
    a_queue_nobody_reads=drop("PlanningEnriched"),
    read_by_another=put("PlanningEnriched", "FunctionName", {"Ref": "Notify"}),
    another_batch=put("ScannerScanPages", "BatchSize", 10),
    no_window=put("EnrichmentChanges", "MaximumBatchingWindowInSeconds", None),
)
def queues_wake_their_functions(world):
    wired = Counter((f, q) for _, q, f, _ in sources(world.template))
    wanted = Counter((f, q) for f, all in CONSUMES.items() for q in all)
    yield from (f"{f} is woken by {q} {wired[f, q]} times, not {wanted[f, q]}" for f, q in wired | wanted if wired[f, q] != wanted[f, q])
    for name, q, _, p in sources(world.template):
        batch = (p.get("BatchSize", 10), p.get("MaximumBatchingWindowInSeconds", 0))
        if q in BATCHES and batch != BATCHES[q]:
            yield f"{name}: batches of {batch}, not {BATCHES[q]}"


@rule(
    "each event source takes failures record by record",
    whole_batches=put("EnrichmentChanges", "FunctionResponseTypes", None),
    an_empty_list=put("NotifyDeliveries", "FunctionResponseTypes", []),
)
def failures_are_reported_one_by_one(world):
    return [n for n, _, _, p in sources(world.template) if "ReportBatchItemFailures" not in p.get("FunctionResponseTypes", [])]


@rule(
    "each event source has a maximum concurrency",
    no_maximum=put("NotifyPlanned", "ScalingConfig", None),
    one_that_AWS_refuses=put("NotifyPlanned", "ScalingConfig", {"MaximumConcurrency": 1}),
)
def concurrency_has_a_maximum(world):
    for name, _, _, p in sources(world.template):
        most = number(p.get("ScalingConfig", {}).get("MaximumConcurrency"), world.template)
        if most is None or not 2 <= most <= 1000:
            yield f"{name}: MaximumConcurrency is {most}"


@rule(
    "a message stays invisible for six times the timeout and the batching window",
    too_short_for_its_window=put("Changes", "VisibilityTimeout", 379),
    too_short_for_its_timeout=put("Notify", "Timeout", 61),
    the_default=put("ScanPages", "VisibilityTimeout", None),
)
def visibility_outlasts_the_work(world):
    by_name, all_functions = queues(world.template), functions(world.template)
    for name, q, f, p in sources(world.template):
        if q is None or f is None:
            yield f"{name}: its queue or function is not in this template"
            continue
        least = 6 * all_functions[f].get("Timeout", 3) + p.get("MaximumBatchingWindowInSeconds", 0)
        if by_name[q].get("VisibilityTimeout", 30) < least:
            yield f"{q}: invisible for {by_name[q].get('VisibilityTimeout', 30)} s, needs {least} s"


@rule(
    "each queue gives a message up after the fifth receive, into dead letters of its own",
    another_count=put("Planned", "RedrivePolicy.maxReceiveCount", 3),
    no_dead_letters=put("Changes", "RedrivePolicy", None),
    the_dead_letters_of_another=put("Changes", "RedrivePolicy.deadLetterTargetArn", {"Fn::GetAtt": ["PlannedDeadLetters", "Arn"]}),
    the_dead_letters_are_missing=drop("EnrichedDeadLetters"),
)
def queues_give_up(world):
    found = queues(world.template)
    for name in BATCHES:
        policy = found.get(name, {}).get("RedrivePolicy", {})
        if policy.get("maxReceiveCount") != RECEIVES:
            yield f"{name}: gives up after {policy.get('maxReceiveCount')} receives"
        if resource_of(policy.get("deadLetterTargetArn", "")) != found.get(f"{name}-dead-letters", {}).get("id"):
            yield f"{name}: its dead letters are not {name}-dead-letters"


@rule(
    "dead letters are kept for 14 days, messages for less, all encrypted",
    dead_letters_for_four_days=put("PlannedDeadLetters", "MessageRetentionPeriod", 4 * DAY),
    the_default_for_dead_letters=put("SchedulesDeadLetters", "MessageRetentionPeriod", None),
    messages_as_long_as_dead_letters=put("Planned", "MessageRetentionPeriod", 14 * DAY),
    not_encrypted=put("Deliveries", "SqsManagedSseEnabled", False),
)
def dead_letters_outlive_messages(world):
    for name, q in queues(world.template).items():
        kept = q.get("MessageRetentionPeriod", 4 * DAY)
        if name.endswith("-dead-letters") and kept != 14 * DAY:
            yield f"{name}: kept for {kept / DAY:g} days"
        if not name.endswith("-dead-letters") and not 0 < kept <= 4 * DAY:
            yield f"{name}: kept for {kept / DAY:g} days, longer than an idempotency record and a redrive allow"
        if q.get("SqsManagedSseEnabled") is not True:
            yield f"{name}: not encrypted"


# Rights ----------------------------------------------------------------------------------------------------------------


@rule(
    "each function has one role, which no other function and no other service has",
    a_shared_role=put("Notify", "Role", {"Fn::GetAtt": ["PlanningRole", "Arn"]}),
    a_role_from_elsewhere=put("Notify", "Role", "arn:aws:iam::123456789012:role/admin"),
    another_service_may_take_it=put("NotifyRole", "AssumeRolePolicyDocument.Statement.0.Principal", {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}),
    anybody_may_take_it=put("NotifyRole", "AssumeRolePolicyDocument.Statement.0.Principal", "*"),
    a_managed_policy=put("NotifyRole", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonSESFullAccess"]),
    a_policy_from_beside=lambda w: w.template["Resources"].update(Extra={"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "NotifyRole"}]}}),
)
def roles_are_not_shared(world):
    roles = properties(world.template, "AWS::IAM::Role")
    used = {n: resource_of(f["Role"]) for n, f in functions(world.template).items()}
    yield from (f"{n}: its role is not made here" for n, r in used.items() if r not in roles)
    yield from (f"{r}: more than one function has it" for r, times in Counter(used.values()).items() if times > 1)
    for name, role in roles.items():
        trusted = [s.get("Principal") for s in role["AssumeRolePolicyDocument"]["Statement"]]
        service = "lambda.amazonaws.com" if name in used.values() else "scheduler.amazonaws.com"
        if trusted != [{"Service": service}]:
            yield f"{name}: {trusted} may take it, not {service} alone"
        if role.get("ManagedPolicyArns"):
            yield f"{name}: has a policy that is not written here"
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        yield from (f"{n}: rights beside the roles, where nobody looks for them" for n in of_type(world.template, kind))


@rule(
    "no right has a wildcard for its action",
    all_of_a_service=grant("PlanningRole", "dynamodb:*", {"Fn::GetAtt": ["Table", "Arn"]}),
    some_of_a_service=grant("ScheduleRole", ["lambda:Invoke*"], {"Fn::GetAtt": ["Scanner", "Arn"]}),
    everything_but=lambda w: grant("PlanningRole", "x", "y")(w) or w.template["Resources"]["PlanningRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][-1].update(NotAction="iam:*"),
)
def actions_are_named(world):
    for name, statement in allowed(world.template):
        if "NotAction" in statement or "NotResource" in statement:
            yield f"{name}: {statement.get('Sid')} allows whatever it does not name"
        yield from (f"{name}: {a}" for a in listed(statement.get("Action", [])) if "*" in a or "?" in a)


@rule(
    "no right has a wildcard for its resource beyond those that are listed with a reason",
    everything=grant("NotifyRole", ["ses:SendEmail"], "*"),
    all_queues=grant("NotifyRole", ["sqs:SendMessage"], {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*"}),
    one_that_is_listed_but_not_used=lambda w: w.wildcards.append({"resource": "Table/*", "why": "planted"}),
    one_without_a_reason=lambda w: w.wildcards[0].update(why=""),
)
def resources_are_named(world):
    excepted = {e["resource"]: e["why"] for e in world.wildcards}
    used = {policies.short(r) for _, s in allowed(world.template) for r in listed(s["Resource"]) if "*" in text(r)}
    yield from (f"{r}: a wildcard without a reason" for r in used if not excepted.get(r))
    yield from (f"{r}: the exception is no longer needed" for r in excepted.keys() - used)


def allowed(template):
    for name, role in properties(template, "AWS::IAM::Role").items():
        yield from ((name, s) for _, s in statements(role) if s["Effect"] == "Allow")


@rule(
    "each function may send to and look at just the queues whose addresses it is given, Lambda may poll just those it consumes, and just steward may wake them",
    one_queue_more=grant("PlanningRole", ["sqs:SendMessage"], {"Fn::GetAtt": ["Deliveries", "Arn"]}),
    one_queue_less=unsay("EnrichmentRole", "Send"),
    no_polling=unsay("NotifyRole", "LambdaPolls"),
    an_intake_that_cannot_be_woken=unsay("StewardRole", "WakeAndPutToSleep"),
    another_function_may_switch_it_off=grant("NotifyRole", ["lambda:UpdateEventSourceMapping"], {"Fn::GetAtt": ["NotifyPlanned", "EventSourceMappingArn"]}),
    a_queue_that_steward_cannot_look_into=lambda w: [s["Resource"].pop() for _, s in statements(w.template["Resources"]["StewardRole"]["Properties"]) if s.get("Sid") == "Send"],
    one_that_is_looked_into_and_not_sent_to=grant("PlanningRole", ["sqs:GetQueueAttributes"], {"Fn::GetAtt": ["Deliveries", "Arn"]}),
    no_logs=unsay("StewardRole", "LambdaLogs"),
)
def rights_match_the_wiring(world):
    ids = {name: q["id"] for name, q in queues(world.template).items()}
    polling = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    for name, all in policies.grants(world.template).items():
        may = lambda by, action: {g["resource"] for g in all if (g["by"], g["action"]) == (by, action)}
        send = {ids.get(q) for q in SENDS[name]} | {ids.get(f"{q}-dead-letters") for q in CONSUMES[name]}
        if may("function", "sqs:SendMessage") != send:
            yield f"{name}: may send to {sorted(may('function', 'sqs:SendMessage'))}"
        for action in polling:
            if may("lambda", action) != {ids.get(q) for q in CONSUMES[name]}:
                yield f"{name}: {action} on {sorted(may('lambda', action))}"
        watches = name == "steward"
        if may("function", "sqs:GetQueueAttributes") != send:
            yield f"{name}: may look into {sorted(may('function', 'sqs:GetQueueAttributes'))}"
        for action in ("lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"):
            if may("function", action) != ({m for m, _, _, _ in sources(world.template)} if watches else set()):
                yield f"{name}: {action} on {sorted(may('function', action))}"
        logs = resource_of(functions(world.template)[name].get("LoggingConfig", {}).get("LogGroup", ""))
        if may("lambda", "logs:PutLogEvents") != {logs} or may("lambda", "logs:CreateLogStream") != {logs}:
            yield f"{name}: may not write to its log group, or to more than that"


@rule(
    "mail leaves from one address, only notify sends it, and only those read the secret who sign in or verify with it",
    any_sender=lambda w: [s.pop("Condition") for _, s in statements(w.template["Resources"]["NotifyRole"]["Properties"]) if s.get("Sid") == "Mail"],
    another_function_mails=grant("PlanningRole", ["ses:SendRawEmail"], {"Fn::Sub": "${MailIdentity}"}),
    another_function_reads_the_secret=grant("PlanningRole", ["secretsmanager:GetSecretValue"], {"Ref": "Secret"}),
)
def mail_has_one_sender(world):
    for role, statement in allowed(world.template):
        actions = listed(statement["Action"])
        if any(a.startswith("ses:") for a in actions) and role != "NotifyRole":
            yield f"{role}: {actions}"
        if any(a.startswith("secretsmanager:") for a in actions) and role not in [f"{r.title()}Role" for r in SECRET_READERS]:
            yield f"{role}: {actions}"
        sender = statement.get("Condition", {}).get("StringEquals", {}).get("ses:FromAddress")
        if any(a.startswith("ses:") for a in actions) and sender != {"Ref": "MailFrom"}:
            yield f"{role}: may send as anybody"


@rule(
    "only respond can be called from outside, answers in one piece, and nobody else may be called by everybody",
    another_address=lambda w: w.template["Resources"].update(NotifyUrl={"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "Notify"}}}),
    everybody_may_call_notify=lambda w: w.template["Resources"].update(Open={"Type": "AWS::Lambda::Permission", "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Notify"}, "Principal": "*"}}),
    no_address=drop("RespondUrl"),
    an_address_that_refuses_everybody=drop("RespondURLInvokeAllowPublicAccess"),
    everybody_may_call_without_the_address=put("RespondURLInvokeAllowPublicAccess", "InvokedViaFunctionUrl", None),
    other_origins_may_read=put("RespondUrl", "Cors", {"AllowOrigins": ["*"]}),
    an_answer_that_streams=put("RespondUrl", "InvokeMode", "RESPONSE_STREAM"),
)
def one_door(world):
    urls = properties(world.template, "AWS::Lambda::Url")
    if [resource_of(u["TargetFunctionArn"]) for u in urls.values()] != ["Respond"]:
        yield f"addresses: {sorted(urls)}"
    for name, u in urls.items():
        if u.get("InvokeMode") != "BUFFERED" or "Cors" in u:
            yield f"{name}: streams, or lets other origins read"
    for name, p in properties(world.template, "AWS::Lambda::Permission").items():
        if p["Principal"] == "*" and resource_of(p["FunctionName"]) != "Respond":
            yield f"{name}: everybody may call {p['FunctionName']}"
    # AWS asks for both since October 2025, and SAM writes both beside an address of AuthType NONE.
    open_to_all = [p for p in properties(world.template, "AWS::Lambda::Permission").values() if p["Principal"] == "*"]
    ways = {(p["Action"], p.get("FunctionUrlAuthType"), p.get("InvokedViaFunctionUrl")) for p in open_to_all}
    if ways != {("lambda:InvokeFunctionUrl", "NONE", None), ("lambda:InvokeFunction", None, True)}:
        yield f"everybody may not call respond through its address alone: {sorted(ways, key=str)}"


# Schedules -------------------------------------------------------------------------------------------------------------


@rule(
    "each schedule ticks in the customer's time zone, on the minute, with retries and dead letters",
    no_time_zone=put("DeltaScan", "ScheduleExpressionTimezone", None),
    a_fixed_time_zone=put("FullScan", "ScheduleExpressionTimezone", "UTC"),
    whenever_it_suits=put("DeltaScan", "FlexibleTimeWindow", {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}),
    no_retries=put("FullScan", "Target.RetryPolicy", None),
    no_dead_letters=put("StewardTick", "Target.DeadLetterConfig", None),
    another_target=put("StewardTick", "Target.Arn", {"Fn::GetAtt": ["Scanner", "Arn"]}),
    switched_off=put("DeltaScan", "State", "DISABLED"),
    steward_once_a_day=put("StewardTick", "ScheduleExpression", "rate(1 day)"),
    steward_before_the_scan_it_is_to_find=put("StewardTick", "ScheduleExpression", "cron(0/15 * * * ? *)"),
    a_scan_that_steward_finds_a_quarter_later=lambda w: w.template["Parameters"]["DeltaSchedule"].update(Default="cron(2 4 * * ? *)"),
    no_full_scan=drop("FullScan"),
)
def schedules_tick(world):
    found, ids = properties(world.template, "AWS::Scheduler::Schedule"), {n: f["id"] for n, f in functions(world.template).items()}
    yield from (f"{n}: there is such a schedule either only here or only in the template" for n in SCHEDULED.keys() ^ found.keys())
    for name, s in found.items():
        target = s["Target"]
        if s.get("ScheduleExpressionTimezone") != {"Ref": "TimeZone"}:
            yield f"{name}: its time zone is {s.get('ScheduleExpressionTimezone')}"
        if s.get("FlexibleTimeWindow") != {"Mode": "OFF"} or s.get("State", "ENABLED") != "ENABLED":
            yield f"{name}: ticks when it likes, or not at all"
        if not target.get("RetryPolicy", {}).get("MaximumRetryAttempts"):
            yield f"{name}: a tick that fails is lost"
        if resource_of(target.get("DeadLetterConfig", {}).get("Arn", "")) != "SchedulesDeadLetters":
            yield f"{name}: a tick that was given up is lost"
        if resource_of(target["Arn"]) != ids.get(SCHEDULED.get(name)):
            yield f"{name}: wakes {resource_of(target['Arn'])}"
    if found.get("StewardTick", {}).get("ScheduleExpression") != "cron(2/15 * * * ? *)":
        yield "StewardTick: not two minutes past each quarter, when a scan of the quarter is under way"
    for name in ("DeltaSchedule", "FullSchedule"):
        minute = re.match(r"cron\((\d+) ", world.template["Parameters"][name]["Default"])
        if minute is None or int(minute[1]) % 15:
            yield f"{name}: not on a quarter, so that steward finds its scan late"


@rule(
    "a tick is an event, and the same tick delivered twice has the same id",
    an_id_for_each_attempt=rewrite("DeltaScan", "Target.Input", "delta-<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>"),
    one_id_for_ever=rewrite("DeltaScan", "Target.Input", "delta-<aws.scheduler.scheduled-time>", "delta"),
    two_schedules_with_one_id=rewrite("FullScan", "Target.Input", "full-<", "delta-<"),
    no_time=rewrite("FullScan", "Target.Input", '\\"time\\":', '\\"at\\":'),
    another_source=rewrite("FullScan", "Target.Input", '\\"aws.scheduler\\"', '\\"cron\\"'),
    no_JSON=rewrite("FullScan", "Target.Input", "}}", "}"),
    another_pass=rewrite("FullScan", "Target.Input", '\\"pass\\":\\"full\\"', '\\"pass\\":\\"half\\"'),
    shadow_as_text=rewrite("DeltaScan", "Target.Input", "${Shadow}", '\\"${Shadow}\\"'),
)
def ticks_are_events(world):
    details = {"DeltaScan": {"shadow": False, "pass": "delta"}, "FullScan": {"shadow": False, "pass": "full"}, "StewardTick": {}}
    ids = Counter()
    for name, schedule in properties(world.template, "AWS::Scheduler::Schedule").items():
        try:
            event = json.loads(text(schedule["Target"].get("Input", "")).replace("${Shadow}", "false"))
        except json.JSONDecodeError as error:
            yield f"{name}: its input is no JSON: {error}"
            continue
        ids[event.get("id")] += 1
        if not re.fullmatch(r"[A-Za-z0-9_.:@-]+-<aws\.scheduler\.scheduled-time>", event.get("id", "")):
            yield f"{name}: the id {event.get('id')} does not name the tick"
        wanted = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "time": "<aws.scheduler.scheduled-time>", "detail": details.get(name)}
        yield from (f"{name}: {k} is {event.get(k)}" for k, v in wanted.items() if event.get(k) != v)
    yield from (f"{i}: two schedules have this id" for i, times in ids.items() if times > 1)


@rule(
    "a tick on which its function fails is kept",
    no_destination=put("ScannerEventInvokeConfig", "DestinationConfig", None),
    no_retries=put("StewardEventInvokeConfig", "MaximumRetryAttempts", 0),
    nothing_at_all=drop("StewardEventInvokeConfig"),
    no_right_to=unsay("ScannerRole", "LambdaKeepsFailedTicks"),
)
def failed_ticks_are_kept(world):
    configs = {resource_of(c["FunctionName"]): c for c in properties(world.template, "AWS::Lambda::EventInvokeConfig").values()}
    for name in sorted(set(SCHEDULED.values())):
        config = configs.get(functions(world.template).get(name, {}).get("id"), {})
        kept = resource_of(config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", ""))
        if kept != "SchedulesDeadLetters" or not config.get("MaximumRetryAttempts"):
            yield f"{name}: a failed tick is tried {config.get('MaximumRetryAttempts')} times more and kept in {kept or 'nothing'}"
        grants = policies.grants(world.template).get(name, [])
        if {"action": "sqs:SendMessage", "resource": "SchedulesDeadLetters", "by": "lambda", "when": None} not in grants:
            yield f"{name}: Lambda has no right to keep a failed tick"


# State -----------------------------------------------------------------------------------------------------------------


@rule(
    "the table is on demand, encrypted, recoverable to the second, forgets what expired, and cannot be deleted by mistake",
    no_recovery=put("Table", "PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False}),
    not_encrypted_with_KMS=put("Table", "SSESpecification", {"SSEEnabled": False}),
    nothing_expires=put("Table", "TimeToLiveSpecification", None),
    another_expiry=put("Table", "TimeToLiveSpecification.AttributeName", "expires"),
    provisioned=put("Table", "BillingMode", "PROVISIONED"),
    unprotected=put("Table", "DeletionProtectionEnabled", False),
    goes_with_the_stack=lambda w: w.template["Resources"]["Table"].pop("DeletionPolicy"),
    another_key=put("Table", "KeySchema.1.AttributeName", "sort"),
    another_index=put("Table", "GlobalSecondaryIndexes.0.IndexName", "index"),
    an_index_of_everything=put("Table", "GlobalSecondaryIndexes.0.Projection", {"ProjectionType": "ALL"}),
)
def the_table_is_safe(world):
    resource = world.template["Resources"].get("Table", {})
    t = resource.get("Properties", {})
    key = lambda keys: [(k["AttributeName"], k["KeyType"]) for k in keys]
    facts = {
        "on demand": t.get("BillingMode") == "PAY_PER_REQUEST",
        "recoverable": t.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled") is True,
        "encrypted with KMS": t.get("SSESpecification", {}).get("SSEEnabled") is True and t["SSESpecification"].get("SSEType") == "KMS",
        "expiring by x": t.get("TimeToLiveSpecification") == {"AttributeName": "x", "Enabled": True},
        "protected": t.get("DeletionProtectionEnabled") is True,
        "kept with the stack gone": resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain",
        "keyed by pk and sk": key(t.get("KeySchema", [])) == [("pk", "HASH"), ("sk", "RANGE")],
        "indexed by ix, keys only": [
            (i["IndexName"], key(i["KeySchema"]), i["Projection"]) for i in t.get("GlobalSecondaryIndexes", [])
        ] == [("by-index", [("ix", "HASH"), ("sk", "RANGE")], {"ProjectionType": "KEYS_ONLY"})],
    }
    return [f"the table is not {what}" for what, holds in facts.items() if not holds]


@rule(
    "exports are private, encrypted at rest and on the way, versioned, and deleted in time",
    public=put("Exports", "PublicAccessBlockConfiguration.BlockPublicPolicy", False),
    not_encrypted=put("Exports", "BucketEncryption", None),
    not_versioned=put("Exports", "VersioningConfiguration", None),
    kept_for_ever=put("Exports", "LifecycleConfiguration.Rules.0.Status", "Disabled"),
    kept_for_long_by_default=lambda w: w.template["Parameters"]["ExportsKeptDays"].update(Default=90),
    old_versions_for_a_year=put("Exports", "LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 365),
    goes_with_the_stack=lambda w: w.template["Resources"]["Exports"].pop("DeletionPolicy"),
    plain_connections=put("ExportsPolicy", "PolicyDocument.Statement.0.Effect", "Allow"),
    mails_from_any_account=put("ExportsPolicy", "PolicyDocument.Statement.1.Condition", {}),
    mails_anywhere=put("ExportsPolicy", "PolicyDocument.Statement.1.Resource", {"Fn::Sub": "${Exports.Arn}/*"}),
)
def exports_are_private(world):
    resource = world.template["Resources"]["Exports"]
    b = resource["Properties"]
    rules = [r for r in b.get("LifecycleConfiguration", {}).get("Rules", []) if r["Status"] == "Enabled"]
    denied = properties(world.template, "AWS::S3::BucketPolicy")["ExportsPolicy"]["PolicyDocument"]["Statement"]
    block = b.get("PublicAccessBlockConfiguration", {})
    facts = {
        "private": len(block) == 4 and all(v is True for v in block.values()),
        "encrypted": bool(b.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration")),
        "versioned": b.get("VersioningConfiguration") == {"Status": "Enabled"},
        "deleted after 14 days": any(number(r.get("ExpirationInDays"), world.template) == 14 for r in rules),
        "rid of old versions after 7": any(r.get("NoncurrentVersionExpiration") == {"NoncurrentDays": 7} for r in rules),
        "kept with the stack gone": resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain",
        "open to SES of this account alone, for mails": [
            (s["Principal"], s["Action"], s["Resource"], s["Condition"]) for s in denied if s["Effect"] == "Allow"
        ] == [(
            {"Service": "ses.amazonaws.com"},
            "s3:PutObject",
            {"Fn::Sub": "${Exports.Arn}/${ExportsPrefix}/mail/*"},
            {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        )],
        "read over TLS only": any(s["Effect"] == "Deny" and s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in denied),
    }
    return [f"the exports are not {what}" for what, holds in facts.items() if not holds]


@rule(
    "what becomes of a mail is reported, and nothing watches its reader",
    no_bounces=rewrite("MailEvents", "EventDestination.MatchingEventTypes", '"bounce", ', ""),
    clicks=rewrite("MailEvents", "EventDestination.MatchingEventTypes", '"send"', '"click"'),
    a_bus_that_SES_refuses=put("MailEvents", "EventDestination.EventBridgeDestination.EventBusArn", {"Fn::GetAtt": ["Bus", "Arn"]}),
    addresses_in_the_log=rewrite("MailEventsRule", "Targets", "$.detail.mail.messageId", "$.detail.mail.destination"),
    whole_events_in_the_log=lambda w: w.template["Resources"]["MailEventsRule"]["Properties"]["Targets"][0].pop("InputTransformer"),
    whole_events_in_the_queue=lambda w: w.template["Resources"]["MailEventsRule"]["Properties"]["Targets"][1].pop("InputTransformer"),
    subjects_in_the_queue=rewrite("MailEventsRule", "Targets", "$.detail.reject.reason", "$.detail.mail.commonHeaders.subject"),
    nobody_listens=lambda w: w.template["Resources"]["MailEventsRule"]["Properties"]["Targets"].pop(),
    lost_where_the_queue_fails=lambda w: w.template["Resources"]["MailEventsRule"]["Properties"]["Targets"][1].pop("DeadLetterConfig"),
    anybody_reports=lambda w: w.template["Resources"]["FeedbackPolicy"]["Properties"]["PolicyDocument"]["Statement"][0].pop("Condition"),
    nobody_may_report=drop("FeedbackPolicy"),
)
def mail_is_reported(world):
    destination = world.template["Resources"]["MailEvents"]["Properties"]["EventDestination"]
    kinds = set(destination["MatchingEventTypes"])
    wanted = {"send", "delivery", "bounce", "complaint", "reject", "renderingFailure", "deliveryDelay"}
    yield from (f"{k}: {'not reported' if k in wanted else 'nothing that Baton should know'}" for k in sorted(kinds ^ wanted))
    if not text(destination["EventBridgeDestination"]["EventBusArn"]).endswith(":event-bus/default"):
        yield "SES reports to the default bus only"
    impersonal = {"$.time", "$.detail-type", "$.detail.mail.messageId", "$.detail.mail.tags.delivery[0]"}
    bounced, complained = "$.detail.bounce.bouncedRecipients[0]", "$.detail.complaint.complainedRecipients[0]"
    needed = impersonal | {
        "$.region", "$.detail.eventType", "$.detail.mail.tags.partition[0]", "$.detail.bounce.bounceType", "$.detail.bounce.bounceSubType",
        f"{bounced}.emailAddress", f"{bounced}.status", "$.detail.complaint.complaintFeedbackType", f"{complained}.emailAddress", "$.detail.reject.reason",
    }
    targets = {target["Id"]: target for target in world.template["Resources"]["MailEventsRule"]["Properties"]["Targets"]}
    for name, target in targets.items():
        paths = target.get("InputTransformer", {}).get("InputPathsMap", {"all": "$"})
        yield from (f"{p} of a mail's event may name a person" for p in paths.values() if p not in (needed if name == "feedback" else impersonal))
    queue = targets.get("feedback", {})
    if resource_of(queue.get("Arn", "")) != "Feedback" or resource_of(queue.get("DeadLetterConfig", {}).get("Arn", "")) != "FeedbackDeadLetters":
        yield "what becomes of a mail does not reach notify, or is lost where its queue fails"
    statements_ = [s for p in properties(world.template, "AWS::SQS::QueuePolicy").values() for s in p["PolicyDocument"]["Statement"]]
    by_the_rule = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["MailEventsRule", "Arn"]}}}
    if [(s["Principal"], s.get("Condition")) for s in statements_] != [({"Service": "events.amazonaws.com"}, by_the_rule)]:
        yield "not the rule alone may put events into the queue"


# Watching --------------------------------------------------------------------------------------------------------------


def alarms(template):
    found = properties(template, "AWS::CloudWatch::Alarm")
    return {text(a.get("AlarmName", name)).removeprefix("${AWS::StackName}-"): a for name, a in found.items()}


@rule(
    "each alarm tells somebody, and says what silence means",
    no_action=put("ScanMissedAlarm", "AlarmActions", []),
    switched_off=put("ScanMissedAlarm", "ActionsEnabled", False),
    another_topic=put("ScanMissedAlarm", "AlarmActions", ["arn:aws:sns:eu-central-1:123456789012:other"]),
    silence_means_nothing=put("NotifyErrorsAlarm", "TreatMissingData", None),
    silence_of_the_scanner_is_fine=put("ScanMissedAlarm", "TreatMissingData", "notBreaching"),
    nobody_may_publish=drop("AlarmTopicPolicy"),
)
def alarms_tell_somebody(world):
    policies_ = properties(world.template, "AWS::SNS::TopicPolicy").values()
    if not any(s["Principal"] == {"Service": "cloudwatch.amazonaws.com"} for p in policies_ for s in p["PolicyDocument"]["Statement"]):
        yield "CloudWatch may not publish to the topic"
    for name, a in alarms(world.template).items():
        if a.get("AlarmActions") != [{"Ref": "AlarmTopic"}] or a.get("ActionsEnabled", True) is not True:
            yield f"{name}: tells nobody"
        sign_of_life = a["ComparisonOperator"].startswith("LessThan")
        if a.get("TreatMissingData") != ("breaching" if sign_of_life else "notBreaching"):
            yield f"{name}: missing figures are {a.get('TreatMissingData')}"


@rule(
    "whatever can fail has its alarm",
    dead_letters_without=drop("PlannedDeadLettersAlarm"),
    a_queue_without=drop("DeliveriesAgeAlarm"),
    a_function_without=drop("StewardErrorsAlarm"),
    throttles_of_one_function_forgotten=lambda w: w.template["Resources"]["ThrottlesAlarm"]["Properties"]["Metrics"].pop(),
    a_tolerant_one=put("PlannedDeadLettersAlarm", "Threshold", 10),
    the_figure_of_another=put("NotifyErrorsAlarm", "Dimensions", [{"Name": "FunctionName", "Value": {"Ref": "Planning"}}]),
    no_scan=drop("ScanMissedAlarm"),
    no_backlog=drop("UnacknowledgedAlarm"),
    an_intake_that_stays_asleep=drop("IntakesStuckAlarm"),
    answers_that_fail_unseen=drop("RespondFailuresAlarm"),
    forgeries_by_the_thousand=put("RespondUnsignedAlarm", "Threshold", 1000),
    bounces_too_late=put("MailBouncesAlarm", "Threshold", 0.1),
)
def failures_have_alarms(world):
    watched = Counter(
        (metric, resource_of(dimension), number(a["Threshold"], world.template))
        for a in alarms(world.template).values()
        for metric, dimension in figures(a)
    )
    wanted = [("ApproximateNumberOfMessagesVisible", q["id"], 0) for n, q in queues(world.template).items() if n.endswith("-dead-letters")]
    wanted += [("ApproximateAgeOfOldestMessage", q["id"], 3600) for n, q in queues(world.template).items() if not n.endswith("-dead-letters")]
    wanted += [(metric, f["id"], 0) for f in functions(world.template).values() for metric in ("Errors", "Throttles")]
    wanted += [("Invocations", "Steward", 1), ("ScansFinished", "CrmSystem", 1), ("CasesUnacknowledged", "CrmSystem", 25)]
    wanted += [("OutboxStranded", "CrmSystem", 0), ("DeliveriesUnknown", "CrmSystem", 0), ("IntakesStuck", "CrmSystem", 0)]
    wanted += [("AnswersFailed", "CrmSystem", 0), ("AnswersUnsigned", "CrmSystem", 50)]
    wanted += [(m, "Table", 0) for m in ("ReadThrottleEvents", "WriteThrottleEvents", "SystemErrors")]
    wanted += [("Reputation.BounceRate", "", 0.04), ("Reputation.ComplaintRate", "", 0.0008)]
    return [f"{metric} of {what or 'the account'} has no alarm at {at}" for metric, what, at in wanted if not watched[metric, what, at]]


def figures(alarm):
    """The metrics an alarm looks at, each with the resource its first dimension names."""
    metrics = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m] or [alarm]
    for m in metrics:
        yield m["MetricName"], (m.get("Dimensions") or [{"Value": ""}])[0]["Value"]


@rule(
    "each alarm has its section in the runbook, and each section its alarm",
    an_alarm_without_section=put("ScanMissedAlarm", "AlarmName", {"Fn::Sub": "${AWS::StackName}-scan-lost"}),
    a_section_without_alarm=lambda w: setattr(w, "runbook", w.runbook + "\n### `moon-phase`\n\n**Means** **Look** **Do**\n"),
    a_section_renamed=write("### `scan-missed`", "### `scan-lost`"),
    a_section_without_advice=write("**Do**", "**Hope**"),
    a_section_twice=write("### `steward-missed`", "### `scan-missed`, `steward-missed`"),
)
def alarms_have_a_runbook(world):
    _, _, runbook = world.runbook.partition("\n## Runbook\n")
    sections = re.split(r"^### ", runbook.split("\n## ")[0], flags=re.M)[1:]
    named = Counter()
    for section in sections:
        heading, _, body = section.partition("\n")
        names = re.findall(r"`([^`]+)`", heading)
        named.update(names)
        if not names:
            yield f"the section {heading!r} names no alarm"
        yield from (f"the section {heading!r} does not say what it {part.lower()}" for part in ("Means", "Look", "Do") if f"**{part}**" not in body)
    yield from (f"{n}: in {named[n]} sections of the runbook" for n in alarms(world.template) if named[n] != 1)
    yield from (f"{n}: a section without an alarm" for n in named.keys() - alarms(world.template).keys())


@rule(
    "the dashboard shows every figure of the business, and every alarm",
    a_figure_is_missing=rewrite("Dashboard", "DashboardBody", "CasesHeld", "CasesHeldBack"),
    an_alarm_is_missing=rewrite("Dashboard", "DashboardBody", "ScanMissedAlarm.Arn", "StewardMissedAlarm.Arn"),
    no_JSON=rewrite("Dashboard", "DashboardBody", "]}}", "]}"),
    no_dashboard=drop("Dashboard"),
)
def the_dashboard_shows_all(world):
    for name, d in properties(world.template, "AWS::CloudWatch::Dashboard").items() or [("the dashboard", {"DashboardBody": ""})]:
        try:
            body = json.loads(text(d["DashboardBody"]))
        except json.JSONDecodeError as error:
            yield f"{name}: no JSON: {error}"
            continue
        shown = json.dumps(body)
        yield from (f"{name}: does not show {m}" for m in METRICS if f'"{m}"' not in shown)
        yield from (f"{name}: does not show {a}" for a in of_type(world.template, "AWS::CloudWatch::Alarm") if f"${{{a}.Arn}}" not in shown)


@rule(
    "whatever an operator's command needs is an output",
    no_table=lambda w: w.template["Outputs"].pop("TableName"),
    no_dead_letters=lambda w: w.template["Outputs"].pop("DeadLetters"),
    no_word_on_how_the_CRM_is_read=lambda w: w.template["Outputs"].pop("CrmAccess"),
)
def outputs_are_there(world):
    wanted = ["TableName", "ExportsLocation", "CrmAccess", "CrmSystem", "CrmLogLocation", "SecretArn", "BusName", "ConfigurationSet", "MailFromAddress", "AlarmTopicArn", "DashboardUrl", "Queues", "DeadLetters"]
    return [f"{name} is no output" for name in wanted if name not in world.template["Outputs"]]
