//! A scan makes hardly more calls than the API needs at least, by the table that the benchmark judges it by.

#[path = "../benches/scale/fewest.rs"]
mod needs;

use driftline_sim::{Generated, Sim};

use crate::harness::Place;

const HOME: &str = "us-east-1";

#[test]
fn an_import_makes_hardly_more_calls_than_it_needs() {
    let regions = [HOME, "eu-west-1"].map(str::to_owned).to_vec();
    let generated = Generated { seed: 11, resources: 1500, regions: regions.clone(), ..Generated::default() };
    let sim = Sim::start(generated.world()).expect("a free port");
    let place = Place::reading(&sim.url(), &generated.account_ids()[0]);
    place.configure(&format!("regions = {regions:?}\n"));
    place.import();
    let made = sim.stats().total();
    let paths = place.git(&["-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "HEAD", "snapshots"]);
    let fewest = needs::of(&needs::census(&paths), &regions, HOME, &[]);
    let by_service = |service: &str| {
        let of = fewest.calls.iter().filter(|((_, _, name), _)| name == service).map(|(_, calls)| calls);
        (service.to_owned(), sim.stats().of(service), of.sum::<u64>())
    };
    let table: Vec<_> =
        ["acm", "ec2", "elb", "elbv2", "iam", "rds", "route53", "s3", "s3control", "sts"].map(by_service).to_vec();
    assert!(made * 100 <= fewest.total() * 105, "{made} calls where {} are enough: {table:?}", fewest.total());
    assert!(made * 100 >= fewest.total() * 98, "the table asks for more than anybody needs: {made}: {table:?}");
    assert!(fewest.chain >= 4, "entering, a list, a detail: {}", fewest.chain);
}

#[test]
fn the_table_knows_every_kind() {
    let unknown: Vec<&str> = driftline_aws::descriptors()
        .into_iter()
        .map(|kind| kind.name)
        .filter(|kind| !needs::kinds().any(|known| known == *kind))
        .collect();
    assert!(unknown.is_empty(), "say in benches/scale/fewest.rs what these need: {unknown:?}");
}
