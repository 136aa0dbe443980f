//! Who changed something: the words in which a provider tells what its own records say.
//!
//! For each kind, the write operations that touch it are data beside the kind ([`Write`]); what the provider recorded
//! comes back as [`Event`]s, and the library picks the one that explains a change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Write operations that bring a resource of a kind about, remove it, or change some of its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write {
    /// `service:EventName`, where the service is the first label of the event's source (`ec2.amazonaws.com`,
    /// `elasticloadbalancing.amazonaws.com`) and the name is the one that is recorded: `s3:PutBucketLifecycle`.
    pub events: &'static [&'static str],
    pub effect: Effect,
}

impl Write {
    pub const fn creates(events: &'static [&'static str]) -> Self {
        Self { events, effect: Effect::Creates }
    }

    pub const fn removes(events: &'static [&'static str]) -> Self {
        Self { events, effect: Effect::Removes }
    }

    /// The paths first: they are what one looks for when reading a descriptor.
    pub const fn changes(paths: &'static [&'static str], events: &'static [&'static str]) -> Self {
        Self { events, effect: Effect::Changes(paths) }
    }
}

/// What a write operation does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Creates,
    Removes,
    /// Changes these attributes and what is below them: rule-style paths, `/tags` for the tags, an empty path for any.
    Changes(&'static [&'static str]),
}

/// What the recorded writes of a service mean for what has to be read again, beyond what the kinds' own `writes` say.
///
/// What nobody says anything of is read again: a write that stands nowhere means all kinds of the service, and a write
/// that a kind lists means all of that kind where it was recorded.
#[derive(Debug, Clone, Copy)]
pub struct Rereads {
    /// The first label of the events' source: `elasticloadbalancing`.
    pub source: &'static str,
    /// The services whose kinds it may touch, as kinds are named: `elb`, `elbv2`. None where its writes concern others'.
    pub services: &'static [&'static str],
    /// Kinds that take calls for each single resource, and the writes (of this source, by name) whose records name every
    /// one that they touch: only those are read again.
    pub alone: &'static [(&'static str, &'static [&'static str])],
    /// Writes whose requests name everything that they touch, of whatever kind: tags. What they do not name is left alone.
    pub naming: &'static [&'static str],
    /// Writes that change more kinds than those that list them, those kinds, and why.
    pub along: &'static [(&'static [&'static str], &'static [&'static str], &'static str)],
    /// Writes that change something in other regions of the account, too.
    pub everywhere: &'static [&'static str],
    /// Writes that touch nothing that is read (names with spaces between them, `*` for any text), and why.
    pub nothing: &'static [(&'static str, &'static str)],
}

impl Rereads {
    /// Which of the names in `nothing` stands for a write: then it touches nothing that is read.
    pub fn nothing(&self, name: &str) -> Option<&'static str> {
        let mut patterns = self.nothing.iter().flat_map(|(_, names)| names.split_whitespace());
        patterns.find(|pattern| is_like(pattern, name))
    }
}

/// `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, between)) = parts.split_last() else { return true };
    for part in between {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

/// How a resource may be called in the provider's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    Id,
    Arn,
    /// What people call it (the kind's label).
    Label,
    /// The id up to its first slash: a record set's zone, a bucket's name.
    Parent,
    /// The text at this JSON pointer into the attributes.
    Field(&'static str),
}

/// One recorded write, as far as anybody wants to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: String,
    /// `service:EventName`.
    pub name: String,
    /// Seconds since 1970.
    pub at: i64,
    /// Where it was recorded.
    pub region: String,
    pub actor: Actor,
    pub via: Via,
    /// The call was refused: nothing changed.
    pub failed: bool,
    /// What it speaks of: `request` (its parameters), `response` (its answer) and `resources` (names and ARNs).
    pub details: Value,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub sort: ActorSort,
    /// What people call them: a user's name, the session's name of a role (an e-mail address with SSO), `root`, a
    /// service's host name.
    pub name: String,
    /// The ARN of the identity as it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The role that was assumed, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The account that the identity belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// What sort of identity acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorSort {
    Root,
    User,
    /// Somebody, or a program, that assumed a role.
    Role,
    /// A person who signed in through IAM Identity Center.
    Sso,
    /// Signed in with a web identity or SAML.
    Federated,
    /// A service of the provider.
    Service,
    Unknown,
}

/// What they did it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Console,
    Cli,
    Terraform,
    CloudFormation,
    /// A program with one of the provider's SDKs.
    Sdk,
    /// A service of the provider, on somebody's behalf or its own.
    Service,
    Unknown,
}

impl Via {
    /// The word in trailers and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Cli => "cli",
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::Sdk => "sdk",
            Self::Service => "service",
            Self::Unknown => "unknown",
        }
    }
}

/// What to look up in the provider's records of one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    pub by: LookupBy,
    /// Seconds since 1970, both inclusive.
    pub since: i64,
    pub until: i64,
    /// From the page before.
    pub token: Option<String>,
}

/// The one thing that a look-up can filter by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupBy {
    /// A name or ARN that the event speaks of.
    Resource(String),
    /// An event's name, without the service.
    EventName(String),
    /// Every write.
    Writes,
}

/// One page of events, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    pub events: Vec<Event>,
    /// How many more there are that could not be understood.
    pub garbled: usize,
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("CreateImage", "CreateImage", true),
            ("CreateImage", "CreateImages", false),
            ("*Image", "CopyImage", true),
            ("*Image", "ModifyImageAttribute", false),
            ("*TransitGateway*", "CreateTransitGatewayRoute", true),
            ("Search*", "SearchTransitGatewayRoutes", true),
            ("Search*", "ResearchX", false),
            ("a*b*c", "abc", true),
            ("a*bc*c", "abc", false),
        ] {
            assert_eq!(is_like(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
