"""A receiver of webhooks in a process of its own, to be killed: `python webhook_receiver.py PORT FILE SECRET SEED`.

Invariant: an event is in the file, whole, before it is acknowledged. It verifies signatures by itself, as the
specification of Standard Webhooks says, and now and then fails as receivers do: it answers that it is busy, or keeps an
event and hangs up without an answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file: int
    key: bytes
    dice: random.Random

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fate = self.dice.random()
        if fate < 0.03:
            self._answer(503, "0")
        elif self.headers["Content-Type"] != CONTENT_TYPE or not self._is_signed(body):
            # Nobody mends this: the test finds that nothing arrives.
            self._answer(401)
        else:
            os.write(self.file, body + b"\n")
            if fate < 0.06:
                self.close_connection = True
            else:
                self._answer(204)

    def _is_signed(self, body: bytes) -> bool:
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = b"v1," + base64.b64encode(hmac.new(self.key, content, hashlib.sha256).digest())
        return any(hmac.compare_digest(expected, it.encode()) for it in self.headers["webhook-signature"].split(" "))

    def _answer(self, status: int, retry_after: str = "") -> None:
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main(port: str, file: str, secret: str, seed: str) -> None:
    Handler.file = os.open(Path(file), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    Handler.key = base64.b64decode(secret.removeprefix("whsec_"))
    Handler.dice = random.Random(seed)
    with ThreadingHTTPServer(("127.0.0.1", int(port)), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
