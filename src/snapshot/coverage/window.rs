//! Kinds of which only the newest were read, as the configuration wants it.

use driftline_api::{Address, Descriptor, Scope, Status, Window};
use serde_json::Value;

use super::{Coverage, KindCoverage};
use crate::Resource;

impl KindCoverage {
    /// Only the newest were read, as the configuration says. What failed has failed nevertheless.
    pub fn limit(&mut self, window: Window) {
        if self.status == Status::Read {
            self.status = Status::Limited;
            self.window = Some(window);
        }
    }

    /// What was read, where the configuration wants the newest only.
    pub fn window(&self) -> Option<&Window> {
        self.window.as_ref()
    }

    /// Whether something that the user expects to be read was not.
    pub fn is_gap(&self) -> bool {
        self.status.is_gap() && self.window.is_none()
    }
}

impl Coverage {
    /// Whether a resource is older than what was read of its kind.
    pub fn is_beyond(&self, address: &Address, resource: &Resource, kind: Option<&Descriptor>) -> bool {
        let window = self.get(&address.scope, &address.kind).and_then(KindCoverage::window);
        let Some((window, created)) = window.zip(kind.and_then(|kind| kind.created)) else { return false };
        window.is_beyond(resource.attributes.get(created.trim_start_matches('/')).and_then(Value::as_str))
    }

    /// The kinds of which the newest were read, sorted by scope and kind.
    pub fn windows(&self) -> impl Iterator<Item = (&Scope, &str, &Window)> {
        self.iter().filter_map(|(scope, kind, entry)| Some((scope, kind, entry.window()?)))
    }
}
