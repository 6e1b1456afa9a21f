//! S3: thousands of sockets on which nobody says anything.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::engine::{Client, Running, own_cpu, resident, until_quiet};
use futures_util::{StreamExt, TryStreamExt, stream};

pub struct Idle {
    /// Resident, in bytes.
    pub bytes_per_socket: f64,
    /// Each from its first packet to the document it asked for.
    pub connections_per_second: f64,
    pub held: usize,
    pub generator: f64,
}

const SOCKETS_PER_DOCUMENT: usize = 4;
const OPENED_AT_ONCE: usize = 64;
const QUIET_WITHIN: Duration = Duration::from_secs(3);

pub async fn measure(server: &mut Running, sockets: usize) -> Result<Idle> {
    let documents = server.documents(sockets / SOCKETS_PER_DOCUMENT).await?;
    // What making the documents has left free in the heap would hold the first thousands of sockets.
    server.stop().await?;
    server.restart().await?;
    until_quiet(server.process(), QUIET_WITHIN).await?;
    let before = resident(server.process())?;
    let (own_before, started) = (own_cpu()?, Instant::now());
    let mut open: Vec<Client> = stream::iter(0..sockets)
        .map(|number| {
            let way = server.way(&documents[number % documents.len()]);
            async move { anyhow::Ok(Client::join(&way).await?.0) }
        })
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await
        .with_context(|| format!("{}: not all sockets opened", server.contender))?;
    let took = started.elapsed().as_secs_f64();
    let generator = (own_cpu()? - own_before).as_secs_f64() / took;
    until_quiet(server.process(), QUIET_WITHIN).await?;
    let grown = resident(server.process())?.saturating_sub(before);
    let mut held = 0;
    for client in &mut open {
        held += usize::from(is_open(client).await);
    }
    Ok(Idle {
        bytes_per_socket: grown as f64 / sockets as f64,
        connections_per_second: sockets as f64 / took,
        held,
        generator,
    })
}

/// Reads what is there; a closed socket has its end there.
async fn is_open(client: &mut Client) -> bool {
    loop {
        match tokio::time::timeout(Duration::ZERO, client.hear()).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return false,
            Err(_) => return true,
        }
    }
}
