"""A stateful Slack for tests: the part of the Web API that Baton calls, as docs.slack.dev describes it, on this machine.

python3 stand_in.py prints its address and serves until its standard input ends. It keeps people, direct conversations, messages,
threads, metadata and open dialogs. It knows scopes, one message a second and channel, pages with cursors, and triggers that expire.

A test talks to it under /control: POST JSON to
  /control/next     {"method": M, "then": T, …}  the next call of M goes wrong: "limit" (retry_after), "error" (error), "status"
                    (status, body), "lost" (done, and the answer is lost), "gone" (not done, and no answer)
  /control/set      {"scopes": […]} {"page": n} {"paced": bool} {"token": "xoxb-…"} {"metadata_hidden": bool}
  /control/press    {"user": U, "channel": C, "ts": T, "action": A}  somebody presses a button: what Slack would send
  /control/state    everything that is kept, and every call that was made
"""
import itertools
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

# What each method needs, and whether it takes JSON; those that only read do not (docs.slack.dev/apis/web-api).
METHODS = {
    "auth.test": (None, True),
    "users.lookupByEmail": ("users:read.email", False),
    "users.info": ("users:read", False),
    "conversations.open": ("im:write", True),
    "conversations.history": ("im:history", False),
    "conversations.replies": ("im:history", False),
    "chat.postMessage": ("chat:write", True),
    "chat.update": ("chat:write", True),
    "views.open": (None, True),
}
SCOPES = ["chat:write", "users:read", "users:read.email", "im:write", "im:history"]
PEOPLE = [
    ("U0MAYA", "maya@us.example", "Maya Lindqvist", "Europe/Stockholm", {}),
    ("U0ROBIN", "robin@us.example", "Robin Vale", "America/New_York", {}),
    ("U0GONE", "gone@us.example", "Gone Away", "UTC", {"deleted": True}),
    ("U0APP", None, "Another app", "UTC", {"is_bot": True}),
]
TRIGGER_LIVES = 3.0


class Refused(Exception):
    def __init__(self, error, **more):
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **more}


class Slack:
    def __init__(self):
        self.lock = threading.Lock()
        self.people = {user: (email, name, zone, flags) for user, email, name, zone, flags in PEOPLE}
        self.conversations, self.messages, self.views, self.whispers = {}, {}, [], []
        self.scopes, self.page, self.paced, self.metadata_hidden = list(SCOPES), None, False, False
        self.token, self.faults, self.calls, self.triggers, self.posted = "xoxb-test", [], [], {}, {}
        self.count = itertools.count(1)

    # What it is asked, and how it answers ----------------------------------------------------------------------------

    def call(self, method, token, kind, query, body):
        """Status, headers and body of the answer; nothing where there is none."""
        with self.lock:
            self.calls.append({"method": method, "at": time.monotonic(), "kind": kind})
            fault = next((fault for fault in self.faults if fault["method"] == method), None)
            if fault:
                self.faults.remove(fault)
                if fault["then"] == "limit":
                    retry = fault.get("retry_after")
                    return 429, {} if retry is None else {"Retry-After": str(retry)}, {"ok": False, "error": "ratelimited"}
                if fault["then"] == "error":
                    return 200, {}, {"ok": False, "error": fault["error"]}
                if fault["then"] == "status":
                    return fault["status"], {}, fault.get("body", "")
                if fault["then"] == "gone":
                    return None
            headers = {"x-oauth-scopes": ",".join(self.scopes)}
            try:
                answer = {"ok": True, **self.answer(method, token, kind, query, body)}
            except Refused as refused:
                answer = refused.answer
                if answer["error"] == "ratelimited":
                    return 429, {"Retry-After": "1"}, answer
            return None if fault else (200, headers, answer)

    def answer(self, method, token, kind, query, body):
        if method not in METHODS:
            raise Refused("unknown_method")
        if token is None:
            raise Refused("not_authed")
        if token != self.token:
            raise Refused("invalid_auth")
        scope, takes_json = METHODS[method]
        if scope and scope not in self.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(self.scopes))
        if kind.startswith("application/json"):
            if not takes_json:
                raise Refused("invalid_arguments", response_metadata={"messages": [f"{method} takes no JSON"]})
            given = json.loads(body or b"{}")
        else:
            given = dict(parse_qsl(query)) | dict(parse_qsl(body.decode()))
            given |= {key: json.loads(given[key]) for key in ("blocks", "metadata", "view") if key in given}
        return getattr(self, method.replace(".", "_"))(given)

    def auth_test(self, _):
        return {"url": "https://ours.slack.com/", "team": "Ours", "user": "baton", "team_id": "T0", "user_id": "U0BATON", "bot_id": "B0BATON"}

    def users_lookupByEmail(self, given):
        wanted = given.get("email", "").lower()
        found = [user for user, (email, *_, flags) in self.people.items() if email == wanted and not flags.get("deleted")]
        if not found:
            raise Refused("users_not_found")
        return {"user": self.user(found[0])}

    def users_info(self, given):
        if given.get("user") not in self.people:
            raise Refused("user_not_found")
        return {"user": self.user(given["user"])}

    def user(self, user):
        email, name, zone, flags = self.people[user]
        profile = {"real_name": name} | ({"email": email} if email and "users:read.email" in self.scopes else {})
        return {"id": user, "name": name.split()[0].lower(), "real_name": name, "tz": zone, "deleted": False, "is_bot": False,
                "profile": profile} | flags

    def conversations_open(self, given):
        return {"channel": {"id": self.direct(given.get("users", ""))}}

    def direct(self, user):
        if user not in self.people:
            raise Refused("user_not_found")
        if self.people[user][3]:
            raise Refused("cannot_dm_bot" if self.people[user][3].get("is_bot") else "channel_not_found")
        return self.conversations.setdefault(user, f"D{len(self.conversations) + 1:08d}")

    def channel(self, name):
        """A direct conversation by its own id or the user's."""
        channel = self.direct(name) if name in self.people else name
        if channel not in self.conversations.values():
            raise Refused("channel_not_found")
        return channel

    def chat_postMessage(self, given):
        channel = self.channel(given.get("channel", ""))
        self.check(given)
        now = time.monotonic()
        if self.paced and now - self.posted.get(channel, 0.0) < 1.0:
            raise Refused("ratelimited")
        self.posted[channel] = now
        ts = f"{int(time.time())}.{next(self.count):06d}"
        message = {"type": "message", "user": "U0BATON", "bot_id": "B0BATON", "app_id": "A0BATON", "ts": ts, "text": given.get("text", "")}
        message |= {key: given[key] for key in ("blocks", "metadata") if key in given}
        if given.get("thread_ts"):
            message["thread_ts"] = given["thread_ts"]
        self.messages.setdefault(channel, []).append(message)
        return {"channel": channel, "ts": ts, "message": self.shown(message, False)}

    def chat_update(self, given):
        # It takes the conversation alone, not the user.
        found = [message for message in self.messages.get(given.get("channel"), []) if message["ts"] == given.get("ts")]
        if given.get("channel") not in self.conversations.values():
            raise Refused("channel_not_found")
        if not found:
            raise Refused("message_not_found")
        self.check(given)
        found[0] |= {key: given[key] for key in ("text", "blocks", "metadata") if key in given}
        found[0]["edited"] = {"user": "B0BATON", "ts": f"{int(time.time())}.000000"}
        return {"channel": given["channel"], "ts": given["ts"], "text": given.get("text", "")}

    @staticmethod
    def check(given):
        blocks = given.get("blocks", [])
        if not given.get("text") and not blocks:
            raise Refused("no_text")
        if len(blocks) > 50:
            raise Refused("invalid_blocks")
        if len(json.dumps([text_of(blocks)], ensure_ascii=False)) > 13_200:
            raise Refused("msg_blocks_too_long")
        metadata = given.get("metadata")
        if metadata is not None and not (isinstance(metadata, dict) and metadata.get("event_type")
                                         and isinstance(metadata.get("event_payload"), dict)):
            raise Refused("invalid_metadata_format")

    def conversations_history(self, given):
        channel = self.channel_of(given)
        listed = [message for message in self.messages.get(channel, []) if "thread_ts" not in message]
        return self.paged(listed[::-1], given)

    def conversations_replies(self, given):
        channel = self.channel_of(given)
        thread = [m for m in self.messages.get(channel, []) if given.get("ts") in (m["ts"], m.get("thread_ts"))]
        if not thread:
            raise Refused("thread_not_found")
        return self.paged(thread, given)

    def channel_of(self, given):
        # Neither takes a user in place of a conversation.
        if given.get("channel") not in self.conversations.values():
            raise Refused("channel_not_found")
        return given["channel"]

    def paged(self, listed, given):
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or 1e12)
        listed = [m for m in listed if oldest <= float(m["ts"]) <= latest]
        limit, start = min(int(given.get("limit") or 100), self.page or 999), 0
        if given.get("cursor"):
            if not given["cursor"].startswith("next-"):
                raise Refused("invalid_cursor")
            start = int(given["cursor"].removeprefix("next-"))
        more = len(listed) > start + limit
        every = given.get("include_all_metadata") in ("true", "1", True)
        answer = {"messages": [self.shown(m, every) for m in listed[start:start + limit]], "has_more": more}
        return answer | ({"response_metadata": {"next_cursor": f"next-{start + limit}"}} if more else {})

    def shown(self, message, with_metadata):
        hidden = not with_metadata or self.metadata_hidden
        return {key: value for key, value in message.items() if not (key == "metadata" and hidden)}

    def views_open(self, given):
        pressed = self.triggers.pop(given.get("trigger_id"), None)
        if pressed is None:
            raise Refused("invalid_trigger_id")
        if time.monotonic() - pressed > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        view = given.get("view") or {}
        if view.get("type") != "modal" or not view.get("blocks") or len(view["title"]["text"]) > 24:
            raise Refused("invalid_arguments")
        self.views.append(view)
        return {"view": {"id": f"V{len(self.views)}", **view}}

    # What a test says ------------------------------------------------------------------------------------------------

    def control(self, what, given, address):
        with self.lock:
            if what == "next":
                self.faults.append(given)
            elif what == "set":
                for key, value in given.items():
                    assert hasattr(self, key), key
                    setattr(self, key, value)
            elif what == "press":
                return self.press(given, address)
            elif what == "state":
                return {"messages": self.messages, "conversations": self.conversations, "views": self.views,
                        "calls": self.calls, "whispers": self.whispers}
            return {}

    def press(self, given, address):
        message = next(m for m in self.messages[given["channel"]] if m["ts"] == given["ts"])
        actions = [(block, element) for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
        block, element = next((b, e) for b, e in actions if e["action_id"] == given["action"])
        trigger = f"{next(self.count)}.{given['user']}"
        self.triggers[trigger] = time.monotonic() - given.get("ago", 0)
        return {"type": "block_actions", "user": {"id": given["user"], "team_id": "T0"}, "trigger_id": trigger,
                "container": {"type": "message", "message_ts": given["ts"], "channel_id": given["channel"]},
                "channel": {"id": given["channel"]}, "message": message, "response_url": f"{address}/actions/T0/{trigger}",
                "actions": [{"type": "button", "block_id": block.get("block_id", "given"), "action_id": element["action_id"],
                             "value": element.get("value"), "action_ts": message["ts"]}]}


def text_of(value):
    if isinstance(value, list):
        return "".join(text_of(item) for item in value)
    if isinstance(value, dict):
        return "".join(item if key == "text" and isinstance(item, str) else text_of(item) for key, item in value.items())
    return ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        slack, address = self.server.slack, f"http://127.0.0.1:{self.server.server_address[1]}"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        path = path.strip("/").split("/")
        if path[0] == "control":
            return self.reply(200, {}, slack.control(path[1], json.loads(body or b"{}"), address))
        if path[0] == "actions":
            slack.whispers.append({"body": json.loads(body), "authorization": self.headers.get("Authorization")})
            return self.reply(200, {}, "ok")
        bearer = self.headers.get("Authorization", "")
        token = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else None
        answer = slack.call(path[-1], token, self.headers.get("Content-Type", ""), query, body)
        if answer is None:
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        return self.reply(*answer)

    do_GET = do_POST

    def reply(self, status, headers, body):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.slack, server.daemon_threads = Slack(), True
    return server


if __name__ == "__main__":
    server = serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()
