"""Warm messages a second through enrichment, planning and notify, beside the store alone answering the very same requests.

The functions and DynamoDB Local share one core; this program, which stands in for all other services and keeps nothing on disk,
has another. The alerts of one scan run through the pipeline once through a proxy that records what is asked of the table; then in
turns, each time from the same table: the pipeline, timed, and with no function at all the recorded requests one after the other."""
import os
import time
import urllib.parse
from collections import defaultdict, deque
from pathlib import Path

from capacity import Capacity
from deployment import CONSUMERS, create_table, scheduled, slack
from function import Function
from services import FUNCTIONS, client, dynamodb_local, lambdas
from start import environment, stand_in
from wire import Connection, Server, as_json

ROUNDS = 3
WARM = 50  # alerts that go through before the clock starts
PIPELINE = [consumer for consumer in CONSUMERS if consumer[1] != "scanner"]


class Round:
    """One run of the pipeline and one of the store alone. Processor seconds of the store include those of the first few messages."""

    def __init__(self, messages, seconds, cpu, functions_cpu, alone, alone_cpu):
        self.messages, self.seconds, self.cpu, self.functions_cpu, self.alone, self.alone_cpu = messages, seconds, cpu, functions_cpu, alone, alone_cpu


class Others:
    """Queues in memory, a bucket over a folder, and services that accept what they are sent."""

    def __init__(self):
        self.queues, self.export, self.numbers = defaultdict(deque), None, 0
        self.server = Server(self.answer)

    def answer(self, request):
        action = request.action
        if action in ("SendMessage", "SendMessageBatch"):
            asked = request.json()
            entries = asked.get("Entries", [asked])
            self.queues[asked["QueueUrl"].rpartition("/")[2]].extend(e["MessageBody"] for e in entries)
            return as_json({"MessageId": "m", "MD5OfMessageBody": "0"}) if action == "SendMessage" else stand_in(request)
        if action == "GetSecretValue":
            return as_json({"Name": "baton", "SecretString": '{"slack_bot_token":"xoxb-test-token"}'})
        if request.target.startswith("/api/"):
            return slack(request)
        if request.target.startswith("/v2/email/"):
            return as_json({"MessageId": "mail"})
        if action or request.method != "GET":
            return stand_in(request) if action else (200, {"ETag": '"note"'}, b"")
        path = urllib.parse.unquote(request.target.partition("?")[0])
        if path.endswith(".csv"):
            return 200, {"ETag": f'"{self.export}"'}, (self.export / Path(path).name).read_bytes()
        from start import listed
        day = "2026-11-02" if self.export.name == "after" else "2026-10-05"
        if "delimiter" in request.target:
            return listed(f"<CommonPrefixes><Prefix>exports/{day}/</Prefix></CommonPrefixes>")
        return listed("".join(f"<Contents><Key>exports/{day}/{file.name}</Key><ETag>&quot;{self.export}&quot;</ETag></Contents>"
                              for file in sorted(self.export.glob("*.csv"))))

    def event(self, queue, most):
        bodies = [self.queues[queue].popleft() for _ in range(min(most, len(self.queues[queue])))]
        self.numbers += len(bodies)
        return {"Records": [{"messageId": f"{self.numbers}-{n}", "receiptHandle": "r", "body": body, "attributes": {"ApproximateReceiveCount": "1"},
                             "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{queue}",
                             "awsRegion": "us-east-1"} for n, body in enumerate(bodies)]}


class Bench:
    def __init__(self, export, scratch):
        cores = sorted(os.sched_getaffinity(0))
        self.core, own = cores[0], cores[-1]
        os.sched_setaffinity(0, {own})
        self.export, self.scratch, self.others = export, scratch, Others()
        self.port, self.store, self.replays = *dynamodb_local("2g", self.core, with_process=True), 0
        self.dynamodb = client("dynamodb", self.port)

    def functions(self, names, table):
        given = environment(self.others.server.url)
        return {name: Function(name, lambdas() / name / "bootstrap", given | {"AWS_ENDPOINT_URL_DYNAMODB": table(name), "TMPDIR": str(self.own(name))},
                               log=self.scratch / f"{name}.log", wrapper=("taskset", "-c", str(self.core))) for name in names}

    def own(self, name):
        (self.scratch / name).mkdir(parents=True, exist_ok=True)
        return self.scratch / name

    def run(self):
        """Seconds on the clock, and of a processor, of each round of both."""
        direct = lambda _: f"http://127.0.0.1:{self.port}"
        self.find_changes(direct)
        items, changes = self.items(), list(self.others.queues["changes"])
        capacity, marks = Capacity(self.port), []
        capacity.recording = requests = []
        self.pipeline(changes, capacity.endpoint, lambda: marks.append(len(requests)))
        rounds = []
        for _ in range(ROUNDS):
            self.restore(items)
            store = self.store_cpu()
            messages, seconds, busy = self.pipeline(changes, direct)
            both = busy + self.store_cpu() - store
            self.restore(items)
            store = self.store_cpu()
            alone = self.replay(requests, marks[0])
            rounds.append(Round(messages, seconds, both, busy, alone, self.store_cpu() - store))
        return rounds, len(requests) - marks[0], len(changes) - WARM

    def store_cpu(self):
        with open(f"/proc/{self.store.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def find_changes(self, table):
        create_table(self.dynamodb, "baton")
        scanner = self.functions(["scanner"], table)["scanner"]
        for folder in ("before", "after"):
            self.others.export = self.export / folder
            scanner.invoke(scheduled(f"scan-{folder}", {"shadow": False, "pass": "full"}))
            while self.others.queues["scan-pages"]:
                scanner.invoke(self.others.event("scan-pages", 1))
        scanner.end()

    def items(self):
        return [item for page in self.dynamodb.get_paginator("scan").paginate(TableName="baton") for item in page["Items"]]

    def restore(self, items):
        self.dynamodb.delete_table(TableName="baton")
        create_table(self.dynamodb, "baton")
        for at in range(0, len(items), 25):
            self.dynamodb.batch_write_item(RequestItems={"baton": [{"PutRequest": {"Item": item}} for item in items[at:at + 25]]})

    def pipeline(self, changes, table, at_mark=lambda: None):
        """Messages, seconds, and seconds of a processor of all functions, after the first few."""
        queues = self.others.queues
        queues.clear()
        functions = self.functions(("enrichment", "planning", "notify"), table)
        queues["changes"].extend(changes[:WARM])
        self.drain(functions)
        at_mark()
        before = {name: function.cpu() for name, function in functions.items()}
        queues["changes"].extend(changes[WARM:])
        began = time.perf_counter()
        messages = self.drain(functions)
        seconds = time.perf_counter() - began
        busy = sum(function.cpu() - before[name] for name, function in functions.items())
        for function in functions.values():
            function.end()
        return messages, seconds, busy

    def drain(self, functions):
        messages = 0
        while any(self.others.queues[queue] for queue, *_ in PIPELINE):
            for queue, function, most in PIPELINE:
                while self.others.queues[queue]:
                    event = self.others.event(queue, most)
                    failures = functions[function].invoke(event).answer["batchItemFailures"]
                    if failures:
                        raise SystemExit(f"{len(failures)} messages of {queue} failed; see {self.scratch}")
                    messages += len(event["Records"])
        return messages

    def replay(self, requests, mark):
        """Seconds of the requests after the mark."""
        self.replays += 1
        token = b'"ClientRequestToken":"%d-' % self.replays
        connection, refused, began = Connection(self.port), 0, None
        for at, (method, target, headers, body) in enumerate(requests):
            if at == mark:
                began = time.perf_counter()
            # A transaction with a token that the store has seen within ten minutes would be taken for done.
            status, _, _ = connection.send(method, target, headers, body.replace(b'"ClientRequestToken":"', token))
            refused += status != 200
        if refused:
            raise SystemExit(f"the store refused {refused} of the recorded requests: it did not do the same work")
        return time.perf_counter() - began
