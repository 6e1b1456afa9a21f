//! What changed in a tutoring session, told to those who are in the room of its board.

use std::collections::BTreeSet;

use bytes::Bytes;
use shared::access::{role, runs};
use shared::api::SessionNews;
use shared::tutoring::Role;
use shared::words::UserId;

use crate::app::App;
use crate::clock;
use crate::store::StoredSessionPlan;

/// Longer news are not told: who hears of them reads the session anew. In bytes of JSON.
const MAX_TOLD: usize = 4 << 10;

impl App {
    /// Tells everybody in the room, or those whom it is for. Who is not there reads it when they come.
    pub fn tell_session(&self, session: &StoredSessionPlan, news: SessionNews) {
        let to = match news {
            SessionNews::Lobby | SessionNews::Answers => Some(self.leaders_of(session)),
            SessionNews::Plan
            | SessionNews::People
            | SessionNews::Signs(_)
            | SessionNews::Question(_)
            | SessionNews::Questions
            | SessionNews::Checks
            | SessionNews::Clip(_)
            | SessionNews::Clips
            | SessionNews::Anew => None,
        };
        let told = |news: &SessionNews| serde_json::to_vec(news).ok().filter(|json| json.len() <= MAX_TOLD);
        let shorter = match news {
            SessionNews::Question(_) => SessionNews::Questions,
            SessionNews::Clip(_) => SessionNews::Clips,
            _ => SessionNews::Anew,
        };
        if let Some(payload) = told(&news).or_else(|| told(&shorter)) {
            self.rooms.tell(&session.board, Bytes::from(payload), to);
        }
    }

    /// Those in the room who let in and send away.
    fn leaders_of(&self, session: &StoredSessionPlan) -> BTreeSet<UserId> {
        let (directory, now) = (self.store.directory(), clock::now());
        let here = self.rooms.people_in(&session.board).into_iter().map(|card| card.id);
        let leads = |who: &UserId| {
            let role = role(&directory, who, &session.access, now);
            role.is_some_and(Role::leads) || runs(&directory, who, &session.access, now)
        };
        here.filter(leads).collect()
    }
}
