use super::*;

fn text(value: &str) -> Expression {
    Expression::Text(value.to_owned())
}

#[test]
fn neighbours_on_one_line_are_aligned_and_nothing_else() {
    let statement = Expression::Object(vec![
        ("Effect".to_owned(), text("Allow")),
        ("Action".to_owned(), Expression::List(vec![text("s3:*")])),
        ("aws:é".to_owned(), text("é")),
    ]);
    let items = [Item::block(
        "resource",
        &["aws_iam_policy", "a"],
        vec![
            Item::argument("name", text("a")),
            Item::argument("description", text("b")),
            Item::argument("policy", Expression::Call("jsonencode", Box::new(Expression::List(vec![statement])))),
            Item::argument("path", text("/")),
            Item::argument("id", Expression::Prefixed("aws_vpc.a.id".to_owned(), "/*".to_owned())),
            Item::block("vpc", &[], vec![Item::argument("on", Expression::Raw("true".to_owned()))]),
        ],
    )];
    insta::assert_snapshot!(write(&items), @r#"
    resource "aws_iam_policy" "a" {
      name        = "a"
      description = "b"

      policy = jsonencode([
        {
          Effect       = "Allow"
          Action       = ["s3:*"]
          "aws:\u00e9" = "é"
        },
      ])

      path = "/"
      id   = "${aws_vpc.a.id}/*"

      vpc {
        on = true
      }
    }
    "#);
}

#[test]
fn nothing_in_a_string_is_a_template() {
    for (plain, expected) in [
        ("${a}", "$${a}"),
        ("%{if}", "%%{if}"),
        ("$${a}", "\\u0024$${a}"),
        ("%%{a}", "\\u0025%%{a}"),
        ("5 $ and 5%", "5 $ and 5%"),
        ("\"\\\n\u{7}", "\\\"\\\\\\n\\u0007"),
    ] {
        assert_eq!(escaped(plain), expected, "{plain:?}");
    }
}

/// Reads a quoted string by the rules of HCL's own scanner: what Terraform would take it for. `None`: it holds a template,
/// or is not one string
/// (<https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions>).
fn unquoted(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.chars().peekable();
    let mut read = String::new();
    while let Some(character) = rest.next() {
        match character {
            '"' | '\n' | '\r' => return None,
            '\\' => {
                let escaped = match rest.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '"' => '"',
                    '\\' => '\\',
                    'u' => code_point(&mut rest, 4)?,
                    'U' => code_point(&mut rest, 8)?,
                    _ => return None,
                };
                read.push(escaped);
            }
            '$' | '%' if rest.peek() == Some(&'{') => return None,
            '$' | '%' if rest.peek() == Some(&character) => {
                rest.next();
                // `$${` is a dollar and a brace; two dollars before anything else are two dollars.
                read.push(character);
                if rest.peek() != Some(&'{') {
                    read.push(character);
                }
            }
            other => read.push(other),
        }
    }
    Some(read)
}

fn code_point(rest: &mut impl Iterator<Item = char>, digits: usize) -> Option<char> {
    let hex: String = rest.take(digits).collect();
    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_string_reads_back_and_none_is_a_template(value in "([$%]{0,4}[{}]{0,2}|[\\\\\"\\n\\r\\t]|\\PC|[\\x00-\\x7f]|[\u{2028}\u{85}\u{10ffff}]){0,12}") {
        let written = quoted(&value);
        proptest::prop_assert_eq!(unquoted(&written), Some(value.clone()), "{}", written);
        let file = write(&[Item::argument("a", text(&value))]);
        proptest::prop_assert_eq!(file.lines().count(), 1, "{}", file);
        // A key of an object is a name, or quoted and ASCII.
        let key = key(&value);
        proptest::prop_assert!(key.is_ascii());
        proptest::prop_assert_eq!(if key.starts_with('"') { unquoted(&key) } else { Some(key.clone()) }, Some(value), "{}", key);
    }
}
