//! Which mails a mail answers, so that every mail program draws one conversation: `References` names the first and those after
//! it, `In-Reply-To` the last. (RFC 5322, 3.6.4)

/// A header of more ids than this helps nobody; the first one, which opens the thread, and the latest ones do.
const MOST: usize = 10;

/// The Message-IDs of a thread without their brackets, the oldest first. What is no Message-ID is left out.
pub(super) fn chain<'a>(thread: Option<&'a str>, earlier: &'a [String]) -> Vec<&'a str> {
    let Some(first) = thread.and_then(bare) else { return Vec::new() };
    let mut chain = vec![first];
    for id in earlier.iter().filter_map(|id| bare(id)) {
        if !chain.contains(&id) {
            chain.push(id);
        }
    }
    if chain.len() > MOST {
        chain.drain(1..=chain.len() - MOST);
    }
    chain
}

/// A Message-ID without its brackets, if it is one.
fn bare(id: &str) -> Option<&str> {
    let id = id.trim();
    let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    let is_one =
        id.len() <= 250 && id.contains('@') && id.chars().all(|c| c.is_ascii_graphic() && !"<>,;\"()".contains(c));
    is_one.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(thread: Option<&str>, earlier: &[&str], expected: &[&str]) {
        let earlier: Vec<String> = earlier.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(chain(thread, &earlier), expected, "{thread:?} {earlier:?}");
    }

    #[test]
    fn a_thread_is_the_first_mail_and_those_after_it_each_once() {
        check(None, &["<b@x>"], &[]);
        check(Some("<a@x>"), &[], &["a@x"]);
        check(Some("a@x"), &["<a@x>", "<b@x>", "<c@x>", "<b@x>"], &["a@x", "b@x", "c@x"]);
        let many: Vec<String> = (0..30).map(|n| format!("<{n}@x>")).collect();
        let chain = chain(Some("<0@x>"), &many);
        assert_eq!((chain.len(), chain[0], chain[1], chain[9]), (10, "0@x", "21@x", "29@x"));
    }

    #[test]
    fn what_is_no_message_id_joins_no_thread() {
        for rubbish in ["", "D024BE91L/1747843200.000100", "a@b\r\nBcc: x@y", "<a@b> <c@d>", "a b@c", "\"a\"@b"] {
            check(Some(rubbish), &[], &[]);
            check(Some("<a@x>"), &[rubbish], &["a@x"]);
        }
    }
}
