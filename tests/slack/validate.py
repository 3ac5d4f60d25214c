"""Messages and dialogs against the vendor's own models: python3 validate.py FILE|DIRECTORY...

Every JSON file is the body of chat.postMessage or a view. The block parser of slack_sdk has to take it, drop nothing of it, and
find nothing wrong with it; what its models do not look at (docs.slack.dev/reference/block-kit) is checked here.
"""
import json
import logging
import sys
import warnings
from pathlib import Path

from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View

OF_A_MESSAGE = {"text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media", "metadata", "channel", "thread_ts"}


def check(body):
    if body.get("type") == "modal":
        return check_view(body)
    unknown = set(body) - OF_A_MESSAGE
    assert not unknown, f"chat.postMessage takes no {unknown}"
    assert 0 < len(body["text"]) <= 4000, "a fallback text of 4,000 characters at most"
    blocks = body["blocks"]
    assert 0 < len(blocks) <= 50, f"{len(blocks)} blocks"
    parsed = [block.to_dict() for block in Block.parse_all(blocks)]
    assert parsed == blocks, f"the parser drops or changes something: {difference(blocks, parsed)}"
    metadata = body["metadata"]
    assert Metadata(**metadata).to_dict() == metadata and metadata["event_type"].isidentifier(), metadata
    assert all(isinstance(value, (str, int, float, bool)) for value in metadata["event_payload"].values()), metadata
    check_ids(blocks)


def check_view(view):
    parsed = View(**view).to_dict()
    assert parsed == view, f"the parser drops or changes something: {difference(view, parsed)}"
    assert view["callback_id"] and view["private_metadata"], "it says what it is, and about what"
    check_ids(view["blocks"])


def check_ids(blocks):
    """Unique, of 255 characters at most; the texts of 3,000, as Slack might count them at worst; and no object empty."""
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids)) and all(0 < len(id) <= 255 for id in ids), ids
    for block in blocks:
        elements = block.get("elements") or [block[key] for key in ("element", "accessory") if key in block]
        assert block["type"] not in ("actions", "context") or elements, f"an empty {block['type']}"
        actions = [element["action_id"] for element in elements if "action_id" in element]
        assert len(actions) == len(set(actions)) and all(0 < len(id) <= 255 for id in actions), actions
        assert all("action_id" in element for element in elements if element["type"] not in ("plain_text", "mrkdwn")), block
    for text in texts(blocks):
        assert 0 < len(text.encode("utf-16-le")) // 2 <= 3000, f"a text of {len(text)} characters"


def texts(value):
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [text for item in value.values() for text in texts(item)]


def difference(ours, theirs):
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [difference(a, b) for a, b in zip(ours, theirs) if a != b]
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {key: difference(ours.get(key), theirs.get(key)) for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}
    return f"{ours!r} became {theirs!r}"


class Loud(logging.Handler):
    """What the models only warn of is a fault here."""

    def emit(self, record):
        raise AssertionError(record.getMessage())


def main(paths):
    logging.getLogger("slack_sdk").addHandler(Loud(logging.WARNING))
    warnings.simplefilter("error")
    files = [file for path in map(Path, paths) for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    wrong = 0
    for file in files:
        try:
            check(json.loads(file.read_text("utf-8")))
        except Exception as error:
            wrong += 1
            print(f"{file}: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"{len(files)} read, {wrong} wrong")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
