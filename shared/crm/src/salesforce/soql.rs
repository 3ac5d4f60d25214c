//! Words of a SOQL query that come from outside: each is checked or escaped here, and nowhere else written into one.

use jiff::{Timestamp, TimestampRound, Unit};

/// Ids in one list. A query travels in an address, which may have 16,384 bytes; two hundred ids take some 5,500 of them.
pub(super) const IDS: usize = 200;
/// Addresses of mail in one list: they are longer, up to 80 characters.
pub(super) const ADDRESSES: usize = 60;

/// Whether a text has the shape of one of Salesforce's ids: 15 or 18 letters and digits.
pub(super) fn is_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A text as a literal.
pub(super) fn text(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' | '"' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => {}
            c => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}

/// A text as a literal behind `LIKE`, which stands for itself at the end of a value.
pub(super) fn ending_with(end: &str) -> String {
    let escaped: String =
        text(end).chars().flat_map(|c| matches!(c, '%' | '_').then_some('\\').into_iter().chain([c])).collect();
    format!("'%{}", &escaped[1..])
}

/// A point in time, down to the second.
pub(super) fn time(at: Timestamp) -> String {
    let second = TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor);
    at.round(second).unwrap_or(at).to_string()
}

/// `Id IN ('003…','003…')`, of those texts that have the shape of an id; nothing where none has.
pub(super) fn ids_in<'a>(field: &str, ids: impl Iterator<Item = &'a str>) -> Option<String> {
    let list: Vec<String> = ids.filter(|id| is_id(id)).map(text).collect();
    (!list.is_empty()).then(|| format!("{field} IN ({})", list.join(",")))
}

/// A query as the end of an address.
pub(super) fn escaped(query: &str) -> String {
    https::form(&[("q", query)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_never_ends_its_literal() {
        for (plain, literal) in [
            ("O'Neil", r"'O\'Neil'"),
            (r"\' OR Name LIKE '%", r"'\\\' OR Name LIKE \'%'"),
            ("a\nb\0", r"'a\nb'"),
            ("", "''"),
        ] {
            assert_eq!(text(plain), literal);
        }
        assert_eq!(ending_with("100%_[C-'1']"), r"'%100\%\_[C-\'1\']'");
    }

    #[test]
    fn only_what_has_the_shape_of_an_id_is_asked_for() {
        assert_eq!(ids_in("Id", ["003') OR (Name != '", "x", ""].into_iter()), None);
        let two = ids_in("Id", ["003000000000001", "0030000000000AbAAE", "'"].into_iter());
        assert_eq!(two.as_deref(), Some("Id IN ('003000000000001','0030000000000AbAAE')"));
    }

    #[test]
    fn a_point_in_time_never_moves_forward() {
        assert_eq!(time("2026-11-02T07:00:00.999Z".parse().unwrap()), "2026-11-02T07:00:00Z");
    }
}
