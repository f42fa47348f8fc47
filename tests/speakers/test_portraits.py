"""Real pictures, made here: what is kept, what is refused and in which words."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from speakers.portraits import MAX_BYTES, SIDE, clean_portrait, square_portrait


def picture(name="moi.jpg", size=(900, 1200), file_format="JPEG", **options) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, file_format, **options)
    return SimpleUploadedFile(name, buffer.getvalue())


def opened(file) -> Image.Image:
    return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_becomes_a_square_jpeg(file_format):
    kept = opened(square_portrait(picture(file_format=file_format)))

    assert (kept.format, kept.size) == ("JPEG", (SIDE, SIDE))


def test_a_small_portrait_is_not_blown_up():
    assert opened(square_portrait(picture(size=(300, 400)))).size == (300, 300)


def test_where_and_when_a_photo_was_taken_is_not_kept():
    exif = Image.Exif()
    exif[0x010F] = "Appareil secret"
    exif[0x0112] = 6  # to be turned by a quarter

    kept = square_portrait(picture(exif=exif))
    data = kept.read()

    assert b"Appareil secret" not in data
    assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"<svg onload='x'/>"])
def test_a_png_that_is_none_is_refused_by_its_name(content):
    with pytest.raises(ValidationError) as caught:
        clean_portrait(SimpleUploadedFile("moi.png", content))

    assert caught.value.code == "portrait_format"
    assert "moi.png" in caught.value.messages[0]


def test_a_truncated_photo_is_refused():
    whole = picture(size=(900, 900)).read()

    with pytest.raises(ValidationError) as caught:
        clean_portrait(SimpleUploadedFile("moi.jpg", whole[: len(whole) // 2]))

    assert caught.value.code == "portrait_format"


@pytest.mark.parametrize(
    ("weight", "told"), [(MAX_BYTES + 1, "5,1 Mo"), (5 * 2**20 + 2**19, "5,5 Mo"), (12 * 2**20, "12,0 Mo")]
)
def test_more_than_five_megabytes_is_refused_with_its_weight(weight, told):
    with pytest.raises(ValidationError) as caught:
        clean_portrait(SimpleUploadedFile("moi.jpg", b"x" * weight))

    [message] = caught.value.messages
    assert message.replace("\u00a0", " ") == f"« moi.jpg » pèse {told} : envoyez une image de 5 Mo au plus."


def test_five_megabytes_as_machines_count_them_are_taken():
    photo = picture()
    photo = SimpleUploadedFile("moi.jpg", photo.read().ljust(5 * 1024 * 1024, b"\0"))

    clean_portrait(photo)

    assert square_portrait(photo).size > 0


@pytest.mark.parametrize("size", [(199, 900), (900, 199), (1, 1)])
def test_a_picture_too_small_to_show_a_face_is_refused(size):
    with pytest.raises(ValidationError) as caught:
        clean_portrait(picture(size=size))

    assert caught.value.code == "portrait_small"
    assert f"{size[0]} × {size[1]} pixels" in caught.value.messages[0].replace("\u00a0", " ")


def test_the_smallest_portrait_is_taken():
    clean_portrait(picture(size=(200, 200)))


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused():
    bomb = picture("bombe.png", size=(10_000, 9_000), file_format="PNG")
    assert bomb.size < MAX_BYTES

    with pytest.raises(ValidationError) as caught:
        clean_portrait(bomb)

    assert caught.value.code == "portrait_bomb"
