#!/usr/bin/env python3
"""Writes two made-up Salesforce exports of the same customers a month apart: OUT/before and OUT/after.

Every field is quoted, as in Salesforce's own data export. Between the two, a known share of the contacts changes:
half of it only in spelling, half for real. Three contacts in a hundred, or another share, are merely touched: a new
LastModifiedDate and nothing else, as in every real CRM."""
import argparse
import json
import random
import unicodedata
from pathlib import Path

import numpy as np

FIRST = """Ada Adam Agnes Ahmed Aisha Alan Alice Amara Amir Ana André Anita Anna Arjun Astrid Ben Bianca Björn Bruno Camille Carla Carlos
Chen Chloé Clara Dana Daniel David Deepa Diego Dmitri Elena Elif Emma Eric Esther Eva Fatima Felix Femi François Freya Gabriel Grace
Hana Hannah Hassan Helen Hiro Hugo Ibrahim Ingrid Irene Isabel Ivan Jack Jamal James Jana Javier Jing Joanna John José Julia Kai Karen Karim
Kenji Kofi Laura Lee Lena Leo Linda Lucía Luis Maja Marco Maria Mark Martin Mei Michael Mina Mohamed Nadia Naomi Nikhil Nina Noah Nora Olga
Olivia Omar Oscar Paul Pavel Peter Priya Rachel Rahul Renée Robert Rosa Ruth Sam Sara Simon Sofía Stefan Sven Tara Thomas Tom Uma Vera
Victor Wei Wen Yara Yuki Yusuf Zara Zoë""".split()
LAST = """Abbott Adeyemi Ahmed Ali Andersson Bakker Banerjee Barnes Bauer Becker Bell Bergström Bianchi Brandt Brown Campbell Carter Chen
Clark Cohen Cooper Costa Cruz Davies Diaz Dubois Edwards Eriksen Evans Fernández Fischer Fletcher Foster Fox Fujita García Gomez González Gray
Green Gupta Haas Hall Hansen Harris Hayes Hernández Hoffmann Huang Hughes Ito Ivanova Iyer Jackson Jansen Jensen Jones Kato Kaya Keller Khan Kim
King Kovács Kowalski Kumar Larsen Lee Lefebvre Lewis Li Lindqvist Lopez Martin Martínez Mehta Meyer Mitchell Moreau Morgan Müller Murphy
Mwangi Nair Nakamura Nguyen Novák O'Brien Okafor Okoye Oliveira Olsen Osei Papadopoulos Park Patel Pereira Peters Popescu Quinn Ramos Reddy
Richter Rivera Robinson Rossi Roy Ruiz Ryan Sánchez Santos Sato Schmidt Schneider Scott Shah Sharma Silva Singh Smith Sørensen Stewart
Suzuki Tanaka Taylor Thompson Torres Turner Vargas Vega Vogel Walker Wang Watson Weber Weiss White Wilson Wong Wood Wright Yamamoto Yılmaz
Young Zhang Zhou""".split()

LADDER = [("Analyst",), ("Senior Analyst", "Sr. Analyst"), ("Manager", "Mgr"), ("Senior Manager", "Sr. Manager"), ("Director", "Dir."),
          ("Senior Director", "Sr. Director"), ("Vice President", "VP"), ("Senior Vice President", "SVP"), ("Executive Vice President", "EVP")]
STARTS_AT = [.20, .15, .22, .12, .15, .06, .08, .02]  # nobody starts on the top rung, so that anyone can be promoted
FUNCTIONS = {
    "Sales": ["Sales", "Channel Sales", "Enterprise Sales", "Sales Operations", "Business Development", "Partnerships"],
    "Marketing": ["Marketing", "Product Marketing", "Demand Generation", "Communications", "Brand", "Field Marketing"],
    "Finance": ["Finance", "Accounting", "Treasury", "Internal Audit", "Tax", "Financial Planning"],
    "IT": ["IT", "Infrastructure", "Information Security", "Enterprise Architecture", "Data Platforms", "IT Operations"],
    "Engineering": ["Engineering", "Software Engineering", "Quality Assurance", "Platform Engineering", "Data Engineering"],
    "Operations": ["Operations", "Supply Chain", "Logistics", "Procurement", "Manufacturing", "Facilities"],
    "Human Resources": ["Human Resources", "Talent Acquisition", "Learning and Development", "Total Rewards"],
    "Customer Success": ["Customer Success", "Customer Support", "Professional Services", "Customer Experience"],
    "Product": ["Product", "Product Design", "Product Operations", "Research"],
    "Legal": ["Legal", "Compliance", "Risk", "Privacy"],
}
FUNCTION = [(f, department) for department, functions in FUNCTIONS.items() for f in functions]
REGION = ["", "", "", "", ", EMEA", ", APAC", ", North America", ", Latin America", " - DACH", " (Nordics)"]

COMPANY_A = """Alder Amber Apex Arbor Aspen Atlas Beacon Birch Blue Bridge Bright Cedar Cinder Clear Cobalt Copper Coral Crest Delta Drift Eagle
Echo Elm Ember Evergreen Falcon Fern Flint Forge Garnet Glacier Granite Green Harbor Hazel Heron High Iron Juniper Keystone Lake Lark Linden Lumen
Maple Meridian Mill North Oak Onyx Orchard Pine Quartz Raven Red River Sage Silver Slate Stone Summit Sun Tidal Vale West Willow Wren""".split()
COMPANY_B = "bay bank berg brook bury cliff crest dale fall field ford gate grove haven hill land line mark mere mont path peak point ridge" \
    " shore side spring stead view ward water way wick wind wood worth yard".split()
INDUSTRY = """Analytics Aerospace Apparel Bank Beverages Biotech Brewing Builders Capital Chemicals Components Consulting Dairy Devices Diagnostics
Electronics Energy Foods Freight Furniture Health Hotels Instruments Insurance Labs Logistics Machines Materials Media Mining Motors Networks Paper
Pharma Plastics Power Publishing Rail Robotics Shipping Software Steel Systems Telecom Textiles Tools Traders Travel""".split()
LEGAL = [(" Inc.", ", Inc.", " Incorporated"), (" Ltd", " Ltd.", " Limited"), (" GmbH", " gmbh", ""), (", LLC", " LLC", " L.L.C."),
         (" Corp.", " Corporation", " Corp"), (" AB", "", " ab"), (" S.A.", " SA", ""), (" plc", " PLC", "")]

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
THE_MONTH_BETWEEN = np.datetime64("2026-10-05T08:00:00")


class Ids:
    """Rising 18-character ids of one object type; the last three characters are Salesforce's case checksum."""

    def __init__(self, prefix, count, rng):
        self.head = f"{prefix}Qy00000"
        self.numbers = np.cumsum(rng.integers(1, max(2, 2 * 10**8 // count), count)).tolist()

    def __getitem__(self, index):
        n = self.numbers[index]
        tail = "".join(DIGITS[n // 62**power % 62] for power in (4, 3, 2, 1, 0))
        core = self.head + tail
        return core + "".join(CHECK[sum(core[at + bit].isupper() << bit for bit in range(5))] for at in (0, 5, 10))


class Accounts:
    def __init__(self, count, rng, changed_over=640):
        self.count, self.ids = count, Ids("001", count, rng)
        self.parts = [rng.integers(len(words), size=count).tolist() for words in (COMPANY_A, COMPANY_B, INDUSTRY, LEGAL)]
        self.owners = rng.integers(40, size=count).tolist()
        self.values = (rng.lognormal(10.8, 1, count).round(-2)).tolist()
        self.renewals = days(rng, "2026-11-10", 380, count)
        self.modified = times(rng, "2025-01-01", changed_over, count)

    def stem(self, i):
        a, b, industry, _ = self.parts
        return f"{COMPANY_A[a[i]]}{COMPANY_B[b[i]]} {INDUSTRY[industry[i]]}"

    def name(self, i, form=0):
        return self.stem(i) + LEGAL[self.parts[3][i]][form]

    def domain(self, i):
        return self.stem(i).lower().replace(" ", "-") + f"{i}.example"


class Contacts:
    """Draws everything up front; `contact(i)` then always returns the same fresh record."""

    def __init__(self, count, accounts, rng):
        self.count, self.accounts, self.ids = count, accounts, Ids("003", count, rng)
        self.account = (accounts.count * rng.random(count) ** 2).astype(int).tolist()  # a few large customers, many small
        self.first, self.last, self.function, self.region, self.form = (
            rng.integers(n, size=count).tolist() for n in (len(FIRST), len(LAST), len(FUNCTION), len(REGION), 8))
        self.middle = rng.integers(60, size=count).tolist()
        self.level = rng.choice(len(STARTS_AT), size=count, p=STARTS_AT).tolist()
        self.bounced, self.gone = (rng.random(count) < .01).tolist(), (rng.random(count) < .005).tolist()
        self.modified = times(rng, "2024-01-01", 1000, count)

    def contact(self, i):
        a, first, last, middle = self.account[i], FIRST[self.first[i]], LAST[self.last[i]], self.middle[i]
        if middle < 26:
            first += f" {DIGITS[10 + middle]}."
        forms = TITLES[self.level[i]][self.function[i]]
        return {
            "Id": self.ids[i], "AccountId": self.accounts.ids[a], "FirstName": first, "LastName": last, "Name": f"{first} {last}",
            "Title": forms[self.form[i] % len(forms)] + REGION[self.region[i]], "Department": FUNCTION[self.function[i]][1],
            "Email": f"{FIRST_ASCII[self.first[i]]}.{LAST_ASCII[self.last[i]]}@{self.accounts.domain(a)}",
            "EmailBouncedDate": self.modified[i] if self.bounced[i] else "",
            "No_Longer_At_Company__c": "true" if self.gone[i] else "false", "LastModifiedDate": self.modified[i],
        }

    def respelled(self, i, dice):
        """The same person in the same role, written differently."""
        c = self.contact(i)
        old, region = c["Title"], REGION[self.region[i]]
        match dice.randrange(4):
            case 0:
                c["Title"] = old.lower() if old.isupper() else old.upper()
            case 1:
                c["FirstName"], c["LastName"], c["Name"] = (c[k].upper() for k in ("FirstName", "LastName", "Name"))
            case _:  # an abbreviation or another word order
                c["Title"] = dice.choice([t for t in TITLES[self.level[i]][self.function[i]] if t + region != old]) + region
        return c

    def really_changed(self, i, dice):
        """Promoted, moved to another of the accounts, or gone."""
        c = self.contact(i)
        match dice.choice(("promoted", "moved", "gone") if not self.gone[i] else ("promoted", "moved")):
            case "promoted":
                c["Title"] = dice.choice(TITLES[self.level[i] + 1][self.function[i]]) + REGION[self.region[i]]
            case "moved":
                self.move(c, (self.account[i] + dice.randrange(1, self.accounts.count)) % self.accounts.count)
            case "gone":
                c["No_Longer_At_Company__c"] = "true"
        return c

    def move(self, c, account):
        c["AccountId"] = self.accounts.ids[account]
        c["Email"] = f"{c['Email'].split('@')[0]}@{self.accounts.domain(account)}"


def titles_of(words, function):
    styles = ("{w} {f}", "{f} {w}") if words[0].endswith("Analyst") else ("{w} of {f}", "{w}, {f}", "{w} {f}", "{f} {w}")
    return [style.format(w=word, f=function) for word in words for style in styles]


def ascii_of(name):
    plain = name.replace("ø", "o").replace("ı", "i").replace("'", "")
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()


TITLES = [[titles_of(words, function) for function, _ in FUNCTION] for words in LADDER]
FIRST_ASCII, LAST_ASCII = [ascii_of(n) for n in FIRST], [ascii_of(n) for n in LAST]


def times(rng, since, over_days, count):
    """Salesforce date-times, uniform over a span."""
    moments = np.datetime64(since, "s") + rng.integers(over_days * 86400, size=count)
    return [t + ".000+0000" for t in np.datetime_as_string(moments)]


def days(rng, since, over_days, count):
    return np.datetime_as_string(np.datetime64(since, "D") + rng.integers(over_days, size=count)).tolist()


def line(values):
    return '"' + '","'.join(values) + '"\n'


def write(folders, name, header, lines):
    for folder in folders:
        with open(folder / name, "w", encoding="utf-8") as out:
            out.write(line(header.split(",")))
            out.writelines(lines)


def write_export(out, contacts_count, accounts_count, changed_share, seed, shuffle, touched_share=.03, modstamp=False):
    rng, dice = np.random.default_rng(seed), random.Random(seed)
    before, after = folders = out / "before", out / "after"
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    # A contact of an account that has changed counts as touched: here no account changes after the last contact of `before`.
    accounts = Accounts(accounts_count, rng, 600 if modstamp else 640)
    contacts = Contacts(contacts_count, accounts, rng)
    users = Ids("005", 40, rng)

    # the other files are the same on both dates
    write(folders, "User.csv", "Id,Name,Email,IsActive,ManagerId",
          [line((users[i], f"{FIRST[2 * i]} {LAST[3 * i]}", f"{FIRST_ASCII[2 * i]}.{LAST_ASCII[3 * i]}@vendor.example", "true",
                 users[i % 5] if i >= 5 else "")) for i in range(40)])
    write(folders, "Account.csv", "Id,Name,Type,OwnerId,Renewal_Date__c,Annual_Contract_Value__c,LastModifiedDate",
          [line((accounts.ids[i], accounts.name(i), "Customer", users[accounts.owners[i]], accounts.renewals[i], str(accounts.values[i]),
                 accounts.modified[i])) for i in range(accounts_count)])
    write_deals(folders, contacts, users, rng, dice)

    header = "Id,AccountId,FirstName,LastName,Name,Title,Department,Email,EmailBouncedDate,No_Longer_At_Company__c,LastModifiedDate"
    header += ",SystemModstamp" * modstamp

    def row(contact):
        return line([*contact.values(), contact["LastModifiedDate"]] if modstamp else contact.values())

    lines = [row(contacts.contact(i)) for i in range(contacts_count)]
    write([before], "Contact.csv", header, lines)

    touched = rng.choice(contacts_count, int(contacts_count * touched_share), replace=False).tolist()
    changed = rng.choice(contacts_count, round(contacts_count * changed_share), replace=False).tolist()
    respelled, real = changed[: len(changed) // 2], changed[len(changed) // 2:]
    news = [(i, contacts.contact(i)) for i in touched]
    news += [(i, contacts.respelled(i, dice)) for i in respelled]
    news += [(i, contacts.really_changed(i, dice)) for i in real]
    for (i, contact), time in zip(news, times(rng, THE_MONTH_BETWEEN, 27, len(news))):
        lines[i] = row(contact | {"LastModifiedDate": time})
    if shuffle:
        dice.shuffle(lines)
    write([after], "Contact.csv", header, lines)
    (out / "expected.json").write_text(json.dumps({"changed": len(changed), "real": len(real), "new": 0, "gone": 0}) + "\n")


def write_deals(folders, contacts, users, rng, dice):
    """One opportunity for every 20 accounts with up to two people in a role, and one case for every 100."""
    accounts = contacts.accounts
    newest = dict(zip(contacts.account, range(contacts.count)))
    oldest = dict(zip(reversed(contacts.account), reversed(range(contacts.count))))
    inhabited = sorted(newest)
    chosen = dice.sample(inhabited, min(len(inhabited), max(1, accounts.count // 20)))
    deal_ids, role_ids, case_ids = Ids("006", len(chosen), rng), Ids("00K", 2 * len(chosen), rng), Ids("500", len(chosen), rng)
    modified, closes = times(rng, "2026-01-01", 270, len(chosen)), days(rng, "2026-11-05", 200, len(chosen))
    deals, roles, cases = [], [], []
    for n, a in enumerate(chosen):
        stage = dice.choice(("Qualification", "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost"))
        closed = stage.startswith("Closed")
        deals.append(line((deal_ids[n], accounts.ids[a], f"{accounts.stem(a)} {dice.choice(('renewal', 'expansion'))}", stage,
                           str(dice.randrange(5, 400) * 1000.0), modified[n][:10] if closed else closes[n], users[accounts.owners[a]],
                           str(closed).lower(), str(stage == "Closed Won").lower(), modified[n])))
        for person in sorted({oldest[a], newest[a]}):
            roles.append(line((role_ids[len(roles)], deal_ids[n], contacts.ids[person],
                               dice.choice(("Champion", "Decision Maker", "Economic Buyer", "Technical Buyer", "Evaluator")),
                               "false", modified[n])))
        if n % 5 == 0:
            cases.append(line((case_ids[n], f"{n:08}", accounts.ids[a], contacts.ids[newest[a]],
                               dice.choice(("Export is slow", "Single sign-on fails", "Invoice question", "Import stops half-way")),
                               dice.choice(("New", "Working", "Escalated", "Closed")), dice.choice(("Low", "Medium", "High")), modified[n], modified[n])))
    write(folders, "Opportunity.csv", "Id,AccountId,Name,StageName,Amount,CloseDate,OwnerId,IsClosed,IsWon,LastModifiedDate", deals)
    write(folders, "OpportunityContactRole.csv", "Id,OpportunityId,ContactId,Role,IsPrimary,LastModifiedDate", roles)
    write(folders, "Case.csv", "Id,CaseNumber,AccountId,ContactId,Subject,Status,Priority,CreatedDate,LastModifiedDate", cases)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--changed", type=float, default=0.001, help="share of the contacts that change")
    parser.add_argument("--touched", type=float, default=.03, help="share that gets a new date and, but for the changed, nothing else")
    parser.add_argument("--modstamp", action="store_true", help="also write SystemModstamp, by which a delta scan finds what was touched")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shuffle", action="store_true", help="leave `after` in no order")
    a = parser.parse_args()
    write_export(a.out, a.contacts, a.accounts, a.changed, a.seed, a.shuffle, a.touched, a.modstamp)
