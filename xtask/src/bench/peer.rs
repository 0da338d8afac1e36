//! Who is measured, and how each is started in production.

/// How a peer gets onto the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kit {
    /// The package `bench-app` of this workspace.
    Kovar,
    /// `bench/apps/rust`, built by cargo.
    Rust,
    /// `bench/apps/go`, built by the Go tool chain.
    Go,
    /// `bench/apps/python`, in a virtual environment.
    Python,
    /// A folder of `bench/apps` with JavaScript that Node or Bun runs as it is.
    JavaScript(&'static str),
    /// `bench/apps/nest`, compiled by TypeScript.
    Nest,
}

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kit: Kit,
    /// The packages whose versions the report tells, as their lock file names them.
    pub(crate) packages: &'static [&'static str],
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// The words of the command line. `{made}` is `target/xtask/bench`, `{release}` is `target/release`.
    pub(crate) command: &'static str,
    /// What it runs on that is not part of the app, such as `node`.
    pub(crate) runtime: Option<Runtime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    Python,
    Node,
    Bun,
}

impl Peer {
    /// The floor answers without looking at what is asked: it has no rules to break and no operations to find.
    pub(crate) fn is_floor(&self) -> bool {
        self.name == "floor"
    }

    pub(crate) fn is_kovar(&self) -> bool {
        self.name == "kovar"
    }
}

/// What `npm ci` installs for this machine; Bun has no other package that can be pinned by a lock file.
pub(crate) const BUN: &str = match cfg!(target_arch = "aarch64") {
    true => "node_modules/@oven/bun-linux-aarch64/bin/bun",
    false => "node_modules/@oven/bun-linux-x64/bin/bun",
};

const ELYSIA: &str = match cfg!(target_arch = "aarch64") {
    true => "{made}/elysia/node_modules/@oven/bun-linux-aarch64/bin/bun {made}/elysia/app.js {port}",
    false => "{made}/elysia/node_modules/@oven/bun-linux-x64/bin/bun {made}/elysia/app.js {port}",
};

const ON_NODE: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Nest,
    packages: &[],
    environment: &[("NODE_ENV", "production")],
    command: "",
    runtime: Some(Runtime::Node),
};

const NATIVE: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Rust,
    packages: &[],
    environment: &[("TOKIO_WORKER_THREADS", "1")],
    command: "",
    runtime: None,
};

const ON_GO: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Go,
    packages: &[],
    environment: &[("GOMAXPROCS", "1"), ("GIN_MODE", "release")],
    command: "",
    runtime: None,
};

const ON_PYTHON: Peer = Peer {
    name: "",
    label: "",
    kit: Kit::Python,
    packages: &[],
    environment: &[],
    command: "",
    runtime: Some(Runtime::Python),
};

/// Everybody, in the order of the report.
pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "floor",
        label: "raw tokio socket, fixed answer (the floor)",
        packages: &["tokio"],
        command: "{made}/rust/release/floor {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "kovar",
        label: "Kovar",
        kit: Kit::Kovar,
        packages: &["kovar", "hyper", "tokio"],
        environment: &[],
        command: "{release}/bench-app serve --listen {host}:{port} --admin {host}:{admin} --workers 1",
        ..NATIVE
    },
    Peer {
        name: "axum",
        label: "axum, garde",
        packages: &["axum", "garde", "hyper", "tokio"],
        command: "{made}/rust/release/axum {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "axum-current-thread",
        label: "axum on a current-thread runtime, garde",
        packages: &["axum", "garde", "hyper", "tokio"],
        environment: &[("BENCH_RUNTIME", "current-thread")],
        command: "{made}/rust/release/axum {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "actix-web",
        label: "actix-web, garde",
        packages: &["actix-web", "garde"],
        command: "{made}/rust/release/actix {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "nethttp",
        label: "Go net/http, validator",
        packages: &["github.com/go-playground/validator/v10"],
        command: "{made}/go/nethttp {host}:{port}",
        ..ON_GO
    },
    Peer {
        name: "gin",
        label: "Gin",
        packages: &["github.com/gin-gonic/gin", "github.com/go-playground/validator/v10"],
        command: "{made}/go/gin {host}:{port}",
        ..ON_GO
    },
    Peer {
        name: "fiber",
        label: "Fiber",
        packages: &["github.com/gofiber/fiber/v3", "github.com/go-playground/validator/v10"],
        command: "{made}/go/fiber {host}:{port}",
        ..ON_GO
    },
    Peer {
        name: "elysia",
        label: "Elysia on Bun, TypeBox",
        kit: Kit::JavaScript("elysia"),
        packages: &["elysia", "@sinclair/typebox", "bun"],
        command: ELYSIA,
        runtime: Some(Runtime::Bun),
        ..ON_NODE
    },
    Peer {
        name: "fastify",
        label: "Fastify, Ajv",
        kit: Kit::JavaScript("fastify"),
        packages: &["fastify", "ajv"],
        command: "node {made}/fastify/app.js {port}",
        ..ON_NODE
    },
    Peer {
        name: "nest",
        label: "NestJS on Fastify, class-validator",
        packages: &["@nestjs/core", "@nestjs/platform-fastify", "class-validator"],
        command: "node {made}/nest/dist/main.js {port}",
        ..ON_NODE
    },
    Peer {
        name: "express",
        label: "Express, zod",
        kit: Kit::JavaScript("express"),
        packages: &["express", "zod"],
        command: "node {made}/express/app.js {port}",
        ..ON_NODE
    },
    Peer {
        name: "fastapi-granian",
        label: "FastAPI on granian",
        packages: &["fastapi", "pydantic", "granian", "uvloop"],
        command: "{made}/python/bin/granian --interface asgi --working-dir {made}/python --host {host} --port {port} \
                  --workers 1 --loop uvloop --backpressure 16384 --http1-header-read-timeout 60000 --no-access-log --log-level warning app:app",
        ..ON_PYTHON
    },
    Peer {
        name: "fastapi-uvicorn",
        label: "FastAPI on uvicorn",
        packages: &["fastapi", "pydantic", "uvicorn", "uvloop", "httptools"],
        command: "{made}/python/bin/uvicorn --app-dir {made}/python --host {host} --port {port} --workers 1 \
                  --loop uvloop --http httptools --timeout-keep-alive 75 --no-access-log --log-level warning app:app",
        ..ON_PYTHON
    },
];
