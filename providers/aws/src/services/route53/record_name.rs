//! Record names as people write them.

/// Decodes the octal escapes in which Route 53 answers everything but letters, digits, `-` and `_`, and leaves out the
/// final dot: `\052.example.com.` is `*.example.com`.
///
/// What would change the meaning when decoded stays escaped: a dot inside a label, the slash that separates the parts of
/// an id, the backslash itself, and what cannot be printed. So two names never decode to the same text.
///
/// Source: Route 53 developer guide, "DNS domain name format".
pub(super) fn readable(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name.strip_suffix('.').unwrap_or(name);
    while let Some(start) = rest.find('\\') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let taken = match octal(rest) {
            Some(character) if character.is_ascii_graphic() && !r"./\".contains(character) => {
                text.push(character);
                4
            }
            _ => {
                text.push('\\');
                1
            }
        };
        rest = &rest[taken..];
    }
    text.push_str(rest);
    text
}

/// The character of an escape such as `\052`.
fn octal(escape: &str) -> Option<char> {
    let digits = escape.get(1..4).filter(|digits| digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit)))?;
    u8::from_str_radix(digits, 8).ok().map(char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_people_write_them() {
        for (answered, expected) in [
            ("www.example.com.", "www.example.com"),
            (r"\052.example.com.", "*.example.com"),
            (r"\100.example.com.", "@.example.com"),
            (r"a\041\043b.example.com.", "a!#b.example.com"),
            ("_sip._tcp.example.com.", "_sip._tcp.example.com"),
            ("no-dot.example.com", "no-dot.example.com"),
            ("*.as-is.example.com.", "*.as-is.example.com"),
        ] {
            assert_eq!(readable(answered), expected);
        }
    }

    #[test]
    fn what_would_mean_something_else_stays_escaped() {
        for name in [
            r"0\05725.2.0.192.in-addr.arpa",
            r"first\056last.example.com",
            r"back\134slash.example.com",
            r"with\040space.example.com",
            r"\303\251t\303\251.example.com",
            r"not\9octal.example.com",
            r"\400.example.com",
            r"cut\05",
            r"é\é",
        ] {
            assert_eq!(readable(name), name);
        }
    }
}
