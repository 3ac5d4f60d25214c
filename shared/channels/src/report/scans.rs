//! The scans in numbers, and the rows nobody could read.

use domain::ports::SetAside;
use maud::{Markup, html};

use super::text::{count, counted, moment, name, said};
use domain::records::ScanRecord;

/// Every scan, with what stopped it where something did.
pub(super) fn scans(scans: &[ScanRecord]) -> Markup {
    html! {
        section.listing aria-labelledby="scans" {
            h2 #scans { "Scans" }
            @if scans.is_empty() { p.nothing { "No scan has been recorded." } }
            @else {
                table.scans {
                    caption.unseen { "Each scan in numbers" }
                    thead {
                        tr {
                            th scope="col" { "Began" }
                            th scope="col" { "System" }
                            @for head in ["Contacts", "First seen", "Changed", "Alerted", "Held", "Silenced"] {
                                th.right scope="col" { (head) }
                            }
                        }
                    }
                    tbody { @for scan in scans { (line(scan)) } }
                }
            }
        }
    }
}

/// The rows that were set aside instead of guessed at; nothing where there are none.
pub(crate) fn set_aside(rows: &[SetAside]) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    html! {
        section.listing aria-labelledby="set-aside" {
            h2 #set-aside { "Rows set aside" }
            p.lead {
                (counted(rows.len(), "row", "rows")) " could not be read and " (if rows.len() == 1 { "was" } else { "were" })
                " set aside instead of guessed at. Everything else was judged without them."
            }
            table.set-aside {
                caption.unseen { "Rows that could not be read" }
                thead {
                    tr {
                        th scope="col" { "File" }
                        th.right scope="col" { "Row" }
                        th scope="col" { "Column" }
                        th scope="col" { "What is wrong, and what to do" }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (name(&row.file)) }
                            td.right data-label="Row" { (count(row.row)) }
                            td data-label="Column" { @if let Some(column) = &row.column { (name(column)) } @else { "the whole row" } }
                            td.value { (said(&row.reason)) }
                        }
                    }
                }
            }
        }
    }
}

fn line(scan: &ScanRecord) -> Markup {
    let numbers = [
        ("Contacts", scan.contacts),
        ("First seen", scan.first_seen),
        ("Changed", scan.changed),
        ("Alerted", scan.alerted),
        ("Held", scan.held),
        ("Silenced", scan.silenced),
    ];
    html! {
        tr {
            th scope="row" { (moment(scan.at)) }
            td data-label="System" { (name(&scan.system)) }
            @for (label, number) in numbers { td.right data-label=(label) { (count(number)) } }
        }
        @if let Some(brake) = &scan.brake {
            tr.brake { td colspan="8" { strong { "Stopped by the brake: " } (said(brake)) } }
        }
    }
}
