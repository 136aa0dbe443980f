//! Runs the embedded endpoint until it is interrupted, for use with the AWS CLI and other clients.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command")]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use driftline_sim::{Sim, World};

const USAGE: &str = "\
usage: driftline-sim [--account demo|FOLDER] [--port PORT] [--page-size ITEMS] [--latency MILLISECONDS]

Answers AWS's read operations on 127.0.0.1 from a description of an account, and prints its URL. Point a client at
it with AWS_ENDPOINT_URL, and an account's number as AWS_ACCESS_KEY_ID.

  --account    the demo account (the default), or a folder with one account's files or several accounts' folders
  --port       a free one, unless given
  --page-size  no page holds more items than this
  --latency    every answer comes this much later";

struct Options {
    account: String,
    port: u16,
    page_size: usize,
    latency: u64,
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { account: "demo".to_owned(), port: 0, page_size: 0, latency: 0 };
    while let Some(name) = args.next() {
        if name == "--help" || name == "-h" {
            println!("{USAGE}");
            std::process::exit(0);
        }
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        let wrong = |_| format!("`{value}` is no number for {name}");
        match name.as_str() {
            "--account" => options.account = value,
            "--port" => options.port = value.parse().map_err(wrong)?,
            "--page-size" => options.page_size = value.parse().map_err(wrong)?,
            "--latency" => options.latency = value.parse().map_err(wrong)?,
            _ => return Err(format!("there is no option {name}")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), String> {
    let world = if options.account == "demo" {
        driftline_sim::demo()
    } else {
        World::load(Path::new(&options.account)).map_err(|error| error.to_string())?
    };
    let sim = Sim::start_on(world, options.port).map_err(|error| error.to_string())?;
    sim.page_size(options.page_size);
    sim.round_trip(Duration::from_millis(options.latency));
    println!("{}", sim.url());
    sim.wait();
    Ok(())
}
