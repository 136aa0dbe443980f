//! Where a resource lives and how people name it: `aws/<account>/<region or global>/<service>/<resource>/<id>`.

use std::fmt;
use std::str::FromStr;

/// The region part of an address whose service has no regions (IAM, Route 53).
pub const GLOBAL: &str = "global";

/// Account and region (or [`GLOBAL`]) of a provider: the unit in which coverage is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub provider: String,
    pub account: String,
    pub region: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.provider, self.account, self.region)
    }
}

/// The address of one resource. It orders by scope, kind and id, which is the order of everything shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub scope: Scope,
    /// `service/resource`, for example `rds/db_instance`.
    pub kind: String,
    /// Unique within scope and kind. May contain `/`: a child's id begins with its parent's (`<zone>/<record>`).
    pub id: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.scope, self.kind, self.id)
    }
}

/// The text is not an address.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an address: expected `aws/<account>/<region or global>/<service>/<resource>/<id>`")]
pub struct AddressError(String);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut parts = text.splitn(6, '/');
        let mut next = || parts.next().filter(|part| !part.is_empty());
        let parsed = (|| {
            let scope = Scope { provider: next()?.to_owned(), account: next()?.to_owned(), region: next()?.to_owned() };
            let (service, resource) = (next()?, next()?);
            Some(Address { scope, kind: format!("{service}/{resource}"), id: next()?.to_owned() })
        })();
        parsed.ok_or_else(|| AddressError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for text in ["aws/123456789012/eu-west-1/rds/db_instance/prod", "aws/1/global/route53/record_set/Z1/a.b/A"] {
            assert_eq!(text.parse::<Address>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn anything_shorter_is_refused_by_name() {
        let error = "aws/1/global/iam/role".parse::<Address>().expect_err("five parts");
        assert!(error.to_string().contains("`aws/1/global/iam/role` is not an address"), "{error}");
    }
}
