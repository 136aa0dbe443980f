//! Flow logs of VPCs, subnets, network interfaces and transit gateways.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::tags;
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/flow_log",
        about: "Flow logs of VPCs, subnets, network interfaces and transit gateways.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/FlowLogId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}"),
        label: Some("/tags/Name"),
        called: None,
        actions: &["ec2:DescribeFlowLogs"],
        sources: &[Source { operation: "ec2:DescribeFlowLogs", member: "/FlowLogs/*", at: "" }],
        writes: &[Write::creates(&["ec2:CreateFlowLogs"]), Write::removes(&["ec2:DeleteFlowLogs"]), tags::WRITE],
        terraform: None,
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/FlowLogStatus", why: "is `ACTIVE` for as long as the flow log exists" },
            Rule::Volatile { path: "/DeliverLogsStatus", why: "tells how the last delivery went" },
            Rule::Volatile { path: "/DeliverLogsErrorMessage", why: "explains the last delivery's failure" },
            Rule::Set { path: "/TagFieldSpecifications", key: &["ResourceType"] },
            Rule::Set { path: "/TagFieldSpecifications/*/TagKeys", key: &[] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeFlowLogs", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for log in take_items(page, "/FlowLogs") {
            reader.emit(Draft::new(log));
        }
    }
    Ok(())
}
