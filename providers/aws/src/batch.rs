//! Calls that answer for several resources at once, such as `DescribeTags`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use driftline_api::{Cause, Future, Status};
use serde_json::{Value, json};

use crate::draft::Draft;
use crate::reader::{CONCURRENCY, Existence, Reader, take, take_items, text};

/// One such call, and where its answers go.
pub struct Batch {
    /// `service:Operation`.
    pub operation: &'static str,
    /// How many resources one call takes.
    pub size: usize,
    /// The parameter that takes their names.
    pub parameter: &'static str,
    /// What the call knows a resource by.
    pub name: fn(&Draft) -> &str,
    /// Parameters that are always the same.
    pub fixed: &'static [(&'static str, &'static str)],
    /// The list in the answer, and in its elements the resource's name and the part that is wanted: JSON pointers.
    pub list: &'static str,
    pub known_by: &'static str,
    pub member: &'static str,
    /// Where it goes: `/Name`.
    pub at: &'static str,
    /// Error codes that mean that a resource is no more. AWS answers so for the whole batch.
    pub gone: &'static [&'static str],
    /// The call for a single resource, where there is one of its own.
    pub alone: Option<Alone>,
}

/// A call that answers for one resource what a [`Batch`] answers for several.
pub struct Alone {
    /// `service:Operation`.
    pub operation: &'static str,
    /// The parameter that takes the resource's name.
    pub parameter: &'static str,
    /// The part of the answer that is wanted: a JSON pointer.
    pub member: &'static str,
}

/// Resources that wait until there are enough of them for a call.
pub struct Filling<'r, F> {
    reader: &'r Reader<'r>,
    batch: &'static Batch,
    each: F,
    waiting: Mutex<Vec<Draft>>,
}

impl<F: Fn(Draft) + Sync> Filling<'_, F> {
    /// Adds one. Who fills the batch makes the call.
    pub async fn add(&self, mut draft: Draft) {
        if self.reader.begin(&mut draft) != Existence::Present {
            return;
        }
        let full = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(draft);
            (waiting.len() >= self.batch.size).then(|| std::mem::take(&mut *waiting))
        };
        if let Some(drafts) = full {
            self.read(drafts).await;
        }
    }

    /// Makes the call for those that are left.
    pub async fn finish(self) {
        let drafts = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !drafts.is_empty() {
            self.read(drafts).await;
        }
    }

    async fn read(&self, drafts: Vec<Draft>) {
        self.reader.batched(self.batch, drafts).await.into_iter().for_each(&self.each);
    }
}

/// Codes of calls that were not answered: asking again for one resource at a time would not help.
const UNANSWERED: &[&str] =
    &["InvalidAnswer", "InvalidRequest", "NoCredentials", "NoEndpoint", "NotSent", "Timeout", "Unreachable"];

impl Reader<'_> {
    /// Reads a batched part of many resources, and hands each to `each` when it has it. What could not be read is
    /// noted in the resource; what is gone is left out.
    pub async fn for_each_batched<'f>(
        &self,
        batch: &'static Batch,
        drafts: impl IntoIterator<Item = Draft>,
        each: impl Fn(Draft) -> Future<'f, ()> + Send + Sync,
    ) {
        let each = &each;
        let mut drafts = drafts.into_iter().filter_map(|mut draft| {
            let existence = self.begin(&mut draft);
            (existence == Existence::Present).then_some(draft)
        });
        let batches = std::iter::from_fn(|| {
            let some: Vec<Draft> = drafts.by_ref().take(batch.size).collect();
            (!some.is_empty()).then_some(some)
        });
        // Who waits for a whole batch is held in memory as it is: as few batches as keep enough details under way.
        let at_once = CONCURRENCY.div_ceil(batch.size) + 1;
        self.for_each_at_once(at_once, batches, |drafts| {
            Box::pin(async move {
                let drafts = self.batched(batch, drafts).await;
                self.for_each_of(drafts, each).await;
            })
        })
        .await;
    }

    /// A batch that resources are added to as they are found. `each` gets them when their part has been read.
    pub fn filling<F>(&self, batch: &'static Batch, each: F) -> Filling<'_, F>
    where
        F: Fn(Draft) + Sync,
    {
        Filling { reader: self, batch, each, waiting: Mutex::default() }
    }

    async fn batched(&self, batch: &Batch, drafts: Vec<Draft>) -> Vec<Draft> {
        // A list whose pages shift while they are read has items twice.
        let names: Vec<&str> = drafts.iter().map(batch.name).collect::<BTreeSet<_>>().into_iter().collect();
        let answer = self.ask(batch, &names).await;
        let Err(cause) = answer else { return fill(batch, drafts, answer) };
        let hopeless = cause.status == Status::Throttled || UNANSWERED.contains(&cause.code.as_str());
        if hopeless || (drafts.len() == 1 && batch.alone.is_none()) {
            return fill(batch, drafts, Err(cause));
        }
        // One resource that is gone or forbidden makes AWS refuse the whole batch: the others must not pay for it.
        let mut filled = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let answer = self.ask_alone(batch, (batch.name)(&draft)).await;
            filled.extend(fill(batch, vec![draft], answer));
        }
        filled
    }

    async fn ask_alone(&self, batch: &Batch, name: &str) -> Result<BTreeMap<String, Value>, Cause> {
        let Some(alone) = &batch.alone else { return self.ask(batch, &[name]).await };
        let answer = self.call(alone.operation, &params(batch, alone.parameter, json!(name))).await?;
        Ok(take(answer, alone.member).into_iter().map(|part| (name.to_owned(), part)).collect())
    }

    async fn ask(&self, batch: &Batch, names: &[&str]) -> Result<BTreeMap<String, Value>, Cause> {
        let answer = self.call(batch.operation, &params(batch, batch.parameter, json!(names))).await?;
        let elements = take_items(answer, batch.list).into_iter();
        Ok(elements
            .filter_map(|element| {
                let name = text(&element, batch.known_by).to_owned();
                Some((name, take(element, batch.member)?))
            })
            .collect())
    }
}

fn params(batch: &Batch, parameter: &str, names: Value) -> Value {
    let fixed = batch.fixed.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    Value::Object(fixed.chain([(parameter.to_owned(), names)]).collect())
}

/// Puts the answers into the drafts; without an answer, notes what is missing or leaves out what is gone.
fn fill(batch: &Batch, mut drafts: Vec<Draft>, answer: Result<BTreeMap<String, Value>, Cause>) -> Vec<Draft> {
    match answer {
        Ok(parts) => {
            for draft in &mut drafts {
                if let Some(part) = parts.get((batch.name)(draft)) {
                    draft.set(batch.at, part.clone());
                }
            }
        }
        Err(cause) if drafts.len() == 1 && batch.gone.contains(&cause.code.as_str()) => drafts.clear(),
        Err(cause) => drafts.iter_mut().for_each(|draft| draft.unread(batch.at, cause.clone())),
    }
    drafts
}
