//! How much the words that two names share, and the words they do not, say about which company is meant.

use super::alignment::{Alignment, Likeness, Short};
use super::reading::Word;
use super::sectors::far_apart;
use super::vocabulary::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Places, general words, lines of business.
    Nothing,
    /// One common word.
    Ordinary,
    /// Several common words, or one with a line of business.
    Phrase,
    /// A word of its own, but short.
    Distinctive,
    /// A long word of its own, or one with another word.
    Strong,
}

/// An acronym is a name of its own, however general the words behind it.
pub(super) fn weight_of(l: &[Word], r: &[Word], done: Alignment) -> Weight {
    let weight = weight(shared(l, r, done));
    match done.weakest {
        Likeness::Acronym(Short::FourOrMore | Short::Three) => weight.max(Weight::Distinctive),
        _ => weight,
    }
}

pub(super) fn weight(shared: &[Word]) -> Weight {
    let (mut own, mut longest, mut common, mut sector) = (0, 0, 0, 0);
    for word in shared {
        match word.kind {
            Kind::Own => {
                own += 1;
                longest = longest.max(word.text.chars().count());
            }
            Kind::Common => common += 1,
            Kind::Sector => sector += 1,
            Kind::Generic | Kind::Offshoot | Kind::Place | Kind::Link | Kind::Legal => {}
        }
    }
    match (own, common, sector) {
        (0, 0, _) => Weight::Nothing,
        (0, 1, 0) => Weight::Ordinary,
        (0, _, _) => Weight::Phrase,
        (1, 0, 0) if longest < 5 => Weight::Distinctive,
        _ => Weight::Strong,
    }
}

/// What follows the shared words, by the word in it that says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rest {
    Nothing,
    Place,
    Generic,
    /// Another line of business, or an employer of its own under the same name.
    Business,
    Other,
}

pub(super) fn rest(words: &[Word]) -> Rest {
    words
        .iter()
        .map(|word| match word.kind {
            Kind::Link | Kind::Legal => Rest::Nothing,
            Kind::Place => Rest::Place,
            Kind::Generic => Rest::Generic,
            Kind::Sector | Kind::Offshoot => Rest::Business,
            Kind::Own | Kind::Common => Rest::Other,
        })
        .max()
        .unwrap_or(Rest::Nothing)
}

/// Whether the one side names a line of business that has nothing to do with the other side's.
pub(super) fn different_business(left: &[Word], right: &[Word]) -> bool {
    let apart = |l: &Word| right.iter().any(|r| far_apart(&l.text, &r.text));
    left.iter().any(apart) && !left.iter().any(|l| right.iter().any(|r| l.kind == Kind::Sector && l == r))
}

/// The longer spelling of what agreed: behind an acronym stand the words.
fn shared<'a>(l: &'a [Word], r: &'a [Word], done: Alignment) -> &'a [Word] {
    if done.left_used >= done.right_used { l.get(..done.left_used) } else { r.get(..done.right_used) }
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    #[test]
    fn words_of_its_own_weigh_more_than_common_ones() {
        let check = |name, expected| assert_eq!(weight(&read(name).words), expected, "{name}");
        check("Global Systems India", Weight::Nothing);
        check("Delta", Weight::Ordinary);
        check("Delta Bank", Weight::Phrase);
        check("Zyx", Weight::Distinctive);
        check("Zyxwv", Weight::Strong);
        check("Zyx Bank", Weight::Strong);
    }
}
