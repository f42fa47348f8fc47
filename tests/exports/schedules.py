"""Small schedule.xml files, written as their publishers write them."""


def event(
    key: str = "1", *, title: str = "Atelier", start: str = "09:00", duration: str = "01:00", more: str = ""
) -> str:
    return (
        f'<event id="{key}"><title>{title}</title><start>{start}</start><duration>{duration}</duration>{more}</event>'
    )


def persons(*names: str) -> str:
    people = "".join(f'<person id="{len(name)}{ord(name[0])}">{name}</person>' for name in names)
    return f"<persons>{people}</persons>"


def schedule(
    *events: str, conference: str = "<title>Journées</title>", day: str = "2026-11-23", room: str = "Salle A"
) -> bytes:
    inside = "\n".join(events)
    return (
        f"<schedule>\n<conference>{conference}</conference>\n"
        f'<day index="1" date="{day}"><room name="{room}">\n{inside}\n</room></day>\n</schedule>'
    ).encode()
