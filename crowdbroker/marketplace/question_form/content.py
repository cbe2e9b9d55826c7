"""What a form shows: titles, texts, lists, media and formatted content."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from crowdbroker.marketplace.question_form.formatted import clean
from crowdbroker.marketplace.question_form.model import Block, Bullets, Content, Formatted, Heading, Media, Paragraph
from crowdbroker.marketplace.question_form.positions import Place

# Java applets and Flash films; the last browser that showed one is years old.
_NEEDS_A_PLUG_IN = frozenset({"EmbeddedBinary", "Application"})


def read_content(place: Place) -> Content:
    """Return the content of an Overview or a QuestionContent. Raises Fault."""
    blocks = tuple(read_block(child) for child in place.children())
    if not blocks:
        raise place.fault(f"{place.name} is empty")
    return blocks


def read_block(place: Place) -> Block:
    """Return one piece of content. Raises Fault."""
    match place.name:
        case "Title":
            return Heading(place.text)
        case "Text":
            return Paragraph(place.text)
        case "List":
            return Bullets(tuple(_list_item(child) for child in place.children()))
        case "FormattedContent":
            return Formatted(clean(place.text, place.line))
        case "Binary":
            return _media(place)
    if place.name in _NEEDS_A_PLUG_IN:
        raise place.fault(f"{place.name} needs a plug-in that no browser has; use Binary, or an HTMLQuestion")
    raise place.fault(f"{place.name} is no content; Title, Text, List, Binary and FormattedContent are")


def _list_item(place: Place) -> str:
    if place.name != "ListItem":
        raise place.fault(f"{place.name} cannot stand in List; ListItem can")
    return place.text


def _media(place: Place) -> Media:
    found = place.only("MimeType", "DataURL", "AltText")
    mime = place.needed(found, "MimeType")
    kind = mime.needed(mime.only("Type", "SubType"), "Type")
    address = place.needed(found, "DataURL")
    if not _is_web_address(address.text):
        raise address.fault("DataURL is not an http or https address")
    return Media(_kind(kind), address.text, found["AltText"].text if "AltText" in found else "")


def _kind(place: Place) -> Literal["image", "audio", "video"]:
    match place.text:
        case "image" | "audio" | "video" as kind:
            return kind
    raise place.fault("Type is image, audio or video")


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
