//! Who is left: the map, what must not be overlooked about it, a key, and the same in words.

use domain::case::Case;
use domain::context::Context;
use jiff::civil::Date;
use maud::{Markup, html};

use super::map;
use super::places::{Band, Card, Kind, bands, pillar};
use super::text::{counted, name};

/// The map as a picture, what must not be overlooked, a key, and the same in words.
pub(super) fn figure(case: &Case, context: &Context, today: Date) -> Markup {
    let bands = bands(case, context, today);
    html! {
        @if let Some(person) = pillar(context) {
            p.warning { strong { "The account now hangs on one person: " (name(person.reveal())) "." } }
        }
        figure.map {
            (map::draw(case, &bands))
            (key(&bands))
        }
        details.spoken {
            summary { "The same in words" span.soft { ", " (counted(context.stakeholders.len(), "person", "people")) } }
            (words(&bands))
        }
    }
}

fn key(bands: &[Band]) -> Markup {
    let any = |has: fn(&Card) -> bool| bands.iter().flat_map(|band| &band.cards).any(has);
    html! {
        figcaption.key {
            ul {
                @if any(|card| card.kind == Kind::Key) { li { span.glyph.role {} "key role" } }
                @if any(|card| card.kind == Kind::Left) { li { span.glyph.left {} "has left" } }
                @if any(|card| card.kind == Kind::Empty) { li { span.glyph.empty {} "role nobody fills" } }
                @if any(|card| card.candidate.is_some()) { li { span.glyph.candidate { "1" } "could take over, the best first" } }
                @if any(|card| card.pillar) { li { span.glyph.pillar {} "all hangs on this person" } }
            }
        }
    }
}

fn words(bands: &[Band]) -> Markup {
    html! {
        ul.in-words {
            @for band in bands {
                li {
                    (band.label)
                    ul { @for card in &band.cards { li { (in_words(card)) } } }
                }
            }
        }
    }
}

fn in_words(card: &Card) -> Markup {
    html! {
        @if card.kind == Kind::Empty { strong { (card.roles) ": nobody" } }
        @else {
            strong { (name(&card.name)) }
            @if !card.title.is_empty() { ", " (name(&card.title)) }
            @if !card.roles.is_empty() { ", " (card.roles) }
        }
        @if !card.news.is_empty() { ", " strong { (name(&card.news)) } }
        @for note in &card.notes { ", " (name(note)) }
        @if let Some(place) = card.candidate { ", number " (place) " of the candidates" }
        @if card.pillar { ", the account hangs on this person" }
    }
}

#[cfg(test)]
mod tests {
    use domain::Personal;
    use domain::context::Stakeholder;
    use domain::finding::Verdict;
    use jiff::civil::date;

    use super::super::example;
    use super::*;

    fn shown(case: &Case) -> String {
        let context = case.context.as_ref().unwrap();
        figure(case, context, date(2026, 11, 22)).into_string()
    }

    #[test]
    fn the_map_has_a_text_alternative_that_says_all_it_draws() {
        let page = shown(&example::case("Dana Fox"));
        let drawn = page.split_once("<desc").unwrap().1;
        for part in ["Left: Dana Fox (was champion).", "Nobody is: champion.", "Could take over: Lee Park."] {
            assert!(drawn.contains(part), "{part}");
        }
        let words = page.split_once("The same in words").unwrap().1;
        for part in ["champion: nobody", "Lee Park", "number 1 of the candidates", "the account hangs on this person"] {
            assert!(words.contains(part), "{part}");
        }
        assert!(page.contains("role=\"img\"") && page.contains("aria-labelledby"));
    }

    #[test]
    fn somebody_who_is_promoted_stays_on_the_map_and_is_marked() {
        let mut case = example::case("Dana Fox");
        case.finding.verdict = Verdict::Promoted;
        case.subject.contact = domain::ContactId::parse("003B").unwrap();
        let page = shown(&case);
        assert!(page.contains("promoted") && !page.contains("has left"));
    }

    #[test]
    fn a_crowd_is_cut_on_the_map_and_complete_in_the_words() {
        let mut case = example::case("Dana Fox");
        let people = &mut case.context.as_mut().unwrap().stakeholders;
        let one = people[1].clone();
        people.extend((0..200).map(|i| Stakeholder { name: Personal::new(format!("P{i}")), ..one.clone() }));
        let page = shown(&case);
        assert!(page.contains("more</text>"));
        assert!(page.split_once("The same in words").unwrap().1.contains("P199"));
    }
}
