"""The components of the design system as template tags: ``{% load look %}``. The style guide shows each.

{% icon "ok" %}  {% notice "warn" %}...{% endnotice %}  {% chip "open" "Open" "until Sat 12 Dec" %}
{% bar bar %}  {% fingerprint value %}  {% steps 3 9 "Answers" %}  {{ n|people }}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.report.bars import Bar, Bracket, Mark, Segment
from quorate.text import number

register = template.Library()

_NOTICES: Final = {"": "info", "ok": "ok", "warn": "warn", "error": "error"}
_CHIPS: Final = {
    "": "info",
    "open": "open",
    "waiting": "waiting",
    "ok": "ok",
    "warn": "warn",
    "error": "error",
}


@register.filter
def people(n: int) -> str:
    """A whole number as people read it: 26,502."""
    return number(n)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign beside a word; never alone, so it is silent."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_block_tag
def notice(content: str, kind: str = "") -> SafeString:
    """A remark in a box: plain, ``ok``, ``warn`` or ``error``."""
    return format_html(
        '<div class="notice {}">{}<div class="stack">{}</div></div>', kind, icon(_NOTICES[kind]), content
    )


@register.simple_tag
def chip(kind: str, word: str, more: str = "") -> SafeString:
    """A state: sign, word, and what more to say (usually until when, with the zone)."""
    rest = format_html('<span class="quiet">{}</span>', more) if more else ""
    return format_html('<span class="chip {}">{}{}{}</span>', kind, icon(_CHIPS[kind]), word, rest)


@register.inclusion_tag("components/fingerprint.html")
def fingerprint(value: str) -> dict[str, Any]:
    """A long value that people compare by eye: in groups of four."""
    return {"value": value, "groups": [value[at : at + 4] for at in range(0, len(value), 4)]}


@register.inclusion_tag("components/steps.html")
def steps(here: int, total: int, title: str) -> dict[str, Any]:
    """The heading of one of several screens."""
    return {
        "here": here,
        "total": total,
        "title": title,
        "marks": [(n, "done" if n < here else "here" if n == here else "") for n in range(1, total + 1)],
    }


@dataclass(frozen=True)
class _Slice:
    segment: Segment
    start: str
    width: str
    first: bool


@dataclass(frozen=True)
class _Line:
    at: str
    words: str
    detail: str
    left: bool
    """Whether the words stand to the left of the line."""
    row: int
    up: int


@dataclass(frozen=True)
class _Span:
    bracket: Bracket
    width: str


@register.inclusion_tag("components/bar.html")
def bar(bar: Bar, live: bool = False) -> dict[str, Any]:
    """A bar over all members, with the lines of what is needed and the numbers that shares are taken of.

    A ``live`` one keeps its empty slices: live.js makes them grow.
    """
    slices, before = [], 0
    for segment in bar.segments:
        if segment.count or live:
            start, width = percent(before, bar.scale), percent(segment.count, bar.scale)
            slices.append(_Slice(segment, start, width, before == 0))
        before += segment.count
    return {
        "bar": bar,
        "live": live,
        "slices": slices,
        "lines": [_line(mark, row, bar) for row, mark in enumerate(bar.marks)],
        "spans": [_Span(bracket, percent(bracket.count, bar.scale)) for bracket in bar.brackets],
        "rows": len(bar.marks),
    }


def _line(mark: Mark, row: int, bar: Bar) -> _Line:
    words, _, detail = mark.label.partition(" (")  # "needed: 19,877 (75% of all members)", on two lines
    return _Line(
        at=percent(mark.at, bar.scale),
        words=words,
        detail=detail.removesuffix(")"),
        left=2 * mark.at >= bar.scale,
        row=row,
        up=len(bar.marks) - row,
    )


def percent(part: int, whole: int) -> str:
    """A place on the bar: truncated to a ten-thousandth of a percent, which is far below a pixel."""
    units = part * 1_000_000 // whole
    return f"{units // 10_000}.{units % 10_000:04}%"
