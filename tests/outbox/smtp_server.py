"""A mail server on a socket (RFC 5321), and the ways in which one can be away."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

AWAY = [
    "nothing listens",
    "421 before anything",
    "421 to the sender",
    "421 to the recipient",
    "451 to the text",
    "gone in the middle of the text",
    "gone after the text",
]


class Dialogue(socketserver.StreamRequestHandler):
    server: "SmtpServer"

    def handle(self) -> None:
        self.server.greeted.set()
        if self.server.mood == "silent":
            self.rfile.readline()  # waits for the sender to end
            return None
        if self.server.mood == "421 before anything":
            return self.say("421 4.3.2 Service not available")
        self.say("220 mx.example.org ESMTP")
        while line := self.rfile.readline():
            verb = line.split(b":")[0].strip().upper()
            if not self.answer(verb, line):
                return None
        return None

    def answer(self, verb: bytes, line: bytes) -> bool:
        """False when the dialogue is over."""
        if verb == b"MAIL FROM":
            self.say("421 4.3.2 Not now" if self.server.mood == "421 to the sender" else "250 2.1.0 Ok")
        elif verb == b"RCPT TO":
            self.say("421 4.3.2 Not now" if self.server.mood == "421 to the recipient" else "250 2.1.5 Ok")
        elif verb == b"DATA":
            return self.data()
        elif verb == b"QUIT":
            self.say("221 2.0.0 Bye")
            return False
        else:
            self.say("250 Ok")
        return True

    def data(self) -> bool:
        self.say("354 End data with <CR><LF>.<CR><LF>")
        if self.server.mood == "gone in the middle of the text":
            self.rfile.readline()
            return False
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        if not line:  # the sender died before the end
            return False
        if self.server.mood == "451 to the text":
            self.say("451 4.3.0 Try again later")
            return True
        if self.server.mood == "gone after the text":
            return False  # and what was said is not kept
        self.server.received.append(message_from_bytes(b"".join(lines), policy=policy.default))
        time.sleep(self.server.slowness)
        self.say("250 2.0.0 Ok: queued")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Dialogue)
        self.mood = ""
        self.slowness = 0.0  # seconds between keeping a mail and saying so
        self.greeted = threading.Event()  # somebody connected
        self.received: list[EmailMessage] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def identifiers(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.received]

    def handle_error(self, request, client_address) -> None:
        """A sender that is killed leaves a broken pipe, which is what the test wants."""


@contextmanager
def running(port: int = 0) -> Iterator[SmtpServer]:
    with SmtpServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
