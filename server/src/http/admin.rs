//! The admin listener: Prometheus metrics, on an address of its own.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::metrics;

/// Histograms are drained at least this often, so that they don't grow while nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Records metrics from here on; call it before anything is counted.
pub fn record() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for metric in metrics::ALL {
        if let metrics::Kind::Histogram(buckets) = metric.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)?;
        }
    }
    let recorder = builder.install_recorder()?;
    metrics::describe();
    Ok(recorder)
}

/// Serves what was recorded at `/metrics`.
pub async fn serve(listener: TcpListener, recorder: PrometheusHandle) -> anyhow::Result<()> {
    let upkeep = recorder.clone();
    tokio::spawn(async move {
        let mut every = tokio::time::interval(UPKEEP);
        loop {
            every.tick().await;
            upkeep.run_upkeep();
        }
    });
    let router = Router::new().route("/metrics", get(show)).with_state(recorder);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn show(State(recorder): State<PrometheusHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render())
}
