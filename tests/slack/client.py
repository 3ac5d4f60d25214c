"""The vendor's own client against the stand-in, so that what passes here is called as Slack is: python3 client.py"""
import json
import threading
import time
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from stand_in import SCOPES, serve

METADATA = {"event_type": "baton_delivery", "event_payload": {"delivery": "d-1"}}
BUTTON = {"type": "actions", "block_id": "answers-0", "elements": [
    {"type": "button", "text": {"type": "plain_text", "text": "Not a change"}, "action_id": "not_a_change", "value": "C-1|001|0"}]}
VIEW = {"type": "modal", "callback_id": "not_a_change", "title": {"type": "plain_text", "text": "Not a change"},
        "submit": {"type": "plain_text", "text": "Dismiss"}, "private_metadata": "C-1|001|0", "blocks": [
            {"type": "input", "block_id": "reason", "label": {"type": "plain_text", "text": "Why?"},
             "element": {"type": "plain_text_input", "action_id": "value"}}]}


def main():
    server = serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"

    def control(what, **given):
        with urlopen(Request(f"{address}/control/{what}", json.dumps(given).encode(), method="POST")) as answer:
            return json.load(answer)

    client = WebClient("xoxb-test", base_url=f"{address}/api/")
    signed_in = client.auth_test()
    assert signed_in["bot_id"] == "B0BATON" and signed_in.headers["x-oauth-scopes"].split(",") == SCOPES
    refused(lambda: WebClient("xoxb-other", base_url=f"{address}/api/").auth_test(), "invalid_auth")

    maya = client.users_lookupByEmail(email="Maya@us.example")["user"]["id"]
    assert client.users_info(user=maya)["user"]["profile"]["email"] == "maya@us.example"
    refused(lambda: client.users_lookupByEmail(email="gone@us.example"), "users_not_found")
    refused(lambda: client.users_info(user="U0NOBODY"), "user_not_found")

    posted = client.chat_postMessage(channel=maya, text="Dana Fox has left", blocks=[BUTTON], metadata=METADATA)
    channel, ts = posted["channel"], posted["ts"]
    assert client.conversations_open(users=[maya])["channel"]["id"] == channel
    client.chat_postMessage(channel=channel, text="in the thread", thread_ts=ts)
    refused(lambda: client.chat_postMessage(channel=maya, text=""), "no_text")
    refused(lambda: client.chat_postMessage(channel=maya, text="x", metadata={"event_type": "x"}), "invalid_metadata_format")
    refused(lambda: client.chat_postMessage(channel=maya, text="x", blocks=[BUTTON] * 51), "invalid_blocks")

    plain = client.conversations_history(channel=channel)
    assert [message["ts"] for message in plain["messages"]] == [ts] and "metadata" not in plain["messages"][0]
    whole = client.conversations_history(channel=channel, include_all_metadata=True, oldest=ts, inclusive=True)
    assert whole["messages"][0]["metadata"] == METADATA and not whole["has_more"]
    control("set", page=1)
    replies = client.conversations_replies(channel=channel, ts=ts)
    assert [message["text"] for page in replies for message in page["messages"]] == ["Dana Fox has left", "in the thread"]
    control("set", page=None)
    refused(lambda: client.conversations_replies(channel=channel, ts="1.1"), "thread_not_found")
    refused(lambda: client.conversations_history(channel=maya), "channel_not_found")

    client.chat_update(channel=channel, ts=ts, text="handed to Robin Vale", blocks=[])
    assert client.conversations_history(channel=channel)["messages"][0]["text"] == "handed to Robin Vale"
    refused(lambda: client.chat_update(channel=channel, ts="1.1", text="x"), "message_not_found")
    client.chat_update(channel=channel, ts=ts, text="Dana Fox has left", blocks=[BUTTON])

    pressed = control("press", user=maya, channel=channel, ts=ts, action="not_a_change")
    assert client.views_open(trigger_id=pressed["trigger_id"], view=VIEW)["view"]["callback_id"] == "not_a_change"
    refused(lambda: client.views_open(trigger_id=pressed["trigger_id"], view=VIEW), "invalid_trigger_id")
    late = control("press", user=maya, channel=channel, ts=ts, action="not_a_change", ago=4)
    refused(lambda: client.views_open(trigger_id=late["trigger_id"], view=VIEW), "expired_trigger_id")

    control("set", scopes=["chat:write"])
    lacking = refused(lambda: client.users_info(user=maya), "missing_scope")
    assert (lacking["needed"], lacking["provided"]) == ("users:read", "chat:write")
    control("set", scopes=SCOPES)

    control("next", method="chat.postMessage", then="limit", retry_after=30)
    limited = refused(lambda: client.chat_postMessage(channel=maya, text="x"), "ratelimited")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "30")
    # The vendor's own handling of a limit gets through the pace of one message a second.
    control("set", paced=True)
    patient = WebClient("xoxb-test", base_url=f"{address}/api/", retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)])
    began = time.monotonic()
    patient.chat_postMessage(channel=maya, text="one")
    patient.chat_postMessage(channel=maya, text="two")
    assert time.monotonic() - began >= 1.0
    control("set", paced=False)

    # Without its own retries: where an answer is lost the vendor's client posts once more, and Slack keeps both.
    once = WebClient("xoxb-test", base_url=f"{address}/api/", retry_handlers=[])
    before = len(control("state")["messages"][channel])
    for then, kept in (("lost", 1), ("gone", 0)):
        control("next", method="chat.postMessage", then=then)
        try:
            once.chat_postMessage(channel=maya, text="in doubt")
        except (SlackRequestError, OSError, EOFError) as error:
            assert not isinstance(error, SlackApiError), error
        else:
            raise AssertionError("an answer came")
        after = len(control("state")["messages"][channel])
        assert after - before == kept, (then, before, after)
        before = after
    print("slack_sdk and the stand-in agree")


def refused(call, error):
    try:
        call()
    except SlackApiError as refusal:
        assert refusal.response["error"] == error, (refusal.response["error"], error)
        return refusal.response
    raise AssertionError(f"{error} was expected")


if __name__ == "__main__":
    main()
