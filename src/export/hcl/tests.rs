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
