"""Tags of pages for everybody: ``{% load public %}``.

{% moment instant zone %}   a time with its zone      {{ text|prose }}   Markdown of officers, made harmless
{{ digest|groups }}         a fingerprint as people compare it      {{ digest|hexadecimal }}   in full
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from quorate.record.canonical import instant, instant_text
from quorate.report import words

register = template.Library()


@register.simple_tag
def moment(at: datetime | str, zone: str, seconds: bool = False) -> SafeString:
    """``Fri 11 Dec 2015, 17:00 Chicago (23:00 UTC)``, readable for programs too."""
    moment = instant(at) if isinstance(at, str) else at
    text = instant_text(moment if seconds else moment.replace(second=0, microsecond=0))
    return format_html('<time datetime="{}">{}</time>', instant_text(moment), words.when(text, zone))


@register.filter
def groups(digest: bytes) -> str:
    """A fingerprint in groups, as it stands on paper."""
    return words.groups(digest)


@register.filter
def hexadecimal(digest: bytes) -> str:
    """A fingerprint whole, as files name it."""
    return digest.hex()


@register.filter
def city(zone: str) -> str:
    """How people call a zone: Chicago."""
    return zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")


@register.filter
def prose(text: str) -> SafeString:
    """A text that officers wrote, as Markdown: paragraphs, lists, emphasis, links to the web and mail.

    Markup of HTML stays text, pictures are not loaded, headings are paragraphs: it cannot look like the page.
    """
    rendered: str = _markdown().render(text)
    return mark_safe(rendered)  # noqa: S308 - html is off: markup in the text is escaped


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    made.disable(["image", "heading", "lheading", "html_block", "html_inline", "code", "fence"])
    made.validateLink = lambda url: url.startswith(("https://", "http://", "mailto:"))  # type: ignore[method-assign]  # as its documentation says
    return made
