//! Names whose accents an import has lost to question marks: “Nestl?”. What can be undone, `mend` undoes.

/// Whether the one text is the other with question marks for its letters beyond ASCII.
pub(super) fn lost_letters(left: &str, right: &str) -> bool {
    fits(left, right) || fits(right, left)
}

/// One letter may have become one mark or, byte by byte, two.
fn fits(damaged: &str, whole: &str) -> bool {
    if !damaged.contains(MARKS) || whole.is_ascii() {
        return false;
    }
    let mut marks = damaged.trim().chars().peekable();
    let mut any = false;
    for c in whole.trim().chars() {
        match marks.next() {
            Some(mark) if MARKS.contains(&mark) && !c.is_ascii() => {
                any = true;
                marks.next_if(|next| MARKS.contains(next));
            }
            Some(same) if same.to_lowercase().eq(c.to_lowercase()) => {}
            _ => return false,
        }
    }
    any && marks.next().is_none()
}

const MARKS: [char; 2] = ['?', '\u{fffd}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_mark_stands_for_a_letter_beyond_ascii_only() {
        assert!(lost_letters("Soci?t? G?n?rale", "Société Générale"));
        assert!(lost_letters("Caf?? Zyx", "Café Zyx"));
        assert!(!lost_letters("Who?", "Whom"));
        assert!(!lost_letters("Acme", "Acmé"));
    }
}
