//! The path of a resource's file: `snapshots/aws/<account>/<region>/<service>/<resource>/<id>.json`.
//!
//! A name is readable, says the id exactly, and is good on every file system people check a repository out on:
//! Windows' forbidden characters and names, and file systems that take `Admin` and `admin`, or two spellings of
//! `é`, for the same file. It depends on the id alone, never on which other ids there are:
//!
//! - `/` in an id begins a folder; an empty part between two slashes is `%`.
//! - What is unsafe somewhere becomes `%XX`, one for each UTF-8 byte; so does everything outside ASCII.
//! - A part with upper-case letters ends in `~` and a bitmap of which of its letters they are, four letters a
//!   digit `a` to `p`, first letter lowest: `Admin~b`. (Letters as digits, because `Admin~1` is how Windows
//!   abbreviates long names and git's checks take `Git~1` for `.git`.)
//! - A part longer than 200 bytes goes on in a folder: all pieces but the last end in `+`.

use driftline_api::{Address, Scope};

use super::ROOT;

/// The extension of a resource's file.
const EXTENSION: &str = ".json";
/// Where a name is cut. Protecting both ends of a piece, `+` and the extension stay below 255 bytes.
const PIECE: usize = 200;

/// The path of the resource's file in a snapshot.
pub fn of(address: &Address) -> String {
    format!("{}/{}", of_kind(&address.scope, &address.kind), of_id(&address.id))
}

/// The folder that holds the resources of a kind in a scope; given the service alone, of all its kinds.
pub fn of_kind(scope: &Scope, kind: &str) -> String {
    let mut path = of_scope(scope);
    for part in kind.split('/') {
        path.push('/');
        path.push_str(&folder(part));
    }
    path
}

/// The folder that holds the resources of a scope.
pub fn of_scope(scope: &Scope) -> String {
    format!("{}/{}", of_account(&scope.provider, &scope.account), folder(&scope.region))
}

/// The folder that holds everything of an account.
pub fn of_account(provider: &str, account: &str) -> String {
    format!("{}/{}", of_provider(provider), folder(account))
}

/// The folder that holds everything of a provider.
pub fn of_provider(provider: &str) -> String {
    format!("{ROOT}/{}", folder(provider))
}

/// The path of a resource's file below the folder of its kind.
pub fn of_id(id: &str) -> String {
    let mut path = String::with_capacity(id.len() + EXTENSION.len());
    let mut parts = id.split('/').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        push_part(&mut path, part, last);
        path.push_str(if last { EXTENSION } else { "/" });
    }
    path
}

/// The address whose file has this path; `None` if no address has.
pub fn address(path: &str) -> Option<Address> {
    let mut parts = path.strip_prefix(ROOT)?.strip_prefix('/')?.splitn(6, '/');
    let mut next = || parts.next();
    let scope = Scope { provider: unfold(next()?)?, account: unfold(next()?)?, region: unfold(next()?)? };
    let kind = format!("{}/{}", unfold(next()?)?, unfold(next()?)?);
    Some(Address { scope, kind, id: id(next()?)? })
}

/// The id whose file has this path below the folder of its kind; `None` if no id has.
pub fn id(path: &str) -> Option<String> {
    let mut id = String::with_capacity(path.len());
    let mut part = String::new();
    let mut pieces = path.strip_suffix(EXTENSION)?.split('/').peekable();
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        if let (Some(piece), false) = (piece.strip_suffix('+'), last) {
            part.push_str(piece);
            continue;
        }
        part.push_str(piece);
        id.push_str(&decode(&part)?);
        part.clear();
        if !last {
            id.push('/');
        }
    }
    // One id has one path: what is merely decodable is not a name that this module gives.
    (of_id(&id) == path).then_some(id)
}

/// A folder's name for one part of an address that is not an id. These are short by nature.
fn folder(part: &str) -> String {
    let mut name = String::with_capacity(part.len());
    push_part(&mut name, part, false);
    name
}

/// Reads what [`folder`] wrote.
pub(crate) fn unfold(name: &str) -> Option<String> {
    let part = decode(name)?;
    (folder(&part) == name).then_some(part)
}

fn push_part(path: &mut String, part: &str, last: bool) {
    let encoded = encode(part);
    let mut rest = encoded.as_str();
    while rest.len() > PIECE {
        let mut cut = PIECE;
        // An escape stays in one piece.
        if let Some(escape) = rest[cut - 2..cut].find('%') {
            cut = cut - 2 + escape;
        }
        push_piece(path, &rest[..cut], true);
        path.push_str("+/");
        rest = &rest[cut..];
    }
    push_piece(path, rest, !last);
}

/// The characters of a part made safe, and the note which of its letters are upper case.
fn encode(part: &str) -> String {
    if part.is_empty() {
        return "%".to_owned();
    }
    let mut encoded = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            0..0x20 | 0x7f.. | b'%' | b'<' | b'>' | b':' | b'"' | b'\\' | b'|' | b'?' | b'*' | b'~' | b'+' => {
                escape(&mut encoded, byte);
            }
            _ => encoded.push(char::from(byte)),
        }
    }
    let cases = cases(part);
    if !cases.is_empty() {
        encoded.push('~');
        encoded.push_str(&cases);
    }
    encoded
}

/// Reads what [`encode`] wrote, and more: the caller checks that it is the one spelling.
fn decode(encoded: &str) -> Option<String> {
    if encoded == "%" {
        return Some(String::new());
    }
    let text = encoded.split_once('~').map_or(encoded, |(text, _)| text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            bytes.push(digit()? * 16 + digit()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn cases(part: &str) -> String {
    let mut digits = String::new();
    let mut letters = part.bytes().filter(u8::is_ascii_alphabetic).peekable();
    while letters.peek().is_some() {
        let digit = (0..4).fold(0, |digit, bit| {
            digit | (u8::from(letters.next().is_some_and(|letter| letter.is_ascii_uppercase())) << bit)
        });
        digits.push(char::from(b'a' + digit));
    }
    digits.truncate(digits.trim_end_matches('a').len());
    digits
}

/// Writes a piece of a name so that neither Windows nor git finds a meaning in it.
fn push_piece(path: &mut String, piece: &str, folder: bool) {
    let stem = piece.split('.').next().unwrap_or(piece).trim_end_matches(' ');
    // A leading dot hides a file, and is how `.git`, `.gitmodules` and `..` begin.
    let first = piece.starts_with('.') || is_reserved(stem);
    let last = piece.ends_with(['.', ' ']);
    // A folder that ends like a file could be the file of another id.
    let extension = folder && piece.len() >= EXTENSION.len() && {
        let end = &piece.as_bytes()[piece.len() - EXTENSION.len()..];
        end.eq_ignore_ascii_case(EXTENSION.as_bytes())
    };
    for (at, byte) in piece.bytes().enumerate() {
        if (first && at == 0) || (last && at + 1 == piece.len()) || (extension && at + EXTENSION.len() == piece.len()) {
            escape(path, byte);
        } else {
            path.push(char::from(byte));
        }
    }
}

/// The names that Windows keeps for devices, whatever extension follows
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
fn is_reserved(stem: &str) -> bool {
    let device = |name: &str| stem.eq_ignore_ascii_case(name);
    if ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"].into_iter().any(device) {
        return true;
    }
    match stem.as_bytes() {
        [name @ .., b'0'..=b'9'] => name.eq_ignore_ascii_case(b"com") || name.eq_ignore_ascii_case(b"lpt"),
        _ => false,
    }
}

fn escape(path: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    path.push('%');
    path.push(char::from(HEX[usize::from(byte >> 4)]));
    path.push(char::from(HEX[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_readable_and_safe() {
        let long = "x".repeat(250);
        for (id, expected) in [
            ("prod-orders", "prod-orders.json"),
            ("Admin", "Admin~b.json"),
            ("ADMIN", "ADMIN~pb.json"),
            ("adMIN", "adMIN~mb.json"),
            ("Z1/*.example.com/A", "Z1~b/%2A.example.com/A~b.json"),
            ("role/arn:aws:iam::aws:policy/x", "role/arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy/x.json"),
            ("a/b", "a/b.json"),
            ("/a//b/", "%/a/%/b/%.json"),
            ("", "%.json"),
            ("con", "%63on.json"),
            ("Con.x", "%43on.x~b.json"),
            ("com1.json/nul", "%63om1%2Ejson/%6Eul.json"),
            ("console", "console.json"),
            (".git/.gitmodules", "%2Egit/%2Egitmodules.json"),
            ("..", "%2E%2E.json"),
            ("a. /b.", "a.%20/b%2E.json"),
            ("Git/x", "Git~b/x.json"),
            ("a~b+c%d", "a%7Eb%2Bc%25d.json"),
            ("é", "%C3%A9.json"),
            (&long, &format!("{}+/{}.json", "x".repeat(200), "x".repeat(50))),
            (&format!("{}%", "x".repeat(199)), &format!("{}+/%25.json", "x".repeat(199))),
        ] {
            assert_eq!(of_id(id), expected);
            assert_eq!(super::id(expected).as_deref(), Some(id));
        }
    }

    #[test]
    fn a_path_that_no_address_has_is_none() {
        for path in
            ["x", "x.JSON", "Admin.json", "admin~.json", "%61.json", "a%2f.json", "x+/y.json", "a//b.json", ".json"]
        {
            assert_eq!(id(path), None, "{path}");
        }
        for path in [
            "snapshots/format.json",
            "snapshots/aws/1/coverage.json",
            "snapshots/aws/1/r/s/k.json",
            "other/aws/1/r/s/k/i.json",
        ] {
            assert_eq!(address(path), None, "{path}");
        }
    }

    fn ids() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            4 => "[a-cA-C.~+% ]{0,6}",
            2 => "\\PC{0,12}",
            1 => "(con|NUL|com1|LPT9|aux)(\\.[a-z]{0,4})?[ .]?",
            1 => "\\.(git|gitmodules|json)?|a\\.(json|JSON)|[Gg][Ii][Tt]~1",
            1 => "[a-zA-Z%é.]{190,450}",
            1 => "[\\x00-\\x7f]{0,8}",
        ];
        proptest::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"))
    }

    fn check_windows(path: &str) {
        for component in path.split('/') {
            assert!(!component.is_empty() && component.len() <= 255, "{path}");
            assert!(!component.contains(|c: char| c.is_control() || "<>:\"\\|?*".contains(c)), "{path}");
            assert!(!component.ends_with(['.', ' ']) && !component.starts_with('.'), "{path}");
            let stem = component.split('.').next().expect("one").trim_end();
            assert!(!is_reserved(stem), "{path}");
            // 8.3 names, which a longer name may already have been abbreviated to.
            let tail = stem.rsplit_once('~').map_or("", |(_, tail)| tail);
            assert!(tail.is_empty() || !tail.bytes().all(|b| b.is_ascii_digit()), "{path}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_id_has_one_valid_path_and_reads_back(id in ids()) {
            let path = of_id(&id);
            prop_assert!(path.is_ascii());
            check_windows(&path);
            prop_assert_eq!(super::id(&path), Some(id.clone()));
            let scope = Scope { provider: "aws".into(), account: "123456789012".into(), region: "eu-west-1".into() };
            let address = Address { scope, kind: "rds/db_instance".into(), id };
            prop_assert_eq!(super::address(&of(&address)), Some(address));
        }

        /// Names are ASCII, so that folding case is all that a file system can do to them.
        #[test]
        fn no_two_ids_meet_where_case_is_folded(ids in proptest::collection::vec(ids(), 2..8), flips in any::<u64>()) {
            let mut files = BTreeMap::new();
            let mut folders = BTreeMap::new();
            let flipped = ids.iter().map(|id| {
                let flip = |(at, c): (usize, char)| match (flips >> (at % 64)) & 1 {
                    0 => c,
                    _ if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
                    _ => c.to_ascii_lowercase(),
                };
                id.chars().enumerate().map(flip).collect::<String>()
            });
            for id in ids.iter().cloned().chain(flipped) {
                let path = of_id(&id).to_ascii_lowercase();
                for (at, _) in path.match_indices('/') {
                    folders.insert(path[..at].to_owned(), id.clone());
                }
                if let Some(other) = files.insert(path.clone(), id.clone()) {
                    prop_assert_eq!(&other, &id, "{}", path);
                }
            }
            for path in files.keys() {
                prop_assert!(!folders.contains_key(path), "{}", path);
            }
        }

        #[test]
        fn no_text_is_read_as_an_id_whose_path_it_is_not(path in "[aA%2+~b./]{0,12}(\\.json)?") {
            if let Some(id) = super::id(&path) {
                prop_assert_eq!(of_id(&id), path);
            }
        }
    }
}
