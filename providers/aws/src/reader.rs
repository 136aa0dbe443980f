//! What a kind's `collect` function reads with: calls, pages, shared lists, details, and the way out.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use driftline_api::{
    Address, Arn, Begun, Call, Cause, Found, Future, GLOBAL, Gap, Identity, Listed, Mark, Scope, Sink, Status, Task,
    Under,
};
use driftline_wire::client::next_page;
use driftline_wire::model::{Operation, Service};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use crate::client::{Clients, Tally};
use crate::draft::Draft;
use crate::packed::Items;
use crate::{action, failure};

/// How many details of one kind are under way at once. The rate limits, not this, bound the calls; it bounds memory.
pub(crate) const CONCURRENCY: usize = 24;

/// More pages than this is an endpoint that never ends its list.
const MOST_PAGES: usize = 100_000;

type SharedList = Result<Arc<Items>, Cause>;

/// Lists that several kinds of a service start from, fetched once per scan, account and region.
#[derive(Default)]
pub(crate) struct Shared {
    lists: Mutex<BTreeMap<String, Arc<OnceCell<SharedList>>>>,
}

/// One kind in one scope, being read.
pub struct Reader<'a> {
    pub(crate) task: &'a Task,
    pub(crate) clients: &'a Clients,
    pub(crate) shared: &'a Shared,
    pub(crate) sink: &'a dyn Sink,
}

/// One call that adds to a resource.
pub struct Detail {
    /// `service:Operation`.
    pub operation: &'static str,
    pub params: Value,
    /// Which part of the answer: a JSON pointer, or empty for all of it.
    pub member: &'static str,
    /// Where it goes: `/Name`, or empty to merge it into the attributes.
    pub at: &'static str,
    /// Error codes that mean "not configured".
    pub absent: &'static [&'static str],
}

/// The list of what hangs on one parent, being read.
pub struct Below {
    mark: Option<Mark>,
    drafts: usize,
}

impl Below {
    /// A resource that stands in the list.
    #[must_use]
    pub fn draft(&mut self, item: Value) -> Draft {
        self.drafts += 1;
        Draft { below: self.mark, ..Draft::new(item) }
    }

    /// The list is read to its end.
    pub fn end(self, reader: &Reader<'_>) {
        if let Some(mark) = self.mark {
            reader.sink.ended_below(reader.task, mark, self.drafts);
        }
    }
}

/// Whether there is a resource to go on with after its details have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Existence {
    Present,
    /// An import that was interrupted had read it, and nothing more has to be.
    Known,
    /// It went away between the list and the details.
    Gone,
}

impl Reader<'_> {
    /// The region whose endpoints are called.
    pub fn region(&self) -> &str {
        self.task.region.as_deref().unwrap_or(&self.task.account.home_region)
    }

    pub fn account(&self) -> &str {
        &self.task.account.id
    }

    pub fn partition(&self) -> &str {
        &self.task.account.partition
    }

    /// Whether to read what AWS makes by itself and nobody can change.
    pub fn include_aws_managed(&self) -> bool {
        self.task.include_aws_managed
    }

    /// The regions that are being read, for kinds listed once per account.
    pub fn regions(&self) -> &[String] {
        &self.task.account.regions
    }

    /// Whether the user asked for the resource with this id (in this region, for kinds listed once per account).
    /// Kinds ask before they read details.
    pub fn wants(&self, region: Option<&str>, id: &str) -> bool {
        self.task.targets.matches(&self.address(region, id))
    }

    /// Whether the user asked for any child of this id (`<id>/…`).
    pub fn wants_children(&self, id: &str) -> bool {
        self.task.targets.may_match_children(&self.address(None, id))
    }

    /// Calls one operation, given as `service:Operation`.
    pub async fn call(&self, operation: &str, params: &Value) -> Result<Value, Cause> {
        self.call_in(self.region(), operation, params).await
    }

    /// The same in another region (S3 buckets answer in their own).
    pub async fn call_in(&self, region: &str, operation: &str, params: &Value) -> Result<Value, Cause> {
        let (service, operation) = self.declared(operation)?;
        self.send(region, service, operation, params).await
    }

    /// The pages of a list, to be asked for one by one as they are used.
    pub fn pages(&self, operation: &str, params: Value) -> Result<Pages<'_>, Cause> {
        self.pages_in(self.region(), operation, params)
    }

    /// The same in another region.
    pub fn pages_in(&self, region: &str, operation: &str, params: Value) -> Result<Pages<'_>, Cause> {
        let (service, operation) = self.declared(operation)?;
        Ok(Pages {
            reader: self,
            region: region.to_owned(),
            service,
            operation,
            next: Some(params),
            asked: 0,
            seen: BTreeSet::new(),
        })
    }

    /// All items of a list: the array at `member` (a JSON pointer) of every page, in one.
    pub async fn items(&self, operation: &str, params: Value, member: &str) -> Result<Items, Cause> {
        self.items_in(self.region(), operation, params, member).await
    }

    /// The same in another region.
    pub async fn items_in(&self, region: &str, operation: &str, params: Value, member: &str) -> Result<Items, Cause> {
        let mut items = Items::default();
        let mut pages = self.pages_in(region, operation, params)?;
        while let Some(page) = pages.next().await? {
            items.extend(take_items(page, member));
        }
        Ok(items)
    }

    /// All items of a list that other kinds of the service start from too: fetched once per scan, account and region.
    pub async fn shared_items(&self, operation: &str, params: Value, member: &str) -> Result<Arc<Items>, Cause> {
        self.declared(operation)?;
        let key = format!("{}/{}/{operation}/{params}/{member}", self.account(), self.region());
        let cell = {
            let mut lists = self.shared.lists.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lists.entry(key).or_default())
        };
        cell.get_or_init(|| async { self.items(operation, params, member).await.map(Arc::new) }).await.clone()
    }

    /// Runs `each` over many items, a bounded number at a time, in no particular order. Those that wait are packed.
    pub async fn for_each<'f>(&self, items: impl IntoIterator<Item = Value>, each: impl Fn(Value) -> Future<'f, ()>) {
        self.for_each_of(items.into_iter().collect::<Items>(), each).await;
    }

    /// The same over anything: an iterator is asked for the next one when its turn comes.
    pub async fn for_each_of<'f, T>(&self, items: impl IntoIterator<Item = T>, each: impl Fn(T) -> Future<'f, ()>) {
        self.for_each_at_once(CONCURRENCY, items, each).await;
    }

    /// The same, so many at a time.
    pub(crate) async fn for_each_at_once<'f, T>(
        &self,
        at_once: usize,
        items: impl IntoIterator<Item = T>,
        each: impl Fn(T) -> Future<'f, ()>,
    ) {
        let mut items = items.into_iter();
        let mut running: FuturesUnordered<Future<'f, ()>> = items.by_ref().take(at_once).map(&each).collect();
        while running.next().await.is_some() {
            running.extend(items.next().map(&each));
        }
    }

    /// To be asked before the first call that is made for this resource alone: an import that was interrupted may have
    /// read it. Everything that lists tell of it has to be in the draft. [`Reader::details`] and
    /// what reads batches ask by themselves.
    pub fn begin(&self, draft: &mut Draft) -> Existence {
        if draft.is_begun {
            return Existence::Present;
        }
        // What is not known of it now must not pass for what it was then.
        let begun =
            if draft.unread.is_empty() { self.sink.begin(self.task, draft.listed()) } else { Begun::Anew(None) };
        match begun {
            Begun::Known => Existence::Known,
            Begun::Anew(mark) => {
                (draft.is_begun, draft.mark) = (true, mark);
                Existence::Present
            }
        }
    }

    /// To be asked before the list of what hangs on `parent`, an item of another list, is asked for. `None`: an import that
    /// was interrupted had read it, and nothing more has to be.
    pub fn begin_below(&self, parent: &Value) -> Option<Below> {
        let none = Map::new();
        let attributes = parent.as_object().unwrap_or(&none);
        match self.sink.begin_below(self.task, Listed { region: None, id: None, arn: None, attributes }) {
            Begun::Known => None,
            Begun::Anew(mark) => Some(Below { mark, drafts: 0 }),
        }
    }

    /// Reads details into a draft, all at once. A code in `gone` means that the resource itself is no more; any other
    /// failure costs the one attribute, which is noted as not read. What other lists tell of the resource has to be in the
    /// draft before.
    pub async fn details(&self, draft: &mut Draft, gone: &[&str], details: Vec<Detail>) -> Existence {
        if self.begin(draft) == Existence::Known {
            return Existence::Known;
        }
        let region = draft.region.clone();
        let region = region.as_deref().unwrap_or(self.region());
        let answers = join_all(details.iter().map(|detail| Box::pin(self.detail_in(region, detail)))).await;
        for (detail, answer) in details.iter().zip(answers) {
            match answer {
                Ok(Some(value)) => draft.set(detail.at, value),
                Ok(None) => {}
                Err(cause) if gone.contains(&cause.code.as_str()) => return Existence::Gone,
                // Where there is no such operation there is no such attribute either.
                Err(cause) if cause.status == Status::Unsupported => {}
                Err(cause) => draft.unread(detail.at, cause),
            }
        }
        Existence::Present
    }

    /// One detail, all its pages; `None` where the answer means "not configured".
    pub async fn detail_in(&self, region: &str, detail: &Detail) -> Result<Option<Value>, Cause> {
        match self.all_pages(region, detail).await {
            Err(cause) if detail.absent.contains(&cause.code.as_str()) => Ok(None),
            answer => answer,
        }
    }

    async fn all_pages(&self, region: &str, detail: &Detail) -> Result<Option<Value>, Cause> {
        let mut answer: Option<Value> = None;
        let mut pages = self.pages_in(region, detail.operation, detail.params.clone())?;
        while let Some(page) = pages.next().await? {
            match (&mut answer, take(page, detail.member)) {
                (Some(Value::Array(all)), Some(Value::Array(more))) => all.extend(more),
                (None, part) => answer = part,
                (Some(_), _) => {}
            }
        }
        Ok(answer)
    }

    /// Hands a finished resource over. Id and ARN come from the kind's descriptor unless the draft has its own.
    pub fn emit(&self, draft: Draft) {
        let Draft { attributes, unread, id, arn, region, mark, below, is_begun: _ } = draft;
        let attributes = Value::Object(attributes);
        let kind = self.task.kind;
        let Some(id) = id.or_else(|| identify(&kind.identity, &attributes)).filter(|id| !id.is_empty()) else {
            // An item that cannot be named cannot be kept: it must not vanish silently either.
            let operation = kind.sources.first().map_or(kind.name, |source| source.operation);
            let cause = failure::nonsense(operation.to_owned(), format!("an item of {} has no id", kind.name));
            self.sink.gap(self.task, Gap { region, under: Under::Kind, cause });
            return;
        };
        if !self.wants(region.as_deref(), &id) {
            return;
        }
        let arn = arn.or_else(|| match kind.arn {
            Arn::Field(pointer) => attributes.pointer(pointer).and_then(Value::as_str).map(str::to_owned),
            Arn::Pattern(pattern) => Some(
                pattern
                    .replace("{partition}", self.partition())
                    .replace("{region}", region.as_deref().unwrap_or(self.region()))
                    .replace("{account}", self.account())
                    .replace("{id}", &id),
            ),
            Arn::None => None,
        });
        let Value::Object(attributes) = attributes else { return };
        self.sink.found(self.task, Found { region, id, arn, attributes, unread, mark, below });
    }

    /// Says that a resource, or the children of one, could not be read.
    pub fn gap(&self, under: Under, cause: Cause) {
        self.gap_in(None, under, cause);
    }

    /// The same for kinds listed once per account.
    pub fn gap_in(&self, region: Option<String>, under: Under, cause: Cause) {
        self.sink.gap(self.task, Gap { region, under, cause });
    }

    fn address(&self, region: Option<&str>, id: &str) -> Address {
        Address { scope: self.scope(region), kind: self.task.kind.name.to_owned(), id: id.to_owned() }
    }

    pub(crate) fn scope(&self, region: Option<&str>) -> Scope {
        self.task.account.scope(region.or(self.task.region.as_deref()).unwrap_or(GLOBAL))
    }

    /// Looks an operation up, and refuses what the kind does not declare.
    fn declared(&self, operation: &str) -> Result<(&'static Service, &'static Operation), Cause> {
        let unknown = || failure::request(operation.to_owned(), &Mistake("no such operation in the models"));
        let (service, name) = operation.split_once(':').ok_or_else(unknown)?;
        let service = driftline_wire::models::service(service).ok_or_else(unknown)?;
        let found = service.operation(name).ok_or_else(unknown)?;
        let action = action::of(service, found);
        if !self.task.kind.actions.contains(&action.as_str()) {
            return Err(failure::undeclared(operation.to_owned(), self.task.kind.name, &action));
        }
        Ok((service, found))
    }

    async fn send(
        &self,
        region: &str,
        service: &'static Service,
        operation: &'static Operation,
        params: &Value,
    ) -> Result<Value, Cause> {
        let tally = Arc::new(Tally::of(self.task.kind.name));
        let answer = self.clients.call(service, operation, region, params, &tally).await;
        self.sink.called(Call {
            account: self.account().to_owned(),
            region: region.to_owned(),
            operation: name(service, operation),
            retries: tally.retries(),
            throttles: tally.throttles(),
            waited: tally.waited(),
        });
        answer
    }
}

/// The pages of one list.
pub struct Pages<'r> {
    pub(crate) reader: &'r Reader<'r>,
    region: String,
    service: &'static Service,
    operation: &'static Operation,
    /// Parameters of the next call; `None` after the last page.
    next: Option<Value>,
    asked: usize,
    /// Digests of the tokens so far: one that comes again leads to pages that were read, and never to the end.
    seen: BTreeSet<u64>,
}

impl Pages<'_> {
    /// The next page, or `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Value>, Cause> {
        let Some(mut params) = self.next.take() else { return Ok(None) };
        let page = self.reader.send(&self.region, self.service, self.operation, &params).await?;
        self.asked += 1;
        let Some(paginator) = &self.operation.paginator else { return Ok(Some(page)) };
        let next = next_page(paginator, &page)
            .map_err(|error| failure::nonsense(name(self.service, self.operation), error.to_string()))?;
        let Some(tokens) = next else { return Ok(Some(page)) };
        let endless =
            |why: &str| failure::nonsense(name(self.service, self.operation), format!("the list never ends: {why}"));
        if self.asked >= MOST_PAGES {
            return Err(endless(&format!("it has more than {MOST_PAGES} pages")));
        }
        let mut digest = DefaultHasher::new();
        for (_, token) in &tokens {
            token.hash(&mut digest);
        }
        let is_new = self.seen.insert(digest.finish());
        if !is_new || tokens.iter().all(|(name, token)| params.get(*name) == Some(token)) {
            return Err(endless("the page token repeats"));
        }
        if let Value::Object(params) = &mut params {
            // Tokens of several members (Route 53 has three) replace each other as a whole.
            for token in paginator.input_tokens {
                params.remove(*token);
            }
            params.extend(tokens.into_iter().map(|(name, token)| (name.to_owned(), token)));
        }
        self.next = Some(params);
        Ok(Some(page))
    }
}

/// The elements of the array at a JSON pointer of an answer.
pub(crate) fn take_items(answer: Value, member: &str) -> Vec<Value> {
    match take(answer, member) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// The part of an answer at a JSON pointer (empty: all of it), if it is there.
pub(crate) fn take(mut answer: Value, member: &str) -> Option<Value> {
    if member.is_empty() {
        return Some(answer);
    }
    answer.pointer_mut(member).map(Value::take)
}

/// The text at a JSON pointer, or an empty one.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn identify(identity: &Identity, attributes: &Value) -> Option<String> {
    let part = |pointer: &str| match attributes.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match identity {
        Identity::Field(pointer) => part(pointer),
        Identity::Join(pointers) => {
            let parts: Vec<String> = pointers.iter().filter_map(|pointer| part(pointer)).collect();
            (!parts.is_empty()).then(|| parts.join("/"))
        }
        Identity::Computed(_) => None,
    }
}

fn name(service: &Service, operation: &Operation) -> String {
    format!("{}:{}", service.name, operation.name)
}

/// A mistake in a kind.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Mistake(&'static str);
