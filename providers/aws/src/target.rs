//! Where the call that a task is making goes. The SDK's runtime asks a resolver for the URL; this one has it from the
//! call, so that one sender serves every host of a service.

use aws_smithy_runtime_api::client::endpoint::{EndpointFuture, EndpointResolverParams, ResolveEndpoint};
use aws_smithy_types::endpoint::Endpoint;

tokio::task_local! {
    /// The runtime does not spawn, so that its attempts find it.
    static URL: String;
}

/// Makes a call to this URL.
pub(crate) async fn to<T>(url: String, call: impl Future<Output = T>) -> T {
    URL.scope(url, call).await
}

/// Answers the URL of the call that the task is making.
#[derive(Debug)]
pub(crate) struct Resolver;

impl ResolveEndpoint for Resolver {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(
            URL.try_with(|url| Endpoint::builder().url(url.clone()).build())
                .map_err(|_| "a call without a destination".into()),
        )
    }
}
