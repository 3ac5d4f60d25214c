//! Where a reader asks for no more mails: the headers of RFC 2369, and of RFC 8058 where one click is enough.

use domain::CaseId;

/// The headers for a place such as `mailto:desk@us.example` or `https://us.example/mail?case={case}`; none for any other.
pub(super) fn headers(place: &str, case: Option<&CaseId>) -> Vec<(&'static str, String)> {
    let case = case.map_or("", CaseId::as_str).replace(':', "%3A").replace('@', "%40");
    let is_whole = place.chars().all(|c| c.is_ascii_graphic() && !"<>,".contains(c));
    match place.split_once(':') {
        Some(("mailto", _)) if is_whole => vec![("List-Unsubscribe", format!("<{}>", with_subject(place, &case)))],
        Some(("https", _)) if is_whole => vec![
            ("List-Unsubscribe", format!("<{}>", place.replace("{case}", &case))),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ],
        _ => Vec::new(),
    }
}

/// The administrator is to see at once what the mail is about.
fn with_subject(place: &str, case: &str) -> String {
    match (place.contains('?'), case.is_empty()) {
        (true, _) => place.replace("{case}", case),
        (false, true) => format!("{place}?subject=Unsubscribe"),
        (false, false) => format!("{place}?subject=Unsubscribe%20{case}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: &str, expected: &[&str]) {
        let case = CaseId::parse("C-7Q2M").unwrap();
        let headers: Vec<_> =
            headers(place, Some(&case)).iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(headers, expected, "{place}");
    }

    #[test]
    fn a_mail_or_one_click_asks_for_no_more_and_names_the_case() {
        check("mailto:admin@us.example", &["List-Unsubscribe: <mailto:admin@us.example?subject=Unsubscribe%20C-7Q2M>"]);
        check("mailto:a@us.example?subject=stop", &["List-Unsubscribe: <mailto:a@us.example?subject=stop>"]);
        check(
            "https://us.example/mail?case={case}",
            &[
                "List-Unsubscribe: <https://us.example/mail?case=C-7Q2M>",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            ],
        );
    }

    #[test]
    fn nothing_else_becomes_a_header() {
        for place in ["", "admin@us.example", "http://us.example", "https://x/>, <mailto:y@z", "mailto:a@b\r\nBcc: c@d"]
        {
            check(place, &[]);
        }
    }
}
