//! What every HTML file of ours begins with: a head that lets nothing be fetched or run, and the brand.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Nothing may be fetched, run, framed or sent; only the styles in the file itself apply.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A document that stands alone, with this title and these style sheets.
pub(crate) fn document(title: &str, sheets: &[&str], body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(title, sheets))
            body { (body) }
        }
    }
}

fn head(title: &str, sheets: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            title { (title) }
            @for sheet in sheets { style { (PreEscaped(sheet)) } }
        }
    }
}

/// A baton, passed on.
pub(crate) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" {
            line.baton x1="4.5" y1="15.5" x2="15.5" y2="4.5" {}
            line.band x1="8.6" y1="11.4" x2="11.4" y2="8.6" {}
        }
    }
}
