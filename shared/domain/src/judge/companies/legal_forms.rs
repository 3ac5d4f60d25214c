//! Legal forms of companies of all countries, and taking them off a name.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::form_table;
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
    if let Some(count) = in_front(words) {
        note(&mut first_taken, words, 0..count);
        words.drain(..count);
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
    word.kind == Kind::Legal || AT_END.contains(text) || ANYWHERE.contains(text) || form_table::holds(text)
}

/// How many words at the end are one legal form, leaving at least one word.
fn at_end(words: &[Word]) -> Option<usize> {
    let last = words.last().filter(|_| words.len() > 1)?;
    let from_the_end = || words.iter().skip(1).rev().map(|word| word.text.as_str());
    let phrase = PHRASES.iter().find_map(|phrase| {
        let fits = phrase.len() < words.len();
        (fits && phrase.iter().rev().copied().eq(from_the_end().take(phrase.len()))).then_some(phrase.len())
    });
    form_table::at_end(from_the_end()).or(phrase).or(is_form(last).then_some(1))
}

/// How many words in front are one legal form, leaving at least one word.
fn in_front(words: &[Word]) -> Option<usize> {
    let most = words.len().checked_sub(1)?;
    let in_order = || words.iter().take(most).map(|word| word.text.as_str());
    let phrase = FRONT_PHRASES.iter().find_map(|phrase| {
        (phrase.len() <= most && phrase.iter().copied().eq(in_order().take(phrase.len()))).then_some(phrase.len())
    });
    let single = || in_order().next().filter(|first| AT_FRONT.contains(first)).map(|_| 1);
    form_table::in_front(in_order()).or(phrase).or_else(single)
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
    incorporation limitada limitee eirl gesmbh mbh eurl spzo sprl unipessoal kabushikigaisha"
        .split_whitespace()
        .collect()
});

/// Short forms that ISO 20275 lacks or that are initials elsewhere, so that they count only as the last word.
static AT_END: Words = LazyLock::new(|| {
    "ag ab as asa aps oy oyj sa se sas sasu spa snc sca sci scs nv bv cv vof kg kgaa ohg gbr ug ev eg kk yk gk co company
    companies cie kommanditgesellschaft private proprietary lp lc pc pllc pa psc sl slu sll sau sab sc scrl sapi ad ead ood eood dd
    ooo oao zao pao tov dp too spk zrt bt nyrt rt ks akc is hf ehf ans da sia uab ou as vos sae saoc wll fze fzco fzc jsc pjsc
    ojsc cjsc tbk cpt berhad nl coop cooperative cooperativa ei gie sep saog psp pvtltd coltd lda ek og hb kb ae oe ike epe
    fzllc dmcc llp pjs zat vat prat pat mchj xk llcfz mei epp unltd asbl vzw aisbl mbb partgmbb uco cia nao ao"
        .split_whitespace()
        .collect()
});

/// Short forms that stand in front in Russia and its neighbours, in Indonesia, the Baltic, Finland, Iran and Japan.
const AT_FRONT: &[&str] = &[
    "pt", "ooo", "oao", "zao", "pao", "nao", "too", "tov", "prat", "pat", "vat", "fop", "ao", "ab", "ou", "mb", "vsi",
    "oy", "cv", "ud", "pd", "kk", "firma", "fa", "spol", "messrs", "inc", "gmbh", "sarl", "srl", "sprl", "eurl",
    "sasu", "ltda", "uab",
];

/// Vietnamese, which ISO 20275 does not list, and Russian in its usual transliterations.
const FRONT_PHRASES: &[&[&str]] = &[
    &["cong", "ty", "tnhh", "mot", "thanh", "vien"],
    &["cong", "ty", "tnhh", "mtv"],
    &["cong", "ty", "tnhh"],
    &["cong", "ty", "co", "phan"],
    &["cong", "ty", "cp"],
    &["tong", "cong", "ty"],
    &["cong", "ty"],
    &["tap", "doan"],
    &["doanh", "nghiep", "tu", "nhan"],
    &["obshchestvo", "s", "ogranichennoy", "otvetstvennostyu"],
    &["aktsionernoe", "obshchestvo"],
    &["publichnoe", "aktsionernoe", "obshchestvo"],
];

/// Forms of several words that ISO 20275 lacks, after runs of single letters were joined.
const PHRASES: &[&[&str]] = &[
    &["sociedad", "limitada"],
    &["soc", "coop"],
    &["sp", "zoo"],
    &["sp", "k"],
    &["spol", "sro"],
    &["gmbh", "co"],
    &["san", "tic"],
    &["tic", "san"],
    &["sanayi", "ticaret"],
    &["ticaret", "sanayi"],
    &["joint", "stock"],
    &["public", "joint", "stock"],
    &["public", "limited"],
    &["limited", "liability"],
    &["in", "liquidation"],
    &["i", "liquidation"],
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
            "ULC",
            "Unipessoal Lda",
            "Sociedad Anónima de Capital Variable",
            "Gesellschaft mit beschränkter Haftung",
            "Naamloze Vennootschap",
            "społka z ograniczoną odpowiedzialnością",
            "korlátolt felelősségű társaság",
            "S.à r.l.",
            "d.d.",
            "ЕООД",
            "A.Ş.",
            "San. ve Tic. Ltd. Şti.",
            "株式会社",
            "有限公司",
        ] {
            let name = read(&format!("Zyxwv {form}"));
            let words: Vec<_> = name.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(words, ["zyxwv"], "{form}");
        }
        for front in
            ["株式会社", "ООО ", "PT ", "SIA ", "OÜ ", "SARL ", "Công ty TNHH ", "ТОВ ", "Акционерное общество "]
        {
            assert_eq!(read(&format!("{front}Zyxwv")).words.len(), 1, "{front}");
        }
    }

    #[test]
    fn a_name_that_is_only_a_legal_form_stays() {
        assert_eq!(read("Inc.").words.len(), 1);
        assert_eq!(read("Co. Ltd.").words.len(), 1);
    }
}
