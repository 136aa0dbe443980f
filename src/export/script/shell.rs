//! Texts of accounts in a shell script: whatever a name holds, it is one word, and means itself.

/// The AWS CLI's name of a service and an operation: `s3:PutBucketCors` is `s3api put-bucket-cors`.
pub(super) fn command(operation: &str) -> (&str, String) {
    let (service, name) = operation.split_once(':').unwrap_or(("", operation));
    let service = if service == "s3" { "s3api" } else { service };
    let letters: Vec<char> = name.chars().collect();
    let mut command = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let is_lower = |at: usize| letters.get(at).is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        // `DB` is a word, and so is `Instance` in `DBInstance`.
        if at > 0
            && letter.is_ascii_uppercase()
            && (is_lower(at - 1) || letters.get(at + 1).is_some_and(char::is_ascii_lowercase))
        {
            command.push('-');
        }
        command.push(letter.to_ascii_lowercase());
    }
    (service, command)
}

/// One word for any shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(super) mod json {
    //! JSON that a reviewer sees as it is.

    use std::fmt::Write as _;

    use driftline_api::is_sealed;
    use serde_json::Value;

    use crate::render::printable;

    /// Longer values are spread over lines.
    const ONE_LINE: usize = 100;

    /// On one line where it fits. What does not print as itself (characters that turn the direction of writing around, for
    /// one) is spelled out.
    pub(in super::super) fn pretty(value: &Value) -> String {
        let short = value.to_string();
        let text = if short.chars().count() <= ONE_LINE {
            short
        } else {
            serde_json::to_string_pretty(value).expect("JSON values always serialize")
        };
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            let mut bytes = [0; 4];
            if c == '\n' || printable(c.encode_utf8(&mut bytes)) == *c.encode_utf8(&mut [0; 4]) {
                out.push(c);
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").expect("writing to a String does not fail");
                }
            }
        }
        out
    }

    pub(in super::super) fn holds_secret(value: &Value) -> bool {
        match value {
            Value::String(text) => is_sealed(text) || text.contains("\"sealed:"),
            Value::Array(values) => values.iter().any(holds_secret),
            Value::Object(members) => members.values().any(holds_secret),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_are_spelled_as_the_cli_does() {
        let check = |operation, service, name: &str| assert_eq!(command(operation), (service, name.to_owned()));
        check("rds:ModifyDBInstance", "rds", "modify-db-instance");
        check("s3:PutBucketCors", "s3api", "put-bucket-cors");
        check("iam:UpdateOpenIDConnectProviderThumbprint", "iam", "update-open-id-connect-provider-thumbprint");
        check("iam:UpdateSAMLProvider", "iam", "update-saml-provider");
        check("route53:AssociateVPCWithHostedZone", "route53", "associate-vpc-with-hosted-zone");
        check("elbv2:SetIpAddressType", "elbv2", "set-ip-address-type");
    }

    #[test]
    fn a_word_stays_one() {
        assert_eq!(quoted("it's $HOME `id` \\ \"x\"\n"), "'it'\\''s $HOME `id` \\ \"x\"\n'");
        assert_eq!(json::pretty(&json!({"a": "b\u{202e}c\u{e0001}"})), r#"{"a":"b\u202ec\udb40\udc01"}"#);
        let long = json!({"a": "x".repeat(100)});
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json::pretty(&long)).expect("JSON"), long);
        assert!(json::pretty(&long).contains('\n'));
    }
}
