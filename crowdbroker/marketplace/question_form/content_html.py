"""The content of a form as HTML."""

from __future__ import annotations

from typing import assert_never

from markupsafe import Markup

from crowdbroker.marketplace.question_form.model import Block, Bullets, Content, Formatted, Heading, Media, Paragraph


def content_html(content: Content, *, level: int) -> Markup:
    """Return content as HTML; its titles are headings of this level."""
    return Markup("\n").join(block_html(block, level=level) for block in content)


def block_html(block: Block, *, level: int) -> Markup:
    """Return one piece of content as HTML."""
    match block:
        case Heading(text):
            return Markup("<h{0}>{1}</h{0}>").format(level, text)
        case Paragraph(text):
            return Markup('<p class="text" dir="auto">{}</p>').format(text)
        case Bullets(items):
            return Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(item) for item in items))
        case Media():
            return media_html(block)
        case Formatted(html):
            # Reduced to the subset when the form was read; see `formatted.clean`.
            return Markup('<div class="formatted" dir="auto">{}</div>').format(Markup(html))  # noqa: S704
    assert_never(block)


def media_html(media: Media) -> Markup:
    """Return a picture, a sound or a film; nothing plays by itself."""
    match media.kind:
        case "image":
            return Markup('<img src="{}" alt="{}">').format(media.address, media.alt)
        case "audio":
            return Markup('<audio controls preload="metadata" src="{}" aria-label="{}"></audio>').format(
                media.address, media.alt or "Sound"
            )
        case "video":
            return Markup('<video controls preload="metadata" src="{}" aria-label="{}"></video>').format(
                media.address, media.alt or "Film"
            )
    assert_never(media.kind)
