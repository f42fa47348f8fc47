import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from speakers.models import Speaker
from speakers.portraits import MAX_BYTES
from tests.factories import CandidacyFactory, SpeakerFactory

ADD = "/admin/speakers/speaker/add/"
FIELDS = {"name": "Camille Exemple", "role_form": "feminine"}


def picture(width: int = 900, height: int = 600, *, exif: bool = False) -> bytes:
    image = Image.new("RGB", (width, height), (90, 60, 160))
    data = Image.Exif()
    if exif:
        data[0x010F] = "Appareil de Camille"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=data)
    return buffer.getvalue()


def upload(content: bytes, name: str = "camille.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_a_portrait_is_kept_square_small_and_without_what_the_camera_wrote(recruiter):
    assert b"Appareil de Camille" in picture(exif=True)

    response = recruiter.post(ADD, FIELDS | {"portrait": upload(picture(exif=True))})

    assert response.status_code == 302
    speaker = Speaker.objects.get()
    with speaker.portrait.open() as file:
        kept = file.read()
    assert Image.open(io.BytesIO(kept)).size == (600, 600)
    assert speaker.portrait_side == 600
    assert b"Appareil de Camille" not in kept
    assert "camille" not in speaker.portrait.name


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (picture() + b"\0" * MAX_BYTES, "lourd.jpg", "« lourd.jpg »"),
        (b"ceci n'est pas une image", "faux.png", "« faux.png »"),
        (picture()[:3000], "coupe.jpg", "« coupe.jpg »"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "dessin.svg", "« dessin.svg »"),
    ],
)
def test_a_wrong_portrait_is_refused_by_its_name(recruiter, content, name, told):
    response = recruiter.post(ADD, FIELDS | {"portrait": upload(content, name)})

    (message,) = response.context["adminform"].form.errors["portrait"]
    assert message.startswith(told.replace(" ", "\u00a0"))
    assert Speaker.objects.count() == 0


def test_saving_a_speaker_again_keeps_the_portrait(recruiter):
    recruiter.post(ADD, FIELDS | {"portrait": upload(picture())})
    speaker = Speaker.objects.get()
    address = reverse("admin:speakers_speaker_change", args=[speaker.pk])

    recruiter.post(address, FIELDS | {"function": "Directrice"})

    before, speaker = speaker.portrait.name, Speaker.objects.get()
    assert (speaker.portrait.name, speaker.function) == (before, "Directrice")


def test_a_portrait_whose_file_is_gone_does_not_prevent_saving(recruiter):
    recruiter.post(ADD, FIELDS | {"portrait": upload(picture())})
    speaker = Speaker.objects.get()
    speaker.portrait.storage.delete(speaker.portrait.name)
    address = reverse("admin:speakers_speaker_change", args=[speaker.pk])

    response = recruiter.post(address, FIELDS | {"function": "Directrice"})

    assert response.status_code == 302
    assert Speaker.objects.get().function == "Directrice"


def test_a_portrait_can_be_taken_away(recruiter):
    recruiter.post(ADD, FIELDS | {"portrait": upload(picture())})
    speaker = Speaker.objects.get()

    recruiter.post(reverse("admin:speakers_speaker_change", args=[speaker.pk]), FIELDS | {"portrait-clear": "on"})

    assert not Speaker.objects.get().portrait


@pytest.mark.parametrize("name", ["Camille\nExemple", "Camille\x07", "C" * 151])
def test_a_name_is_one_line_of_reasonable_length(recruiter, name):
    response = recruiter.post(ADD, FIELDS | {"name": name})

    assert "name" in response.context["adminform"].form.errors
    assert Speaker.objects.count() == 0


def test_addresses_and_notes_are_for_those_who_work_on_them(reader, recruiter):
    candidacy = CandidacyFactory(
        speaker=SpeakerFactory(email="secret@example.org"), note="Demande une place de parking."
    )
    pages = [
        reverse("admin:speakers_speaker_change", args=[candidacy.speaker_id]),
        reverse("admin:speakers_candidacy_change", args=[candidacy.pk]),
        reverse("admin:speakers_speaker_changelist"),
        reverse("admin:speakers_candidacy_changelist"),
        reverse("admin:programme_session_change", args=[candidacy.session_id]),
    ]

    seen = "".join(reader.get(page).content.decode() for page in pages)
    worked_on = "".join(recruiter.get(page).content.decode() for page in pages)

    assert ("secret@example.org" in seen, "parking" in seen) == (False, False)
    assert ("secret@example.org" in worked_on, "parking" in worked_on) == (True, True)
