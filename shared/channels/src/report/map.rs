//! The stakeholder map as a drawing, twice: four places wide for a desk and paper, two for a phone.

use domain::case::Case;
use maud::{Markup, html};

use super::lettering::wrap;
use super::places::{Band, Card, Kind};

/// How the places are laid out; all lengths in the drawing's own units, which are CSS pixels at full size.
struct Grid {
    id: &'static str,
    columns: usize,
    width: f32,
    gap: f32,
    /// Room for the level's name at the left; without it the name stands above.
    gutter: f32,
}

impl Grid {
    fn desk(bands: &[Band]) -> Self {
        let widest = bands.iter().map(|band| band.cards.len()).max().unwrap_or(0);
        Self { id: "wide", columns: widest.clamp(3, 4), width: 920.0, gap: 18.0, gutter: 112.0 }
    }

    fn phone() -> Self {
        Self { id: "narrow", columns: 2, width: 350.0, gap: 14.0, gutter: 0.0 }
    }

    fn card(&self) -> f32 {
        let columns = self.columns as f32;
        (self.width - self.gutter + self.gap) / columns - self.gap
    }
}

/// More rows of one level than this say nothing at a glance; the list in words has everybody.
const ROWS: usize = 2;

const PADDING: f32 = 13.0;

/// Both drawings; the style sheet shows the one that fits.
pub(super) fn draw(case: &Case, bands: &[Band]) -> Markup {
    html! { (on(&Grid::desk(bands), case, bands)) (on(&Grid::phone(), case, bands)) }
}

fn on(grid: &Grid, case: &Case, bands: &[Band]) -> Markup {
    let id = format!("{}-{}", grid.id, case.id);
    let mut y = 1.0;
    let mut drawn = Vec::new();
    for (i, band) in bands.iter().enumerate() {
        let (picture, height) = self::band(grid, band, y, i > 0);
        drawn.push(picture);
        y += height;
    }
    html! {
        svg.people.(grid.id) viewBox={ "-1 0 " (grid.width + 2.0) " " (y) } role="img" aria-labelledby={ "t-" (id) } aria-describedby={ "d-" (id) } {
            title id={ "t-" (id) } { "Stakeholders of " (case.account_name) }
            desc id={ "d-" (id) } { (described(bands)) }
            @for picture in &drawn { (picture) }
        }
    }
}

fn described(bands: &[Band]) -> String {
    let cards = || bands.iter().flat_map(|band| &band.cards);
    let names = |kind: Kind| {
        cards()
            .filter(move |card| card.kind == kind)
            .map(|card| format!("{} ({})", card.name, card.roles))
            .collect::<Vec<_>>()
    };
    let mut parts = Vec::new();
    let mut say = |what: &str, whom: &[String]| {
        if !whom.is_empty() {
            parts.push(format!("{what}: {}.", whom.join(", ")));
        }
    };
    say("Left", &names(Kind::Left));
    say("Nobody is", &cards().filter(|c| c.kind == Kind::Empty).map(|c| c.roles.clone()).collect::<Vec<_>>());
    say("In key roles", &names(Kind::Key));
    say("Could take over", &cards().filter(|c| c.candidate.is_some()).map(|c| c.name.clone()).collect::<Vec<_>>());
    say("All hangs on", &cards().filter(|c| c.pillar).map(|c| c.name.clone()).collect::<Vec<_>>());
    format!("{} The list below the drawing names everybody.", parts.join(" "))
}

/// One level from `top` down, and how high it is.
fn band(grid: &Grid, band: &Band, top: f32, ruled: bool) -> (Markup, f32) {
    let above = if grid.gutter > 0.0 { 14.0 } else { 34.0 };
    let most = grid.columns * ROWS;
    let shown = if band.cards.len() > most { most - 1 } else { band.cards.len() };
    let mut cards: Vec<Card> = band.cards.iter().take(shown).cloned().collect();
    if shown < band.cards.len() {
        let name = format!("and {} more", band.cards.len() - shown);
        cards.push(Card { name, title: "named in the list below".to_owned(), ..Card::default() });
    }
    let mut y = top + above;
    let mut rows = Vec::new();
    for row in cards.chunks(grid.columns) {
        let lettered: Vec<Lettered<'_>> = row.iter().map(|card| Lettered::new(card, grid.card())).collect();
        let height = lettered.iter().map(|card| card.height).fold(0.0, f32::max);
        rows.push(html! {
            @for (i, card) in lettered.iter().enumerate() {
                @let x = grid.gutter + i as f32 * (grid.card() + grid.gap);
                (card.place(x, y, grid.card(), height))
                @if card.card.kind == Kind::Left && lettered.get(i + 1).is_some_and(|next| next.card.kind == Kind::Empty) {
                    (arrow(x + grid.card(), y + height / 2.0, grid.gap))
                }
            }
        });
        y += height + grid.gap;
    }
    let height = y - grid.gap + 14.0 - top;
    let label =
        if grid.gutter > 0.0 { wrap(band.label, 11.5, grid.gutter - 14.0, 3) } else { vec![band.label.to_owned()] };
    let baseline = if grid.gutter > 0.0 { top + above + 18.0 } else { top + 23.0 };
    let picture = html! {
        @if ruled { line.rule x1="0" y1=(top) x2=(grid.width) y2=(top) {} }
        @for (i, line) in label.iter().enumerate() { text.level x="0" y=(baseline + i as f32 * 15.0) { (line) } }
        @for row in &rows { (row) }
    };
    (picture, height)
}

fn arrow(x: f32, y: f32, gap: f32) -> Markup {
    let end = x + gap - 2.5;
    html! {
        line.arrow x1=(x + 1.0) y1=(y) x2=(end - 3.0) y2=(y) {}
        path.arrow-head d={ "M" (end) " " (y) "l-6 -4v8z" } {}
    }
}

/// A card with its text broken into lines.
struct Lettered<'a> {
    card: &'a Card,
    /// Class, text and how far below the card's top its baseline is.
    lines: Vec<(&'static str, String, f32)>,
    height: f32,
}

impl<'a> Lettered<'a> {
    fn new(card: &'a Card, width: f32) -> Self {
        let mut lines = Vec::new();
        let mut y = PADDING - 4.0;
        // The badge of a candidate stands in the corner beside the first line.
        let mut room = width - 2.0 * PADDING - if card.candidate.is_some() { 22.0 } else { 0.0 };
        let mut add = |class, text: &str, size: f32, most| {
            for (i, line) in wrap(text, size, room, most).into_iter().enumerate() {
                y += size + if i == 0 { 5.0 } else { 3.0 };
                lines.push((class, line, y));
                room = width - 2.0 * PADDING;
            }
        };
        add("role", &card.roles, 11.5, 3);
        add("name", &card.name, 14.5, 2);
        add("title", &card.title, 12.5, 2);
        add("news", &card.news, 12.5, 2);
        for note in &card.notes {
            add("note", note, 12.0, 2);
        }
        if card.pillar {
            add("weight", "▲ all hangs on this person", 12.0, 2);
        }
        Self { card, lines, height: y + PADDING }
    }

    fn place(&self, x: f32, y: f32, width: f32, height: f32) -> Markup {
        let kind = match self.card.kind {
            Kind::Present => "present",
            Kind::Key => "key",
            Kind::Left => "left",
            Kind::Empty => "empty",
        };
        html! {
            g.card.(kind).pillar[self.card.pillar].changed[!self.card.news.is_empty()] {
                title { (self.card.name) @if !self.card.title.is_empty() { ", " (self.card.title) } }
                rect.box x=(x) y=(y) width=(width) height=(height) rx="6" {}
                @if self.card.kind == Kind::Left {
                    path.cross d={ "M" (x + 6.0) " " (y + 6.0) "L" (x + width - 6.0) " " (y + height - 6.0) "M" (x + width - 6.0) " " (y + 6.0) "L" (x + 6.0) " " (y + height - 6.0) } {}
                }
                @if self.card.kind == Kind::Key { path.bar d={ "M" (x + 2.0) " " (y + 8.0) "v" (height - 16.0) } {} }
                @for (class, line, down) in &self.lines { text class=(class) x=(x + PADDING) y=(y + down) { (line) } }
                @if let Some(place) = self.card.candidate {
                    circle.badge cx=(x + width - 17.0) cy=(y + 17.0) r="10" {}
                    text.badge-number x=(x + width - 17.0) y=(y + 21.2) text-anchor="middle" { (place) }
                }
            }
        }
    }
}
