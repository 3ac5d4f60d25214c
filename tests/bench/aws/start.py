"""Figures of a start: init beside Python's, the first invocation over TLS, the size of the package."""
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from function import Failed, Function
from services import ACCOUNT, FUNCTIONS, REGION, lambdas
from wire import Server, as_json

HERE = Path(__file__).resolve().parent
ROUNDS = 21
CONSUMES = {"scanner": ("scan-pages",), "enrichment": ("changes",), "planning": ("enriched",), "notify": ("planned", "deliveries"), "steward": ()}
SERVICES = {"scanner": "dynamodb,sqs,events,s3", "enrichment": "dynamodb,sqs,events,s3", "planning": "dynamodb,sqs,events",
            "notify": "dynamodb,sqs,events,s3,sesv2,secretsmanager", "steward": "dynamodb,sqs,events"}


def environment(url):
    """One that starts a function whose every service is at this address."""
    queues = {queue: f"{url}/{ACCOUNT}/{queue}" for queue in ("scan-pages", "changes", "enriched", "planned", "deliveries")}
    return {"AWS_ENDPOINT_URL": url, "BATON_TABLE": "baton", "BATON_BUS": "baton", "BATON_QUEUES": json.dumps(queues),
            "BATON_DEAD_LETTERS": json.dumps({queue: f"{own}-dead-letters" for queue, own in queues.items()}), "BATON_CRM": "export:s3://baton/exports",
            "BATON_CONFIGURATION_SET": "baton", "BATON_SECRET": "baton", "BATON_SLACK_API": f"{url}/api",
            "BATON_PRIVATE_HOSTS": url.split("//")[1], "RUST_LOG": "info"}


def stand_in(request):
    """Answers of an empty table, a bucket with an empty export, and queues that take everything. It keeps nothing."""
    action = request.action
    if action == "Query":
        return as_json({"Items": [], "Count": 0, "ScannedCount": 0})
    if action == "BatchGetItem":
        return as_json({"Responses": {}, "UnprocessedKeys": {}})
    if action == "SendMessageBatch":
        return as_json({"Successful": [{"Id": e["Id"], "MessageId": "m", "MD5OfMessageBody": "0"} for e in request.json()["Entries"]], "Failed": []})
    if action == "PutEvents":
        return as_json({"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in request.json()["Entries"]]})
    if action:
        return as_json({})
    if "delimiter" in request.target:
        return listed("<CommonPrefixes><Prefix>exports/2026-11-02/</Prefix></CommonPrefixes>")
    if "list-type" in request.target:
        return listed("".join(f"<Contents><Key>exports/2026-11-02/{name}</Key><ETag>&quot;{name}&quot;</ETag></Contents>" for name in EXPORT))
    return 200, {"ETag": f'"{request.target}"'}, EXPORT.get(request.target.partition("?")[0].rpartition("/")[2], b"")


EXPORT = {"Account.csv": b"Id,Name\n", "Contact.csv": b"Id,AccountId,Name,Title\n"}


def listed(inner):
    head = '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>'
    return 200, {"Content-Type": "application/xml"}, (head + inner + "</ListBucketResult>").encode()


class Start:
    def __init__(self, seconds, cpu):
        self.seconds, self.cpu = seconds, cpu


def started(name, binary, given):
    """One process, from its start to its first poll, and then its end."""
    function = Function(name, binary, given)
    seconds = function.start()
    return Start(seconds, function.end())


def init(rounds=ROUNDS):
    """{function: (ours, Python's)}, both in turns, by their starts. The one call that a start makes, for the configuration, is
    answered by a server in this process with nothing: the time of a real table is the network's."""
    server = Server(stand_in)
    given = environment(server.url)
    samples = {name: ([], []) for name in FUNCTIONS}
    for _ in range(rounds + 1):
        for name in FUNCTIONS:
            python = [sys.executable, "-B", str(HERE / "python_init.py"), SERVICES[name]]
            samples[name][0].append(started(name, lambdas() / name / "bootstrap", given))
            samples[name][1].append(started(name, python, given))
    return {name: tuple(of[1:] for of in both) for name, both in samples.items()}


def python_peak():
    """Peak MiB of a Python process that has imported boto3 and made the clients of notify."""
    server = Server(stand_in)
    function = Function("notify", [sys.executable, "-B", str(HERE / "python_init.py"), SERVICES["notify"]], environment(server.url))
    function.start()
    peak = function.peak()
    function.end()
    return peak


def median(starts, of="seconds"):
    return statistics.median(getattr(start, of) for start in starts)


def first_invocations(rounds=ROUNDS):
    """{function: seconds of first, seconds of second invocation}. Every service has an address of its own, so each costs a
    connection and a handshake; that of DynamoDB is open since the start."""
    with tempfile.TemporaryDirectory() as scratch:
        context = tls(Path(scratch))
        servers = {service: Server(stand_in, context) for service in ("", "_DYNAMODB", "_SQS", "_EVENTBRIDGE", "_SESV2", "_SECRETS_MANAGER", "_S3")}
        given = environment(servers[""].url) | {f"AWS_ENDPOINT_URL{service}": server.url for service, server in servers.items()}
        given |= {"AWS_CA_BUNDLE": f"{scratch}/ca.pem", "TMPDIR": scratch}
        samples = {name: ([], [], []) for name in FUNCTIONS}
        for at in range(rounds):
            for name in FUNCTIONS:
                function = Function(name, lambdas() / name / "bootstrap", given, log=Path(scratch) / f"{name}.log")
                samples[name][2].append(function.start())
                for n in (0, 1):
                    used = function.invoke(event_for(name, f"{at}-{n}"))
                    samples[name][n].append((used.wall, used.cpu))
                function.end()
        return samples


def event_for(name, number):
    """One that makes each function read the table: a tick, or a message about a case that is not there."""
    kinds = {"enrichment": "enrich", "planning": "plan", "notify": "notify"}
    if name not in kinds:
        import time
        detail = {"shadow": False, "pass": "full"} if name == "scanner" else {}
        return {"version": "0", "id": f"tick-{number}", "detail-type": "Scheduled Event", "source": "aws.scheduler", "account": ACCOUNT,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "region": REGION, "resources": [], "detail": detail}
    body = {"schema": 1, "id": f"m-3V6T1R8K2Q5M9X0C7B{number}", "kind": kinds[name], "account": "001A", "case": "C-7Q2M4T9K0A"}
    return {"Records": [{"messageId": f"id-{number}", "receiptHandle": "r", "body": json.dumps(body), "attributes": {"ApproximateReceiveCount": "1"},
                         "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": REGION,
                         "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{CONSUMES[name][0]}"}]}


def tls(scratch):
    """The context of a server that an authority vouches for which was made just now."""
    run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=scratch)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    run("req", "-x509", *curve, "-subj", "/CN=benchmark", "-keyout", "ca.key", "-out", "ca.pem", "-addext", "basicConstraints=critical,CA:TRUE")
    run("req", *curve[:-2], "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr")
    (scratch / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / "server.pem", scratch / "server.key")
    return context


def packages():
    """{function: (bytes of the program, bytes of the zip)}."""
    sizes = {}
    for name in FUNCTIONS:
        binary = lambdas() / name / "bootstrap"
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            with zipfile.ZipFile(file.name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                archive.write(binary, "bootstrap")
            sizes[name] = binary.stat().st_size, os.path.getsize(file.name)
    return sizes
