"""What `sam deploy` makes of the template, on DynamoDB Local and moto: table, queues, bus, bucket, secret, the five functions,
and stand-ins for the schedule and for the event source mappings."""
import json
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from function import Function
from services import ACCOUNT, FUNCTIONS, REGION, client, lambdas
from wire import Server, as_json

# A queue, the function that consumes it, how many messages it takes at once; as in the template.
CONSUMERS = (("scan-pages", "scanner", 1), ("changes", "enrichment", 1000), ("enriched", "planning", 100), ("planned", "notify", 100),
             ("deliveries", "notify", 10))
SLACK_TOKEN = "xoxb-test-token"


class Deployment:
    def __init__(self, name, dynamodb, moto, capacity=None, scratch=None, in_cgroup=None):
        self.name, self.moto, self.in_cgroup = name, moto, in_cgroup
        self.scratch = Path(scratch or tempfile.mkdtemp(prefix="baton-bench-"))
        self.dynamodb_port, self.capacity = dynamodb, capacity
        self.dynamodb, self.sqs, self.s3 = client("dynamodb", dynamodb), client("sqs", moto), client("s3", moto)
        create_table(self.dynamodb, name)
        self.queues = {queue: self.sqs.create_queue(QueueName=f"{name}-{queue}", Attributes={"VisibilityTimeout": "3600"})["QueueUrl"]
                       for queue, *_ in CONSUMERS}
        self.dead = {queue: self.sqs.create_queue(QueueName=f"{name}-{queue}-dead-letters")["QueueUrl"] for queue, *_ in CONSUMERS}
        client("events", moto).create_event_bus(Name=name)
        self.s3.create_bucket(Bucket=name)
        client("sesv2", moto).create_configuration_set(ConfigurationSetName=name)
        client("sesv2", moto).create_email_identity(EmailIdentity="localhost")
        self.secret = client("secretsmanager", moto).create_secret(Name=name, SecretString=json.dumps({"slack_bot_token": SLACK_TOKEN}))["ARN"]
        self.slack = Server(slack)
        self.functions = {function: self.deploy(function) for function in FUNCTIONS}
        self.invocations = defaultdict(list)
        self.messages, self.logged = defaultdict(int), 0

    def deploy(self, function):
        own = self.scratch / function
        own.mkdir(parents=True, exist_ok=True)
        moto, dynamodb = f"http://127.0.0.1:{self.moto}", f"http://127.0.0.1:{self.dynamodb_port}"
        environment = {
            "AWS_ENDPOINT_URL": moto, "AWS_ENDPOINT_URL_DYNAMODB": self.capacity.endpoint(function) if self.capacity else dynamodb,
            "BATON_SLACK_API": f"{self.slack.url}/api", "BATON_PRIVATE_HOSTS": self.slack.url.split("//")[1], "BATON_TABLE": self.name, "BATON_BUS": self.name, "BATON_QUEUES": json.dumps(self.queues),
            "BATON_DEAD_LETTERS": json.dumps({queue: self.dead[queue] for queue, consumer, _ in CONSUMERS if consumer == function}),
            "BATON_CRM": f"export:s3://{self.name}/exports", "BATON_CONFIGURATION_SET": self.name, "BATON_SECRET": self.secret,
            "RUST_LOG": "info", "TMPDIR": str(own)}
        return Function(function, lambdas() / function / "bootstrap", environment, log=self.scratch / f"{function}.log", in_cgroup=self.in_cgroup)

    def upload(self, folder, day):
        for file in sorted(Path(folder).glob("*.csv")):
            self.s3.upload_file(str(file), self.name, f"exports/{day}/{file.name}")

    def tick(self, scan, delta):
        """What the schedule sends to the scanner."""
        return self.invoke("scanner", scheduled(scan, {"shadow": False, "pass": "delta" if delta else "full"}))

    def steward(self, tick):
        return self.invoke("steward", scheduled(tick, {}))

    def settle(self, only=()):
        """Lets the functions consume their queues until all are empty."""
        consumers = [c for c in CONSUMERS if not only or c[0] in only]
        while any([self.deliver(*consumer) for consumer in consumers]):
            pass
        for queue, url in self.dead.items():
            if self.receive(url, 10):
                raise SystemExit(f"there are dead letters of {queue}; see {self.scratch}")

    def deliver(self, queue, function, most):
        messages = self.receive(self.queues[queue], most)
        if not messages:
            return 0
        self.messages[queue] += len(messages)
        used = self.invoke(function, {"Records": [record(message, f"{self.name}-{queue}") for message in messages]})
        failed = {failure["itemIdentifier"] for failure in (used.answer or {}).get("batchItemFailures", [])}
        self.each(self.sqs.delete_message_batch, queue, [m for m in messages if m["MessageId"] not in failed])
        self.each(self.sqs.change_message_visibility_batch, queue, [m for m in messages if m["MessageId"] in failed], VisibilityTimeout=0)
        return len(messages)

    def each(self, call, queue, messages, **also):
        for at in range(0, len(messages), 10):
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"], **also} for n, m in enumerate(messages[at:at + 10])]
            call(QueueUrl=self.queues[queue], Entries=entries)

    def receive(self, url, most):
        received = []
        while len(received) < most:
            few = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=min(10, most - len(received)), AttributeNames=["All"],
                                           MessageAttributeNames=["All"]).get("Messages", [])
            if not few:
                break
            received += few
        return received

    def invoke(self, function, event):
        used = self.functions[function].invoke(event)
        self.invocations[function].append(used)
        return used

    def take_logged(self):
        """Bytes that the functions wrote to their logs since this was asked last."""
        total = sum(file.stat().st_size for file in self.scratch.glob("*.log"))
        since, self.logged = total - self.logged, total
        return since

    def peaks(self):
        return {name: function.peak() for name, function in self.functions.items() if function.process}

    def end(self):
        for function in self.functions.values():
            function.end()
        shutil.rmtree(self.scratch, ignore_errors=True)


def create_table(dynamodb, name):
    text = lambda attribute: {"AttributeName": attribute, "AttributeType": "S"}
    key = lambda attribute, kind: {"AttributeName": attribute, "KeyType": kind}
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[text("pk"), text("sk"), text("ix")],
        KeySchema=[key("pk", "HASH"), key("sk", "RANGE")],
        GlobalSecondaryIndexes=[{"IndexName": "by-index", "KeySchema": [key("ix", "HASH"), key("sk", "RANGE")],
                                 "Projection": {"ProjectionType": "KEYS_ONLY"}}])


def scheduled(tick, detail):
    return {"version": "0", "id": tick, "detail-type": "Scheduled Event", "source": "aws.scheduler", "account": ACCOUNT,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "region": REGION,
            "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/baton"], "detail": detail}


def record(message, queue):
    attributes = {name: {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"], "stringValue": value.get("StringValue")}
                  for name, value in message.get("MessageAttributes", {}).items()}
    return {"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"], "attributes": message["Attributes"],
            "messageAttributes": attributes, "md5OfBody": message["MD5OfBody"], "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}", "awsRegion": REGION}


def slack(request):
    if request.target.partition("?")[0].endswith("users.lookupByEmail"):
        return as_json({"ok": True, "user": {"id": "U0123456789", "profile": {}}})
    return as_json({"ok": True, "channel": "C0123456789", "ts": f"1795000000.{time.monotonic_ns() % 10**6:06}"})
