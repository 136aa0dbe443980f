//! Where the call that a task is making goes, and when. The SDK's runtime asks a resolver for the URL, before each attempt
//! and before anything else of it; this one has it from the call, so that one sender serves every host of a service.
//!
//! It answers once the limits let the attempt leave. What is signed first and waits then is refused: services take a
//! signature for five minutes, and where a few calls a second are let through, hundreds wait in line for longer. The
//! credentials are fresh for the same reason.

use aws_smithy_runtime_api::client::endpoint::{EndpointFuture, EndpointResolverParams, ResolveEndpoint};
use aws_smithy_types::endpoint::Endpoint;

use crate::client::Tally;
use crate::limits::Gate;

tokio::task_local! {
    /// The runtime does not spawn, so that its attempts find it.
    static URL: String;
}

/// Makes a call to this URL.
pub(crate) async fn to<T>(url: String, call: impl Future<Output = T>) -> T {
    URL.scope(url, call).await
}

/// Answers the URL of the call that the task is making, when it may be made.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) gate: Gate,
}

impl ResolveEndpoint for Resolver {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::new(async {
            let url = URL.try_with(Clone::clone).map_err(|_| "a call without a destination")?;
            // The first attempt has waited before.
            if Tally::sending(Tally::may_leave) != Some(true) {
                Tally::line_up(&self.gate).await?;
            }
            Ok(Endpoint::builder().url(url).build())
        })
    }
}
