//! Runs the embedded endpoint until it is interrupted, for use with the AWS CLI and other clients.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command")]

mod options;

use std::path::Path;
use std::process::ExitCode;

use driftline_sim::{Rule, Sim, World};
use options::{Options, Source, USAGE};

fn main() -> ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => match run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("error: {message}");
                ExitCode::FAILURE
            }
        },
        Ok(None) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let faults = match &options.faults {
        Some(path) => script(path)?,
        None => Vec::new(),
    };
    let world = match &options.source {
        Source::Demo => driftline_sim::demo(),
        Source::Folder(folder) => World::load(Path::new(folder)).map_err(|error| error.to_string())?,
        Source::Generated(generated) => generated.world(),
    };
    let accounts: Vec<String> = world.accounts().map(|account| account.id.clone()).collect();
    let sim = Sim::start_on(world, options.port).map_err(|error| error.to_string())?;
    sim.page_size(options.page_size);
    sim.round_trip(options.round_trip);
    let seed = if let Source::Generated(generated) = &options.source { generated.seed } else { 1 };
    sim.jitter(options.jitter, seed);
    sim.rates(options.rates.clone());
    for rule in faults {
        sim.faults().add(rule);
    }
    println!("{}", sim.url());
    println!("accounts: {}", accounts.join(" "));
    sim.wait_for_signal().map_err(|error| format!("signals cannot be waited for: {error}"))?;
    report(&sim, options.stats.as_deref())
}

fn script(path: &str) -> Result<Vec<Rule>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("could not read {path}: {error}"))?;
    Rule::script(&text).map_err(|error| format!("{path} is no script of faults: {error}"))
}

fn report(sim: &Sim, to: Option<&str>) -> Result<(), String> {
    let stats = || serde_json::to_string_pretty(&sim.stats()).map_err(|error| error.to_string());
    match to {
        None => Ok(()),
        Some("-") => {
            println!("{}", stats()?);
            Ok(())
        }
        Some(path) => std::fs::write(path, stats()? + "\n").map_err(|error| format!("could not write {path}: {error}")),
    }
}
