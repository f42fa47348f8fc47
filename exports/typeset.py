"""HTML in, PDF out: ``python -m exports.typeset SITE PORTRAITS STATIC … < booklet.html > booklet.pdf``.

The layout takes the most memory and time of all that we do, so it has a process of its own, which gives both back when
it ends. For the same reason nothing here imports Django: the standard library, WeasyPrint and Pillow.
"""

import logging
import os
import sys

from weasyprint import HTML

from exports.fetcher import OwnFilesFetcher

VARIANT = "pdf/ua-1"
LAYOUT_STEP = "Step 5 - Creating layout - Page %d"  # of the steps that WeasyPrint tells, the one that lasts


class _Progress(logging.Handler):
    """Passes on the pages that WeasyPrint says it has laid out."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == LAYOUT_STEP and isinstance(record.args, tuple):
            say(f"page {record.args[0]}")


def say(line: str) -> None:
    """Fails once nobody listens: who started us is gone, and so are we."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def pdf(source: str, site: str, *folders: str) -> bytes:
    """See OwnFilesFetcher for the folders."""
    fetcher = OwnFilesFetcher(site, *folders)
    document = HTML(string=source, base_url=f"{site}/", url_fetcher=fetcher).render(pdf_variant=VARIANT)
    say(f"pages {len(document.pages)}")
    content: bytes = document.write_pdf(pdf_variant=VARIANT)
    return content


def main() -> None:
    os.nice(10)  # the site comes first
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    steps = logging.getLogger("weasyprint.progress")
    steps.addHandler(_Progress())
    steps.setLevel(logging.INFO)
    steps.propagate = False
    sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode(), *sys.argv[1:]))


if __name__ == "__main__":
    main()
