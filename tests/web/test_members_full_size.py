"""The register at full size: 26,502 members are turned and searched in a moment."""

from __future__ import annotations

import time
from datetime import date

from django.test import Client

from quorate.apps.organisation.models import Member, Membership
from support.officers import sign_in, two_officers


def test_a_page_of_many(client: Client, db: None) -> None:
    union = two_officers()
    members = Member.objects.bulk_create(
        Member(organisation=union.organisation, number=f"{n:05}", name=f"Member {n}") for n in range(26_502)
    )
    Membership.objects.bulk_create(
        Membership(body=union.members, member=one, joined=date(2020, 1, 1), unit=f"Lincoln-{n % 600}")
        for n, one in enumerate(members)
    )
    sign_in(client, union.ann)
    for query, words in (
        ("", "26,502 members"),
        ("?page=531", "Page 531 of 531"),
        ("?body=members&q=lincoln-599", "44 members"),
        ("?q=nobody", "Nobody is found"),
    ):
        begin = time.process_time()
        page = client.get(f"/officer/example/members/{query}").content.decode()
        took = time.process_time() - begin
        assert words in page, query
        assert page.count("<tr ") <= 51
        assert took < 2, f"{query}: {took:.1f} s"
