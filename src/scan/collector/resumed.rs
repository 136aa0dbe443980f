//! Single resources, and lists of a parent's own, that an interrupted import had read.

use driftline_api::{Address, Begun, Listed, Task};

use super::{Collector, Event};
use crate::resume::{self, Journal, Known, Single};
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

    /// Whether the list of what hangs on a parent was read before, when lists showed the parent as they do now.
    pub(super) fn begin_list(&self, task: &Task, parent: Listed<'_>) -> Begun {
        let Some(journal) = self.keep.journal() else { return Begun::Anew(None) };
        let digest = self.digest(task, parent);
        match self.take_below(journal, task, digest) {
            Ok(true) => Begun::Known,
            Ok(false) => Begun::Anew(Some(journal.begin_below(digest))),
            Err(error) => {
                self.lock().failure.get_or_insert(error);
                Begun::Anew(None)
            }
        }
    }

    fn take_below(&self, journal: &Journal, task: &Task, digest: [u8; 16]) -> Result<bool, ScanError> {
        let Some(resources) = journal.take_below(task, digest) else { return Ok(false) };
        for (known, file) in resources {
            self.observer.event(Event::Found { task });
            self.put(task, known, file)?;
        }
        Ok(true)
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
        let Some((Single { region, id, content, .. }, file)) = journal.take_single(task, digest) else {
            return Ok(false);
        };
        self.put(task, Known { region, id, content }, file)?;
        Ok(true)
    }

    /// Has a resource that was read before.
    fn put(&self, task: &Task, known: Known, file: Option<Vec<u8>>) -> Result<(), ScanError> {
        let scope = task.account.scope(&known.region);
        let address = Address { scope, kind: task.kind.name.to_owned(), id: known.id };
        if let (Some(file), Some(writer)) = (file, self.keep.writer()) {
            writer.blob_of(known.content, &file).map_err(ScanError::Keep)?;
        }
        let mut state = self.lock();
        // Seen twice, the later one counts.
        state.unread.remove(&address);
        let is_new = state.resources.entry(&address.scope, &address.kind).insert(&address.id, known.content);
        state.stats.resumed += u64::from(is_new);
        Ok(())
    }
}
