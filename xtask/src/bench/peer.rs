//! Who is measured, and how each is started in production.

/// How a peer gets onto the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kit {
    /// Packages of this workspace.
    Kovar(&'static [&'static str]),
    /// Packages of this workspace that are not Kovar: what there is at least.
    Workspace(&'static [&'static str]),
    /// The folder `rust` of the apps, built by cargo.
    Rust,
    /// The folder `go`, built by the Go tool chain.
    Go,
    /// A program that the folder `go` pins, and its settings there.
    GoProgram(&'static str),
    /// The folder `python`, in a virtual environment.
    Python,
    /// A folder with JavaScript that Node or Bun runs as it is.
    JavaScript(&'static str),
    /// As above, with one package that has to be compiled.
    JavaScriptWithAddOn(&'static str, &'static str),
    /// The folder `nest`, compiled by TypeScript.
    Nest,
}

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) kit: Kit,
    /// The packages whose versions the report tells, as their lock file names them.
    pub(super) packages: &'static [&'static str],
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// The words of the command line. `{made}` is where the benchmark installs and builds, `{release}` is
    /// `target/release`, and `{app}` which of its apps the peer is.
    pub(super) command: &'static str,
    /// What it runs on that is not part of the app, such as `node`.
    pub(super) runtime: Option<Runtime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runtime {
    Python,
    Node,
    Bun,
}

impl Peer {
    pub(super) fn is_kovar(&self) -> bool {
        matches!(self.kit, Kit::Kovar(_))
    }
}

pub(super) const ON_NODE: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Nest,
    packages: &[],
    environment: &[("NODE_ENV", "production")],
    command: "",
    runtime: Some(Runtime::Node),
};

pub(super) const NATIVE: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Rust,
    packages: &[],
    environment: &[("TOKIO_WORKER_THREADS", "1")],
    command: "",
    runtime: None,
};

pub(super) const ON_GO: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Go,
    packages: &[],
    environment: &[("GOMAXPROCS", "1"), ("GIN_MODE", "release")],
    command: "",
    runtime: None,
};

pub(super) const ON_PYTHON: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Python,
    packages: &[],
    environment: &[],
    command: "",
    runtime: Some(Runtime::Python),
};
