//! The command `kovar`: what is done for an app from outside, and not by the app's own program.
//!
//! What an app can say about itself, such as its document or its routes, is a command of the app's
//! own program.

mod dev;
mod doctor;
mod manage;
mod new;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command comes to: how the process ends, or why it could not do its work.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Makes apps with Kovar, runs them, and looks at the machines that run them
#[derive(Debug, Parser)]
#[command(name = "kovar", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Arguments),
    Dev(dev::Arguments),
    #[command(flatten)]
    Manage(manage::Command),
    Doctor(doctor::Arguments),
}

fn main() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::New(arguments) => new::run(&arguments),
        Command::Dev(arguments) => return dev::run(arguments),
        Command::Manage(command) => return manage::run(command),
        Command::Doctor(arguments) => doctor::run(&arguments),
    };
    outcome.unwrap_or_else(|cause| {
        eprintln!("error: {cause}");
        ExitCode::FAILURE
    })
}
