//! Reads one kind with the default credential chain and prints what is found, one JSON object a line, before any rule.
//!
//! `cargo run -p driftline-aws --example read -- ec2/security_group`: for looking at a kind while writing it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example's output is the terminal")]
#![expect(clippy::disallowed_methods, reason = "an example is its own command line")]

use std::sync::Arc;

use driftline_api::{Call, Found, Gap, Provider as _, Reads, Seal, Sink, Targets, Task};
use driftline_aws::{AccountSettings, Aws, Limits, Patience, Settings};

struct Printer;

impl Sink for Printer {
    fn found(&self, task: &Task, found: Found) {
        let unread: Vec<String> =
            found.unread.iter().map(|unread| format!("{}: {}", unread.path, unread.cause)).collect();
        let region = found.region.or_else(|| task.region.clone());
        println!(
            "{}",
            serde_json::json!({
                "kind": task.kind.name, "region": region, "id": found.id, "arn": found.arn,
                "attributes": found.attributes, "unread": unread,
            })
        );
    }

    fn gap(&self, _: &Task, gap: Gap) {
        eprintln!("gap: {gap:?}");
    }

    fn limited(&self, _: &Task, _: driftline_api::Window) {}

    fn called(&self, call: Call) {
        eprintln!("called {} in {}", call.operation, call.region);
    }
}

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let aws = Aws::new(Settings {
        accounts: vec![AccountSettings {
            regions: std::env::var("AWS_REGION").ok().map(|r| vec![r]),
            ..AccountSettings::default()
        }],
        organization: None,
        seal: Seal::new([0; 32]),
        patience: Patience::default(),
        limits: Limits::default(),
        endpoint: None,
    });
    for entry in aws.enter(&Targets::default(), &Printer).await.entries {
        let account = match entry.account {
            Ok(account) => account,
            Err(error) => return eprintln!("{}: {error} ({})", entry.label, error.hint.as_deref().unwrap_or("")),
        };
        for kind in aws.kinds() {
            if !wanted.iter().any(|name| name == kind.name || name == kind.service()) {
                continue;
            }
            let regions: Vec<Option<String>> = match kind.reads {
                Reads::EachRegion => account.regions.iter().cloned().map(Some).collect(),
                Reads::Global | Reads::Everywhere | Reads::OncePerAccount => vec![None],
            };
            for region in regions {
                let task = Task {
                    account: Arc::clone(&account),
                    region,
                    kind,
                    targets: Arc::new(Targets::default()),
                    newest: None,
                    include_aws_managed: false,
                };
                if let Err(cause) = aws.read(&task, &Printer).await {
                    eprintln!("gap: {} in {:?}: {cause}", kind.name, task.region);
                }
            }
        }
    }
}
