//! A kind is data plus one function.

use crate::{Calls, Naming, Rule, Terraform, Write};

/// What can be known of a kind without reading anything: what `driftline kinds NAME` prints.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// `service/resource`: the AWS CLI's name of the service, the API's noun in the singular, snake_case.
    pub name: &'static str,
    /// One sentence: what it is and what is peculiar about reading it.
    pub about: &'static str,
    pub reads: Reads,
    pub identity: Identity,
    pub arn: Arn,
    /// Where people find its name (a JSON pointer into the attributes, or `/tags/Name`), if its id is not a name.
    pub label: Option<&'static str>,
    /// What an export calls one instead, where neither its id nor its label is what people would: a pattern (see
    /// [`Terraform`]).
    pub called: Option<&'static str>,
    /// When a resource was made, by its own account: a JSON pointer that leads to it in the answer of the kind's list and in
    /// the attributes. None for kinds of which the newest cannot be told.
    pub created: Option<&'static str>,
    /// The IAM actions that reading it takes. The policy that driftline prints and the guard against undeclared
    /// calls both come from here.
    pub actions: &'static [&'static str],
    /// Which answers its attributes are made of.
    pub sources: &'static [Source],
    /// What reading it costs. [`Reads`] says how often.
    pub calls: &'static [Calls],
    pub rules: &'static [Rule],
    /// The write operations that touch it, by which a change is attributed. Several may explain one attribute.
    pub writes: &'static [Write],
    /// How the provider's records may call one, the best first: each may cost a look-up. An ARN tells it in any case,
    /// and is listed where one looks up by it. None where an account has one at most, which records do not name.
    pub names: &'static [Naming],
    /// How one is written as Terraform; none where this version does not export the kind yet.
    pub terraform: Option<&'static Terraform>,
}

impl Descriptor {
    /// The part of the name before the slash.
    pub fn service(&self) -> &'static str {
        self.name.split('/').next().unwrap_or(self.name)
    }
}

/// How often a kind is read, and so in which scope its resources lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// In each region; resources lie in that region.
    EachRegion,
    /// Once per account; resources lie in `global`.
    Global,
    /// Once per account, by asking every region that is read, since it is not known which of them knows it; resources lie
    /// in `global`. One that a scan of fewer regions does not see may still be there.
    Everywhere,
    /// Listed once per account; each resource says in which region it lies (S3 buckets).
    OncePerAccount,
}

/// What tells one resource of a kind in a scope from another. A name where the provider guarantees it unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// The member at this JSON pointer.
    Field(&'static str),
    /// These members, joined by `/`; a missing one is left out.
    Join(&'static [&'static str]),
    /// Computed by `collect`, as this sentence says.
    Computed(&'static str),
}

/// The resource's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arn {
    /// The member at this JSON pointer.
    Field(&'static str),
    /// A pattern with `{partition}`, `{region}`, `{account}` and `{id}`, from the service authorization reference.
    Pattern(&'static str),
    /// AWS gives it none.
    None,
}

/// One answer that the attributes of a kind are made of: the shape of `member` in the output of `operation` stands
/// at `at` in the attributes. With the API models this makes every attribute a kind can have known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// `service:Operation` as the API model spells it.
    pub operation: &'static str,
    /// Rule-style path into the operation's output: `/DBInstances/*`. Empty: the whole output.
    pub member: &'static str,
    /// JSON pointer into the attributes; empty: the attributes themselves.
    pub at: &'static str,
}

/// A descriptor and the function that reads all resources of the kind in one scope. `F` is that function's type: it
/// belongs to the provider, which knows what the function reads with.
pub struct Kind<F: 'static> {
    pub descriptor: Descriptor,
    pub collect: F,
}
