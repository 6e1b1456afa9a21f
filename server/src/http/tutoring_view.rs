//! Tutoring sessions as those see them who may.

use shared::access::{DocumentAccess, Grantee, right, role};
use shared::api::{
    AttendeeCard, GuestLine, InvitedLine, LeadView, PersonCard, SessionAtDoor, SessionCard, SessionView, ShelfCard,
    SignLine, TitledDocument, TitledItem,
};
use shared::organisation::{Body, Directory};
use shared::tutoring::{Invitation, OfSession, Part, Role};
use shared::words::{DocumentId, ItemId, UnixMillis, UserId};

use super::attendee::guest_card;
use super::item_uses::titled_item;
use super::refusal::Refusal;
use crate::app::App;
use crate::clock;
use crate::library::cards::Reader;
use crate::store::{DocumentHandle, ItemHandle, StoredGuest, StoredSessionPlan, StoredSign, TutoringHandle};

pub fn card(app: &App, handle: &TutoringHandle) -> SessionCard {
    let directory = app.store.directory();
    let reader = Reader::new(handle.who(), &directory, &app.taxonomies);
    let StoredSessionPlan { id, plan, board, access, .. } = handle.stored();
    let path = plan.placing.taxon.as_ref().map(|id| app.taxonomies.path(id)).unwrap_or_default();
    SessionCard {
        id: id.clone(),
        kind: plan.kind,
        title: plan.title.as_str().to_owned(),
        host: reader.person(&plan.host),
        shelf: ShelfCard::of(&directory, &access.shelf),
        placing: plan.placing.clone(),
        place: path.into_iter().map(|node| node.name).collect(),
        begins: plan.begins,
        minutes: plan.minutes,
        state: access.state,
        role: handle.role(),
        runs: handle.runs(),
        present: u32::try_from(app.rooms.people_in(board).len()).unwrap_or(u32::MAX),
    }
}

pub async fn view(app: &App, handle: &TutoringHandle) -> Result<SessionView, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let stored = handle.stored();
    let guests = app.store.guests(&stored.id).await?;
    let attendees = Attendees { app, directory: &directory, session: stored, guests: &guests, now };
    let is_guest = handle.role() == Some(Role::Guest);
    let invited = if is_guest { &[][..] } else { &stored.access.invited };
    let signs = app.store.signs(handle).await?.into_iter();
    let here = app.rooms.people_in(&stored.board).into_iter().map(|person| attendees.here(person)).collect();
    Ok(SessionView {
        about: stored.plan.about.clone(),
        board: sees(&directory, handle, Part::Board, now).then(|| stored.board.clone()),
        notes: sees(&directory, handle, Part::Notes, now).then(|| stored.notes.clone()),
        plan: plan_of(app, handle, stored.plan.plan.as_ref()).await?,
        item: item_of(app, handle, stored.plan.item.as_ref()).await?,
        opened: stored.opened,
        ended: stored.ended,
        lobby: stored.plan.lobby,
        revision: stored.revision,
        me: handle.who().clone(),
        invited: invited.iter().map(|one| invited_line(&directory, one, now)).collect(),
        here,
        signs: signs.map(|one| attendees.sign(one)).collect(),
        lead: lead(app, handle, &attendees).await?,
        card: card(app, handle),
    })
}

/// What only those see who let in and send away.
async fn lead(app: &App, handle: &TutoringHandle, attendees: &Attendees<'_>) -> Result<Option<LeadView>, Refusal> {
    if handle.leading().is_none() {
        return Ok(None);
    }
    let removed = app.store.removed_from(handle).await?;
    let removed = removed.iter().map(|id| attendees.of(id).person).collect();
    let guests = attendees.guests.iter().map(|guest| {
        let StoredGuest { id, session: _, name, school, at, let_in, sent_away } = guest.clone();
        GuestLine { id, name, school, at, let_in, sent_away }
    });
    Ok(Some(LeadView { code: handle.stored().code.clone(), removed, guests: guests.collect() }))
}

/// The signs of a session as everybody there sees them.
pub async fn sign_lines(app: &App, handle: &TutoringHandle) -> Result<Vec<SignLine>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let guests = app.store.guests(handle.id()).await?;
    let attendees = Attendees { app, directory: &directory, session: handle.stored(), guests: &guests, now };
    Ok(app.store.signs(handle).await?.into_iter().map(|one| attendees.sign(one)).collect())
}

/// What whoever has the code is told of a session.
pub fn at_door(app: &App, session: &StoredSessionPlan) -> SessionAtDoor {
    let directory = app.store.directory();
    let plan = &session.plan;
    SessionAtDoor {
        id: session.id.clone(),
        kind: plan.kind,
        title: plan.title.as_str().to_owned(),
        host: Reader::new(&plan.host, &directory, &app.taxonomies).person(&plan.host),
        begins: plan.begins,
        minutes: plan.minutes,
        state: session.access.state,
        lobby: plan.lobby,
    }
}

/// Whether the asker sees this document of the session now.
fn sees(directory: &Directory, handle: &TutoringHandle, part: Part, now: UnixMillis) -> bool {
    let session = handle.stored().access.clone();
    let access = DocumentAccess {
        author: session.author.clone(),
        shelf: session.shelf.clone(),
        shares: Vec::new(),
        binned: false,
        session: Some(OfSession { part, session }.into()),
    };
    right(directory, handle.who(), &access, now).is_some()
}

/// What it is about, for whoever may see that.
async fn plan_of(
    app: &App,
    handle: &TutoringHandle,
    document: Option<&DocumentId>,
) -> Result<Option<TitledDocument>, Refusal> {
    let Some(id) = document else { return Ok(None) };
    let document = DocumentHandle::open(&*app.store, handle.who(), id).await?;
    Ok(document.map(|known| TitledDocument { id: id.clone(), title: known.title().as_str().to_owned() }))
}

async fn item_of(app: &App, handle: &TutoringHandle, item: Option<&ItemId>) -> Result<Option<TitledItem>, Refusal> {
    let Some(id) = item else { return Ok(None) };
    let Some(known) = ItemHandle::open(&*app.store, handle.who(), id).await? else { return Ok(None) };
    let items = app.store.items(std::slice::from_ref(known.id())).await?;
    Ok(items.first().map(|item| titled_item(app, item)))
}

fn invited_line(directory: &Directory, invitation: &Invitation, now: UnixMillis) -> InvitedLine {
    let named = |body: Body| directory.name_of(&body).unwrap_or_default().to_owned();
    let (name, person) = match &invitation.with {
        Grantee::Person(id) => {
            let card = PersonCard::of(directory, id, now);
            (card.as_ref().map(|card| card.name.clone()).unwrap_or_default(), card)
        }
        Grantee::Team(id) => (named(Body::Team(id.clone())), None),
        Grantee::School(id) => (named(Body::School(id.clone())), None),
        Grantee::Group(id) => (named(Body::Group(id.clone())), None),
    };
    InvitedLine { invitation: invitation.clone(), name, person }
}

/// People of one session, by who they are now.
pub struct Attendees<'a> {
    pub app: &'a App,
    pub directory: &'a Directory,
    pub session: &'a StoredSessionPlan,
    pub guests: &'a [StoredGuest],
    pub now: UnixMillis,
}

impl Attendees<'_> {
    pub fn of(&self, id: &UserId) -> AttendeeCard {
        if let Some(guest) = self.guests.iter().find(|guest| guest.id == *id) {
            return self.here(guest_card(guest));
        }
        let reader = Reader::new(id, self.directory, &self.app.taxonomies);
        self.here(reader.person(id))
    }

    fn here(&self, person: PersonCard) -> AttendeeCard {
        let role = role(self.directory, &person.id, &self.session.access, self.now);
        let guest = self.guests.iter().find(|guest| guest.id == person.id);
        AttendeeCard { school: guest.map(|guest| guest.school.clone()).unwrap_or_default(), person, role }
    }

    fn sign(&self, StoredSign { sign, who, at }: StoredSign) -> SignLine {
        SignLine { sign, who: self.of(&who), at }
    }
}
