//! For Slack's incoming webhooks, and for what takes the same: Mattermost, Rocket.Chat, Discord's `/slack`.
//!
//! Slack shows `blocks` (<https://docs.slack.dev/reference/block-kit/blocks>); the others, which know none, show `text`.

use serde_json::{Value, json};

use super::Message;
use super::content::{Content, Item, cut};

/// Blocks of a message, and characters of a header and of a section's text, as Slack documents them.
const MOST_BLOCKS: usize = 50;
const LONGEST_HEADER: usize = 150;
const LONGEST_SECTION: usize = 3000;
/// Discord takes 2,000 characters.
const LONGEST_TEXT: usize = 1500;

/// The body of the request.
pub fn payload(message: &Message<'_>) -> Value {
    let content = Content::of(message);
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": cut(&content.title, LONGEST_HEADER)}}),
        section(&escape(&content.summary)),
    ];
    let link = message.link.map(escape);
    // Room for "and so many more" and for the link.
    let room = MOST_BLOCKS - blocks.len() - 2;
    blocks.extend(content.items.iter().take(room).map(|item| section(&told(item))));
    if content.items.len() > room {
        blocks.push(section(&format!("and {} more", content.items.len() - room)));
    }
    if let Some(link) = &link {
        blocks.push(section(&format!("<{link}|Review it>")));
    }
    let mut text = escape(&format!("{}\n{}", content.title, content.summary));
    let room = LONGEST_TEXT.saturating_sub(text.chars().count());
    // Discord takes an @ for a mention wherever it stands; a space of no width ends it.
    text.push_str(&content.addresses(room, code).replace('@', "@\u{200b}"));
    if let Some(link) = &link {
        text.extend(["\n", link]);
    }
    json!({ "text": text, "blocks": blocks })
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": cut(text, LONGEST_SECTION)}})
}

fn told(item: &Item) -> String {
    let label = item.label.as_ref().map(|label| format!("  {}", code(label))).unwrap_or_default();
    let who = item.who.as_ref().map(|who| format!("by {}", code(who))).unwrap_or_default();
    let head = format!("{} {}{label}\n", code(item.sign), code(&item.address));
    // The fence is closed whatever has to be cut.
    let room = LONGEST_SECTION.saturating_sub(head.chars().count() + who.chars().count() + 8);
    let lines = escape(&item.lines.join("\n").replace("```", "'''"));
    let mut fenced = cut(&lines, room);
    if fenced != lines {
        // An entity that was cut in half would show.
        let keep = fenced.rfind('&').filter(|at| !fenced[*at..].contains(';')).unwrap_or(fenced.len());
        fenced.truncate(keep);
    }
    format!("{head}```{fenced}```\n{who}").trim_end().to_owned()
}

/// In a mono-spaced font, where nothing is markup.
fn code(text: &str) -> String {
    format!("`{}`", escape(&text.replace('`', "'")))
}

/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>: nothing else begins a mention or a link.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
