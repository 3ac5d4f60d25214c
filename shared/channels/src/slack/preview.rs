//! A Slack message as Slack shows it, made from the very payload that is posted.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

/// The style of [`preview`]; a page that embeds previews includes it once.
pub const STYLE: &str = include_str!("preview.css");

/// The message, for embedding.
pub fn preview(payload: &Value) -> Markup {
    html! {
        article.slack {
            div.slack-avatar aria-hidden="true" { "B" }
            div.slack-message {
                p.slack-sender { b { "Baton" } span { "APP" } }
                @for block in items(payload, "blocks") { (shown(block)) }
            }
        }
    }
}

/// The message as a page of its own.
pub fn preview_page(payload: &Value) -> Markup {
    let title = payload["blocks"][0]["text"]["text"].as_str().unwrap_or("Slack message");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (unescape(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body.slack-page { (preview(payload)) }
        }
    }
}

fn shown(block: &Value) -> Markup {
    match block["type"].as_str().unwrap_or_default() {
        "header" => html! { h2 { (text(&block["text"])) } },
        "section" => html! { p { (text(&block["text"])) } },
        "context" => {
            html! { div.slack-context { @for element in items(block, "elements") { span { (text(element)) } } } }
        }
        "actions" => {
            html! { div.slack-actions { @for element in items(block, "elements") { (button(element)) } } }
        }
        other => html! { p { "(a block of type " (other) ")" } },
    }
}

fn button(button: &Value) -> Markup {
    let class = (button["style"] == "primary").then_some("slack-primary");
    html! { span role="button" aria-disabled="true" class=[class] { (text(&button["text"])) } }
}

/// A text object. Of `mrkdwn` it reads what we write: one `*bold*` or one `<address|label>`.
fn text(object: &Value) -> Markup {
    let text = object["text"].as_str().unwrap_or_default();
    let is_plain = object["type"] != "mrkdwn";
    let within = |open: char, close: char| {
        text.strip_prefix(open).and_then(|text| text.strip_suffix(close)).filter(|_| !is_plain)
    };
    if let Some(bold) = within('*', '*') {
        return html! { b { (unescape(bold)) } };
    }
    if let Some((address, label)) = within('<', '>').and_then(|link| link.split_once('|')) {
        return html! { a href=(unescape(address)) rel="noreferrer" { (unescape(label)) } };
    }
    html! { (unescape(text)) }
}

fn items<'a>(object: &'a Value, field: &str) -> &'a [Value] {
    object[field].as_array().map_or(&[], Vec::as_slice)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
