//! HTML as a reader sees it, line by line. What is quoted from another mail is marked as plain text marks it.

use mail_parser::decoders::html::add_html_token;

/// `&DownLeftRightVector;` is long, and nobody writes it.
const LONGEST_ENTITY: usize = 12;

/// The text of a document.
pub(super) fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while !rest.is_empty() {
        rest = match rest.as_bytes()[0] {
            b'<' => page.tag(rest),
            _ => page.words(rest),
        };
    }
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    /// Depth of quotations.
    quoted: usize,
    /// The address a link leads to, until the link ends, and where its words begin.
    link: Option<(String, usize)>,
}

impl Page {
    /// Takes text up to the next tag.
    fn words<'a>(&mut self, rest: &'a str) -> &'a str {
        let end = rest.find('<').unwrap_or(rest.len());
        let mut words = rest[..end].split_inclusive(char::is_whitespace).peekable();
        if rest.starts_with(char::is_whitespace) {
            self.space();
        }
        while let Some(word) = words.next() {
            let bare = word.trim_end();
            if !bare.is_empty() {
                self.word(bare);
            }
            if bare.len() < word.len() && words.peek().is_none_or(|next| !next.trim().is_empty()) {
                self.space();
            }
        }
        &rest[end..]
    }

    fn word(&mut self, word: &str) {
        self.mark_quotation();
        let mut rest = word;
        while let Some(at) = rest.find('&') {
            self.text.push_str(&rest[..at]);
            rest = &rest[at..];
            match rest.bytes().take(LONGEST_ENTITY).position(|b| b == b';') {
                Some(end) => {
                    add_html_token(&mut self.text, &rest.as_bytes()[..=end], false);
                    rest = &rest[end + 1..];
                }
                None => {
                    self.text.push('&');
                    rest = &rest[1..];
                }
            }
        }
        self.text.push_str(rest);
    }

    fn space(&mut self) {
        if !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    fn mark_quotation(&mut self) {
        if self.quoted > 0 && (self.text.is_empty() || self.text.ends_with('\n')) {
            self.text.push_str("> ");
        }
    }

    /// Takes a tag, and with it what is never shown.
    fn tag<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        let Some(end) = rest.find('>') else { return "" };
        let (tag, after) = (&rest[1..end], &rest[end + 1..]);
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        match (name.to_ascii_lowercase().as_str(), closes) {
            (name @ ("script" | "style" | "title" | "template"), false) => return after_end(after, name),
            ("br" | "hr", _) => self.line(),
            ("blockquote", false) => self.quote(1),
            ("blockquote", true) => self.quote(-1),
            (
                "p" | "div" | "li" | "tr" | "table" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dd"
                | "dt",
                _,
            ) => {
                self.block(tag, closes);
            }
            ("td" | "th", _) => self.space(),
            ("a", false) => self.link = mail_link(tag).map(|address| (address, self.text.len())),
            ("a", true) => self.end_link(),
            _ => {}
        }
        after
    }

    fn block(&mut self, tag: &str, closes: bool) {
        if !self.text.ends_with('\n') && !self.text.is_empty() {
            self.line();
        }
        let is_paragraph = matches!(tag.as_bytes().get(usize::from(closes)), Some(b'p' | b'P'));
        if closes && is_paragraph && !self.text.is_empty() {
            self.line();
        }
        // Gmail, Outlook and Yahoo mark where the mail that is answered begins.
        let marks =
            ["gmail_quote", "divRplyFwdMsg", "appendonsend", "yahoo_quoted", "moz-cite-prefix", "OLK_SRC_BODY_SECTION"];
        if !closes && marks.iter().any(|mark| tag.contains(mark)) {
            self.text.push_str("-----Original Message-----\n");
        }
    }

    fn quote(&mut self, by: isize) {
        self.quoted = self.quoted.saturating_add_signed(by);
        self.line();
    }

    /// Where only a name is shown, the address behind it is shown too.
    fn end_link(&mut self) {
        if let Some((address, begin)) = self.link.take()
            && !self.text.get(begin..).is_some_and(|shown| shown.contains('@'))
        {
            self.text.push_str(&format!(" <{address}>"));
        }
    }
}

fn after_end<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let begin = from + at + 2;
        let is_end =
            rest.as_bytes().get(begin..begin + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            return rest[begin..].find('>').map_or("", |end| &rest[begin + end + 1..]);
        }
        from = begin;
    }
    ""
}

fn mail_link(tag: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find("mailto:")? + "mailto:".len();
    let address = tag.get(at..)?.split(['"', '\'', '?', '>', ' ', '&']).next()?;
    address.contains('@').then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_s_lines_come_out() {
        for (html, text) in [
            ("<p>Dear all,</p><p>I am <b>away</b>.</p>", "Dear all,\n\nI am away.\n\n"),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("<style>p { x }</style><STYLE>a</style>a &amp; b &eacute; &#252; &bogus; &", "a & b é ü &bogus; &"),
            (
                "Write to <a href=\"mailto:lee@acme.example?subject=x\">Lee Park</a>.",
                "Write to Lee Park <lee@acme.example>.",
            ),
            ("<a href='mailto:lee@acme.example'>lee@acme.example</a>", "lee@acme.example"),
            ("new<blockquote type=cite>old<br>older</blockquote>end", "new\n> old\n> older\nend"),
            ("<!-- hidden -->a<!-- open", "a"),
            ("a\n  b\t c", "a b c"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn where_an_answered_mail_begins_is_marked() {
        assert!(
            to_text("Away.<div class=\"gmail_quote\">On Monday").contains("\n-----Original Message-----\nOn Monday")
        );
    }

    #[test]
    fn tags_without_end_cost_no_more_than_their_length() {
        assert_eq!(to_text(&"<script>".repeat(50_000)), "");
        assert_eq!(to_text(&"<a href=mailto:a@b ".repeat(50_000)), "");
        assert_eq!(to_text(&"&".repeat(50_000)).len(), 50_000);
    }
}
