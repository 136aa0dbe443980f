//! The generated models, one file per service.

use crate::model::Service;

/// Every service that is compiled in, sorted by name.
pub static SERVICES: &[&Service] = &[];

/// The service of this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}
