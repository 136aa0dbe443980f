//! For Microsoft Teams: an Adaptive Card for a webhook of the Workflows app, which replaced Office 365 connectors.
//!
//! Texts that come from the account stand in `TextRun`s, which know no markup.

use serde_json::{Value, json};

use super::Message;
use super::content::{Content, Item, cut};

/// Bytes of a message: Teams takes 28 KB, which is read here as the smaller of its two meanings, with some room.
const LARGEST: usize = 27_000;

/// The body of the request.
pub fn payload(message: &Message<'_>) -> Value {
    let content = Content::of(message);
    let mut body = vec![
        json!({"type": "TextBlock", "text": content.title, "size": "Large", "weight": "Bolder", "wrap": true}),
        runs(&[run(&cut(&content.summary, 1000), false)]),
    ];
    let mut size = card(&body, message.link).to_string().len();
    for (index, item) in content.items.iter().enumerate() {
        let block = told(item);
        let more = runs(&[run(&format!("and {} more", content.items.len() - index), false)]);
        let own = block.to_string().len() + 1;
        if size + own + more.to_string().len() + 1 > LARGEST {
            body.push(more);
            break;
        }
        size += own;
        body.push(block);
    }
    card(&body, message.link)
}

fn card(body: &[Value], link: Option<&str>) -> Value {
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
    });
    if let Some(link) = link {
        content["actions"] = json!([{"type": "Action.OpenUrl", "title": "Review it", "url": link}]);
    }
    json!({
        "type": "message",
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": content }],
    })
}

fn told(item: &Item) -> Value {
    let label = item.label.as_ref().map(|label| format!("  {label}")).unwrap_or_default();
    let who = item.who.as_ref().map(|who| format!("\nby {who}")).unwrap_or_default();
    let head = cut(&format!("{} {}{label}", item.sign, item.address), 600);
    let mut head = run(&head, true);
    head["weight"] = json!("Bolder");
    runs(&[head, run(&cut(&format!("\n{}{who}", item.lines.join("\n")), 4000), true)])
}

fn runs(inlines: &[Value]) -> Value {
    json!({ "type": "RichTextBlock", "inlines": inlines })
}

fn run(text: &str, code: bool) -> Value {
    let mut run = json!({ "type": "TextRun", "text": text });
    if code {
        run["fontType"] = json!("Monospace");
    }
    run
}
