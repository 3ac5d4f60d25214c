//! Mail addresses within text.

use std::ops::Range;

/// What a server accepts as an address is no longer than this (RFC 5321).
const LONGEST: usize = 254;

/// Where the addresses of a text stand, in order.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let begin = at - local_length(&text[..at]);
        let end = at + 1 + domain_length(&text[at + 1..]);
        let is_address = begin < at && end > at + 1 && end - begin <= LONGEST;
        if is_address && found.last().is_none_or(|last| last.end <= begin) {
            found.push(begin..end);
        }
    }
    found
}

/// The addresses of a text, in lower case.
pub(crate) fn all(text: &str) -> impl Iterator<Item = String> + '_ {
    find(text).into_iter().map(|range| text[range].to_lowercase())
}

/// The part behind the `@`, in lower case; blank where there is none.
pub(crate) fn domain(address: &str) -> String {
    address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
}

/// The part before the `@`; all of it where there is none.
pub(crate) fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

fn local_length(before: &str) -> usize {
    let belongs = |c: char| c.is_alphanumeric() || "._%+-='&~#".contains(c);
    let run = before.chars().rev().take(LONGEST).take_while(|c| belongs(*c)).map(char::len_utf8).sum::<usize>();
    let run = &before[before.len() - run..];
    // A quote or a scheme before the address is none of it.
    run.trim_start_matches(['.', '\'', '=', '-', '&', '#']).len()
}

fn domain_length(after: &str) -> usize {
    let belongs = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let run = after.find(|c| !belongs(c)).unwrap_or(after.len());
    let domain = after[..run.min(LONGEST)].trim_end_matches(['.', '-']);
    let is_domain = domain.rsplit_once('.').is_some_and(|(host, top)| {
        !host.is_empty()
            && !domain.contains("..")
            && top.len() >= 2
            && top.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    if is_domain { domain.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        all(text).collect()
    }

    #[test]
    fn addresses_are_found_with_what_belongs_to_them() {
        assert_eq!(found("Write to Lee.Park+x@Acme.Example. Or (a_b@c.co)!"), ["lee.park+x@acme.example", "a_b@c.co"]);
        assert_eq!(found("<mailto:x@y.example>,'q@r.example'"), ["x@y.example", "q@r.example"]);
        assert_eq!(found("jörg@müller.example"), ["jörg@müller.example"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        assert_eq!(found("a @ b.example, @handle, me@home, x@.y, @@, a@b..c.de"), Vec::<String>::new());
        assert!(find(&"@".repeat(100_000)).is_empty());
        assert!(find(&"a@b.cd".repeat(20_000)).len() <= 20_000);
    }
}
