//! Route 53.

use super::{By, Gives, Owner, Row, TagForm, named, narrow};

const ZONES: &str = "/HostedZones/*";
const ZONE: &[By] = &[named("/Id", "/Id", "NoSuchHostedZone")];
const TAGGED: &[Owner] = &[(ZONES, "/Id"), ("/HealthChecks/*", "/Id")];

pub(super) static ROWS: &[Row] = &[
    // Only public zones can be signed.
    Row::new("route53:GetDNSSEC", ZONES, Gives::Part)
        .by(&[named("/HostedZoneId", "/Id", "NoSuchHostedZone")])
        .absent("InvalidArgument"),
    Row::new(
        "route53:GetHostedZone",
        ZONES,
        Gives::Members(&[("HostedZone", ""), ("DelegationSet", "/DelegationSet"), ("VPCs", "/VPCs")]),
    )
    .by(ZONE),
    Row::new("route53:ListHostedZones", ZONES, Gives::Items("HostedZones")).by(&[
        By::Owned {
            param: "/DelegationSetId",
            item: "/DelegationSet/Id",
            owner: "/DelegationSets/*",
            key: "/Id",
            missing: "NoSuchDelegationSet",
        },
        By::Where {
            param: "/HostedZoneType",
            value: "PrivateHostedZone",
            item: "/Config/PrivateZone",
            test: super::Test::Like("true"),
        },
    ]),
    Row::new("route53:ListQueryLoggingConfigs", "/QueryLoggingConfigs/*", Gives::Items("QueryLoggingConfigs"))
        .by(&[narrow("/HostedZoneId", "/HostedZoneId")]),
    Row::new("route53:ListResourceRecordSets", ZONES, Gives::Members(&[("ResourceRecordSets", "/ResourceRecordSets")]))
        .by(&[named("/HostedZoneId", "/Id", "NoSuchHostedZone")])
        .page_keys(&["/Name", "/Type", "/SetIdentifier"]),
    Row::new("route53:ListVPCAssociationAuthorizations", ZONES, Gives::Part).by(&[named(
        "/HostedZoneId",
        "/Id",
        "NoSuchHostedZone",
    )]),
    Row::new(
        "route53:ListTagsForResource",
        "",
        Gives::Tags {
            param: "/ResourceId",
            owners: TAGGED,
            missing: "NoSuchHostedZone",
            form: TagForm::Object("ResourceTagSet", "ResourceId", &["ResourceType"]),
        },
    ),
    Row::new(
        "route53:ListTagsForResources",
        "",
        Gives::Tags {
            param: "/ResourceIds",
            owners: TAGGED,
            missing: "NoSuchHostedZone",
            form: TagForm::List("ResourceTagSets", "ResourceId", &["ResourceType"]),
        },
    ),
];
