//! Flow logs of VPCs, subnets, network interfaces and transit gateways.

use driftline_api::{
    Argument, Arn, Calls, Cause, Compute, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    Write,
};
use serde_json::{Map, Value, json};

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
        created: None,
        actions: &["ec2:DescribeFlowLogs"],
        sources: &[Source { operation: "ec2:DescribeFlowLogs", member: "/FlowLogs/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeFlowLogs", 1000)],
        writes: &[Write::creates(&["ec2:CreateFlowLogs"]), Write::removes(&["ec2:DeleteFlowLogs"]), tags::WRITE],
        terraform: Some(&TERRAFORM),
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

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_flow_log",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            of("vpc_id", |log, _| of_sort(log, "vpc-")),
            of("subnet_id", |log, _| of_sort(log, "subnet-")),
            of("eni_id", |log, _| of_sort(log, "eni-")),
            of("transit_gateway_id", |log, _| of_sort(log, "tgw-").filter(|id| !is_attachment(id))),
            of("transit_gateway_attachment_id", |log, _| of_sort(log, "tgw-").filter(is_attachment)),
            // Transit gateways have none.
            Argument::value("traffic_type", "/TrafficType"),
            Argument::unless("\"cloud-watch-logs\"", "log_destination_type", "/LogDestinationType"),
            Argument::value("log_destination", "/LogDestination"),
            Argument::Computed { name: "log_group_name", from: &["/LogGroupName"], value: log_group },
            Argument::value("iam_role_arn", "/DeliverLogsPermissionArn"),
            Argument::value("deliver_cross_account_role", "/DeliverCrossAccountRole"),
            Argument::Computed { name: "log_format", from: &["/LogFormat"], value: log_format },
            Argument::unless("600", "max_aggregation_interval", "/MaxAggregationInterval"),
            Argument::Blocks {
                name: "destination_options",
                path: "/DestinationOptions",
                arguments: &[
                    Argument::unless("\"plain-text\"", "file_format", "./FileFormat"),
                    Argument::unless("false", "hive_compatible_partitions", "./HiveCompatiblePartitions"),
                    Argument::unless("false", "per_hour_partition", "./PerHourPartition"),
                ],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/FlowLogId", "/CreationTime"]),
        Omit::told("the provider does not know it", &["/TagFieldSpecifications"]),
    ],
};

/// What is logged is told by its id alone.
const fn of(name: &'static str, value: Compute) -> Argument {
    Argument::Computed { name, from: &["/ResourceId"], value }
}

fn of_sort(log: &Map<String, Value>, start: &str) -> Option<Value> {
    log.get("ResourceId").filter(|id| id.as_str().is_some_and(|id| id.starts_with(start))).cloned()
}

fn is_attachment(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.starts_with("tgw-attach-"))
}

/// Where AWS tells the destination, it stands in it.
fn log_group(log: &Map<String, Value>, _: &Value) -> Option<Value> {
    log.get("LogGroupName").filter(|_| !log.contains_key("LogDestination")).cloned()
}

/// Source: Amazon VPC User Guide, "Flow log records", version 2.
const DEFAULT_FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} \
                              ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

fn log_format(log: &Map<String, Value>, _: &Value) -> Option<Value> {
    log.get("LogFormat").filter(|format| *format != DEFAULT_FORMAT).cloned()
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeFlowLogs", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for log in take_items(page, "/FlowLogs") {
            reader.emit(Draft::new(log));
        }
    }
    Ok(())
}
