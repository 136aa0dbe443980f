//! What each operation answers, as data: one row an operation, for those that the convention does not cover.
//!
//! The convention: an operation lists the collection of the description that is called as the list in its answer
//! (`DescribeVpcs` answers `Vpcs`), narrowed by every parameter that is called as a member of the items
//! (`VpcIds` → `VpcId`) and by `Filters`; an operation whose answer holds no list answers what lies in the
//! description under its own name.

mod acm;
mod cloudtrail;
mod ec2;
mod elb;
mod elbv2;
mod iam;
mod organizations;
mod rds;
mod route53;
mod s3;

/// How one operation is answered. Paths are JSON pointers in which `*` stands for every element of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// `service:Operation`.
    pub(crate) operation: &'static str,
    /// The items that it speaks of, as a path in the description. Empty: the description itself.
    pub(crate) of: &'static str,
    /// Which of them.
    pub(crate) by: &'static [By],
    pub(crate) gives: Gives,
    /// Names of filters that are not spelled as the members that they look at.
    pub(crate) filters: &'static [(&'static str, &'static str)],
    /// Members that this operation leaves out, although others answer them.
    pub(crate) omits: &'static [&'static str],
    /// Members that this operation leaves out of answers to requests without any parameter.
    pub(crate) omits_unasked: &'static [&'static str],
    /// The error when the item is there but holds no such part. `None`: an empty answer.
    pub(crate) absent: Option<&'static str>,
    /// Pages begin at the item with these values, not at a token. Route 53's record sets do.
    pub(crate) page_keys: &'static [&'static str],
    /// Where the one item says in which region it is served; asked for elsewhere, the answer is a redirection.
    pub(crate) region: Option<&'static str>,
}

/// One choice among the items by a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    /// Each value given must be that of an item: otherwise the answer is the error `missing`.
    Named { param: &'static str, item: &'static str, missing: &'static str },
    /// Values given narrow the items.
    Narrow { param: &'static str, item: &'static str },
    /// Values given narrow the items; without any, these do.
    Default { param: &'static str, item: &'static str, values: &'static [&'static str] },
    /// Items of an owner, which must be there: otherwise the answer is the error `missing`.
    Owned { param: &'static str, item: &'static str, owner: &'static str, key: &'static str, missing: &'static str },
    /// The parameter is the beginning of a member.
    Prefix { param: &'static str, item: &'static str },
    /// A parameter's value stands for a demand on the items, such as `Scope=Local`.
    Where { param: &'static str, value: &'static str, item: &'static str, test: Test },
    /// Versions of launch templates: numbers, `$Latest` and `$Default`.
    Version { param: &'static str },
}

/// A demand on a member. `*` stands for any text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    Like(&'static str),
    Unlike(&'static str),
}

/// What becomes of the items chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gives {
    /// A list of them, in this member of the answer.
    Items(&'static str),
    /// The one item, in this member of the answer.
    Item(&'static str),
    /// The one item's members are the answer's.
    Spread,
    /// What lies in the one item under the operation's name.
    Part,
    /// The same, but only the member that this parameter asks for by its name on the wire.
    PartNamed(&'static str),
    /// Members of the answer, each with its path in the one item. An empty path: the item itself.
    Members(&'static [(&'static str, &'static str)]),
    /// A list in the one item: the member of the answer, its path, and which of its elements.
    Inner(&'static str, &'static str, &'static [By]),
    /// An element of a list in the one item: the list's path, the parameter and the member that choose it, the
    /// member of the answer that takes it, and the error if it is not there.
    Element { list: &'static str, param: &'static str, item: &'static str, member: &'static str, missing: &'static str },
    /// Several lists from several collections.
    Lists(&'static [Listing]),
    /// The tags of the items that a parameter names, wherever they lie.
    Tags { param: &'static str, owners: &'static [Owner], missing: &'static str, form: TagForm },
    /// Recorded events, newest first: the member of the answer.
    Events(&'static str),
    /// EC2's one line a tag of every tagged item: the member of the answer, and owners with their types.
    TagLines(&'static str, &'static [(Owner, &'static str)]),
}

/// A collection and the path of its items' name.
pub(crate) type Owner = (&'static str, &'static str);

/// How tags are answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TagForm {
    /// The tags of one item in this member.
    Member(&'static str),
    /// In this member an object of the item's name (its member), its tags, and these parameters.
    Object(&'static str, &'static str, &'static [&'static str]),
    /// The same, a list of several.
    List(&'static str, &'static str, &'static [&'static str]),
}

/// One of several lists in an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing {
    pub(crate) member: &'static str,
    pub(crate) of: &'static str,
    pub(crate) by: &'static [By],
    /// The list is asked for when this parameter is absent or holds one of these values.
    pub(crate) when: Option<(&'static str, &'static [&'static str])>,
    /// Members and paths that make up the list's elements. None: the items themselves.
    pub(crate) gives: &'static [(&'static str, &'static str)],
}

impl Row {
    const fn new(operation: &'static str, of: &'static str, gives: Gives) -> Self {
        Self {
            operation,
            of,
            by: &[],
            gives,
            filters: &[],
            omits: &[],
            omits_unasked: &[],
            absent: None,
            page_keys: &[],
            region: None,
        }
    }

    const fn by(self, by: &'static [By]) -> Self {
        Self { by, ..self }
    }

    const fn filters(self, filters: &'static [(&'static str, &'static str)]) -> Self {
        Self { filters, ..self }
    }

    const fn omits(self, omits: &'static [&'static str]) -> Self {
        Self { omits, ..self }
    }

    const fn omits_unasked(self, omits_unasked: &'static [&'static str]) -> Self {
        Self { omits_unasked, ..self }
    }

    const fn absent(self, code: &'static str) -> Self {
        Self { absent: Some(code), ..self }
    }

    const fn page_keys(self, page_keys: &'static [&'static str]) -> Self {
        Self { page_keys, ..self }
    }

    const fn region(self, path: &'static str) -> Self {
        Self { region: Some(path), ..self }
    }

    /// The error for a named item that is not there, and the parameter that names it.
    pub(crate) fn missing(&self) -> Option<(&'static str, &'static str)> {
        self.by
            .iter()
            .find_map(|by| match by {
                By::Named { param, missing, .. } | By::Owned { param, missing, .. } => Some((*missing, *param)),
                _ => None,
            })
            .or(match self.gives {
                Gives::Tags { param, missing, .. } => Some((missing, param)),
                _ => None,
            })
    }
}

const fn named(param: &'static str, item: &'static str, missing: &'static str) -> By {
    By::Named { param, item, missing }
}

const fn narrow(param: &'static str, item: &'static str) -> By {
    By::Narrow { param, item }
}

/// The row of an operation, if it has one.
pub(crate) fn row(service: &str, operation: &str) -> Option<&'static Row> {
    let rows: &[Row] = match service {
        "acm" => acm::ROWS,
        "cloudtrail" => cloudtrail::ROWS,
        "ec2" => ec2::ROWS,
        "elb" => elb::ROWS,
        "elbv2" => elbv2::ROWS,
        "iam" => iam::ROWS,
        "organizations" => organizations::ROWS,
        "rds" => rds::ROWS,
        "route53" => route53::ROWS,
        "s3" | "s3control" => s3::ROWS,
        _ => &[],
    };
    rows.iter().find(|row| row.operation.split_once(':') == Some((service, operation)))
}

/// Every row, for tests that walk them.
#[cfg(test)]
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    [
        acm::ROWS,
        cloudtrail::ROWS,
        ec2::ROWS,
        elb::ROWS,
        elbv2::ROWS,
        iam::ROWS,
        organizations::ROWS,
        rds::ROWS,
        route53::ROWS,
        s3::ROWS,
    ]
    .into_iter()
    .flatten()
}
