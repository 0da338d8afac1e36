//! The chores of the house: `cargo xtask test` sets up what the tests need and runs all of them.
//!
//! Written in Rust and not as a shell script, because it parses, counts and watches processes, and a
//! contributor reads Rust anyway. It depends on little, so that it builds in seconds: on `serde_json`, on `socket2` for
//! clients with small buffers, on `mio` for ten thousand of them, on `flate2` and `miniz_oxide` for one that compresses.

mod arguments;
mod bench;
mod checks;
mod command;
mod exchange;
mod products;
mod report;
mod running;
mod step;
mod stress;
mod tally;
mod temporary;
mod toolbox;
mod workshop;

use std::process::ExitCode;

use arguments::Wish;
use workshop::Workshop;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Wish::Help) => {
            println!("{}", arguments::HELP);
            ExitCode::SUCCESS
        }
        Ok(Wish::List) => {
            print!("{}", step::list());
            ExitCode::SUCCESS
        }
        Ok(Wish::Test(steps)) => report(|workshop| step::run_all(&steps, workshop)),
        Ok(Wish::Bench(wish)) => bench(&wish),
        Ok(Wish::Stress(form)) => report(|workshop| vec![form.run(workshop)]),
        Err(problem) => {
            eprintln!("{problem}\n\n{}", arguments::HELP);
            ExitCode::from(2)
        }
    }
}

fn bench(wish: &bench::Wish) -> ExitCode {
    match wish.fulfil() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn report(run: impl FnOnce(&Workshop) -> Vec<step::StepResult>) -> ExitCode {
    let workshop = match Workshop::open() {
        Ok(workshop) => workshop,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let results = run(&workshop);
    print!("{}", report::table(&results));
    match report::total(&results).failed() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
