//! Legal forms of companies of all countries, and taking them off a name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::reading::Word;
use super::vocabulary::Kind;

/// Takes legal forms off both ends, however often they are repeated, and the unmistakable ones from the middle.
/// Returns what was taken off; a name that is nothing but a legal form stays whole.
pub(super) fn strip(words: &mut Vec<Word>) -> Option<String> {
    let mut first_taken = None;
    while let Some(count) = at_end(words) {
        note(&mut first_taken, words, words.len() - count..words.len());
        words.truncate(words.len() - count);
    }
    if let Some(front) = words.first()
        && words.len() > 1
        && AT_FRONT.contains(front.text.as_str())
    {
        note(&mut first_taken, words, 0..1);
        words.remove(0);
    }
    let mut position = 0;
    words.retain(|word| {
        position += 1;
        position == 1 || !(word.kind == Kind::Legal || ANYWHERE.contains(word.text.as_str()))
    });
    first_taken
}

/// Whether a word could be a legal form at the end of a name.
pub(super) fn is_form(word: &Word) -> bool {
    let text = word.text.as_str();
    word.kind == Kind::Legal || AT_END.contains(text) || ANYWHERE.contains(text)
}

/// How many words at the end are one legal form, leaving at least one word.
fn at_end(words: &[Word]) -> Option<usize> {
    let last = words.last()?;
    if words.len() < 2 {
        return None;
    }
    let phrase = PHRASES.iter().find_map(|phrase| {
        let fits = phrase.len() < words.len();
        let matched = fits && phrase.iter().rev().zip(words.iter().rev()).all(|(part, word)| *part == word.text);
        matched.then_some(phrase.len())
    });
    phrase.or(is_form(last).then_some(1))
}

fn note(taken: &mut Option<String>, words: &[Word], range: std::ops::Range<usize>) {
    if taken.is_none() {
        let words = words.get(range).unwrap_or_default();
        *taken = Some(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "));
    }
}

type Words = LazyLock<HashSet<&'static str>>;

/// Never part of a name proper.
static ANYWHERE: Words = LazyLock::new(|| {
    "inc incorporated ltd limited llc llp gmbh pvt corp corporation plc pty ltda srl sro sarl kft doo bvba kabushiki
    kaisha gaisha yugen godo aktiengesellschaft aktiebolag osakeyhtio spzoo sdn bhd pte privatelimited
    incorporation limitada limitee eirl gesmbh mbh eurl spzo sprl"
        .split_whitespace()
        .collect()
});

/// Legal forms only as the last word, since elsewhere they are words or initials.
static AT_END: Words = LazyLock::new(|| {
    "ag ab as asa aps oy oyj sa se sas sasu spa snc sca sci scs nv bv cv vof kg kgaa ohg gbr ug ev eg kk yk gk co company
    companies cie kommanditgesellschaft private proprietary lp lc pc pllc pa psc sl slu sll sau sab sc scrl sapi ad ead ood eood dd
    ooo oao zao pao tov dp too spk zrt bt nyrt rt ks akc is hf ehf ans da sia uab ou as vos sae saoc wll fze fzco fzc jsc pjsc
    ojsc cjsc tbk cpt berhad nl coop cooperative cooperativa ei gie sep saog psp pvtltd coltd"
        .split_whitespace()
        .collect()
});

static AT_FRONT: Words = LazyLock::new(|| {
    "pt ooo oao zao pao tov ab oy cv ud pd kk firma fa spol messrs inc gmbh".split_whitespace().collect()
});

/// Forms of several words, after runs of single letters were joined (“s. de r.l.” is `s de rl`).
const PHRASES: &[&[&str]] = &[
    &["s", "de", "rl", "de"],
    &["s", "de", "rl"],
    &["sapi", "de"],
    &["sa", "de"],
    &["sociedad", "anonima"],
    &["sociedad", "limitada"],
    &["societe", "anonyme"],
    &["societa", "per", "azioni"],
    &["s", "coop"],
    &["soc", "coop"],
    &["sp", "zoo"],
    &["sp", "k"],
    &["spol", "sro"],
    &["gmbh", "co"],
    &["san", "ve", "tic"],
    &["tic", "ve", "san"],
    &["naamloze", "vennootschap"],
    &["besloten", "vennootschap"],
    &["joint", "stock"],
    &["public", "joint", "stock"],
    &["public", "limited"],
    &["limited", "liability"],
    &["limited", "partnership"],
    &["general", "partnership"],
    &["in", "liquidation"],
];

#[cfg(test)]
mod tests {
    use super::super::reading::read;

    #[test]
    fn legal_forms_of_all_countries_come_off() {
        for form in [
            "Inc.",
            "LLC",
            "Co., Ltd.",
            "Pvt. Ltd.",
            "Private Limited",
            "GmbH & Co. KG",
            "AG",
            "S.A.",
            "S.p.A.",
            "S.r.l.",
            "SARL",
            "B.V.",
            "N.V.",
            "AB",
            "A/S",
            "ApS",
            "ASA",
            "Oy",
            "K.K.",
            "Sp. z o.o.",
            "s.r.o.",
            "a.s.",
            "spol. s r.o.",
            "Pty Ltd",
            "Ltda.",
            "S.A. de C.V.",
            "S. de R.L. de C.V.",
            "d.o.o.",
            "Kft.",
            "OÜ",
            "UAB",
            "Sdn Bhd",
            "Pte. Ltd.",
            "PLC",
            "株式会社",
            "有限公司",
        ] {
            let name = read(&format!("Zyxwv {form}"));
            let words: Vec<_> = name.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(words, ["zyxwv"], "{form}");
        }
        for front in ["株式会社", "ООО ", "PT "] {
            assert_eq!(read(&format!("{front}Zyxwv")).words.len(), 1, "{front}");
        }
    }

    #[test]
    fn a_name_that_is_only_a_legal_form_stays() {
        assert_eq!(read("Inc.").words.len(), 1);
        assert_eq!(read("Co. Ltd.").words.len(), 1);
    }
}
