//! Other people's texts, made harmless: a tag must not drive the terminal, nor hide what a line says.

use std::fmt::Write as _;

/// The text with everything spelled out that does not print as itself: control characters, ANSI escapes, characters
/// that turn the direction of writing around, invisible ones.
pub(super) fn printable(text: &str) -> String {
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
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", printable(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The text between `<` and `>` of Markdown or HTML.
pub(super) fn html(text: &str) -> String {
    let text = printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '~' | '\\' | '#' | '@' | '!' => {
                write!(out, "&#{};", c as u32).expect("writing to a String does not fail");
            }
            c => out.push(c),
        }
        out
    })
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
