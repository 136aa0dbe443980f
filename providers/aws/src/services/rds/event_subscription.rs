//! Event subscriptions.

use driftline_api::{
    Argument, Arn, Calls, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};

use super::tagged::Listing;
use super::tags;
use crate::Kind;

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/event_subscription",
        about: "Event subscriptions: which events of which databases go to which SNS topic.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/CustSubscriptionId"),
        arn: Arn::Field("/EventSubscriptionArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeEventSubscriptions", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeEventSubscriptions", member: "/EventSubscriptionsList/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[Calls::list("rds:DescribeEventSubscriptions", 100), Calls::each("rds:ListTagsForResource", 1.0)],
        writes: &[
            Write::creates(&["rds:CreateEventSubscription"]),
            Write::removes(&["rds:DeleteEventSubscription"]),
            Write::changes(
                &["/Enabled", "/EventCategoriesList", "/SnsTopicArn", "/SourceType"],
                &["rds:ModifyEventSubscription"],
            ),
            Write::changes(
                &["/SourceIdsList"],
                &["rds:AddSourceIdentifierToSubscription", "rds:RemoveSourceIdentifierFromSubscription"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how RDS is getting on; whether it is on is `Enabled`" },
            Rule::Set { path: "/SourceIdsList", key: &[] },
            Rule::Set { path: "/EventCategoriesList", key: &[] },
            Rule::Tags { path: "/TagList" },
        ],
    },
    collect: |reader| Box::pin(LISTING.collect(reader, |_| Vec::new())),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_db_event_subscription",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/CustSubscriptionId"),
            Argument::value("sns_topic", "/SnsTopicArn"),
            Argument::unless("true", "enabled", "/Enabled"),
            Argument::value("source_type", "/SourceType"),
            Argument::value("source_ids", "/SourceIdsList"),
            Argument::value("event_categories", "/EventCategoriesList"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[Omit::quiet(
        "is what AWS calls it",
        &["/EventSubscriptionArn", "/CustomerAwsId", "/SubscriptionCreationTime"],
    )],
};

static LISTING: Listing = Listing {
    operation: "rds:DescribeEventSubscriptions",
    member: "/EventSubscriptionsList",
    id: &["/CustSubscriptionId"],
    arn: "/EventSubscriptionArn",
    gone: &["SubscriptionNotFound"],
    is_aws_managed: |_| false,
};
