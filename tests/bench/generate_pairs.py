#!/usr/bin/env python3
"""Writes pairs for `baton judge contacts`: OUT/unchanged.jsonl, where both sides are equal, and OUT/changed.jsonl, half of it
only respelled, half really changed."""
import argparse
import json
import random
from pathlib import Path

import numpy as np

from generate import FIRST, FUNCTION, LAST, LEGAL, REGION, TITLES, Accounts, Contacts, ascii_of


def side(contacts, i):
    c, a = contacts.contact(i), contacts.account[i]
    return {"name": c["Name"], "title": c["Title"], "company": contacts.accounts.name(a), "department": c["Department"], "email": c["Email"]}


def respelled(contacts, i, dice):
    """The same person, role and company, written differently; the kinds come equally often."""
    before = side(contacts, i)
    first, last, a = FIRST[contacts.first[i]], LAST[contacts.last[i]], contacts.account[i]
    other_titles = [t + REGION[contacts.region[i]] for t in TITLES[contacts.level[i]][contacts.function[i]]]
    other_companies = [contacts.accounts.name(a, form) for form in range(len(LEGAL[0]))] + [before["company"].upper()]
    kind, choices = dice.choice((
        ("title", other_titles),
        ("title", [before["title"].upper(), before["title"].lower()]),
        ("company", other_companies),
        ("name", [f"{last}, {first}", before["name"].upper(), f"{ascii_of(first)} {ascii_of(last)}".title()]),
    ))
    return before, before | {kind: dice.choice([c for c in choices if c != before[kind]])}


def really_changed(contacts, i, dice):
    """Promoted, in another department, at another company, gone, or replaced by somebody else."""
    before = side(contacts, i)
    match dice.randrange(5):
        case 0:
            rung = TITLES[contacts.level[i] + 1]
            return before, before | {"title": dice.choice(rung[contacts.function[i]])}
        case 1:
            f = (contacts.function[i] + dice.randrange(1, len(FUNCTION))) % len(FUNCTION)
            return before, before | {"title": dice.choice(TITLES[contacts.level[i]][f]), "department": FUNCTION[f][1]}
        case 2:
            other = dice.randrange(contacts.accounts.count)
            email = f"{before['email'].split('@')[0]}@{contacts.accounts.domain(other)}"
            return before, before | {"company": contacts.accounts.name(other), "email": email}
        case 3:
            return before, before | {"no_longer_at_company": True}
        case 4:
            other = side(contacts, dice.randrange(contacts.count))
            return before, before | {"name": other["name"], "email": f"{other['email'].split('@')[0]}@{before['email'].split('@')[1]}"}


def write(path, pairs):
    with open(path, "w", encoding="utf-8") as out:
        for n, (before, after) in enumerate(pairs):
            out.write(json.dumps({"id": str(n), "before": before, "after": after}, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--unchanged", type=int, default=1_000_000)
    parser.add_argument("--changed", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)

    rng, dice = np.random.default_rng(a.seed), random.Random(a.seed)
    count = max(a.unchanged, a.changed)
    people = Contacts(count, Accounts(max(1, count // 5), rng), rng)
    write(a.out / "unchanged.jsonl", ((same, same) for same in (side(people, i) for i in range(a.unchanged))))
    write(a.out / "changed.jsonl", ((respelled, really_changed)[i % 2](people, i, dice) for i in range(a.changed)))
