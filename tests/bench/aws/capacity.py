"""A proxy before DynamoDB Local that asks with each request what it consumed, and adds the answers up. Of what a
transaction writes it also works out, by DynamoDB's rule, what each kind of item takes."""
import base64
import json
import threading
from collections import Counter

from wire import Connection, Server

COUNTED = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "TransactGetItems"}


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
        self.recording = None
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
        status, headers, answer = self.local.connection.send(request.method, request.target, request.headers, body)
        if action in COUNTED:
            self.count(function, action, request.body, status, answer)
        for hop in ("content-length", "transfer-encoding", "connection", "date", "server"):
            headers.pop(hop, None)
        return status, headers, answer

    def count(self, function, action, request, status, answer):
        # A page of a Query is up to 1 MB; what it consumed stands at its end or its beginning, so the whole of it is read.
        consumed = json.loads(answer).get("ConsumedCapacity") or []
        consumed = consumed if isinstance(consumed, list) else [consumed]
        of_items = list(written_items(action, json.loads(request))) if status == 200 else []
        with self.lock:
            counts = self.counts
            counts.requests[function, action if status == 200 else f"{action} refused"] += 1
            units = counts.writes if action.endswith(("WriteItem", "WriteItems")) or action in ("PutItem", "UpdateItem", "DeleteItem") else counts.reads
            for of_table in consumed:
                units[function, action, "table"] += of_table.get("Table", {}).get("CapacityUnits", 0)
                for index, of_index in of_table.get("GlobalSecondaryIndexes", {}).items():
                    units[function, action, index] += of_index.get("CapacityUnits", 0)
                parts = of_table.get("Table", {}).get("CapacityUnits", 0) + sum(
                    i.get("CapacityUnits", 0) for i in of_table.get("GlobalSecondaryIndexes", {}).values())
                units[function, action, "not told apart"] += of_table.get("CapacityUnits", 0) - parts
            for kind, rule in of_items:
                counts.by_rule[function, kind] += rule
                counts.items[function, kind] += 1


def written_items(action, request):
    """The kinds of the items written and the units of each: one for each KB begun, twice that in a transaction."""
    if action == "PutItem":
        yield kind(request["Item"]), kilobytes(request["Item"])
    elif action == "DeleteItem":
        yield f"removed {kind(request['Key'])}", 1
    elif action == "BatchWriteItem":
        for one in (w for writes in request["RequestItems"].values() for w in writes):
            if "PutRequest" in one:
                yield kind(one["PutRequest"]["Item"]), kilobytes(one["PutRequest"]["Item"])
            else:
                yield f"removed {kind(one['DeleteRequest']['Key'])}", 1
    elif action == "TransactWriteItems":
        for one in request["TransactItems"]:
            if "Put" in one:
                yield kind(one["Put"]["Item"]), 2 * kilobytes(one["Put"]["Item"])
            else:
                name, what = next(iter(one.items()))
                yield f"{'removed' if name == 'Delete' else name} {kind(what['Key'])}", 2


def kind(item):
    """`ACCOUNT#/CASE#`, `PEOPLE#/id`."""
    def shape(text):
        head, mark, _ = text.partition("#")
        return head + mark if mark or text.isupper() and len(text) < 12 else "id"
    return f"{shape(item['pk']['S'])}/{shape(item['sk']['S'])}{' +ix' if 'ix' in item else ''}"


def kilobytes(item):
    return -(-sum(len(name) + size(value) for name, value in item.items()) // 1024)


def size(value):
    (of, content), = value.items()
    if of == "B":
        return len(base64.b64decode(content))
    return len(content.encode()) if of == "S" else -(-len(content) // 2) + 1
