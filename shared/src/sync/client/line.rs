//! The line: connect, greet, compare, listen, notice silence, come back (rules C1, C3, C9).

use bytes::Bytes;

use super::{
    ClientEffect, ClientSync, DEAD_MILLIS, FIRST_RETRY_MILLIS, LOADING_MILLIS, Link, MAX_DOUBLINGS, MAX_RETRY_MILLIS,
    MIN_RETRY_MILLIS, Moment, OPEN_MILLIS, PING_MILLIS, PageId, Replica, StopReason, WEAK_MILLIS,
};
use crate::access::Right;
use crate::sync::Millis;
use crate::sync::packed::unpack;
use crate::wire::{CloseCode, FrameError, Message, PROTOCOL, Welcome, live_entries};

impl ClientSync {
    pub(super) fn connect(&mut self, at: Moment, effects: &mut Vec<ClientEffect>) {
        self.disconnected(effects);
        self.link = Link::Opening { since: at.now };
        effects.push(ClientEffect::Connect);
    }

    pub(super) fn opened(&mut self, at: Moment) {
        if matches!(self.link, Link::Opening { .. }) {
            self.heard = at.now;
            self.link = Link::Greeting;
        }
    }

    pub(super) fn closed(&mut self, at: Moment, code: u16, effects: &mut Vec<ClientEffect>) {
        match self.link {
            Link::Idle | Link::Waiting { .. } | Link::Stopped(_) => return,
            Link::Opening { .. } | Link::Greeting | Link::Syncing { .. } | Link::Live => {}
        }
        match CloseCode::of_code(u64::from(code)) {
            Some(CloseCode::SessionEnded) => self.stop(StopReason::SessionEnded, effects),
            Some(CloseCode::NoRight) => self.stop(StopReason::NoRight, effects),
            Some(CloseCode::Malformed) => self.stop(StopReason::Protocol, effects),
            Some(CloseCode::Restarting | CloseCode::TooSlow | CloseCode::EpochChanged | CloseCode::RoomClosed)
            | None => self.wait(at, effects),
        }
    }

    /// Full jitter: a thousand pages that lost the same server must not come back in the same second.
    fn wait(&mut self, at: Moment, effects: &mut Vec<ClientEffect>) {
        self.disconnected(effects);
        let cap = FIRST_RETRY_MILLIS.saturating_mul(1 << self.attempt.min(8)).min(MAX_RETRY_MILLIS);
        let wait = MIN_RETRY_MILLIS + ((cap - MIN_RETRY_MILLIS) as f64 * at.chance.clamp(0.0, 1.0)) as u64;
        self.attempt = self.attempt.saturating_add(1);
        self.link = Link::Waiting { until: at.now.plus(wait) };
    }

    fn drop_line(&mut self, at: Moment, effects: &mut Vec<ClientEffect>) {
        effects.push(ClientEffect::Disconnect);
        self.wait(at, effects);
    }

    /// No further attempt; what is not saved stays on the device, and unless signing in helps, as a draft.
    pub(super) fn stop(&mut self, reason: StopReason, effects: &mut Vec<ClientEffect>) {
        self.disconnected(effects);
        self.link = Link::Stopped(reason);
        effects.push(ClientEffect::Disconnect);
        let aside = match reason {
            StopReason::SessionEnded | StopReason::StartAfresh => false,
            StopReason::EpochChanged | StopReason::NoRight | StopReason::Refused(_) | StopReason::Protocol => {
                self.edits.has_unsaved()
            }
        };
        if aside {
            effects.push(ClientEffect::SetAside(reason));
        }
    }

    fn disconnected(&mut self, effects: &mut Vec<ClientEffect>) {
        self.edits.disconnected();
        self.pinged = None;
        self.weak = false;
        self.server_trouble = None;
        self.caret.forget_told();
        if self.people.clear() {
            effects.push(ClientEffect::PeopleChanged);
        }
    }

    /// Without a network the line is shown as gone at once, but given up only when it does not answer: browsers err.
    pub(super) fn network(&mut self, at: Moment, online: bool, effects: &mut Vec<ClientEffect>) {
        self.no_network |= !online;
        match (self.link, online) {
            (Link::Waiting { .. }, true) => self.connect(at, effects),
            // The socket may not have noticed: ask.
            (Link::Greeting | Link::Syncing { .. } | Link::Live, _) => self.ping(at.now, effects),
            (Link::Waiting { .. }, false) | (Link::Idle | Link::Opening { .. } | Link::Stopped(_), _) => {}
        }
    }

    pub(super) fn frame(
        &mut self,
        at: Moment,
        frame: &Bytes,
        replica: &mut dyn Replica,
        effects: &mut Vec<ClientEffect>,
    ) {
        match self.link {
            Link::Greeting | Link::Syncing { .. } | Link::Live => {}
            Link::Idle | Link::Waiting { .. } | Link::Opening { .. } | Link::Stopped(_) => return,
        }
        self.heard = at.now;
        self.pinged = None;
        self.weak = false;
        match Message::decode(frame) {
            Ok(Message::Welcome(welcome)) => self.welcome(welcome, replica, effects),
            // Before the welcome nothing may enter the replica: it could be another document's life (C3).
            Ok(_) if self.link == Link::Greeting => {}
            Ok(message) => self.message(at, message, replica, effects),
            // A newer server may say more than we understand.
            Err(FrameError::UnknownType(_) | FrameError::UnknownCode(_)) => {}
            Err(_) => self.drop_line(at, effects),
        }
    }

    fn welcome(&mut self, welcome: Welcome, replica: &dyn Replica, effects: &mut Vec<ClientEffect>) {
        let Welcome { protocol, epoch, life, client_id, right } = welcome;
        if protocol != PROTOCOL {
            return self.stop(StopReason::Protocol, effects);
        }
        match &self.epoch {
            Some(ours) if *ours != epoch => {
                let unsaved = self.edits.has_unsaved();
                return self.stop(if unsaved { StopReason::EpochChanged } else { StopReason::StartAfresh }, effects);
            }
            Some(_) => {}
            None => {
                self.epoch = Some(epoch.clone());
                effects.push(ClientEffect::KeepEpoch(epoch));
            }
        }
        if let PageId::Open(_) = self.id {
            self.id = PageId::Open(client_id);
        }
        self.right = Some(right);
        self.link = Link::Syncing { life };
        let ours = replica.state_vector();
        self.was_empty = ours == [0];
        if let Some(view) = self.look.as_ref().filter(|_| self.was_empty) {
            effects.push(ClientEffect::Send(Message::Look(view.clone()).encode()));
        }
        effects.push(self.question(ours));
    }

    /// Our step 1.
    pub(super) fn question(&self, state_vector: Vec<u8>) -> ClientEffect {
        let has = state_vector.into();
        ClientEffect::Send(if self.unpacks { Message::Ask(has) } else { Message::Step1(has) }.encode())
    }

    fn message(&mut self, at: Moment, message: Message, replica: &mut dyn Replica, effects: &mut Vec<ClientEffect>) {
        match message {
            Message::Step2(update) | Message::Update(update) => {
                if let (Link::Syncing { life }, true) = (self.link, self.was_empty) {
                    // All that the copy has comes from this life, even if the line is cut before we are asked (C4).
                    self.life = Some(life);
                }
                if replica.apply(&update).is_err() {
                    self.stop(StopReason::Protocol, effects);
                }
            }
            Message::Step1(theirs) => {
                if let Link::Syncing { life } = self.link {
                    self.edits.compare |= self.life != Some(life) && !self.was_empty;
                    self.life = Some(life);
                }
                replica.arrived();
                self.attempt = 0;
                self.loads_given_up = 0;
                self.link = Link::Live;
                self.no_network = false;
                self.send_difference(at, &theirs, replica, effects);
                self.show_caret(at.now, effects);
            }
            Message::Awareness(payload) => match self.people.hear(at.now, &payload, self.id()) {
                Ok(true) => effects.push(ClientEffect::PeopleChanged),
                Ok(false) => {}
                Err(_) => self.drop_line(at, effects),
            },
            Message::QueryAwareness => {
                self.caret.renew();
                self.show_caret(at.now, effects);
            }
            Message::Saved { frames } => self.saved(at, frames, effects),
            Message::Refused(refused) => self.refused(at, refused, effects),
            Message::Right(right) => self.right = Some(right),
            Message::Trouble(trouble) => self.server_trouble = Some(trouble),
            Message::TroubleOver => self.server_trouble = None,
            Message::Ping => effects.push(ClientEffect::Send(Message::Pong.encode())),
            Message::Pong => self.no_network = false,
            Message::Title(title) => effects.push(ClientEffect::Titled(title)),
            Message::Packed(packed) => match unpack(&packed) {
                Ok(update) => self.message(at, Message::Step2(update), replica, effects),
                // The next time it comes as it is.
                Err(_) => {
                    self.unpacks = false;
                    self.drop_line(at, effects);
                }
            },
            Message::Live(payload) => match live_entries(&payload) {
                Ok(entries) => {
                    let others = entries.into_iter().filter(|(from, _)| *from != self.id());
                    effects.extend(others.map(|(from, message)| ClientEffect::Live { from, message }));
                }
                Err(_) => self.drop_line(at, effects),
            },
            Message::Told(payload) => effects.push(ClientEffect::Told(payload)),
            Message::Glance(seen) => effects.push(ClientEffect::Glance(seen)),
            // Only asked by clients.
            Message::Ask(_) | Message::Look(_) => {}
            Message::Welcome(_) => unreachable!("a welcome is taken before"),
        }
    }

    /// Where a line is slow, edits come first: what is drawn is seen when it is stored.
    pub(super) fn show_live(&self, message: Bytes, effects: &mut Vec<ClientEffect>) {
        let may = self.right.is_some_and(Right::may_edit);
        if self.link == Link::Live && may && !self.edits.is_held_up() {
            effects.push(ClientEffect::Send(Message::Live(message).encode()));
        }
    }

    pub(super) fn tick(&mut self, at: Moment, replica: &mut dyn Replica, effects: &mut Vec<ClientEffect>) {
        match self.link {
            Link::Idle | Link::Stopped(_) => {}
            Link::Waiting { until } if at.now >= until => self.connect(at, effects),
            Link::Waiting { .. } => {}
            Link::Opening { since } if at.now.since(since) >= OPEN_MILLIS => self.drop_line(at, effects),
            Link::Opening { .. } => {}
            Link::Greeting | Link::Syncing { .. } => self.listen(at, effects),
            Link::Live => {
                self.listen(at, effects);
                self.resync_if_due(at, replica, effects);
                self.flush(at, replica, effects);
                self.show_caret(at.now, effects);
                if self.people.expire(at.now) {
                    effects.push(ClientEffect::PeopleChanged);
                }
            }
        }
    }

    fn listen(&mut self, at: Moment, effects: &mut Vec<ClientEffect>) {
        match self.pinged {
            None if at.now.since(self.heard) >= PING_MILLIS => self.ping(at.now, effects),
            Some(pinged) if at.now.since(pinged) >= self.patience() => {
                self.loads_given_up += u32::from(self.is_loading());
                self.drop_line(at, effects);
            }
            Some(pinged) if at.now.since(pinged) >= WEAK_MILLIS => self.weak = true,
            None | Some(_) => {}
        }
    }

    /// What we send gets away: on a thin line the answer to a ping waits behind a large frame.
    pub(super) fn line_moves(&mut self, now: Millis) {
        if let Some(pinged) = &mut self.pinged {
            *pinged = now;
        }
    }

    fn ping(&mut self, now: Millis, effects: &mut Vec<ClientEffect>) {
        if self.pinged.is_none() {
            self.pinged = Some(now);
            effects.push(ClientEffect::Send(Message::Ping.encode()));
        }
    }

    /// When the line has to be listened to again.
    pub(super) fn line_due(&self) -> Millis {
        match self.pinged {
            None => self.heard.plus(PING_MILLIS),
            Some(pinged) if !self.weak => pinged.plus(WEAK_MILLIS),
            Some(pinged) => pinged.plus(self.patience()),
        }
    }

    /// How long an answer may take. A whole document on a thin line takes its time, nothing passes it, and the browser
    /// shows none of it before its last byte: who did not get it waits twice as long the next time.
    fn patience(&self) -> u64 {
        if self.is_loading() { LOADING_MILLIS << self.loads_given_up.min(MAX_DOUBLINGS) } else { DEAD_MILLIS }
    }

    fn is_loading(&self) -> bool {
        matches!(self.link, Link::Syncing { .. })
    }
}
