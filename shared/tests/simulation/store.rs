//! The disk: what is committed survives a crash, nothing else does.

use std::collections::VecDeque;

use shared::sync::room::{Append, ParticipantId, RoomSeed};
use shared::wire::Trouble;
use shared::words::{Epoch, Seq, UserId};

use super::replica::Copy;
use shared::sync::client::Replica;

#[derive(Default)]
pub struct Store {
    pub committed: Vec<Append>,
    pub in_flight: VecDeque<Append>,
    pub trouble: Option<Trouble>,
    /// The committed log, applied.
    pub copy: Option<Copy>,
    /// Times the document became another one.
    epochs: u64,
}

pub enum Outcome {
    Nothing,
    Stored(Seq),
    Failed(Seq, Trouble),
}

impl Store {
    pub fn epoch(&self) -> Epoch {
        format!("epoch-{}", self.epochs).parse().expect("an epoch")
    }

    /// A new document, in which the server has written under this client id.
    pub fn create(&mut self, client_id: u64) {
        let copy = Copy::new(client_id);
        let author: UserId = "gongbei".parse().expect("an id");
        let update = copy.begin().into();
        self.committed = vec![Append { seq: Seq(1), author, from: ParticipantId(0), binds: vec![client_id], update }];
        self.copy = Some(copy);
    }

    /// The data folder is what it was after so many commits: another document from here on (C3).
    pub fn restore(&mut self, commits: usize) {
        self.epochs += 1;
        self.in_flight.clear();
        self.committed.truncate(commits);
        let mut copy = Copy::new(0);
        for append in &self.committed {
            copy.apply(&append.update).expect("what is stored can be read");
        }
        self.copy = Some(copy);
    }

    /// One group commit of everything that waits.
    pub fn commit(&mut self) -> Outcome {
        let Some(first) = self.in_flight.front().map(|append| append.seq) else {
            return Outcome::Nothing;
        };
        if let Some(trouble) = self.trouble {
            self.in_flight.clear();
            return Outcome::Failed(first, trouble);
        }
        let copy = self.copy.get_or_insert_with(|| Copy::new(0));
        for append in self.in_flight.drain(..) {
            let at = append.seq.0 as usize;
            if at <= self.committed.len() {
                assert_eq!(self.committed[at - 1], append, "S3: an append that is repeated is the same");
                continue;
            }
            assert_eq!(at, self.committed.len() + 1, "S3: appends come in order, without gaps");
            copy.apply(&append.update).expect("what is stored can be read");
            assert!(copy.is_whole(), "E5: nothing that is stored waits for something that is not");
            self.committed.push(append);
        }
        Outcome::Stored(Seq(self.committed.len() as u64))
    }

    pub fn seed(&self, snapshot_at: usize) -> RoomSeed {
        let mut before = Copy::new(0);
        for append in &self.committed[..snapshot_at] {
            before.apply(&append.update).expect("what is stored can be read");
        }
        let snapshot = before.diff(&[0]).expect("an empty state vector").into();
        let authors: Vec<(u64, UserId)> = self
            .committed
            .iter()
            .flat_map(|append| append.binds.iter().map(|client| (*client, append.author.clone())))
            .collect();
        RoomSeed {
            document: "plan".parse().expect("an id"),
            epoch: self.epoch(),
            snapshot: (snapshot_at > 0).then_some(snapshot),
            updates: self.committed[snapshot_at..].iter().map(|append| append.update.clone()).collect(),
            last: Seq(self.committed.len() as u64),
            authors,
        }
    }
}
