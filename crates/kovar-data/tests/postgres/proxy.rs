//! A way to the server that can be cut and held up.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// The client's bytes reach the server, and the server's answers do not come back.
    Silent,
    /// All connections are closed, and new ones at once.
    Cut,
}

/// A proxy in front of a server.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    way: Arc<watch::Sender<Way>>,
}

impl Proxy {
    pub(crate) async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, way) = (listener.local_addr().unwrap(), Arc::new(watch::Sender::new(Way::Open)));
        let of_connections = Arc::clone(&way);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (way, server) = (of_connections.subscribe(), server.clone());
                if *way.borrow() != Way::Cut {
                    tokio::spawn(carry(client, server, way));
                }
            }
        });
        Self { address, way }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn carry(client: TcpStream, server: String, mut way: watch::Receiver<Way>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (client, server) = (client.into_split(), server.into_split());
    tokio::select! {
        () = one_way(client.0, server.1, way.clone(), &[Way::Open, Way::Silent]) => {}
        () = one_way(server.0, client.1, way.clone(), &[Way::Open]) => {}
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn one_way(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut way: watch::Receiver<Way>,
    passing: &[Way],
) {
    let mut bytes = [0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else { return };
        if way.wait_for(|way| passing.contains(way)).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
