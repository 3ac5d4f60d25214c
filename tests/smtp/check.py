"""Mails of `baton` against a real mail server (aiosmtpd, on this machine): python check.py PATH_OF_BATON

Scans the shipped exports one after the other. The server asks for a login, and knows nobody at one of the addresses.
"""

import email
import email.policy
import logging
import os
import socket
import subprocess
import sys
import tempfile
import warnings
from email.utils import getaddresses
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = ["2026-09-07", "2026-10-05", "2026-11-02"]


class Post:
    """Keeps what it takes; `unknown` is the first recipient it hears of, and refused ever after."""

    def __init__(self):
        self.taken, self.refused, self.unknown = [], 0, None

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.unknown = self.unknown or address
        if address == self.unknown:
            self.refused += 1
            return "550 5.1.1 user unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((session.auth_data, envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 taken"


def login(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"robot@us.example", b"s3cret/%")
    return AuthResult(success=right, auth_data=data.login if right else None, handled=False)


def main() -> int:
    baton = sys.argv[1]
    # The server says again and again that passwords should travel under TLS; here they do not travel.
    warnings.simplefilter("ignore")
    logging.getLogger("mail").setLevel(logging.ERROR)
    post = Post()
    # Without TLS, which a server on this machine may do without.
    port = free_port()
    server = Controller(post, hostname="127.0.0.1", port=port, authenticator=login, auth_required=True, auth_require_tls=False)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as state:
            config = Path(state, "baton.toml")
            config.write_text('[notify]\nchannels = ["mail"]\n')
            for day in EXPORTS:
                url = f"smtp://robot%40us.example:s3cret%2F%25@127.0.0.1:{port}?tls=none"
                environment = {**os.environ, "SMTP_URL": url, "BATON_PRIVATE_HOSTS": f"127.0.0.1:{port}"}
                command = [baton, "scan", "--crm", f"export:{ROOT}/events/crm/{day}", "--now", f"{day}T07:00:00Z", "--state", state, "--config", config]
                ran = subprocess.run(command, env=environment, capture_output=True, text=True)
                assert ran.returncode in (0, 3) and "Given up" not in ran.stdout and "wait for" not in ran.stdout, ran
    finally:
        server.stop()
    problems = [problem for mail in post.taken for problem in wrong(*mail)]
    instead = [mail for mail in post.taken if b"cannot be reached" in mail[3]]
    if not post.taken or not post.refused or not instead:
        problems.append("nothing was sent, refused, or told to somebody else")
    print(f"{len(post.taken)} mails taken, {post.refused} refused, {len(instead)} of those told to somebody else; {len(problems)} problems")
    print(*problems[:20], sep="\n")
    return int(bool(problems))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wrong(login, sender, recipients, content):
    """What is wrong with a mail as Python's own parser reads it."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    to = [address for _, address in getaddresses(mail.get_all("To", []))]
    facts = {
        "without login": login == b"robot@us.example",
        "not from the sender": sender == "baton@localhost",
        "not to its one reader": len(recipients) == 1 and to == recipients and not mail.get_all("Cc") and not mail.get_all("Bcc"),
        "with defects": not mail.defects and not any(part.defects for part in mail.walk()),
        "without a way out": str(mail["List-Unsubscribe"]).startswith("<mailto:admin@localhost?subject=Unsubscribe"),
        "taken for a person's": mail["Auto-Submitted"] == "auto-generated",
        "with more than text and a calendar": {p.get_content_type() for p in mail.walk() if not p.is_multipart()} <= {"text/plain", "text/html", "text/calendar"},
    }
    return [f"{mail['Subject']}: {what}" for what, holds in facts.items() if not holds]


if __name__ == "__main__":
    sys.exit(main())
