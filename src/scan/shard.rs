//! A part of a scan, for accounts that are read by several processes at once.

use std::fmt;
use std::str::FromStr;

use driftline_api::{Descriptor, GLOBAL, Reads, Scope};
use sha2::{Digest, Sha256};

/// One of several processes that read everything together.
///
/// What it reads follows from each account and region alone, never from a list of them: a region that is enabled while
/// they run is still read by exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 1.
    number: u32,
    of: u32,
}

/// The text names no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard: `3/20` is the third of twenty")]
pub struct ShardError(String);

impl Shard {
    /// The shard of a number from 1 to `of`.
    pub fn new(number: u32, of: u32) -> Result<Self, ShardError> {
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(ShardError(format!("{number}/{of}"))) }
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of
    }

    /// Whether this one reads a kind's resources in a scope. What is listed once for all regions goes with the account's
    /// global services.
    pub fn reads(self, scope: &Scope, kind: &Descriptor) -> bool {
        let region = if kind.reads == Reads::EachRegion { &scope.region } else { GLOBAL };
        self.reads_region(&scope.provider, &scope.account, region)
    }

    /// The same for what lies in a region, or ([`GLOBAL`]) is listed once.
    pub(crate) fn reads_region(self, provider: &str, account: &str, region: &str) -> bool {
        let digest = Sha256::digest(format!("{provider}/{account}/{region}"));
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first) % u64::from(self.of) == u64::from(self.number - 1)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let wrong = || ShardError(text.to_owned());
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        Self::new(number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?).map_err(|_| wrong())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::sample;

    #[test]
    fn each_scope_belongs_to_one() {
        let kind = &sample::SECURITY_GROUP;
        for of in [1, 2, 7, 20] {
            let shards: Vec<Shard> = (1..=of).map(|number| Shard::new(number, of).expect("it is one")).collect();
            let mut most = 0;
            for account in 0..60 {
                for region in ["eu-west-1", "us-east-1", GLOBAL] {
                    let scope = Scope {
                        provider: "aws".to_owned(),
                        account: format!("{account:012}"),
                        region: region.to_owned(),
                    };
                    let readers: Vec<u32> =
                        shards.iter().filter(|shard| shard.reads(&scope, kind)).map(|shard| shard.number).collect();
                    assert_eq!(readers.len(), 1, "{scope} of {of}");
                    most = most.max(readers[0]);
                }
            }
            assert_eq!(most, of, "the last one has something to do");
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "3", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3"] {
            assert_eq!(
                text.parse::<Shard>().expect_err(text).to_string(),
                format!("`{text}` is no shard: `3/20` is the third of twenty")
            );
        }
        assert_eq!("3/20".parse::<Shard>().expect("a shard").to_string(), "3/20");
    }
}
