//! `kovar dev`: builds and runs the package that is here, and does it again after each change.
//!
//! The problem: between saving a file and trying it in a browser stand a compiler and a restart. The
//! socket is bound here and stays, so a browser waits for the new program instead of finding nobody.
//! While nothing can run, a page on that socket says why, with the compiler's words.
//!
//! Which changes matter is not guessed: cargo is asked after each, and the program is replaced only
//! if cargo made another one. What is ignored is what a running program writes: see [`watch`].

mod build;
mod message;
mod package;
mod page;
mod program;
mod watch;

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::build::Built;
use self::package::Package;
use self::page::Page;
use self::program::Program;
use self::watch::{Changes, Kind};
use crate::manage::Error;
use crate::manage::listen::{Address, Listening};

/// Builds and runs the package that is here, again after each change
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where it listens
    #[arg(long, env = "KOVAR_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
    listen: SocketAddr,

    #[command(flatten)]
    build: build::Options,

    /// What the program is called with
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and runs until it is interrupted.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(Session::run(arguments)),
        Err(cause) => Err(cause.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kovar: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is done at a time: something runs, or a page says why nothing does.
struct Session {
    arguments: Arguments,
    package: Package,
    socket: Listening,
    changes: Changes,
    interrupts: Interrupts,
    program: Option<Program>,
    page: Option<Page>,
}

/// What comes next.
enum Next {
    Build,
    End,
}

impl Session {
    async fn run(arguments: Arguments) -> Result<(), Error> {
        let package = Package::find(&arguments.build)?;
        let socket = Listening::bind(&Address::Tcp(arguments.listen));
        let socket = socket.map_err(|cause| format!("{cause}; set another with --listen"))?;
        say(&format!("listening at http://{}", socket.address()));
        let changes = Changes::watch(&package)?;
        let interrupts = Interrupts::new()?;
        let mut session = Self { arguments, package, socket, changes, interrupts, program: None, page: None };
        while let Next::Build = session.build().await? {}
        session.end_program().await;
        Ok(())
    }

    /// Builds, lets the result take effect, and waits for what comes next.
    async fn build(&mut self) -> Result<Next, Error> {
        // Directories that are new since the last build are watched before they are read.
        self.changes.watch_again(&self.package)?;
        let started = Instant::now();
        let built = tokio::select! {
            built = build::build(&self.package, &self.arguments.build) => built?,
            // A build that was overtaken is dropped, and killed by that.
            kind = self.changes.next() => return Ok(self.changed(kind).await),
            () = self.interrupts.next() => return Ok(Next::End),
        };
        match built {
            Built::Program(path) => self.run_program(&path, started.elapsed()).await?,
            Built::Broken(text) => {
                self.end_program().await;
                say("the build is broken; waiting for a change");
                self.show(&page::broken(&text))?;
            }
        }
        self.wait().await
    }

    /// Replaces the program, unless cargo found nothing to do.
    async fn run_program(&mut self, path: &Path, built_in: Duration) -> Result<(), Error> {
        let file = program::File::of(path)?;
        if self.program.as_ref().is_some_and(|program| program.file == file) {
            return Ok(());
        }
        self.end_program().await;
        self.page = None;
        let program = Program::start(file, &self.arguments.arguments, &self.package, &self.socket)?;
        say(&format!("running; built in {:.1} s", built_in.as_secs_f64()));
        self.program = Some(program);
        Ok(())
    }

    async fn wait(&mut self) -> Result<Next, Error> {
        loop {
            tokio::select! {
                kind = self.changes.next() => return Ok(self.changed(kind).await),
                () = self.interrupts.next() => return Ok(Next::End),
                status = program::ended(&mut self.program) => {
                    self.program = None;
                    say(&format!("the program ended ({status}); waiting for a change"));
                    self.show(&page::ended(&status))?;
                }
            }
        }
    }

    /// A program reads its environment once, so it has to end even if cargo finds nothing to do.
    async fn changed(&mut self, kind: Kind) -> Next {
        if kind == Kind::Environment {
            self.end_program().await;
        }
        Next::Build
    }

    async fn end_program(&mut self) {
        if let Some(program) = self.program.take() {
            program.end().await;
        }
    }

    fn show(&mut self, page: &page::Content) -> Result<(), Error> {
        // The page before frees the socket first.
        self.page = None;
        self.page = Some(Page::serve(self.socket.try_clone()?, page)?);
        Ok(())
    }
}

/// The ways in which a person ends this.
struct Interrupts([Signal; 3]);

impl Interrupts {
    fn new() -> std::io::Result<Self> {
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

fn say(text: &str) {
    eprintln!("kovar dev: {text}");
}
