//! The little HTML that the bodies of notes and tasks are.

/// A text as HTML shows it.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\0' => {}
            other => html.push(other),
        }
    }
    html
}

/// What a reader sees of HTML, a line for each block. HubSpot rewrites tags and entities as it keeps them, and never the words.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else { break };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if ["p", "br", "div", "li", "ul", "ol", "tr"].contains(&name.to_ascii_lowercase().as_str()) {
            text.push('\n');
        }
        rest = after;
    }
    if !rest.contains('<') {
        text.push_str(rest);
    }
    for (entity, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&#160;", " ")]
    {
        text = text.replace(entity, character);
    }
    // Last, or `&amp;lt;` would become a bracket.
    text = text.replace("&amp;", "&");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_escaped_is_read_as_it_was() {
        for text in ["a < b & c > d", "\"it's\"", "&lt;", "5 &amp; 6", "plain"] {
            assert_eq!(plain(&format!("<p>{}</p>", escaped(text))), text);
        }
    }

    #[test]
    fn tags_go_and_blocks_become_lines() {
        assert_eq!(plain("<div style=\"x\"><p>One&nbsp;two</p><p>three<br/>four</p></div>"), "One two\nthree\nfour");
        assert_eq!(plain("broken <p"), "broken");
    }
}
