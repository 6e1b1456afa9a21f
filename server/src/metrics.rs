//! What the server counts, as a list: names, units and the sentence an operator reads.

use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// As it is now.
    Gauge,
    /// Spread over buckets.
    Histogram(&'static [f64]),
}

pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub unit: Unit,
    pub words: &'static str,
}

/// From 0.1 ms to 10 s.
const SECONDS: Kind = Kind::Histogram(&[
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
]);
const SIZES: Kind = Kind::Histogram(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]);

const fn metric(name: &'static str, kind: Kind, unit: Unit, words: &'static str) -> Metric {
    Metric { name, kind, unit, words }
}

pub const ALL: &[Metric] = &[
    metric("gongbei_rooms", Kind::Gauge, Unit::Count, "Documents that are open."),
    metric("gongbei_participants", Kind::Gauge, Unit::Count, "Sockets in rooms; a person may have several."),
    metric("gongbei_room_open_seconds", SECONDS, Unit::Seconds, "Reading a document from the store into its room."),
    metric("gongbei_rooms_sealed_total", Kind::Counter, Unit::Count, "Documents shown as an earlier state of theirs."),
    metric("gongbei_rooms_broken_total", Kind::Counter, Unit::Count, "Rooms closed by a panic or a failed check."),
    metric("gongbei_frames_in_total", Kind::Counter, Unit::Count, "Frames from participants."),
    metric("gongbei_bytes_in_total", Kind::Counter, Unit::Bytes, "Bytes in frames from participants."),
    metric("gongbei_frames_out_total", Kind::Counter, Unit::Count, "Frames queued for participants."),
    metric("gongbei_bytes_out_total", Kind::Counter, Unit::Bytes, "Bytes in frames queued for participants."),
    metric("gongbei_frames_refused_total", Kind::Counter, Unit::Count, "Frames not taken, by reason."),
    metric("gongbei_updates_stored_total", Kind::Counter, Unit::Count, "Updates that are durable."),
    metric("gongbei_commit_seconds", SECONDS, Unit::Seconds, "One commit with its sync to the disk."),
    metric("gongbei_commit_updates", SIZES, Unit::Count, "Updates that shared one commit."),
    metric(
        "gongbei_commits_failed_total",
        Kind::Counter,
        Unit::Count,
        "Commits that failed; their edits wait unsaved.",
    ),
    metric("gongbei_updates_packed_total", Kind::Counter, Unit::Count, "Updates of older logs that were packed."),
    metric("gongbei_pack_seconds", SECONDS, Unit::Seconds, "One transaction that packs; commits wait for it."),
    metric(
        "gongbei_film_encoder",
        Kind::Gauge,
        Unit::Count,
        "Whether there is an ffmpeg that makes films smaller: 1 or 0.",
    ),
    metric("gongbei_renditions_waiting", Kind::Gauge, Unit::Count, "Films and recordings not looked at yet."),
    metric("gongbei_renditions_made_total", Kind::Counter, Unit::Count, "Films and recordings made smaller."),
    metric("gongbei_renditions_failed_total", Kind::Counter, Unit::Count, "Attempts at it that failed."),
    metric("gongbei_request_seconds", SECONDS, Unit::Seconds, "HTTP requests, by route."),
];

/// Tells the installed recorder units and sentences.
pub fn describe() {
    for Metric { name, kind, unit, words } in ALL {
        match kind {
            Kind::Counter => describe_counter!(*name, *unit, *words),
            Kind::Gauge => describe_gauge!(*name, *unit, *words),
            Kind::Histogram(_) => describe_histogram!(*name, *unit, *words),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every `metrics::…!("name"` in the sources with its macro.
    fn recorded(folder: &Path, found: &mut BTreeMap<String, &'static str>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                recorded(&path, found);
                continue;
            }
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let source: String = fs::read_to_string(&path).unwrap().split_whitespace().collect();
            for kind in ["counter", "gauge", "histogram"] {
                for call in source.split(&format!("metrics::{kind}!(\"")).skip(1) {
                    let name = call.split('"').next().unwrap().to_owned();
                    assert_eq!(*found.entry(name.clone()).or_insert(kind), kind, "{name} is of two kinds");
                }
            }
        }
    }

    #[test]
    fn what_is_recorded_is_listed_and_what_is_listed_is_recorded() {
        let mut found = BTreeMap::new();
        recorded(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let listed = ALL.iter().map(|metric| {
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            (metric.name.to_owned(), kind)
        });
        assert_eq!(found, listed.collect());
    }

    #[test]
    fn names_say_kind_and_unit() {
        for metric in ALL {
            let Metric { name, kind, unit, words } = metric;
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert_eq!(name.ends_with("_seconds"), *unit == Unit::Seconds, "{name}");
            assert!(words.ends_with('.'), "{name}");
            if let Kind::Histogram(buckets) = kind {
                assert!(buckets.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
            }
        }
    }
}
