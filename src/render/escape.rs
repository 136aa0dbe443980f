//! Other people's texts, made harmless: a tag must not drive the terminal, nor hide what a line says.

use std::fmt::Write as _;

/// The text with everything spelled out that does not print as itself: control characters, ANSI escapes, characters
/// that turn the direction of writing around, invisible ones.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_unprintable(c) => write!(out, "\\u{{{:x}}}", c as u32).expect("writing to a String does not fail"),
            c => out.push(c),
        }
    }
    out
}

/// The text in double quotes, with quotes and backslashes escaped.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", printable(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The text as Markdown and HTML show it literally.
pub(super) fn html(text: &str) -> String {
    let text = printable(text);
    let mut out = String::with_capacity(text.len());
    let mut inside_word = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // An underscore within a word is no markup, and kinds are full of them.
        let plain_underscore = c == '_' && inside_word && rest.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '~' | '\\' | '#' | '@' | '!' if !plain_underscore => {
                write!(out, "&#{};", c as u32).expect("writing to a String does not fail");
            }
            c => out.push(c),
        }
        inside_word = c.is_alphanumeric();
    }
    out
}

fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_spelled_out() {
        assert_eq!(quoted("\u{1b}[31mred\r\n\u{9b}2J\u{202e}\"\\"), r#""\u{1b}[31mred\r\n\u{9b}2J\u{202e}\"\\""#);
        assert_eq!(printable("Größe 東京 🦀"), "Größe 東京 🦀");
    }

    #[test]
    fn markup_stays_text() {
        assert_eq!(html("<b>|`x`"), "&lt;b&gt;&#124;&#96;x&#96;");
    }
}
