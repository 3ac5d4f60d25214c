"""Units of DynamoDB, as DynamoDB Local itself counts them, over a first pass, a full pass and delta scans of a made-up CRM; and
what each invocation took on the way."""
import json
import time
import zlib
from base64 import b64encode
from collections import defaultdict

from capacity import Capacity, kind, size
from deployment import Deployment
from services import dynamodb_local, moto


class Phase:
    """What one scan and what followed from it took."""

    def __init__(self, name, capacity, deployment):
        self.name, self.counts = name, capacity.take()
        self.used = {function: list(used) for function, used in deployment.invocations.items()}
        self.messages, self.log_bytes = dict(deployment.messages), deployment.take_logged()
        deployment.invocations.clear()
        deployment.messages.clear()

    def wall(self, function="scanner"):
        return max((used.wall for used in self.used.get(function, ())), default=0)

    def cpu(self, function="scanner"):
        return max((used.cpu for used in self.used.get(function, ())), default=0)

    def all_cpu(self, function="scanner"):
        return sum(used.cpu for used in self.used.get(function, ()))

    def all_wall(self, function="scanner"):
        return sum(used.wall for used in self.used.get(function, ()))

    def peak(self, function="scanner"):
        return max((used.peak for used in self.used.get(function, ())), default=0)


class Story:
    def __init__(self, export, heap="6g", log=print):
        self.export, self.log = export, log
        dynamodb = dynamodb_local(heap)
        self.capacity = Capacity(dynamodb)
        self.deployment = Deployment("units", dynamodb, moto(), self.capacity)
        self.phases = {}

    def scan(self, name, folder, day, delta):
        d = self.deployment
        if folder:
            d.upload(folder, day)
        began = time.perf_counter()
        d.tick(f"scan-{name}", delta)
        d.settle(only=("scan-pages",))
        self.end_phase(f"{name}: scan", began)
        began = time.perf_counter()
        d.settle()
        self.end_phase(f"{name}: what followed", began)

    def end_phase(self, name, began):
        phase = self.phases[name] = Phase(name, self.capacity, self.deployment)
        self.log(f"{name}: {time.perf_counter() - began:.1f} s; scanner: {len(phase.used.get('scanner', []))} invocations, longest {phase.wall():.1f} s, "
                 f"processor {phase.cpu():.1f} s, peak {phase.peak():.0f} MiB; "
                 f"{phase.counts.of('reads'):,.1f} read units, {phase.counts.of('writes'):,.1f} write units")

    def run(self):
        self.scan("first", self.export / "before", "2026-10-05", False)
        self.scan("full", self.export / "before", "2026-10-06", False)
        self.scan("delta", self.export / "after", "2026-11-02", True)
        self.scan("again", None, None, True)
        began = time.perf_counter()
        self.deployment.steward("steward-1")
        self.end_phase("steward", began)
        return self.phases

    def naive(self, sample=100):
        """Read and write units of getting and putting one contact, each by itself."""
        d = self.deployment
        items = d.dynamodb.query(TableName=d.name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "PEOPLE#salesforce"}},
                                 Limit=sample)["Items"]
        reads = writes = 0
        for item in items:
            key = {name: item[name] for name in ("pk", "sk")}
            got = d.dynamodb.get_item(TableName=d.name, Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
            put = d.dynamodb.put_item(TableName=d.name, Item=item, ReturnConsumedCapacity="TOTAL")
            reads, writes = reads + got["ConsumedCapacity"]["CapacityUnits"], writes + put["ConsumedCapacity"]["CapacityUnits"]
        return reads / len(items), writes / len(items)

    def query(self, name, partition, **options):
        """The items of a partition of the table, or of its index."""
        index = {"IndexName": "by-index"} if name == "ix" else {}
        pages = self.deployment.dynamodb.get_paginator("query").paginate(
            TableName=self.deployment.name, KeyConditionExpression=f"{name} = :p", ExpressionAttributeValues={":p": {"S": partition}}, **index, **options)
        return (item for page in pages for item in page["Items"])

    def records(self, contacts):
        """What the scans recorded of themselves, how many cases are in each state, and what stays in the table, for good or for months: {kind of item: (items,
        bytes, bytes in the index)}, with the 100 bytes that DynamoDB adds to each item and entry. Of the snapshots the first thousand stand for all."""
        cases, scans, kept = defaultdict(int), [], defaultdict(lambda: [0, 0, 0])
        accounts = {item["pk"]["S"] for state in ("CASES", "TOLD-CASES", "ENDED-CASES") for item in self.query("ix", state)}
        small = ["SCAN#salesforce", "SILENCED", *sorted(accounts)]
        people = list(self.query("pk", "PEOPLE#salesforce", PaginationConfig={"MaxItems": 1000}))
        for item in (*people, *(item for partition in small for item in self.query("pk", partition))):
            sort, wire = item["sk"]["S"], {name: ({"B": b64encode(value["B"]).decode()} if "B" in value else value) for name, value in item.items()}
            if sort.startswith("RUN#"):
                scans.append(content(item))
            if sort.startswith("CASE#"):
                cases[content(item)["state"]] += 1
            if "x" not in item or item["pk"]["S"] == "SILENCED":
                of = kept[kind("Put", wire)]
                keys = {name: wire[name] for name in ("pk", "sk", "ix") if name in wire}
                each = contacts / len(people) if item["pk"]["S"].startswith("PEOPLE#") else 1
                of[0], of[1] = of[0] + each, of[1] + each * (size(wire) + 100)
                of[2] += each * (size(keys) + 100 if "ix" in item else 0)
        return scans, dict(cases), dict(kept)


def content(item):
    """What an item says: JSON, deflated if it is large."""
    deflated = item.get("z")
    return json.loads(zlib.decompress(deflated["B"], wbits=-15) if deflated else item["b"]["B"])


def details(phase):
    """Units and requests of a phase, told apart."""
    c = phase.counts
    lines = [f"### {phase.name}"]
    for function, action in sorted(c.requests):
        lines.append(f"  {function:11} {action:28} {c.requests[function, action]:>8,} requests")
    for kind, counter in (("read", c.reads), ("write", c.writes)):
        for (function, action, where), units in sorted(counter.items()):
            if units:
                lines.append(f"  {function:11} {action:28} {units:>12,.1f} {kind} units of {where}")
    for (function, kind), units in sorted(c.by_rule.items(), key=lambda one: -one[1]):
        lines.append(f"  {function:11} {kind:44} {c.items[function, kind]:>8,} items, {units:>9,} write units with index")
    for function, used in sorted(phase.used.items()):
        lines.append(f"  {function:11} {len(used)} invocations, wall {phase.all_wall(function):.1f} s (longest {phase.wall(function):.1f}), "
                     f"processor {phase.all_cpu(function):.2f} s (most {phase.cpu(function):.2f}), peak {phase.peak(function):.1f} MiB")
    lines.append(f"  messages {phase.messages}")
    return "\n".join(lines)
