//! The style sheet, in the order in which its parts build on one another.

/// Everything the page looks like.
pub(crate) const SHEET: &str = concat!(
    include_str!("style/page.css"),
    include_str!("style/tables.css"),
    include_str!("style/case.css"),
    include_str!("style/drawings.css"),
    include_str!("style/media.css"),
);
