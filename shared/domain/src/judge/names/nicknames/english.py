#!/usr/bin/env python3
"""Writes english.txt, the English nicknames that the judgement of names knows, from the list of the project
carltonnorthern/nicknames (Python package `nicknames`, Apache-2.0, about 2,700 pairs).

usage: python3 -m pip download --no-deps nicknames && unzip nicknames-*.whl && python3 english.py nicknames/names.csv > english.txt

One line a name: the name, then what its bearers are called. Left out are pairs of two full names that the list joins
for genealogists (Susan and Hannah, Helen and Ellen): in a CRM they are two people."""
import collections, csv, sys

# Names that are commonly given in full, so that none of them is a short form of the other.
TWO_PEOPLE = {frozenset(pair.split()) for pair in """
aaron erin/aron erin/susan hannah/susannah hannah/joanna hannah/elaine helen/eileen helen/elena helen/ellen helen/
ellender helen/helena eileen/helena elaine/helena eleanor/helena aileen/helena ellen/helene ellen/helen ella/eleanor elaine/eleanor ellen/ella ellen/
lena ellen/jessie janet/agnes inez/amelia emily/emeline emily/alice lisa/patrick peter/casper jasper/geraldine jerry/louise eliza/
louisa eliza/lois louise/amos moses/hester esther/sheila cecilia/veronica franky/abel adela/laurinda lawrence/will fred/bill fred/
billy fred/willie fred/william fred/wilbur william/wilson willie/oswald waldo/virginia jane/miriam mitzi/johannes jonathan/daniel sheridan/
albert elbert/adelbert albert/earnest ernestine/anselm selma/mary marie/rosemary marie/regina reggie/margarita megan/
larry laurinda/mary maris/marietta maureen/nancy ann/roland orlando/caroline chick/benjamin jamie/bridget brady""".replace("\n", "").split("/")}

called = collections.defaultdict(set)
for row in csv.DictReader(open(sys.argv[1])):
    name, nickname = (row[key].replace(".", "").strip() for key in ("name1", "name2"))
    plain = all(word.isascii() and word.isalpha() and len(word) > 1 for word in (name, nickname))
    if plain and name != nickname and frozenset((name, nickname)) not in TWO_PEOPLE:
        called[name].add(nickname)
for name in sorted(called):
    print(name, *sorted(called[name]))
