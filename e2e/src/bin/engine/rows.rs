//! What is measured, in what unit, and how good it is to be.

use e2e::engine::Contender;

/// One line of the table.
pub struct Row {
    pub scenario: &'static str,
    pub what: &'static str,
    pub unit: &'static str,
    pub goal: Goal,
}

/// How good ours is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// A figure to know the others by.
    None,
    AtMost(f64),
    AtLeast(f64),
    /// At most so many times what the best of the peers needs.
    TimesBestPeer(f64),
    /// At least so many times what the best of the peers does.
    TimesFastestPeer(f64),
    /// At most so many times what a bare broadcast needs.
    TimesBare(f64),
    /// At least so many times what a bare broadcast does.
    TimesBareSpeed(f64),
}

use Goal::{AtLeast, AtMost, None, TimesBare, TimesBareSpeed, TimesBestPeer, TimesFastestPeer};

macro_rules! rows {
    ($($name:ident = $scenario:literal, $what:literal, $unit:literal, $goal:expr;)*) => {
        $(pub static $name: Row = Row { scenario: $scenario, what: $what, unit: $unit, goal: $goal };)*
        /// In the order of the table.
        pub static ALL: &[&Row] = &[$(&$name),*];
    };
}

rows! {
    S1A_CPU = "S1a", "10 readers, 5 writers × 10 edits/s: CPU per delivery", "µs", TimesBestPeer(0.8);
    S1A_P99 = "S1a", "edit → other client, p99", "ms", AtMost(2.0);
    S1A_GENERATOR = "S1a", "load generator's own CPU, of one core", "%", None;
    S1B_CPU = "S1b", "100 readers, 5 writers × 10 edits/s: CPU per delivery", "µs", TimesBare(1.2);
    S1B_P99 = "S1b", "p99", "ms", TimesBestPeer(1.0);
    S1B_GENERATOR = "S1b", "load generator", "%", None;
    S1C_CPU = "S1c", "500 readers, 5 writers × 10 edits/s: CPU per delivery", "µs", TimesBare(1.1);
    S1C_P99 = "S1c", "p99", "ms", TimesBestPeer(1.0);
    S1C_GENERATOR = "S1c", "load generator", "%", None;
    S1D_CPU = "S1d", "100 readers, 50 writers × 20 edits/s: CPU per delivered edit", "µs", TimesBestPeer(0.6);
    S1D_P99 = "S1d", "p99", "ms", TimesBestPeer(1.0);
    S1D_MISSING = "S1d", "edits not delivered 12 s after the last key", "%", AtMost(0.0);
    S1D_GENERATOR = "S1d", "load generator", "%", None;
    S2_CPU = "S2", "300 documents × 4 writers × 2 edits/s: CPU per 1,000 edits", "s", TimesBestPeer(0.8);
    S2_P99 = "S2", "p99", "ms", AtMost(2.0);
    S2_MEMORY = "S2", "resident memory", "MB", TimesBestPeer(1.0);
    S2_GENERATOR = "S2", "load generator", "%", None;
    S3_SOCKET = "S3", "5,000 idle sockets, 1,250 documents: memory per socket", "KiB", AtMost(11.0);
    S3_CONNECTIONS = "S3", "connections, each with its document", "1/s", TimesBareSpeed(0.5);
    S3_GENERATOR = "S3", "load generator", "%", None;
    S3_HELD = "S3", "of 10,000 idle sockets held", "", AtLeast(10_000.0);
    S3_SOCKET_10K = "S3", "10,000 idle sockets: memory per socket", "KiB", AtMost(11.0);
    S4_OPEN = "S4", "cold open, 105,000 characters with 182,000 edits of history", "ms", TimesBestPeer(0.5);
    S4_BYTES = "S4", "bytes on the wire, stock client", "KB", TimesBestPeer(1.01);
    S4_BYTES_OWN = "S4", "bytes on the wire, client that knows the server", "KB", TimesBestPeer(0.4);
    S4_INGEST = "S4", "edits taken one by one, the first 10,000", "1/s", TimesFastestPeer(3.0);
    S4_GENERATOR = "S4", "load generator, while edits are taken", "%", None;
    S5_EQUAL = "S5", "500 clients return with 20 edits each, 50 documents: all equal after", "s", TimesBestPeer(1.0);
    S5_GENERATOR = "S5", "load generator", "%", None;
    S6_LOST = "S6", "kill -9 while 20 type, after 1, 1 and 12 s: acknowledged edits lost", "%", AtMost(0.0);
    S6_GONE = "S6", "sent edits gone, acknowledged or not", "%", None;
    S6_ACK_P50 = "S6", "edit → acknowledgement, p50", "ms", AtMost(10.0);
    S6_ACK_P99 = "S6", "p99", "ms", AtMost(60.0);
    S6_RESTART = "S6", "restart to the first document served, 1,000 documents", "ms", AtMost(100.0);
    S7_CRASHES = "S7", "2,000 malformed frames: crashes of the process", "", AtMost(0.0);
    S7_P99 = "S7", "an innocent document's p99 meanwhile", "ms", AtMost(10.0);
    S7_WHOLE = "S7", "the attacked document is whole afterwards", "", AtLeast(1.0);
    S7_MEMORY = "S7", "memory growth", "MB", AtMost(16.0);
    S8_LIVE_P50 = "S8", "300 listeners, 5 pens, 3 of them drawing: drawn → listener, p50", "ms", None;
    S8_LIVE_P99 = "S8", "p99", "ms", AtMost(150.0);
    S8_STROKE_P99 = "S8", "stored stroke → listener, p99", "ms", AtMost(150.0);
    S8_MISSING = "S8", "strokes that did not arrive", "%", AtMost(0.0);
    S8_BITS = "S8", "to each listener, frames of the websocket", "kbit/s", AtMost(40.0);
    S8_BITS_WIRE = "S8", "the same, each frame in a packet of its own", "kbit/s", None;
    S8_CPU = "S8", "server's CPU, of one core", "%", None;
    S8_GENERATOR = "S8", "load generator", "%", None;
}

impl Row {
    fn is_ours_alone(&self) -> bool {
        matches!(self.goal, AtMost(_) | AtLeast(_) | None)
    }

    /// The figure that ours is compared with, from the others' medians.
    fn measure_of(&self, median: impl Fn(Contender) -> Option<f64>) -> Option<f64> {
        let peers = Contender::ALL.into_iter().filter(|contender| contender.is_peer()).filter_map(&median);
        match self.goal {
            None => Option::None,
            AtMost(limit) | AtLeast(limit) => Some(limit),
            TimesBestPeer(_) => peers.min_by(f64::total_cmp),
            TimesFastestPeer(_) => peers.max_by(f64::total_cmp),
            TimesBare(_) | TimesBareSpeed(_) => median(Contender::Bare),
        }
    }

    /// What ours comes to beside the goal, and whether that is good enough; `None` without a goal or a figure.
    pub fn judge(&self, median: impl Fn(Contender) -> Option<f64>) -> Option<(String, bool)> {
        let ours = median(Contender::Gongbei)?;
        let measure = self.measure_of(&median)?;
        let ratio = ours / measure;
        let met = match self.goal {
            None => return Option::None,
            AtMost(limit) => ours <= limit,
            AtLeast(limit) => ours >= limit,
            TimesBestPeer(times) | TimesBare(times) => ratio <= times,
            TimesFastestPeer(times) | TimesBareSpeed(times) => ratio >= times,
        };
        let words = if self.is_ours_alone() { String::new() } else { format!("{ratio:.2} ×") };
        Some((words, met))
    }

    pub fn goal_in_words(&self) -> String {
        match self.goal {
            None => String::new(),
            AtMost(0.0) => "0".to_owned(),
            AtMost(limit) => format!("≤ {limit} {}", self.unit).trim_end().to_owned(),
            AtLeast(limit) => format!("≥ {limit} {}", self.unit).trim_end().to_owned(),
            TimesBestPeer(1.0) => "≤ best peer".to_owned(),
            TimesBestPeer(times) => format!("≤ {times} × best peer"),
            TimesFastestPeer(times) => format!("≥ {times} × best peer"),
            TimesBare(times) => format!("≤ {times} × bare"),
            TimesBareSpeed(times) => format!("≥ {times} × bare"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_peer_is_the_measure() {
        let medians = |contender| match contender {
            Contender::Bare => Some(10.0),
            Contender::Hocuspocus => Some(40.0),
            Contender::YWebsocket => Some(20.0),
            Contender::YSweet => Option::None,
            Contender::Gongbei => Some(15.0),
        };
        let judged = |goal| Row { scenario: "", what: "", unit: "ms", goal }.judge(medians);
        assert_eq!(judged(TimesBestPeer(0.8)), Some(("0.75 ×".to_owned(), true)));
        assert_eq!(judged(TimesBestPeer(0.7)), Some(("0.75 ×".to_owned(), false)));
        assert_eq!(judged(TimesFastestPeer(0.5)), Some(("0.38 ×".to_owned(), false)));
        assert_eq!(judged(TimesBare(1.2)), Some(("1.50 ×".to_owned(), false)));
        assert_eq!(judged(TimesBareSpeed(1.5)), Some(("1.50 ×".to_owned(), true)));
        assert_eq!(judged(AtMost(15.0)), Some((String::new(), true)));
        assert_eq!(judged(AtLeast(16.0)), Some((String::new(), false)));
        assert_eq!(judged(None), Option::None);
    }
}
