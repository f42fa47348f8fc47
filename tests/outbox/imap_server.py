"""A mailbox on a socket: what RFC 9051 asks of a server for logging in, searching by number and date, and flags.

It answers imaplib as Dovecot does. ``hold_at`` names a command to leave without an answer, for tests that kill.
"""

import dataclasses as dc
import datetime as dt
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import Time2Internaldate

USER, PASSWORD = "retours@example.org", 'mot de "passe'


@dc.dataclass
class Mail:
    identifier: int
    raw: bytes
    arrived_at: dt.datetime
    flags: set[str] = dc.field(default_factory=set)


class Dialogue(socketserver.StreamRequestHandler):
    server: "ImapServer"

    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline():
            tag, command, rest = re.fullmatch(rb"(\S+) ((?:UID )?\S+) ?(.*)\r\n", line, re.IGNORECASE).groups()
            name = command.decode().upper()
            self.server.commands.append(name)
            if name == self.server.hold_at:
                self.server.held.set()
                self.server.released.wait(60)
            ok = getattr(self, name.replace(" ", "_").lower())(rest.decode())
            self.say(f"{tag.decode()} {'OK' if ok is not False else 'NO'} {name} done")
            if name == "LOGOUT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def capability(self, rest: str) -> None:
        self.say("* CAPABILITY IMAP4rev1")

    def login(self, rest: str) -> bool:
        quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        return rest in (f'{USER} "{quoted}"', f'"{USER}" "{quoted}"')

    def select(self, rest: str) -> bool:
        if rest != '"INBOX"':
            return False
        self.say(f"* {len(self.server.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.validity}] UIDs valid")
        self.say("* OK [READ-WRITE] Select completed")
        return True

    def uid_search(self, rest: str) -> None:
        first, since = re.fullmatch(r"UID (\d+):\* SINCE (\d{1,2}-[A-Z][a-z]{2}-\d{4})", rest).groups()
        day = dt.datetime.strptime(since, "%d-%b-%Y").astimezone().date()
        last = max((mail.identifier for mail in self.server.mails), default=0)
        found = [
            str(mail.identifier)
            for mail in self.server.mails
            # “n:*” is “*:n” when n is beyond the last.
            if min(int(first), last) <= mail.identifier and mail.arrived_at.astimezone().date() >= day
        ]
        self.say(" ".join(["* SEARCH", *found]))

    def uid_fetch(self, rest: str) -> None:
        number, length = re.fullmatch(r"(\d+) \(INTERNALDATE BODY\.PEEK\[\]<0\.(\d+)>\)", rest).groups()
        for place, mail in enumerate(self.server.mails, 1):
            if mail.identifier == int(number):
                raw = mail.raw[: int(length)]
                arrival = Time2Internaldate(mail.arrived_at)
                head = f"* {place} FETCH (UID {number} INTERNALDATE {arrival} BODY[]<0> {{{len(raw)}}}\r\n"
                self.wfile.write(head.encode() + raw + b")\r\n")

    def uid_store(self, rest: str) -> None:
        number, flag = re.fullmatch(r"(\d+) \+FLAGS\.SILENT \((\S+)\)", rest).groups()
        for mail in self.server.mails:
            if mail.identifier == int(number):
                mail.flags.add(flag)

    def logout(self, rest: str) -> None:
        self.say("* BYE")


class ImapServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.mails: list[Mail] = []
        self.validity = 7
        self.commands: list[str] = []
        self.hold_at = ""
        self.held, self.released = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"imap://retours%40example.org:mot%20de%20%22passe@127.0.0.1:{self.server_address[1]}"

    def receive(self, raw: bytes, arrived_at: dt.datetime | None = None) -> Mail:
        number = max((mail.identifier for mail in self.mails), default=0) + 1
        mail = Mail(number, raw, arrived_at or dt.datetime.fromtimestamp(int(time.time()), dt.UTC))
        self.mails.append(mail)
        return mail

    @property
    def read(self) -> list[int]:
        return [mail.identifier for mail in self.mails if "\\Seen" in mail.flags]


@contextmanager
def running() -> Iterator[ImapServer]:
    with ImapServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
