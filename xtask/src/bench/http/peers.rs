//! Who is measured, and how each is started in production.

use crate::bench::peer::{Kit, NATIVE, ON_GO, ON_NODE, ON_PYTHON, Peer, Runtime};

/// The floor answers without looking at what is asked: it has no rules to break and no operations to find.
pub(super) fn is_floor(peer: &Peer) -> bool {
    peer.name == "floor"
}

/// What `npm ci` installs for this machine; Bun has no other package that can be pinned by a lock file.
pub(super) const BUN: &str = match cfg!(target_arch = "aarch64") {
    true => "node_modules/@oven/bun-linux-aarch64/bin/bun",
    false => "node_modules/@oven/bun-linux-x64/bin/bun",
};

const ELYSIA: &str = match cfg!(target_arch = "aarch64") {
    true => "{made}/elysia/node_modules/@oven/bun-linux-aarch64/bin/bun {made}/elysia/app.js {port}",
    false => "{made}/elysia/node_modules/@oven/bun-linux-x64/bin/bun {made}/elysia/app.js {port}",
};

/// Everybody, in the order of the report.
pub(super) const PEERS: &[Peer] = &[
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
        kit: Kit::Kovar(&["bench-app"]),
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
