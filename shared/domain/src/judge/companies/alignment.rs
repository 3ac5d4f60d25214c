//! Lays two names side by side from the left and says how far they agree, and how well.

use strsim::osa_distance;

use super::reading::Word;
use super::vocabulary::Kind;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alignment {
    pub(super) left_used: usize,
    pub(super) right_used: usize,
    pub(super) weakest: Likeness,
}

/// How two runs of words agree, from the surest to the least sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Equal,
    /// Written as one word or as several, or in the plural.
    Spacing,
    Typo,
    /// The longer acronym is the surer one: its number of letters, negated for the order.
    Acronym(Short),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Short {
    FourOrMore,
    Three,
    Two,
}

pub(super) fn align(left: &[Word], right: &[Word]) -> Alignment {
    let mut done = Alignment { left_used: 0, right_used: 0, weakest: Likeness::Equal };
    loop {
        let (l, r) = (left.get(done.left_used..).unwrap_or_default(), right.get(done.right_used..).unwrap_or_default());
        let Some((l_count, r_count, likeness)) = step(l, r).or_else(|| past_links(l, r)) else {
            return done;
        };
        done.left_used += l_count;
        done.right_used += r_count;
        done.weakest = done.weakest.max(likeness);
    }
}

/// “Universität Zyx” and “University of Zyx”: a small word may stand on one side alone.
fn past_links(left: &[Word], right: &[Word]) -> Option<(usize, usize, Likeness)> {
    let links = |words: &[Word]| words.iter().take_while(|word| word.kind == Kind::Link).count();
    let (l, r) = (links(left), links(right));
    if l == 0 && r == 0 {
        return None;
    }
    let (l_count, r_count, likeness) = step(left.get(l..)?, right.get(r..)?)?;
    Some((l + l_count, r + r_count, likeness))
}

/// How many words on each side are the same next thing.
fn step(left: &[Word], right: &[Word]) -> Option<(usize, usize, Likeness)> {
    let (l, r) = (left.first()?, right.first()?);
    if l.text == r.text {
        // A word that was pasted twice; but Duran Duran is not Duran.
        let doubled = |words: &[Word]| words.len() > 2 && words.get(1) == words.first();
        return Some(match (doubled(left), doubled(right)) {
            (true, false) => (2, 1, Likeness::Spacing),
            (false, true) => (1, 2, Likeness::Spacing),
            _ => (1, 1, Likeness::Equal),
        });
    }
    if !same_first_letter(l, r) {
        return same_look(&l.text, &r.text).then_some((1, 1, Likeness::Typo));
    }
    one_word(l, r)
        .map(|likeness| (1, 1, likeness))
        .or_else(|| run_together(&l.text, right).map(|count| (1, count, Likeness::Spacing)))
        .or_else(|| run_together(&r.text, left).map(|count| (count, 1, Likeness::Spacing)))
        .or_else(|| acronym(l, right).map(|(count, likeness)| (1, count, likeness)))
        .or_else(|| acronym(r, left).map(|(count, likeness)| (count, 1, likeness)))
}

fn same_first_letter(l: &Word, r: &Word) -> bool {
    l.text.chars().next() == r.text.chars().next()
}

fn one_word(l: &Word, r: &Word) -> Option<Likeness> {
    let (short, long) = if l.text.len() <= r.text.len() { (l, r) } else { (r, l) };
    if short.text.len() >= 4 && long.text.strip_suffix('s') == Some(&short.text) || same_umlauts(&l.text, &r.text) {
        return Some(Likeness::Spacing);
    }
    let known = l.kind != Kind::Own && r.kind != Kind::Own;
    let slip = !known && !other_family(&l.text, &r.text) && is_typo(&l.text, &r.text);
    (slip || same_clan(&l.text, &r.text) || same_look(&l.text, &r.text)).then_some(Likeness::Typo)
}

/// “Mueller” is “Müller”, whose marks were folded away.
fn same_umlauts(l: &str, r: &str) -> bool {
    let plain = |text: &str| text.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a");
    l.len() != r.len() && l.len().min(r.len()) >= 4 && l.is_ascii() && r.is_ascii() && plain(l) == plain(r)
}

/// “MacKinsey” is “McKinsey”.
fn same_clan(l: &str, r: &str) -> bool {
    let (mac, mc) = if l.len() > r.len() { (l, r) } else { (r, l) };
    matches!((mac.strip_prefix("mac"), mc.strip_prefix("mc")), (Some(a), Some(b)) if a.len() >= 4 && a == b)
}

/// Figures typed for the letters they look like: “0racle”, “G00gle”.
fn same_look(l: &str, r: &str) -> bool {
    let seen = |c: char| match c {
        '0' => 'o',
        '1' | 'l' => 'i',
        '3' => 'e',
        '5' => 's',
        c => c,
    };
    let has_figure = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    l.len() == r.len() && l.len() >= 5 && has_figure(l) != has_figure(r) && l.chars().map(seen).eq(r.chars().map(seen))
}

/// Family names that differ by a letter and are others: Anderson and Andersen, Johnson and Johnston, Fisher and Fischer.
fn other_family(l: &str, r: &str) -> bool {
    let (short, long) = if l.len() <= r.len() { (l, r) } else { (r, l) };
    let ends = |end: &str, other: &str| match (short.strip_suffix(end), long.strip_suffix(other)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    };
    [("son", "sen"), ("sen", "son"), ("son", "ston"), ("sher", "scher"), ("mson", "mpson"), ("dt", "tt"), ("tt", "dt")]
        .into_iter()
        .any(|(end, other)| ends(end, other))
}

/// One slip in seven letters, two in ten: shorter words with one letter changed are other words. People hardly ever
/// mistype how a word begins. Two neighbours swapped make no other word from six letters on.
pub(super) fn is_typo(l: &str, r: &str) -> bool {
    let allowed = match l.len().max(r.len()) {
        0..6 => return false,
        6..10 => 1,
        _ => 2,
    };
    if l.len().abs_diff(r.len()) > allowed || l.get(..1) != r.get(..1) || !l.bytes().all(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    let begins_alike = l.len().max(r.len()) > 6 && l.get(..2) == r.get(..2);
    (begins_alike || is_swap(l, r)) && osa_distance(l, r) <= allowed
}

fn is_swap(l: &str, r: &str) -> bool {
    l.len() == r.len() && l.bytes().zip(r.bytes()).filter(|(l, r)| l != r).count() == 2
}

/// How many of the words, written without spaces, make the one word.
fn run_together(one: &str, words: &[Word]) -> Option<usize> {
    let mut rest = one;
    for (index, word) in words.iter().enumerate() {
        rest = match rest.strip_prefix(word.text.as_str()) {
            Some(rest) => rest,
            None if index > 0 && word.text.strip_suffix('s') == Some(rest) => "",
            None => return None,
        };
        if rest.is_empty() || index > 0 && rest == "s" {
            return Some(index + 1);
        }
    }
    None
}

/// How many of the words the letters of a short word stand for; small words may be left out, and a word that is itself
/// initials may be kept whole (“SKT” for SK Telecom).
fn acronym(short: &Word, words: &[Word]) -> Option<(usize, Likeness)> {
    if !matches!(short.text.len(), 2..=6) || !matches!(short.kind, Kind::Own | Kind::Place) {
        return None;
    }
    let (letters, used) = spelled(&short.text, words)?;
    let likeness = match short.text.len() {
        _ if short.kind == Kind::Place => {
            let places = words.iter().take(used).all(|word| matches!(word.kind, Kind::Place | Kind::Link));
            return (letters.is_empty() && used > 1 && places).then_some((used, Likeness::Spacing));
        }
        2 => Likeness::Acronym(Short::Two),
        3 => Likeness::Acronym(Short::Three),
        _ => Likeness::Acronym(Short::FourOrMore),
    };
    (letters.is_empty() && used > 1).then_some((used, likeness))
}

/// What is left of the letters when the words are used up, and how many words they took.
fn spelled<'a>(letters: &'a str, words: &[Word]) -> Option<(&'a str, usize)> {
    let (mut letters, mut used) = (letters, 0);
    for word in words {
        if letters.is_empty() {
            break;
        }
        let whole =
            if word.text.len() <= 3 && word.kind == Kind::Own { letters.strip_prefix(&*word.text) } else { None };
        match whole.or_else(|| letters.strip_prefix(word.text.chars().next()?)) {
            Some(rest) => letters = rest,
            None if word.kind == Kind::Link => {}
            None => return None,
        }
        used += 1;
    }
    Some((letters, used))
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    #[test]
    fn names_agree_as_far_as_their_words_do() {
        let check = |left, right, expected| {
            let done = align(&read(left).words, &read(right).words);
            assert_eq!((done.left_used, done.right_used, done.weakest), expected, "{left} {right}");
        };
        check("Zyx Bank", "Zyx Foods", (1, 1, Likeness::Equal));
        check("ZyxWvu Labs", "Zyx Wvu", (1, 2, Likeness::Spacing));
        check("Zyxwvuts", "Zyxwvust", (1, 1, Likeness::Typo));
        check("ZWU", "Zyx Works of Utah", (1, 4, Likeness::Acronym(Short::Three)));
        check("Zyxwvu", "Zyxvwu", (1, 1, Likeness::Typo));
        check("Zyxwvu", "Zyxwvt", (0, 0, Likeness::Equal));
        check("Meta", "Metabase", (0, 0, Likeness::Equal));
        check("", "Zyx", (0, 0, Likeness::Equal));
        check("ZYT", "ZY Telecom", (1, 2, Likeness::Acronym(Short::Three)));
        check("Zyxmüller", "Zyxmueller", (1, 1, Likeness::Spacing));
        check("Zyxwv0", "Zyxwvo", (1, 1, Likeness::Typo));
        check("MacZyxw", "McZyxw", (1, 1, Likeness::Typo));
        check("Zyxerson", "Zyxersen", (0, 0, Likeness::Equal));
        check("US Steel", "United States Steel", (2, 3, Likeness::Spacing));
    }
}
