//! Block Kit within Slack's limits: what does not fit is left out and counted, so that the message can say so.

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

/// Slack refuses messages near 13,200 characters (slackapi/bolt-js#2509); we stay well below.
const TEXT: usize = 10_000;
/// One section's text.
const SECTION: usize = 3_000;
/// Blocks in one message.
const BLOCKS: usize = 50;
/// What `actions` and `end` may need: the words on five buttons (100), the footer (600), the closing line (200), and the links.
const END: usize = 900 + LINKS;
/// What the links may take.
const LINKS: usize = 1_000;
/// Their blocks: buttons, links, footer, closing line.
const END_BLOCKS: usize = 4;
/// A message in the making.
pub(super) struct Blocks {
    made: Vec<Value>,
    room: usize,
    left_out: usize,
}

impl Blocks {
    pub(super) fn with_room_for_the_end() -> Self {
        Self { made: Vec::new(), room: TEXT - END, left_out: 0 }
    }

    pub(super) fn header(&mut self, text: &str) {
        self.push(json!({"type": "header", "text": plain_text(text, 150)}));
    }

    /// What has become of it, short enough to leave room for the plan.
    pub(super) fn standing(&mut self, text: &str) {
        self.push(json!({"type": "section", "text": plain_text(text, 400)}));
    }

    pub(super) fn section(&mut self, text: &str) {
        self.push(json!({"type": "section", "text": plain_text(text, 500)}));
    }

    pub(super) fn context(&mut self, elements: &[Value]) {
        self.push(json!({"type": "context", "elements": elements}));
    }

    /// A label and lines under it in one section, at most `max` long; nothing where there are no lines.
    pub(super) fn lines(&mut self, label: &str, max: usize, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.map(|line| fit(&line, 800)).collect();
        let mut room = self.room.saturating_sub(label.len() + 2).min(max).min(SECTION);
        let kept = lines.iter().take_while(|line| take(&mut room, length(line) + 1)).count();
        self.left_out += lines.len() - kept;
        if kept > 0 {
            self.label(label);
            self.push(json!({"type": "section", "text": escaped_text(&lines[..kept].join("\n"))}));
        }
    }

    /// A label, the goal, and each step with its small print.
    pub(super) fn steps(&mut self, label: &str, goal: Option<&str>, steps: impl Iterator<Item = (String, Vec<Value>)>) {
        let mut steps = steps.peekable();
        if steps.peek().is_none() && goal.is_none() {
            return;
        }
        self.label(label);
        if let Some(goal) = goal {
            self.section(goal);
        }
        for (what, small_print) in steps {
            let step = json!({"type": "section", "text": plain_text(&what, 500)});
            let small_print = json!({"type": "context", "elements": small_print});
            self.push_all(vec![step, small_print]);
        }
    }

    /// A proposal with its small print and its buttons.
    pub(super) fn proposal(&mut self, what: &str, small_print: &[Value], buttons: &[Value]) {
        let mut blocks = vec![json!({"type": "section", "text": plain_text(what, 600)})];
        if !small_print.is_empty() {
            blocks.push(json!({"type": "context", "elements": small_print}));
        }
        if !buttons.is_empty() {
            blocks.push(json!({"type": "actions", "elements": buttons}));
        }
        self.push_all(blocks);
    }

    /// `revision` is another whenever the message is written anew: Slack asks for another id of the block then.
    pub(super) fn actions(&mut self, buttons: &[Value], revision: u32) {
        if !buttons.is_empty() {
            self.made.push(json!({"type": "actions", "block_id": format!("answers-{revision}"), "elements": buttons}));
        }
    }

    /// The links, why the reader gets this, and where the rest is if there is a rest.
    pub(super) fn end(mut self, links: Vec<Value>, footer: &str, rest: &str) -> Vec<Value> {
        if self.left_out > 0 {
            let lines =
                if self.left_out == 1 { "1 line is".to_owned() } else { format!("{} lines are", self.left_out) };
            let closing = format!("{lines} left out here, because Slack limits the length. {rest}");
            self.made.push(json!({"type": "section", "text": plain_text(&closing, 200)}));
        }
        let mut room = LINKS;
        let links: Vec<Value> = links.into_iter().take_while(|link| take(&mut room, text_length(link))).collect();
        if !links.is_empty() {
            self.made.push(json!({"type": "context", "elements": links}));
        }
        if !footer.is_empty() {
            self.made.push(json!({"type": "context", "elements": [plain_text(footer, 600)]}));
        }
        self.made
    }

    fn label(&mut self, label: &str) {
        if !label.is_empty() {
            self.context(&[mrkdwn(&format!("*{label}*"))]);
        }
    }

    fn push(&mut self, block: Value) {
        self.push_all(vec![block]);
    }

    /// All of them or none.
    fn push_all(&mut self, blocks: Vec<Value>) {
        let needed = blocks.iter().map(text_length).sum();
        let fits = self.made.len() + blocks.len() <= BLOCKS - END_BLOCKS;
        if fits && take(&mut self.room, needed) {
            self.made.extend(blocks);
        } else {
            self.left_out += 1;
        }
    }
}

/// Text from outside, inert: escaped once, at most `max` units long.
pub(super) fn plain_text(text: &str, max: usize) -> Value {
    escaped_text(&fit(text, max))
}

fn escaped_text(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": false})
}

/// Our own words with formatting.
pub(super) fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// The text escaped for Slack and at most `max` long as Slack might count it at worst: escaped, in UTF-16 units.
pub(super) fn fit(text: &str, max: usize) -> String {
    let escaped = escape(text);
    if length(&escaped) <= max {
        return escaped;
    }
    let mut kept = String::new();
    let mut room = max.saturating_sub(1);
    for grapheme in text.graphemes(true).map(escape) {
        if !take(&mut room, length(&grapheme)) {
            break;
        }
        kept.push_str(&grapheme);
    }
    format!("{}…", kept.trim_end())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The length of every text in a block.
fn text_length(block: &Value) -> usize {
    match block {
        Value::Object(fields) => {
            let own = fields.get("text").and_then(Value::as_str).map_or(0, length);
            own + fields.values().map(text_length).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(text_length).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Takes `needed` from `room`, if there is that much.
fn take(room: &mut usize, needed: usize) -> bool {
    let left = room.checked_sub(needed);
    *room = left.unwrap_or(*room);
    left.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_once_and_never_cut_inside_an_escape() {
        assert_eq!(fit("<!channel> & &lt;", 100), "&lt;!channel&gt; &amp; &amp;lt;");
        assert_eq!(fit("a&b", 5), "a…");
        assert_eq!(fit("a&b", 7), "a&amp;b");
        assert_eq!(fit("👩\u{200d}👩\u{200d}👧👍", 9), "👩\u{200d}👩\u{200d}👧…");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut blocks = Blocks::with_room_for_the_end();
        blocks.lines("How we know", 2_400, (0..10).map(|_| "x".repeat(500)));
        assert_eq!(blocks.left_out, 6);
        let made = blocks.end(Vec::new(), "", "The rest is here: report");
        assert!(made.iter().any(|block| {
            block["text"]["text"].as_str().is_some_and(|text| text.starts_with("6 lines are left out"))
        }));
    }
}
