//! Resources whose list answers leave their tags out: one `ListTagsForResource` each, there is no batch form.

use driftline_api::Cause;
use serde_json::{Value, json};

use crate::reader::take_items;
use crate::{Detail, Draft, Existence, Reader};

const TAGS: &str = "rds:ListTagsForResource";

/// A list of such resources, and where to find things in its items.
pub(super) struct Listing {
    /// `service:Operation`.
    pub(super) operation: &'static str,
    /// The list in its answer.
    pub(super) member: &'static str,
    /// The members that make the items' id, which are those of the kind's identity.
    pub(super) id: &'static [&'static str],
    pub(super) arn: &'static str,
    /// Error codes that mean that an item is no more.
    pub(super) gone: &'static [&'static str],
    /// Whether it is made by AWS itself, and nobody can change it.
    pub(super) is_aws_managed: fn(&Draft) -> bool,
}

impl Listing {
    /// Reads every item of the list with its tags and the details that `more` asks for.
    pub(super) async fn collect(
        &self,
        reader: &Reader<'_>,
        more: impl Fn(&Draft) -> Vec<Detail> + Sync,
    ) -> Result<(), Cause> {
        let mut pages = reader.pages(self.operation, json!({"MaxRecords": 100}))?;
        while let Some(page) = pages.next().await? {
            self.read_each(reader, take_items(page, self.member).into_iter(), &more).await;
        }
        Ok(())
    }

    /// The same for items that have been listed already.
    pub(super) async fn read_each(
        &self,
        reader: &Reader<'_>,
        items: impl Iterator<Item = Value>,
        more: &(impl Fn(&Draft) -> Vec<Detail> + Sync),
    ) {
        reader.for_each(items, |item| Box::pin(self.read(reader, item, more))).await;
    }

    async fn read(&self, reader: &Reader<'_>, item: Value, more: &(impl Fn(&Draft) -> Vec<Detail> + Sync)) {
        let mut draft = Draft::new(item);
        let id: Vec<&str> = self.id.iter().map(|member| draft.text(member)).collect();
        if !reader.wants(None, &id.join("/")) || (!reader.include_aws_managed() && (self.is_aws_managed)(&draft)) {
            return;
        }
        let mut details = more(&draft);
        details.push(tags(draft.text(self.arn)));
        let existence = reader.details(&mut draft, self.gone, details).await;
        if existence == Existence::Present && !draft.unread.iter().any(|unread| is_gone(&unread.cause)) {
            reader.emit(draft);
        }
    }
}

/// `ListTagsForResource` documents a code for each sort of resource that is not there, and answers some of them as
/// `InvalidParameterValue: Unable to find a subnet group matching the resource name` (hashicorp/terraform#17822).
fn is_gone(cause: &Cause) -> bool {
    cause.operation == TAGS
        && (cause.code.contains("NotFound")
            || cause.code == "InvalidParameterValue" && cause.message.starts_with("Unable to find"))
}

/// The tags of one resource.
pub(super) fn tags(arn: &str) -> Detail {
    Detail { operation: TAGS, params: json!({"ResourceName": arn}), member: "/TagList", at: "/TagList", absent: &[] }
}
