"""Amazon's DynamoDB Local and moto's server, gone when this program is."""
import atexit
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

FUNCTIONS = ("scanner", "enrichment", "planning", "notify", "steward")
REGION, ACCOUNT = "us-east-1", "123456789012"
CREDENTIALS = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none",
               "AWS_SESSION_TOKEN": "none"}


def named(variable, what):
    path = os.environ.get(variable)
    if not path or not Path(path).exists():
        sys.exit(f"{variable} does not name {what}")
    return Path(path).resolve()


def lambdas():
    return named("BATON_LAMBDAS", "the directory in which cargo-lambda leaves the functions")


def dynamodb_local(heap="6g", core=None, with_process=False):
    port = free_port()
    command = ["java", f"-Xmx{heap}", "-XX:+UseParallelGC", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory",
               "-disableTelemetry", "-port", str(port)]
    process = start(command if core is None else ["taskset", "-c", str(core), *command], port, cwd=named("BATON_DYNAMODB_LOCAL", "the directory of DynamoDBLocal.jar"))
    return (port, process) if with_process else port


def moto():
    port = free_port()
    start([named("BATON_MOTO", "the program moto_server"), "-H", "127.0.0.1", "-p", str(port)], port)
    return port


def start(command, port, cwd=None):
    process = subprocess.Popen([str(c) for c in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(lambda: (process.kill(), process.wait()))
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"{command[0]} does not listen on port {port}")
            time.sleep(.05)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def client(service, port):
    import boto3
    from botocore.config import Config
    config = Config(retries={"max_attempts": 1}, max_pool_connections=4, s3={"addressing_style": "path"})
    return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", region_name=REGION, aws_access_key_id="AKIAEXAMPLE",
                        aws_secret_access_key="none", config=config)
