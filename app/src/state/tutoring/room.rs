//! A tutoring session as its page knows it: who is there and what they hold, kept up by what is told in the room of the board.

use leptos::prelude::*;
use shared::api::{AttendeeCard, MoveSession, SessionNews, SessionView, SetCode};
use shared::board::Board;
use shared::sync::client::Line;
use shared::tutoring::{Role, Sign, TutoringState};
use shared::words::{TutoringId, UnixMillis, UserId};

use super::again::{Reader, heard, wait};
use super::asking::Asking;
use super::checks::Checks;
use super::errands::Errands;
use super::queue::Queue;
use super::said::Said;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, page};
use crate::state::open_document::OpenDocument;
use crate::state::session::Session;

/// How often a deed is asked for on a line that does not answer.
const TIMES: usize = 4;
/// Within so many milliseconds, by chance, those who only take part read anew what was told to all at once.
const SCATTER_MILLIS: f64 = 600.0;
/// Who has come or gone is read after so long, in milliseconds: a class comes in together.
const GATHER_MILLIS: u32 = 1_000;

/// How this person stands to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Opening,
    Inside,
    /// There is none, or it is not for them.
    Missing,
    /// They were in it and may be no more.
    SentAway,
}

#[derive(Clone, Copy)]
pub struct Room {
    session: Session,
    id: StoredValue<TutoringId>,
    pub view: RwSignal<Option<SessionView>>,
    pub standing: RwSignal<Standing>,
    /// Why it could not be read; it is asked for again.
    pub failure: RwSignal<Option<Failure>>,
    pub queue: Queue,
    pub asking: Asking,
    pub checks: Checks,
    pub said: Said,
    reader: Reader,
    tried: StoredValue<usize>,
}

impl Room {
    /// Opens the session for as long as the owner lives.
    pub fn open(session: Session, id: TutoringId) -> Self {
        let queue = Queue::new(session, id.clone());
        let said = Said::new(session, id.clone());
        let asking = Asking::open(session, id.clone(), Errands::open(session, &id, queue, said));
        let checks = Checks::new(session, id.clone());
        let room = Self {
            session,
            id: StoredValue::new(id),
            view: RwSignal::new(None),
            standing: RwSignal::new(Standing::Opening),
            failure: RwSignal::new(None),
            queue,
            asking,
            checks,
            said,
            reader: Reader::new(),
            tried: StoredValue::new(0),
        };
        room.read();
        page::on_focus(move || room.read());
        page::on_network(move |online| {
            if online {
                room.read();
            }
        });
        session.on_return(move || room.read());
        room
    }

    pub fn id(self) -> TutoringId {
        self.id.get_value()
    }

    /// Hears what is told beside the board, and notices who comes and goes.
    pub fn follow(self, board: OpenDocument<Board>) {
        board.on_told(move |news| self.hear(news));
        let online = Memo::new(move |_| matches!(board.line.get(), Line::Online | Line::Weak));
        Effect::new(move |before: Option<bool>| {
            let now = online.get();
            // Without a line nothing was told.
            if now && before == Some(false) {
                self.read_all();
            }
            now
        });
        let gone = Memo::new(move |_| board.is_gone());
        Effect::new(move || {
            if gone.get() {
                self.read();
            }
        });
        let strangers = Memo::new(move |_| self.is_out_of_date(board));
        Effect::new(move || {
            if strangers.get() {
                let timer = page::later(GATHER_MILLIS, move || self.read());
                on_cleanup(move || timer.clear());
            }
        });
    }

    /// Somebody is in the room whom the list does not have, or has left it.
    fn is_out_of_date(self, board: OpenDocument<Board>) -> bool {
        let Some((me, listed)) = self.view.with(|view| {
            let view = view.as_ref()?;
            let mut listed: Vec<UserId> = view.here.iter().map(|here| here.person.id.clone()).collect();
            listed.retain(|id| *id != view.me);
            listed.sort();
            Some((view.me.clone(), listed))
        }) else {
            return false;
        };
        let online = matches!(board.line.get(), Line::Online | Line::Weak);
        let mut here: Vec<UserId> =
            board.people.with(|people| people.iter().map(|colleague| colleague.person.id.clone()).collect());
        here.retain(|id| *id != me);
        here.sort();
        online && here != listed
    }

    fn hear(self, news: &[u8]) {
        match serde_json::from_slice::<SessionNews>(news) {
            Ok(SessionNews::Signs(signs)) => self.view.maybe_update(|view| match view {
                Some(view) if view.signs != signs => {
                    view.signs = signs;
                    true
                }
                Some(_) | None => false,
            }),
            Ok(SessionNews::Question(question)) => self.queue.hear(*question),
            Ok(SessionNews::Questions) => self.queue.read(),
            Ok(SessionNews::Plan | SessionNews::People | SessionNews::Lobby) => self.read_soon(),
            Ok(SessionNews::Checks) if untrack(|| self.leads()) => self.checks.read(),
            Ok(SessionNews::Checks) => self.checks.read_soon(),
            Ok(SessionNews::Answers) => self.checks.gather(),
            Ok(SessionNews::Clip(clip)) => self.said.hear(*clip),
            Ok(SessionNews::Clips) => self.said.read_soon(),
            // News of a newer server are read anew, too.
            Ok(SessionNews::Anew) | Err(_) => self.read_all(),
        }
    }

    fn read_all(self) {
        self.read();
        self.queue.read();
        self.checks.read();
        self.said.read();
    }

    fn read_soon(self) {
        match untrack(|| self.leads()) {
            true => self.read(),
            false => {
                page::later((SCATTER_MILLIS * clock::chance()) as u32, move || self.read());
            }
        }
    }

    /// Reads the session anew.
    pub fn read(self) {
        self.reader.read(async move || self.fetch().await);
    }

    async fn fetch(self) {
        let Some(address) = self.address("") else { return };
        match fetch::get::<SessionView>(&address).await {
            Ok(view) => self.show(view),
            Err(failure) if matches!(failure.status(), Some(403 | 404)) => {
                self.session.ask_for_guest();
                let inside = self.standing.try_get_untracked() == Some(Standing::Inside);
                let _ = self.standing.try_set(if inside { Standing::SentAway } else { Standing::Missing });
            }
            Err(failure) => {
                let unreachable = failure == Failure::Unreachable;
                let _ = self.failure.try_set(Some(self.session.heed(failure)));
                let tried = self.tried.try_update_value(|tried| std::mem::replace(tried, *tried + 1));
                if let (true, Some(tried)) = (unreachable, tried) {
                    page::later(wait(tried + 1), move || self.read());
                }
            }
        }
    }

    fn show(self, view: SessionView) {
        self.asking.errands.name(&view.card.title);
        let _ = self.tried.try_set_value(0);
        let _ = self.failure.try_maybe_update(|failure| (failure.take().is_some(), ()));
        let _ = self
            .standing
            .try_maybe_update(|standing| (std::mem::replace(standing, Standing::Inside) != Standing::Inside, ()));
        let _ = self.view.try_maybe_update(|known| {
            let new = known.as_ref() != Some(&view);
            *known = Some(view);
            (new, ())
        });
    }

    // ── who one is in it ────────────────────────────────────────────────────────────────────────────────────────

    pub fn state(self) -> Option<TutoringState> {
        self.view.with(|view| view.as_ref().map(|view| view.card.state))
    }

    pub fn role(self) -> Option<Role> {
        self.view.with(|view| view.as_ref().and_then(|view| view.card.role))
    }

    /// Answers, gives the pen, lets in and sends away.
    pub fn leads(self) -> bool {
        self.role().is_some_and(Role::leads) || self.runs()
    }

    /// Opens, ends, makes the code.
    pub fn runs(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.card.runs))
    }

    pub fn asks(self) -> bool {
        self.role().is_some_and(Role::asks)
    }

    pub fn me(self) -> Option<UserId> {
        self.view.with(|view| view.as_ref().map(|view| view.me.clone()))
    }

    pub fn has(self, sign: Sign, who: &UserId) -> bool {
        self.view.with(|view| {
            view.as_ref()
                .is_some_and(|view| view.signs.iter().any(|line| line.sign == sign && line.who.person.id == *who))
        })
    }

    /// Whether one's own hand is up, or one holds pen or floor.
    pub fn i_have(self, sign: Sign) -> bool {
        self.me().is_some_and(|me| self.has(sign, &me))
    }

    /// Who shows or holds it, in the order in which they came.
    pub fn with_sign(self, sign: Sign) -> Vec<AttendeeCard> {
        self.view.with(|view| {
            let signs = view.iter().flat_map(|view| &view.signs).filter(|line| line.sign == sign);
            signs.map(|line| line.who.clone()).collect()
        })
    }

    /// Guests at the door, for whoever lets them in.
    pub fn waiting_guests(self) -> usize {
        self.view.with(|view| {
            let Some((lobby, lead)) = view.as_ref().and_then(|view| Some((view.lobby, view.lead.as_ref()?))) else {
                return 0;
            };
            lead.guests.iter().filter(|guest| lobby && guest.let_in.is_none() && guest.sent_away.is_none()).count()
        })
    }

    /// What waits for a deed of whoever leads: hands up and guests at the door.
    pub fn waiting(self) -> usize {
        if self.leads() { self.with_sign(Sign::Hand).len() + self.waiting_guests() } else { 0 }
    }

    pub fn opened(self) -> Option<UnixMillis> {
        self.view.with(|view| view.as_ref().and_then(|view| view.opened))
    }

    // ── deeds ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// Opens, ends or cancels it.
    pub async fn go_on(self, state: TutoringState) -> Result<(), Failure> {
        let address = self.address("/state").ok_or(Failure::Unreadable)?;
        let wish = MoveSession { state };
        self.done(heard(TIMES, async || fetch::send(Verb::PUT, &address, &wish).await).await)
    }

    /// Makes another code for guests, or none.
    pub async fn set_code(self, on: bool) -> Result<(), Failure> {
        let address = self.address("/code").ok_or(Failure::Unreadable)?;
        // Asked twice it would be another one: whoever was told the first would stand before a door.
        self.done(fetch::send(Verb::PUT, &address, &SetCode { on }).await)
    }

    pub async fn give(self, sign: Sign, who: UserId) -> Result<(), Failure> {
        self.change(Verb::PUT, &format!("/signs/{}/{who}", sign.as_str())).await
    }

    pub async fn take(self, sign: Sign, who: UserId) -> Result<(), Failure> {
        self.change(Verb::DELETE, &format!("/signs/{}/{who}", sign.as_str())).await
    }

    pub async fn send_away(self, who: UserId, is_guest: bool) -> Result<(), Failure> {
        self.change(Verb::DELETE, &format!("/{}/{who}", kind_of(is_guest))).await
    }

    /// Lets in a guest who waits or was sent away, or lets a person return.
    pub async fn let_in(self, who: UserId, is_guest: bool) -> Result<(), Failure> {
        self.change(Verb::PUT, &format!("/{}/{who}", kind_of(is_guest))).await
    }

    async fn change(self, verb: Verb, rest: &str) -> Result<(), Failure> {
        let address = self.address(rest).ok_or(Failure::Unreadable)?;
        self.done(heard(TIMES, async || fetch::ask(verb.clone(), &address).await).await)
    }

    fn done(self, answer: Result<SessionView, Failure>) -> Result<(), Failure> {
        let view = answer.map_err(|failure| self.session.heed(failure))?;
        self.show(view);
        Ok(())
    }

    fn address(self, rest: &str) -> Option<String> {
        self.id.try_get_value().map(|id| format!("/api/tutoring/{id}{rest}"))
    }
}

fn kind_of(is_guest: bool) -> &'static str {
    if is_guest { "guests" } else { "people" }
}
