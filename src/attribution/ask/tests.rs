//! Which calls are made, and what is told when the records do not answer.

use std::sync::Mutex;

use driftline_api::{Entry, Future, GLOBAL};
use serde_json::json;

use super::*;
use crate::attribution::sample::{AT, GROUP, OPEN, drifted, event, group, permission, rule};
use crate::plan::{Against, ResourceDrift, Scanned};

const NOW: i64 = 100 * DAY;

/// A provider of records: pages by what they are asked for, and a log of the questions.
#[derive(Default)]
struct Records {
    pages: BTreeMap<LookupBy, Vec<Vec<Event>>>,
    fails: Option<Cause>,
    hangs: bool,
    asked: Mutex<Vec<String>>,
}

impl Records {
    fn log(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Provider for Records {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn kinds(&self) -> Vec<&'static Descriptor> {
        vec![&GROUP]
    }

    fn enter<'a>(&'a self, _: &'a dyn Sink) -> Future<'a, Vec<Entry>> {
        Box::pin(async { vec![] })
    }

    fn read<'a>(&'a self, _: &'a Task, _: &'a dyn Sink) -> Future<'a, Result<(), Cause>> {
        Box::pin(async { Ok(()) })
    }

    fn recorded_in(&self, _: &Account, _: &Descriptor, region: &str) -> String {
        if region == GLOBAL { "us-east-1".to_owned() } else { region.to_owned() }
    }

    fn events<'a>(
        &'a self,
        account: &'a Account,
        region: &'a str,
        lookup: &'a Lookup,
        sink: &'a dyn Sink,
    ) -> Future<'a, Result<Events, Cause>> {
        Box::pin(async move {
            assert!(lookup.since <= lookup.until && lookup.since >= NOW - 90 * DAY, "{lookup:?}");
            let page: usize = lookup.token.as_ref().map_or(0, |token| token.parse().expect("a number"));
            self.asked.lock().expect("no panic").push(format!("{region} {:?} {page}", lookup.by));
            sink.called(Call {
                account: account.id.clone(),
                region: region.to_owned(),
                operation: "cloudtrail:LookupEvents".to_owned(),
                retries: 0,
                throttles: 0,
                waited: Duration::ZERO,
            });
            if self.hangs {
                std::future::pending::<()>().await;
            }
            if let Some(cause) = &self.fails {
                return Err(cause.clone());
            }
            let pages = self.pages.get(&lookup.by).cloned().unwrap_or_default();
            let next = (page + 1 < pages.len()).then(|| (page + 1).to_string());
            Ok(Events { events: pages.get(page).cloned().unwrap_or_default(), next, ..Events::default() })
        })
    }
}

fn at(number: usize) -> String {
    AT.replace("sg-1", &format!("sg-{number}"))
}

/// Groups in which port 22 was opened.
fn opened(count: usize) -> Plan {
    let drift = |number: usize| -> ResourceDrift {
        let after = group(&[permission(22, "0.0.0.0/0")], json!({}));
        drifted(&GROUP, &at(number), Some(group(&[], json!({}))), Some(after))
    };
    Plan {
        against: Against { rev: "HEAD".to_owned(), commit: "0".repeat(40) },
        drift: (1..=count).map(drift).collect(),
        not_read: vec![],
        ignored: vec![],
        coverage: None,
        rests: None,
        scanned: Scanned { calls: 7, ..Scanned::default() },
    }
}

fn opening(who: &str, number: usize) -> Event {
    event(who, OPEN, NOW - 60, rule(&format!("sg-{number}"), 22, "0.0.0.0/0"))
}

async fn ask(records: &Records, since: i64, most: Most, plan: &mut Plan) -> Inquired {
    let account = Account {
        provider: "aws",
        id: "123456789012".to_owned(),
        name: None,
        partition: "aws".to_owned(),
        regions: vec!["eu-west-1".to_owned()],
        home_region: "us-east-1".to_owned(),
    };
    let kinds = BTreeMap::from([(GROUP.name, &GROUP as &'static Descriptor)]);
    let (accounts, provider) = ([Arc::new(account)], records as &dyn Provider);
    let known = &crate::trail::Records::default();
    let inquiry = Inquiry { provider, accounts: &accounts, kinds: &kinds, since, now: NOW, most, known, observer: &() };
    attribute(inquiry, plan).await
}

fn told(plan: &Plan) -> Vec<String> {
    let name = |it: &Attributed| match &it.attribution {
        Attribution::By(origin) => origin.actor.name.clone(),
        Attribution::Unknown(why) => format!("{why:?}"),
    };
    plan.drift.iter().map(|resource| resource.by.iter().map(name).collect::<Vec<_>>().join(", ")).collect()
}

fn by_name(number: usize) -> LookupBy {
    LookupBy::Resource(format!("sg-{number}"))
}

#[tokio::test]
async fn a_name_is_asked_for_page_by_page_until_nothing_older_can_explain_it_better() {
    let other = |id: i64| event("bob", OPEN, NOW - id, rule("sg-1", 443, "0.0.0.0/0"));
    let pages = vec![vec![other(1)], vec![other(2), opening("alice", 1)], vec![opening("mallory", 1)]];
    let records = Records { pages: BTreeMap::from([(by_name(1), pages)]), ..Records::default() };
    let mut plan = opened(1);
    let inquired = ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!(told(&plan), ["alice"]);
    assert_eq!(records.log(), [r#"eu-west-1 Resource("sg-1") 0"#, r#"eu-west-1 Resource("sg-1") 1"#]);
    assert_eq!((inquired.stats.calls, inquired.unexplained, plan.scanned.calls), (2, 0, 9));
}

#[tokio::test]
async fn what_no_name_leads_to_is_found_by_the_names_of_the_calls() {
    let call = LookupBy::EventName("AuthorizeSecurityGroupIngress".to_owned());
    let records = Records { pages: BTreeMap::from([(call, vec![vec![opening("alice", 1)]])]), ..Records::default() };
    let mut plan = opened(1);
    ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!(told(&plan), ["alice"]);
    assert_eq!(
        records.log(),
        [r#"eu-west-1 Resource("sg-1") 0"#, r#"eu-west-1 EventName("AuthorizeSecurityGroupIngress") 0"#,]
    );
}

#[tokio::test]
async fn many_resources_are_swept_for_and_never_asked_for_much_more_often_than_by_name() {
    let count = 20;
    let all: Vec<Event> = (1..=count).map(|number| opening(&format!("p{number}"), number)).collect();
    let records = Records { pages: BTreeMap::from([(LookupBy::Writes, vec![all.clone()])]), ..Records::default() };
    let mut plan = opened(count);
    ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!(told(&plan), (1..=count).map(|number| format!("p{number}")).collect::<Vec<_>>());
    assert_eq!(records.log(), ["eu-west-1 Writes 0"]);

    // A sweep that ends with the last write is all there is to know.
    let records =
        Records { pages: BTreeMap::from([(LookupBy::Writes, vec![vec![all[0].clone()]])]), ..Records::default() };
    let mut plan = opened(count);
    ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!((told(&plan)[0].as_str(), told(&plan)[1].as_str()), ("p1", "NothingFound"));
    assert_eq!(records.log().len(), 1);

    // A busy region: the sweep is given up, and each is asked for by name.
    let noise = |page: i64| vec![event("noise", "ec2:RunInstances", NOW - page, json!({}))];
    let mut pages: BTreeMap<LookupBy, Vec<Vec<Event>>> =
        (1..=count).map(|number| (by_name(number), vec![vec![opening(&format!("p{number}"), number)]])).collect();
    pages.insert(LookupBy::Writes, (1..1000).map(noise).collect());
    let records = Records { pages, ..Records::default() };
    let mut plan = opened(count);
    ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!(told(&plan), (1..=count).map(|number| format!("p{number}")).collect::<Vec<_>>());
    assert_eq!(records.log().len(), count + count / 2);
}

#[tokio::test]
async fn records_that_cannot_be_read_are_asked_once_and_the_cause_is_told() {
    let cause = Cause {
        status: Status::Denied,
        operation: "cloudtrail:LookupEvents".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: "User: arn:aws:iam::123456789012:user/x is not authorized (request 1234)".to_owned(),
    };
    let records = Records { fails: Some(cause.clone()), ..Records::default() };
    let mut plan = opened(3);
    let inquired = ask(&records, NOW - DAY, Most::default(), &mut plan).await;
    assert_eq!(records.log().len(), 1);
    let why = r#"NotRead { cause: "cloudtrail:LookupEvents denied (AccessDeniedException)" }"#;
    assert_eq!(told(&plan), [why; 3]);
    assert_eq!(inquired.stopped.into_values().collect::<Vec<_>>(), [cause]);
    assert_eq!(inquired.unexplained, 3);
}

#[tokio::test]
async fn what_is_older_than_the_records_is_told_as_that() {
    let records =
        Records { pages: BTreeMap::from([(by_name(2), vec![vec![opening("bob", 2)]])]), ..Records::default() };
    let mut plan = opened(2);
    ask(&records, NOW - 91 * DAY, Most::default(), &mut plan).await;
    assert_eq!(told(&plan), ["TooOld { days: 90 }", "bob"]);
}

#[tokio::test]
async fn a_plan_waits_neither_for_many_calls_nor_for_long() {
    let records = Records::default();
    let mut plan = opened(5);
    ask(&records, NOW - DAY, Most { calls: 3, ..Most::default() }, &mut plan).await;
    assert_eq!(records.log().len(), 3);
    assert_eq!(told(&plan)[4], r#"NotRead { cause: "gave up after 3 calls" }"#);

    let records = Records { hangs: true, ..Records::default() };
    let mut plan = opened(2);
    ask(&records, NOW - DAY, Most { time: Duration::from_millis(50), ..Most::default() }, &mut plan).await;
    assert_eq!(told(&plan)[0], r#"NotRead { cause: "gave up after 50ms" }"#);
}
