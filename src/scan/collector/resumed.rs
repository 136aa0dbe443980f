//! Single resources that an interrupted import had read.

use driftline_api::{Address, Begun, Listed, Task};

use super::{Collector, Event};
use crate::resume::{self, Journal};
use crate::scan::ScanError;

impl Collector {
    /// Whether a resource was read before, in the state in which lists show it now.
    pub(super) fn begin_single(&self, task: &Task, listed: Listed<'_>) -> Begun {
        let Some(journal) = self.keep.journal() else { return Begun::Anew(None) };
        let digest = self.digest(task, listed);
        match self.take_over(journal, task, digest) {
            Ok(true) => {
                self.observer.event(Event::Found { task });
                Begun::Known
            }
            Ok(false) => Begun::Anew(Some(journal.mark(digest))),
            Err(error) => {
                self.lock().failure.get_or_insert(error);
                Begun::Anew(None)
            }
        }
    }

    /// Under a key: lists may tell what a snapshot would not say.
    fn digest(&self, task: &Task, Listed { region, id, arn, attributes }: Listed<'_>) -> [u8; 16] {
        let mut text = resume::text(task);
        text.extend(format!("{region:?}\n{id:?}\n{arn:?}\n").into_bytes());
        let rules = self.rules.get(task.kind.name).expect("a task's kind is one of the provider's");
        rules.write_listed(attributes, &mut text);
        self.seal.mark(&text)
    }

    fn take_over(&self, journal: &Journal, task: &Task, digest: [u8; 16]) -> Result<bool, ScanError> {
        let Some((single, file)) = journal.take_single(task, digest) else { return Ok(false) };
        let scope = task.account.scope(&single.region);
        let address = Address { scope, kind: task.kind.name.to_owned(), id: single.id };
        if let (Some(file), Some(writer)) = (file, self.keep.writer()) {
            writer.blob_of(single.content, &file).map_err(ScanError::Keep)?;
        }
        let mut state = self.lock();
        // Seen twice, the later one counts.
        state.unread.remove(&address);
        let is_new = state.resources.entry(&address.scope, &address.kind).insert(&address.id, single.content);
        state.stats.resumed += u64::from(is_new);
        Ok(true)
    }
}
