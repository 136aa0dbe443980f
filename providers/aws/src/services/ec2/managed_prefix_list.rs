//! Customer-managed prefix lists with their entries.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    When, Write,
};
use serde_json::{Value, json};

use super::{lifecycle, owner, tags};
use crate::reader::{take_items, text};
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/managed_prefix_list",
        about: "Prefix lists of this account with their entries. AWS's own lists and those that another account shares \
                are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/PrefixListId"),
        arn: Arn::Field("/PrefixListArn"),
        label: Some("/PrefixListName"),
        called: None,
        created: None,
        actions: &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
        sources: &[
            Source { operation: "ec2:DescribeManagedPrefixLists", member: "/PrefixLists/*", at: "" },
            Source { operation: "ec2:GetManagedPrefixListEntries", member: "/Entries", at: "/Entries" },
        ],
        calls: &[
            Calls::list("ec2:DescribeManagedPrefixLists", 100),
            Calls::each("ec2:GetManagedPrefixListEntries", 1.0),
        ],
        writes: &[
            Write::creates(&["ec2:CreateManagedPrefixList"]),
            Write::removes(&["ec2:DeleteManagedPrefixList"]),
            Write::changes(
                &["/Entries", "/MaxEntries", "/PrefixListName", "/IpamPrefixListResolverSyncEnabled"],
                &["ec2:ModifyManagedPrefixList"],
            ),
            Write::changes(&["/Entries"], &["ec2:RestoreManagedPrefixListVersion"]),
            Write::changes(
                &["/Entries", "/IpamPrefixListResolverSyncEnabled", "/IpamPrefixListResolverTargetId"],
                &[
                    "ec2:CreateIpamPrefixListResolverTarget",
                    "ec2:ModifyIpamPrefixListResolverTarget",
                    "ec2:DeleteIpamPrefixListResolverTarget",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/State", why: "tells how far the last change has got" },
            Rule::Volatile { path: "/StateMessage", why: "explains the state" },
            Rule::Volatile { path: "/Version", why: "counts the changes of `Entries`" },
            Rule::Set { path: "/Entries", key: &["Cidr"] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude { when: &[When::Is("/OwnerId", "\"AWS\"")], why: "is a list of AWS's own" },
        Exclude {
            when: &[When::Has("/IpamPrefixListResolverTargetId")],
            why: "is kept by a prefix list resolver of IPAM, which the provider does not know",
        },
    ],
    forms: &[Form {
        resource: "aws_ec2_managed_prefix_list",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/PrefixListName"),
            Argument::value("address_family", "/AddressFamily"),
            Argument::value("max_entries", "/MaxEntries"),
            // Resources of their own would let entries stand that somebody adds.
            Argument::Blocks {
                name: "entry",
                path: "/Entries/*",
                arguments: &[Argument::value("cidr", "./Cidr"), Argument::value("description", "./Description")],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/PrefixListId", "/PrefixListArn"]),
        Omit::quiet("belongs to lists that are left out", &["/IpamPrefixListResolverSyncEnabled"]),
    ],
};

/// A list that goes away.
const ENDED: &[&str] = &["create-failed", "delete-in-progress", "delete-complete"];

const GONE: &[&str] = &["InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeManagedPrefixLists", json!({"MaxResults": 100}))?;
    while let Some(page) = pages.next().await? {
        let lists = take_items(page, "/PrefixLists").into_iter().filter(|list| {
            // AWS's lists are owned by `AWS`.
            let theirs = text(list, "/OwnerId").eq_ignore_ascii_case("AWS") && reader.include_aws_managed();
            (theirs || owner::is_ours(reader, list))
                && !lifecycle::is_in(list, "/State", ENDED)
                && reader.wants(None, text(list, "/PrefixListId"))
        });
        reader.for_each(lists, |list| Box::pin(read_one(reader, list))).await;
    }
    Ok(())
}

async fn read_one(reader: &Reader<'_>, list: Value) {
    let mut draft = Draft::new(list);
    let entries = Detail {
        operation: "ec2:GetManagedPrefixListEntries",
        params: json!({"PrefixListId": draft.text("/PrefixListId"), "MaxResults": 100}),
        member: "/Entries",
        at: "/Entries",
        absent: &[],
    };
    if reader.details(&mut draft, GONE, vec![entries]).await == Existence::Present {
        reader.emit(draft);
    }
}
