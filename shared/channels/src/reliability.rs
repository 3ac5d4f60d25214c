//! The reliability diagram: confidence beside the share that was right, as one HTML file that asks nobody for anything.

mod diagram;
mod figures;
mod scale;

use domain::calibration::Calibration;
use maud::{Markup, html};

use crate::frame::{document, mark};
use crate::report::style;
use crate::report::text::counted;
use crate::words::plain;

/// What the file shows.
#[derive(Clone, Debug)]
pub struct Reliability {
    /// What it is of.
    pub title: String,
    /// On what grounds, in a sentence or two.
    pub grounds: String,
    /// The diagrams; the first is drawn large.
    pub panels: Vec<Panel>,
}

/// One diagram.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Of which judgements: `All`, `Cosmetic`.
    pub name: String,
    /// What those are, in a clause.
    pub what: String,
    /// Confidence and what was right.
    pub calibration: Calibration,
}

const SHEET: &str = include_str!("reliability/style.css");

/// The diagrams as one self-contained HTML file.
pub fn render(reliability: &Reliability) -> String {
    let Reliability { title, grounds, panels } = reliability;
    let body = html! {
        header.masthead {
            p.brand { (mark()) "Baton" }
            h1 dir="auto" { (plain(title, 400)) }
            p.summary { (plain(grounds, 2_000)) }
            p.lead {
                "Confidence is kept where a point lies on the line: of the judgements at 0.9, nine in ten are right. "
                "The bar through a point is the 95 % interval that so many judgements leave open."
            }
            (key())
        }
        main.diagrams {
            @for (i, each) in panels.iter().enumerate() { (panel(each, i == 0)) }
        }
        footer.colophon { p {
            "Both axes are stretched towards the top in the same way, so that the line stays straight. "
            "The expected calibration error is how far confidence and share lie apart, over the bins by their "
            "counts; the Brier score is the mean square of what confidence was off by. Smaller is better for both."
        } }
    };
    document(title, &[style::SHEET, SHEET], &body).into_string()
}

fn key() -> Markup {
    html! {
        ul.key aria-hidden="true" {
            li { svg viewBox="0 0 12 12" width="12" height="12" { circle.point cx="6" cy="6" r="5" {} } "the line lies within the interval" }
            li { svg viewBox="0 0 12 12" width="12" height="12" { circle.point.off cx="6" cy="6" r="4.5" {} } "it does not: confidence is off" }
        }
    }
}

fn panel(panel: &Panel, first: bool) -> Markup {
    let Panel { name, what, calibration } = panel;
    html! {
        section.large[first] {
            h2 { (plain(name, 100)) }
            p.soft { (plain(what, 400)) }
            @if calibration.right.of == 0 { p.nothing { "No judgement of this kind was made." } }
            @else {
                p.sum {
                    (counted(calibration.right.of as usize, "judgement", "judgements"))
                    @if let Some(error) = calibration.error { " · calibration error " b { (format!("{error:.3}")) } }
                    @if let Some(brier) = calibration.brier { " · Brier score " b { (format!("{brier:.3}")) } }
                }
                div.drawn {
                    figure { (diagram::draw(name, calibration)) }
                    details open[first] {
                        summary { "The figures" }
                        (figures::table(calibration))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(points: &[(f64, bool)]) -> String {
        let panel = |name: &str| Panel {
            name: name.to_owned(),
            what: "what was judged".to_owned(),
            calibration: Calibration::of(points.iter().copied()),
        };
        let panels = vec![panel("All"), panel("Cosmetic")];
        render(&Reliability { title: "Reliability".to_owned(), grounds: "Of two sets.".to_owned(), panels })
    }

    fn mixed() -> Vec<(f64, bool)> {
        (0..40).map(|i| (0.92, i % 10 != 0)).chain((0..20).map(|i| (0.97, i % 2 == 0))).collect()
    }

    #[test]
    fn the_page_loads_nothing_and_runs_nothing() {
        let page = page(&mixed());
        for outside in ["src=", "<script", "<link", "@import", "url(", "href=", "<form"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'") && page.contains("prefers-color-scheme: dark"));
    }

    #[test]
    fn every_bin_with_judgements_has_a_point_a_bar_and_its_number() {
        let page = page(&mixed());
        let first = page.split("<details").next().unwrap().split("<figure").nth(1).unwrap();
        let (points, bars) = (first.matches("class=\"point").count(), first.matches("class=\"count\"").count());
        assert_eq!((points, bars), (2, 2));
        assert!(first.contains(">40</text>") && first.contains(">20</text>"));
    }

    #[test]
    fn a_point_whose_interval_leaves_out_the_line_is_drawn_as_one_that_is_off() {
        let drawn = page(&mixed());
        let first = drawn.split("<details").next().unwrap().split("<figure").nth(1).unwrap();
        assert_eq!(first.matches("class=\"point off\"").count(), 1, "0.97 was said and half was right");
        assert!(first.contains("97.0 % said, 50.0 % right"));
    }

    #[test]
    fn without_judgements_nothing_is_drawn_and_the_page_says_so() {
        let page = page(&[]);
        assert!(page.contains("No judgement of this kind was made.") && !page.contains("<figure"));
    }

    #[test]
    fn a_name_from_outside_stays_text() {
        let panel = Panel {
            name: "<script>alert(1)</script>".to_owned(),
            what: "\"><img src=x>".to_owned(),
            calibration: Calibration::of([(0.9, true)]),
        };
        let page =
            render(&Reliability { title: "</title><b>".to_owned(), grounds: "<i>".to_owned(), panels: vec![panel] });
        assert!(
            !page.contains("<script") && !page.contains("<img") && !page.contains("<b></") && !page.contains("<i>")
        );
    }
}
