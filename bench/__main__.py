"""``python -m bench [--quick] [--schedule FILE] [PART …]``: the site under gunicorn, on a PostgreSQL of its own."""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.load import Cost, measure, median
from bench.processes import Site, machine, site
from bench.storm import ATTEMPTS, CLIENTS, Outcome, Rush, floor, storm
from tests.with_postgres import installed, server

# Beside the project, as for the tests (``data_folder``): the file is not ours to give.
DATA = Path(os.environ.get("TEST_DATA") or Path(__file__).resolve().parent.parent.parent / "shared" / "data")
FOSDEM = DATA / "fosdem-2019-schedule.xml"
ONE_SELECT = "one-SELECT view"
FLOOR = {"plain view": "/bench/plain", ONE_SELECT: "/bench/one-select"}
SIZES = ("200", "1000")
DESKS = ("100", "775")  # the second is as large as FOSDEM
MANY, CROWD, HOLDS = 50, 100_000, 10_000
PARTS = ("pages", "admin", "storm", "booklet")
# What is aimed at, of the same things on ``bench.floor``: 60 ms for the form of a session where a page of one SELECT
# costs 0.68; 6 ms and 150 a second for a registration where a minimal form costs 2.2 and 404 are taken.
FORM_GOAL, CPU_GOAL, RATE_GOAL = 60 / 0.68, 6 / 2.2, 150 / 404


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed against trivial views.")
    parser.add_argument("--quick", action="store_true", help="fewer requests: a first look")
    parser.add_argument("--schedule", type=Path, metavar="FILE", help=f"a real schedule.xml (default: {FOSDEM})")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}: choose among {', '.join(PARTS)}")
    if options.schedule and not options.schedule.is_file():
        parser.error(f"there is no file {options.schedule}")
    installation = installed()
    if installation is None:
        sys.exit("No PostgreSQL was found: make test installs one, or install Debian's package postgresql.")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with server(installation, settings=()) as database:  # the disk is waited for, as in production
            place = site(Path(folder) / "postgresql", database)
            on_postgresql(place, parts, options.schedule or FOSDEM, quick=options.quick)
        if "storm" in parts:
            on_sqlite(site(Path(folder) / "sqlite", ""))
    say(f"\nDone in {time.monotonic() - begin:.0f} s.")


def on_postgresql(place: Site, parts: Sequence[str], file: Path, *, quick: bool) -> None:
    addresses = prepare(place, SIZES if "pages" in parts else SIZES[:1], file)
    desks = prepare_desks(place) if "admin" in parts else {}
    rounds = 1 if quick else 3
    if "pages" in parts:
        with place.running():
            pages(place, addresses, requests=400 if quick else 1200, rounds=rounds)
    if "admin" in parts:
        with place.running_floor():
            minimal = measure_floor(place, FLOOR[ONE_SELECT])
        with place.running():
            back_office(place, desks, minimal, requests=40 if quick else 100, rounds=rounds)
    if "storm" in parts:
        storms(place)
    if "booklet" in parts:
        booklet(place)


def prepare(place: Site, sizes: Sequence[str], file: Path) -> dict[str, str]:
    """Editions of these sizes, published, and a real programme if it is at hand; pages to ask for."""
    say(f"Preparing editions of {' and '.join(sizes)} sessions on PostgreSQL …")
    prepared = place.step("prepare", *sizes)
    if len(sizes) > 1 and file.is_file():
        found = place.step("import_file", str(file))
        prepared = {part: {**prepared[part], **found[part]} for part in prepared}
    elif len(sizes) > 1:
        say(f"NOT MEASURED: a real programme. There is no file {file}: name one with --schedule.")
    say("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in prepared["seconds"].items()))
    return {f"{page}, {size}": url for size, found in prepared["pages"].items() for page, url in found.items()}


def prepare_desks(place: Site) -> dict[str, Any]:
    say(f"Preparing desks in editions of {' and '.join(DESKS)} sessions …")
    place.step("prepare", *DESKS)
    return dict(place.step("back_office", *DESKS))


def storms(place: Site) -> None:
    """All accepted, on one session and on many; half refused; with a full table beside; while thousands of holds end.

    Each with new workers: what they count of a network is theirs.
    """
    with place.running_floor():
        minimal = floor(place)
    say(
        f"\nA minimal form and its sending: {minimal.cpu:.1f} ms of CPU each, {ATTEMPTS / minimal.seconds:.0f} a second"
    )

    def one(name: str, **how: int) -> None:
        with place.running():
            say_storm(name, storm(place, **how), minimal)

    one("PostgreSQL, a seat for everybody", seats=ATTEMPTS)
    one(f"PostgreSQL, a seat for everybody in {MANY} sessions", seats=ATTEMPTS, sessions=MANY)
    one("PostgreSQL, seats for half")
    made = place.step("crowd", str(CROWD))
    one(f"PostgreSQL, a seat for everybody, {made['registrations']} registrations in the table", seats=ATTEMPTS)
    place.step("prepare", "100")
    held = place.step("hold", str(HOLDS))
    with ThreadPoolExecutor(1) as pool:
        expiry = pool.submit(place.step, "expire")
        one(f"PostgreSQL, seats for half while {HOLDS} holds run out")
        found = expiry.result()
    each = found["seconds"] * 1000 / found["expired"]
    say(f"\n{found['expired']} holds of {held['sessions']} sessions ran out, {found['offered']} seats were offered:")
    say(f"  {found['seconds']:.0f} s, {each:.1f} ms each, {found['drift']} drift")


def on_sqlite(place: Site) -> None:
    place.step("prepare", "200")
    with place.running():
        say_storm("SQLite, seats for half", storm(place))


def pages(place: Site, addresses: dict[str, str], *, requests: int, rounds: int) -> None:
    """Rounds go through all pages in turn, so that a busy moment of the machine does not fall on one of them."""
    wanted = {**FLOOR, **addresses}
    for address in wanted.values():
        measure(place, address, requests=80)  # both workers warm
    costs: dict[str, list[Cost]] = {}
    with others_told(place):
        for _ in range(rounds):
            for name, address in wanted.items():
                costs.setdefault(name, []).append(measure(place, address, requests=requests))
            for name, address in addresses.items():
                if name.startswith("programme"):
                    cost = measure(place, address, requests=requests, etag=costs[name][-1].etag)
                    costs.setdefault(f"{name}, asked again", []).append(cost)
    counts = place.step("queries", "", *wanted.values())
    say_pages({name: median(found) for name, found in costs.items()}, {name: counts[wanted[name]] for name in wanted})


def measure_floor(place: Site, address: str) -> Cost:
    """Of ``bench.floor``, which runs."""
    measure(place, address, requests=200)
    return measure(place, address, requests=2000)


def back_office(place: Site, desks: dict[str, Any], minimal: Cost, *, requests: int, rounds: int) -> None:
    """The same pages in a small edition and in a large one, each by somebody who works there, beside the floor."""
    for desk in desks.values():
        desk["pages"] = {ONE_SELECT: FLOOR[ONE_SELECT], **desk["pages"]}
    wanted = [(size, name, address) for size, desk in desks.items() for name, address in desk["pages"].items()]
    for size, _name, address in wanted:
        measure(place, address, requests=24, cookie=desks[size]["cookie"])
    costs: dict[tuple[str, str], list[Cost]] = {}
    with others_told(place):
        for _ in range(rounds):
            for size, name, address in wanted:
                cost = measure(place, address, requests=requests, cookie=desks[size]["cookie"])
                costs.setdefault((name, size), []).append(cost)
    counts = {size: place.step("queries", desk["cookie"], *desk["pages"].values()) for size, desk in desks.items()}
    found = {key: median(costs_of) for key, costs_of in costs.items()}
    say_back_office(found, {(name, size): counts[size][address] for size, name, address in wanted})
    ratio = found["form of a session", DESKS[-1]].cpu / minimal.cpu
    say(f"\nForm of a session: {ratio:.0f}× a page of one SELECT without the site, {minimal.cpu:.2f} ms "
        f"(goal {FORM_GOAL:.0f}×)")  # fmt: skip


@contextlib.contextmanager
def others_told(place: Site) -> Iterator[None]:
    """Say what others used of the machine while this ran."""
    own, used, given = place.cpu() + time.process_time(), *machine()
    yield
    now_used, now_given = machine()
    own = place.cpu() + time.process_time() - own
    others = max(now_used - used - own, 0) / (now_given - given)
    say(f"\nOthers used {others:.0%} of the machine meanwhile{': measure when it is quiet' if others > 0.1 else ''}.")


def say_pages(costs: dict[str, Cost], counts: dict[str, int]) -> None:
    floor = costs[ONE_SELECT].cpu
    row = f"{{:<{max(map(len, costs)) + 2}}}" + "{:>8}{:>10}{:>9}{:>10}{:>10}{:>7}{:>6}"
    say("\nAnonymous pages, warm: CPU of the server for one request (gunicorn with 2 workers, and PostgreSQL)\n")
    say(row.format("", "status", "CPU ms", "ratio", "req/s", "bytes", "gzip", "SQL"))
    for name, cost in costs.items():
        say(
            row.format(
                name,
                cost.status,
                f"{cost.cpu:.2f}",
                f"{cost.cpu / floor:.2f}×",
                f"{cost.rate:.0f}",
                cost.size,
                "yes" if cost.encoding == "gzip" else "–",
                counts.get(name, ""),
            )
        )
    small, large = costs["programme, 200"], costs["programme, 1000"]
    say(f"\nFrom 200 to 1,000 sessions: CPU {large.cpu / small.cpu:.2f}×, bytes {large.size / small.size:.2f}×.")


def say_back_office(costs: dict[tuple[str, str], Cost], counts: dict[tuple[str, str], int]) -> None:
    few, many = DESKS
    floor = costs[ONE_SELECT, many].cpu
    row = "{:<24}" + "{:>8}{:>10}{:>9}{:>6}" + "{:>14}{:>6}"
    say("\nBack-office, warm: CPU of the server for one request (gunicorn with 2 workers, and PostgreSQL)\n")
    say(row.format(f"{many} sessions", "status", "CPU ms", "ratio", "SQL", f"of {few}: CPU", "SQL"))
    for name in dict.fromkeys(name for name, _size in costs):
        cost, less = costs[name, many], costs[name, few]
        ratio, numbers = f"{cost.cpu / floor:.1f}×", (counts[name, many], counts[name, few])
        say(row.format(name, cost.status, f"{cost.cpu:.1f}", ratio, numbers[0], f"{less.cpu:.1f}", numbers[1]))


def say_storm(name: str, outcome: Outcome, minimal: Rush | None = None) -> None:
    rush, seats = outcome.rush, outcome.taken
    taken, refused = rush.kinds.get("taken", 0), rush.kinds.get("refused", 0)
    others = {kind: count for kind, count in rush.kinds.items() if kind not in ("taken", "refused")}
    say(f"\nStorm on {name}: {CLIENTS} people at a time, {ATTEMPTS} attempts")
    say(f"  {taken} told of their seat, {refused} politely refused, {sum(others.values())} errors {others or ''}")
    say(f"  in the database: {seats} seats taken, {outcome.registrations} registrations, {outcome.drift} drift")
    say(f"  {ATTEMPTS / rush.seconds:.0f} attempts/s, {rush.cpu:.1f} ms of CPU each (form, sending, next page)")
    if minimal is not None:
        cpu, rate = rush.cpu / minimal.cpu, minimal.seconds / rush.seconds
        say(f"  {cpu:.1f}× the CPU of a minimal form (goal {CPU_GOAL:.1f}×)")
        say(f"  {rate:.2f}× its rate (goal {RATE_GOAL:.2f}×)")


def booklet(place: Site) -> None:
    output = Path(place.environment["VAR_DIR"]) / "booklet.pdf"
    made = place.step("booklet", "bench200", str(output))
    say(f"\nBooklet of {made['sessions']} sessions: {made['seconds'] * 1000 / made['sessions']:.1f} ms a session "
        f"({made['cpu'] * 1000 / made['sessions']:.1f} ms of CPU), {made['bytes'] / 1e6:.1f} MB")  # fmt: skip
    say(f"  {made['cpu'] / made['bare']:.2f}× the same texts without any design, laid out by the same engine "
        f"({made['bare'] * 1000 / made['sessions']:.1f} ms of CPU a session)")  # fmt: skip
    say(f"  peak of the layout {made['peak']:.0f} MB, of its parent {made['own']:.0f} MB, "
        f"{made['growth']:.0f} of them for the booklet")  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
