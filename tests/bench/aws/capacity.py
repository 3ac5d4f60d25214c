"""A proxy before DynamoDB Local that asks with each request what it consumed, and adds the answers up by function, action and
index.

Of a transaction DynamoDB Local tells too little: it puts the figures of the items into a set, where equal ones fall together, so that
ten new items of 1 KB count as much as one. What a transaction writes is therefore counted by the rule that DynamoDB documents, from the
items as they stood before: for each item two units per KB begun of the larger of old and new, and in the index one for an entry that
comes or goes. The same rule, with one unit for a KB, is held against DynamoDB Local's own figure at every single write."""
import json
import threading
from collections import Counter

from wire import Connection, Server

READS = {"GetItem", "BatchGetItem", "Query", "Scan"}
BY_RULE = {"PutItem", "DeleteItem", "TransactWriteItems"}
WRITES = BY_RULE | {"BatchWriteItem"}
COUNTED = READS | WRITES


class Counts:
    def __init__(self):
        self.requests = Counter()  # (function, action)
        self.reads = Counter()     # (function, action, table or index)
        self.writes = Counter()
        self.by_rule = Counter()   # (function, kind of item): write units of the table, without its index
        self.items = Counter()

    def of(self, kind, function=None):
        return sum(units for (who, *_), units in getattr(self, kind).items() if function in (None, who))


class Capacity:
    """Counts for each function, which has a port of its own."""

    def __init__(self, dynamodb_port):
        self.upstream, self.lock, self.counts = dynamodb_port, threading.Lock(), Counts()
        self.recording, self.disagreements = None, []
        self.local = threading.local()

    def endpoint(self, function):
        return Server(lambda request: self.pass_on(function, request)).url

    def take(self):
        """What was counted since this was asked last."""
        with self.lock:
            counts, self.counts = self.counts, Counts()
        return counts

    def pass_on(self, function, request):
        action, body = request.action, request.body
        if action in COUNTED:
            body = body.rstrip()[:-1] + (b"," if len(body) > 2 else b"") + b'"ReturnConsumedCapacity":"INDEXES"}'
        if self.recording is not None:
            self.recording.append((request.method, request.target, request.headers, request.body))
        if not hasattr(self.local, "connection"):
            self.local.connection = Connection(self.upstream)
        writes = writes_of(action, request.json()) if action in WRITES else []
        before = self.before(request, writes) if action in BY_RULE else {}
        status, headers, answer = self.local.connection.send(request.method, request.target, request.headers, body)
        if action in COUNTED:
            self.count(function, action, writes, before, status, answer)
        for hop in ("content-length", "transfer-encoding", "connection", "date", "server"):
            headers.pop(hop, None)
        return status, headers, answer

    def before(self, request, writes):
        """The items that stand where something will be written."""
        keys = [{name: item[name] for name in ("pk", "sk")} for _, item, _ in writes]
        table = writes[0][2]
        body = json.dumps({"RequestItems": {table: {"ConsistentRead": True, "Keys": keys}}}).encode()
        headers = request.headers | {"x-amz-target": "DynamoDB_20120810.BatchGetItem"}
        status, _, answer = self.local.connection.send("POST", "/", headers, body)
        answer = json.loads(answer)
        if status != 200 or answer.get("UnprocessedKeys"):
            raise RuntimeError(f"what stood before a write cannot be read: {answer}")
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in answer["Responses"][table]}

    def count(self, function, action, writes, before, status, answer):
        consumed = json.loads(answer).get("ConsumedCapacity") or []
        consumed = consumed if isinstance(consumed, list) else [consumed]
        with self.lock:
            counts = self.counts
            counts.requests[function, action if status == 200 else f"{action} refused"] += 1
            if status != 200:
                return
            each, table, index = 2 if action == "TransactWriteItems" else 1, 0, 0
            for what, item, _ in writes:
                old = before.get((item["pk"]["S"], item["sk"]["S"]))
                of_table, of_index = each * kilobytes(what, item, old), entries(what, item, old) if action in BY_RULE else 0
                counts.by_rule[function, kind(what, item)] += of_table + of_index
                counts.items[function, kind(what, item)] += 1
                table, index = table + of_table, index + of_index
            if action == "TransactWriteItems":
                counts.writes[function, action, "table"] += table
                counts.writes[function, action, "by-index"] += index
                return
            units = counts.writes if action in WRITES else counts.reads
            for one in consumed:
                in_index = {name: of["CapacityUnits"] for name, of in one.get("GlobalSecondaryIndexes", {}).items()}
                in_table = one.get("Table", {}).get("CapacityUnits", 0)
                units[function, action, "table"] += in_table
                for name, number in in_index.items():
                    units[function, action, name] += number
                if action in BY_RULE and (in_table, sum(in_index.values())) != (table, index):
                    self.disagreements.append((action, writes, before, one))


def writes_of(action, request):
    """What is written as (put or another name, item or key, table)."""
    if action in ("PutItem", "DeleteItem"):
        return [("Put", request["Item"], request["TableName"]) if action == "PutItem" else ("Delete", request["Key"], request["TableName"])]
    if action == "BatchWriteItem":
        return [("Put", w["PutRequest"]["Item"], table) if "PutRequest" in w else ("Delete", w["DeleteRequest"]["Key"], table)
                for table, writes in request["RequestItems"].items() for w in writes]
    return [(name, one.get("Item") or one["Key"], one["TableName"]) for w in request["TransactItems"] for name, one in w.items()]


def kilobytes(what, item, old):
    """KB begun of the larger of what is written and what stood there; at least one."""
    larger = max(size(item) if what == "Put" else 0, size(old) if old else 0)
    return max(1, -(-larger // 1024))


def entries(what, item, old):
    """Entries of the index that come or go. It knows keys alone, so one that stays costs nothing."""
    new, was = item.get("ix") if what == "Put" else None, (old or {}).get("ix")
    return 0 if new == was else (new is not None) + (was is not None)


def kind(what, item):
    """`ACCOUNT#/CASE#`, `PEOPLE#/id`."""
    def shape(text):
        head, mark, _ = text.partition("#")
        head = "time" if head[:2] == "20" else head
        return head + mark if mark or text.isupper() and len(text) < 12 else "id"
    indexed = f" in {shape(item['ix']['S'])}" if "ix" in item else ""
    return f"{'' if what == 'Put' else what + ' '}{shape(item['pk']['S'])}/{shape(item['sk']['S'])}{indexed}"


def size(item):
    return sum(len(name) + of_value(value) for name, value in item.items())


def of_value(value):
    (of, content), = value.items()
    if of == "B":
        return len(content) * 3 // 4 - content.count("=")
    return len(content.encode()) if of == "S" else -(-len(content) // 2) + 1
