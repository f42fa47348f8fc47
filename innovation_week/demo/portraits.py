"""Pictures of nobody: plain shapes, the same for the same name each time."""

import hashlib
import io

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIDE = 480
GROUNDS = ["#eef2ff", "#e6f5ee", "#fdf0e7", "#f5ecfa", "#fbf4dc", "#e7f3f5"]
SHAPES = ["#2f3fa8", "#1c6b4a", "#b0562a", "#7a3f98", "#8a6d10", "#1f6d78"]


def abstract_portrait(key: str) -> ContentFile:
    digest = hashlib.sha256(key.encode()).digest()
    ground = GROUNDS[digest[0] % len(GROUNDS)]
    first, second = (SHAPES[digest[1] % len(SHAPES)], SHAPES[(digest[1] + 2) % len(SHAPES)])
    picture = Image.new("RGB", (SIDE * 2, SIDE * 2), ground)
    draw = ImageDraw.Draw(picture)
    side = SIDE * 2
    x, y = (side // 4 + digest[2] % (side // 3), side // 4 + digest[3] % (side // 4))
    radius = side // 5 + digest[4] % (side // 8)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=first)
    height = side // 3 + digest[5] % (side // 6)
    draw.pieslice((0, side - height, side, side + height), 180 + digest[6] % 60, 360, fill=second)
    band = side // 14
    left = side // 8 + digest[7] % (side // 2)
    draw.polygon([(left, 0), (left + band, 0), (left + band * 5, side), (left + band * 4, side)], fill=ground)
    buffer = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return ContentFile(buffer.getvalue(), name="portrait.png")
