import logging
import re

# A personal link is a right to act: whoever reads the logs must not hold it.
PERSONAL_LINK = re.compile(r"(/inscriptions/)[^/\s?\"']+")


class MaskPersonalLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        masked = PERSONAL_LINK.sub(r"\1[personal-link]", record.getMessage())
        record.msg, record.args = masked, None
        return True
