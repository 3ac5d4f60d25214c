//! The document around the parts: masthead, order of the sections, footer.

use maud::{Markup, html};

use crate::frame::{document, mark};
use crate::report::scans;
use crate::report::text::{count, counted, moment, name};

use super::load::{Load, loads};
use super::periods::{Period, periods};
use super::{
    Against, Backtest, Figures, advice, against, alerts, delay, method, overview, people, quiet, sureness, truth,
    verdicts, words,
};

/// Everything the page looks like, in the order in which its parts build on one another.
const SHEET: &str = concat!(
    include_str!("../report/style/page.css"),
    include_str!("../report/style/tables.css"),
    include_str!("../report/style/drawings.css"),
    include_str!("../report/style/media.css"),
    include_str!("style/figures.css"),
    include_str!("style/bars.css"),
    include_str!("style/lists.css"),
);

/// A backtest with what several parts of the page need of it.
pub(super) struct View<'a> {
    pub backtest: &'a Backtest,
    pub figures: Figures,
    pub periods: Vec<Period>,
    pub loads: Vec<Load<'a>>,
}

impl<'a> View<'a> {
    /// Works it out.
    pub(super) fn of(backtest: &'a Backtest) -> Self {
        let periods = periods(backtest);
        Self { figures: Figures::of(backtest), loads: loads(backtest, &periods), periods, backtest }
    }
}

/// The whole document.
pub(super) fn page(backtest: &Backtest, other: Option<&Against>) -> Markup {
    let view = View::of(backtest);
    let look = advice::section(&view);
    let body = html! {
        a.skip href="#main" { "Skip to the figures" }
        (masthead(&view, other, !look.0.is_empty()))
        main #main tabindex="-1" {
            @if let Some(other) = other { (against::section(&view, other)) }
            (look)
            (people::section(&view))
            (truth::section(&view))
            (verdicts::section(&view))
            (quiet::held(&view))
            (quiet::silenced(&view))
            (sureness::section(&view))
            (delay::section(&view))
            (alerts::section(&view))
            (scans::set_aside(&backtest.set_aside))
            (method::section(&view))
        }
        (footer(backtest))
    };
    document(TITLE, &[SHEET], &body)
}

const TITLE: &str = "What Baton would have told your team";

fn masthead(view: &View<'_>, other: Option<&Against>, look: bool) -> Markup {
    let backtest = view.backtest;
    html! {
        header.masthead #top {
            p.brand { (mark()) "Baton" }
            h1 { (TITLE) }
            p.played {
                "Backtest of " (counted(backtest.exports.len(), "export", "exports"))
                @if backtest.exports.len() > 1 {
                    ", " (name(&words::said(backtest, 0))) " to " (name(&words::said(backtest, backtest.exports.len() - 1)))
                }
                ", with " (name(&backtest.config)) @if let Some(other) = other { " against " (name(&other.backtest.config)) }
            }
            (overview::summary(backtest))
            nav aria-label="Parts of the page" {
                ul {
                    @if other.is_some() { li { a href="#against" { "Side by side" } } }
                    @if look { li { a href="#look" { "Before you switch it on" } } }
                    li { a href="#people" { "For each CSM" } }
                    @if view.figures.score.is_some() { li { a href="#truth" { "Right and wrong" } } }
                    li { a href="#over-time" { "Over time" } }
                    li { a href="#held" { "Held" } " " span.count { (count(view.figures.held)) } }
                    li { a href="#silent" { "Left silent" } " " span.count { (count(view.figures.silenced)) } }
                    li { a href="#sure" { "How sure" } }
                    li { a href="#soon" { "How soon" } }
                    li { a href="#alerts" { "Every alert" } " " span.count { (count(view.figures.alerts)) } }
                    @if !backtest.set_aside.is_empty() { li { a href="#set-aside" { "Set aside" } " " span.count { (backtest.set_aside.len()) } } }
                    li { a href="#method" { "How it was counted" } }
                }
            }
            (overview::strip(view))
        }
    }
}

fn footer(backtest: &Backtest) -> Markup {
    html! {
        footer.colophon {
            p {
                "Made " (moment(backtest.made)) " UTC. Nobody was told anything, and nothing was written into the CRM. "
                "This file holds personal data: pass it on only to people who may see the CRM."
            }
            p { a href="#top" { "Back to the top" } }
        }
    }
}
