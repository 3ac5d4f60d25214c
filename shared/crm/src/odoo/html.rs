//! Text as HTML of the chatter, and back.

/// A text as paragraphs: every character of it is shown and none is markup.
pub(super) fn paragraphs(text: &str) -> String {
    let paragraph = |lines: &str| {
        let lines: Vec<String> = lines.lines().map(escape).collect();
        format!("<p>{}</p>", lines.join("<br/>"))
    };
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").filter(|lines| !lines.trim().is_empty()).map(paragraph).collect()
}

/// One line, written in bold.
pub(super) fn bold(line: &str) -> String {
    format!("<p><b>{}</b></p>", escape(line))
}

/// The text with every character that could be markup written out. No database of Odoo's takes a NUL.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0' => {}
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether one of the lines that HTML shows is this one, whatever its white space and however Odoo has rewritten it.
pub(super) fn shows(html: &str, line: &str) -> bool {
    let wanted = words(line);
    lines(html).any(|shown| words(&unescape(&shown)) == wanted)
}

/// What stands between tags that end a line.
fn lines(html: &str) -> impl Iterator<Item = String> {
    let mut lines = vec![String::new()];
    for (i, piece) in html.split('<').enumerate() {
        let (tag, text) = if i == 0 { ("", piece) } else { piece.split_once('>').unwrap_or((piece, "")) };
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if matches!(name.to_ascii_lowercase().as_str(), "p" | "br" | "div" | "li" | "ul") {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(text);
        }
    }
    lines.into_iter()
}

fn unescape(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#34;", "\""), ("&nbsp;", " ")];
    named.iter().fold(text.to_owned(), |text, (name, c)| text.replace(name, c)).replace("&amp;", "&")
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_text_is_markup() {
        let html = paragraphs("<script>alert('x')</script> & \"co\"\u{0}\nnext\n\nlast");
        assert_eq!(
            html,
            "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;<br/>next</p><p>last</p>"
        );
    }

    #[test]
    fn a_line_is_found_again_as_odoo_has_rewritten_it() {
        let line = "acknowledged by O'Hara & Söhne <3: \"on it\"";
        assert!(shows(&bold(line), line));
        assert!(shows("<div><p><b>acknowledged by O'Hara &amp; Söhne  &lt;3: \"on\u{a0}it\"</b></p></div>", line));
        assert!(!shows(&bold("acknowledged by O'Hara & Söhne <3: \"on it\", then handed on"), line));
    }
}
