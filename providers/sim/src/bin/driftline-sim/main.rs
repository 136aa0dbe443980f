//! Runs the embedded endpoint until it is interrupted, for use with the AWS CLI and other clients.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command")]

mod options;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use driftline_sim::{Sim, World};
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
    let world = match &options.source {
        Source::Demo => driftline_sim::demo(),
        Source::Folder(folder) => World::load(Path::new(folder)).map_err(|error| error.to_string())?,
        Source::Generated(generated) => generated.world(),
    };
    let accounts: Vec<String> = world.accounts().map(|account| account.id.clone()).collect();
    let sim = Sim::start_on(world, options.port).map_err(|error| error.to_string())?;
    sim.page_size(options.page_size);
    sim.round_trip(Duration::from_secs_f64(options.round_trip / 1000.0));
    println!("{}", sim.url());
    println!("accounts: {}", accounts.join(" "));
    sim.wait();
    Ok(())
}
