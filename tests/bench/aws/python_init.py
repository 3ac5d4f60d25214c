"""What stands beside our init: a Python function that imports boto3, makes clients for the services named in its argument and
asks the Runtime API for its first invocation, as AWS's own client for Python does."""
import http.client
import os
import sys

import boto3

clients = [boto3.client(service) for service in sys.argv[1].split(",")]
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
connection.request("GET", "/2018-06-01/runtime/invocation/next")
connection.getresponse().read()
