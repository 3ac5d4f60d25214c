"""How long Slack waits for an answer, the start of the function included: python answer.py [--rounds N]

One process of `respond` is started, gets a signed click at once, and one more. Table, secret and Slack are a server of this machine, so
what the network takes is not in it; what the processor takes is told apart, and scaled to the share that 256 MB get (0.145)."""
import argparse
import hashlib
import hmac
import json
import statistics
import time
import urllib.parse

from function import Function
from services import lambdas
from start import environment, stand_in
from wire import Server, as_json

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SHARE = 256 / 1769
LIMIT = 3.0


def outside(request):
    """The secret, Slack, and the table of `start`, which is empty."""
    if request.action == "GetSecretValue":
        return as_json({"SecretString": json.dumps({"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET, "link_key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="})})
    if "/api/" in request.target:
        return as_json({"ok": True, "user": {"id": "U1", "real_name": "Maya", "profile": {"email": "maya@us.example"}}})
    return stand_in(request)


def click(number):
    """What a Function URL hands over when somebody has pressed a button."""
    payload = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "trigger_id": f"1.2.{number}",
               "container": {"channel_id": "D1", "message_ts": "1.1"},
               "actions": [{"action_id": "got_it", "value": "C-7Q2M4T9K0A|001A|0", "action_ts": f"{number}.1"}]}
    body, at = "payload=" + urllib.parse.quote(json.dumps(payload)), str(int(time.time()))
    signature = "v0=" + hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": at, "x-slack-signature": signature}
    return {"version": "2.0", "rawPath": "/slack", "rawQueryString": "", "headers": headers, "body": body, "isBase64Encoded": False,
            "requestContext": {"http": {"method": "POST", "path": "/slack", "sourceIp": "203.0.113.7"}}}


def measure(rounds):
    server = Server(outside)
    cold, warm = [], []
    for number in range(rounds):
        function = Function("respond", lambdas() / "respond" / "bootstrap", environment(server.url))
        began = function.start()
        first, second = function.invoke(click(2 * number)), function.invoke(click(2 * number + 1))
        assert first.answer["statusCode"] == 200, first.answer
        processor = function.end()
        cold.append((began + first.wall, processor - second.cpu))
        warm.append((second.wall, second.cpu))
    return cold, warm


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=21)
    cold, warm = measure(parser.parse_args().rounds)
    middle = lambda of, at: statistics.median(each[at] for each in of)
    print(f"{'a click, answered':<34}{'on the clock':>14}{'processor':>12}{'at 256 MB':>12}")
    for name, of in (("by a process that has to start", cold), ("by one that runs", warm)):
        wall, processor = middle(of, 0), middle(of, 1)
        print(f"{name:<34}{wall * 1000:>11.1f} ms{processor * 1000:>9.1f} ms{processor / SHARE * 1000:>9.0f} ms")
    print(f"Slack waits for {LIMIT:.0f} s; the longest of all took {max(each[0] for each in cold) * 1000:.1f} ms on the clock.")


if __name__ == "__main__":
    main()
