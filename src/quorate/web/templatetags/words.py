"""Officers' texts as pages show them: ``{% load words %}``, ``{{ text|markdown }}``."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

register = template.Library()

# CommonMark without raw HTML and without images: nothing is fetched from elsewhere.
_MARKDOWN: Final = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_inline", "html_block"])
)


@register.filter
def markdown(text: str) -> SafeString:
    """The text as HTML; any HTML in it is shown as it was typed, and links lead to web addresses only."""
    return SafeString(_MARKDOWN.render(text))


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, as the voting page shows them: plain, parted by empty lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
