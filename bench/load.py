"""Ask one page many times from a few threads, and see what it costs the server."""

import dataclasses as dc
import http.client
import statistics
import threading
import time

from bench.processes import Site

CLIENTS = 4
PATIENCE = 4  # seconds: on a busy machine fewer requests make the figure


@dc.dataclass(frozen=True)
class Cost:
    cpu: float  # milliseconds of the server per request
    rate: float  # requests per second
    status: int
    size: int  # bytes of the body as sent
    encoding: str
    etag: str


def measure(site: Site, address: str, *, requests: int, etag: str = "", cookie: str = "") -> Cost:
    """The server's cost of one request, over ``requests`` of them at most.

    ``etag`` makes them conditional, ``cookie`` is that of somebody logged in.
    """
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "fr"}
    if cookie:
        headers["Cookie"] = cookie
    if etag:
        headers["If-None-Match"] = etag
    answers: list[tuple[int, int, str, str]] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        for _ in range(requests // CLIENTS):
            if time.perf_counter() > limit:
                break
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            answers.append(
                (answer.status, len(body), answer.getheader("Content-Encoding", ""), answer.getheader("ETag", ""))
            )
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    cpu, begin = site.cpu(), time.perf_counter()
    limit = begin + PATIENCE
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - begin, site.cpu() - cpu
    if len({answer[0] for answer in answers}) != 1:
        raise SystemExit(f"{address} answered {sorted({answer[0] for answer in answers})}: nothing to measure.")
    return Cost(cpu * 1000 / len(answers), len(answers) / seconds, *answers[-1])


def median(costs: list[Cost]) -> Cost:
    """The cost whose CPU is the median one."""
    middle = statistics.median_low(cost.cpu for cost in costs)
    return next(cost for cost in costs if cost.cpu == middle)
