//! Who is measured, and how each is started in production.

use super::workload::Workload;
use crate::bench::peer::{Kit, NATIVE, ON_GO, ON_NODE, ON_PYTHON, Peer};

/// The name of the loop that only sends.
pub(super) const BARE: &str = "bare";

/// Everybody, in the order of the report.
pub(super) const PEERS: &[Peer] = &[
    Peer {
        name: "kovar",
        label: "Kovar",
        kit: Kit::Kovar(&["bench-live-app"]),
        packages: &["kovar", "kovar-live", "tokio"],
        environment: &[],
        command: "{release}/bench-live-app serve --listen {host}:{port} --admin {host}:{admin} --workers 1",
        ..NATIVE
    },
    Peer {
        name: BARE,
        label: "A bare loop of `send`",
        kit: Kit::Workspace(&["bench-live-app"]),
        environment: &[],
        command: "{release}/bench-live-bare {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "axum",
        label: "axum, tokio broadcast",
        packages: &["axum", "tokio-tungstenite", "tokio"],
        command: "{made}/rust/release/axum-broadcast {host}:{port}",
        ..NATIVE
    },
    Peer {
        name: "ws",
        label: "ws on Node",
        kit: Kit::JavaScript("node"),
        packages: &["ws"],
        command: "node {made}/node/ws.js {port}",
        ..ON_NODE
    },
    Peer {
        name: "socketio",
        label: "Socket.IO on Node",
        kit: Kit::JavaScript("node"),
        packages: &["socket.io", "engine.io", "ws"],
        command: "node {made}/node/socketio.js {port}",
        ..ON_NODE
    },
    Peer {
        name: "fastapi",
        label: "FastAPI, websockets",
        packages: &["fastapi", "pydantic", "uvicorn", "websockets", "uvloop", "httptools"],
        command: "{made}/python/bin/uvicorn --app-dir {made}/python --host {host} --port {port} --workers 1 --loop uvloop \
                  --http httptools --ws websockets-sansio --no-access-log --log-level warning main:app",
        ..ON_PYTHON
    },
    Peer {
        name: "centrifugo",
        label: "Centrifugo",
        kit: Kit::GoProgram("github.com/centrifugal/centrifugo/v6"),
        packages: &["github.com/centrifugal/centrifugo/v6", "github.com/centrifugal/centrifuge"],
        command: "env CENTRIFUGO_HTTP_SERVER_ADDRESS={host} CENTRIFUGO_HTTP_SERVER_PORT={port} \
                  {made}/go/centrifugo --config {made}/go/centrifugo.json",
        ..ON_GO
    },
];

/// Who is not among them, and why.
pub(super) const ABSENT: &str = "\
- uWebSockets.js: the registry of npm does not have it; its authors give it out by GitHub alone, as programs that they \
have compiled.\n";

/// What is asked for until a server answers.
pub(super) fn first_path(peer: &Peer) -> &'static str {
    if peer.name == "centrifugo" { "/health" } else { "/hello" }
}

/// Why a peer has no number, where what is measured is nothing that it does.
pub(super) fn reason(peer: &Peer, workload: Workload) -> Option<&'static str> {
    match (peer.name, workload) {
        (BARE, Workload::Connect | Workload::Topics | Workload::Latency | Workload::Echo | Workload::Recovery) => {
            Some("it only sends")
        }
        ("centrifugo", Workload::Echo) => Some("it is a program of its own, and runs no code of an app"),
        ("axum" | "ws" | "fastapi", Workload::Recovery) => Some("it keeps nothing for who comes again"),
        _ => None,
    }
}
