//! A board as it was: drawn as the living one is, and looked at by hand or as what is drawn asks for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use shared::board::{Board, Change, PageId};
use shared::document::DocumentError;
use shared::replay::{Player, Stage};

use super::reel::Reel;
use super::tape::Tape;
use crate::board::camera::Camera;
use crate::board::gestures::{Deed, Gestures};
use crate::board::own::written;
use crate::board::scene::Scene;
use crate::browser::canvas::{next_frame, pixel_ratio};
use crate::browser::dom::{self, Place, SizeWatch};
use crate::browser::pointer::{Pointers, Turn, Wheel};
use crate::browser::{clock, page};
use crate::i18n::*;
use crate::state::preferences::Preferences;

/// Around what is drawn, in CSS pixels.
const MARGIN: f32 = 48.0;
/// So much more than what is drawn is shown, so that the next stroke does not move the paper again.
const ROOM: f32 = 1.15;

/// The replica that is played on, and what of it looks different since the last picture.
struct Played {
    board: Board,
    changes: Vec<Change>,
    is_anew: bool,
}

impl Played {
    fn new() -> Self {
        Self { board: Board::open(1), changes: Vec::new(), is_anew: true }
    }

    fn took(&mut self, changes: Result<Vec<Change>, DocumentError>) {
        // A log holds what a board took in once; if not, the rest of it is still to be seen.
        self.changes.extend(changes.unwrap_or_default());
    }
}

impl Stage for Played {
    fn apply(&mut self, update: &[u8]) {
        let changes = self.board.apply(update);
        self.took(changes);
    }

    fn snapshot(&self) -> Vec<u8> {
        self.board.snapshot()
    }

    fn clear(&mut self) {
        *self = Self::new();
    }
}

/// What is shown on the screen.
struct Screen {
    played: RefCell<Played>,
    player: RefCell<Player>,
    scene: RefCell<Scene>,
    gestures: RefCell<Gestures>,
    camera: Cell<Camera>,
    page: Cell<PageId>,
    /// One looks where one wants to; otherwise all of the page is shown.
    by_hand: RwSignal<bool>,
    asked: Cell<bool>,
}

impl Screen {
    fn new(place: &Place, by_hand: RwSignal<bool>) -> Option<Rc<Self>> {
        let [settled, moving] = dom::canvases(place)?;
        Some(Rc::new_cyclic(|screen: &std::rc::Weak<Screen>| {
            let screen = screen.clone();
            let came = move || {
                if let Some(screen) = screen.upgrade() {
                    screen.scene.borrow_mut().pictures_came();
                    screen.ask_frame();
                }
            };
            Screen {
                played: RefCell::new(Played::new()),
                player: RefCell::default(),
                scene: RefCell::new(Scene::new(settled, moving, PageId::FIRST, came)),
                gestures: RefCell::new(Gestures::of_the_paper()),
                camera: Cell::new(Camera::default()),
                page: Cell::new(PageId::FIRST),
                by_hand,
                asked: Cell::new(false),
            }
        }))
    }

    /// Shows the board as it was so many milliseconds after its first update.
    fn go(self: &Rc<Self>, tape: Tape, moment: Option<u64>) {
        let mut played = self.played.borrow_mut();
        match moment {
            Some(moment) => {
                tape.with(|recording| self.player.borrow_mut().go(recording, moment, &mut *played));
            }
            // Before anything was drawn.
            None => {
                played.clear();
                self.player.replace(Player::default());
            }
        }
        let (changes, is_anew) = (std::mem::take(&mut played.changes), std::mem::take(&mut played.is_anew));
        if changes.is_empty() && !is_anew {
            return;
        }
        let mut scene = self.scene.borrow_mut();
        if is_anew {
            scene.forget();
        }
        scene.changed(&played.board, &changes);
        drop((scene, played));
        self.follow(&changes);
        self.ask_frame();
    }

    /// Goes to the page on which something happened, and shows all of it.
    fn follow(&self, changes: &[Change]) {
        if self.by_hand.get_untracked() {
            return;
        }
        let played = self.played.borrow();
        let happened = changes.iter().rev().find_map(|change| match change {
            Change::Put(id, _) => played.board.element(*id).map(|element| element.page),
            Change::Removed(_, page, _) => Some(*page),
            Change::Pages => None,
        });
        let page = happened.filter(|page| played.board.page(*page).is_some()).unwrap_or(self.page.get());
        self.page.set(page);
        self.scene.borrow_mut().show_page(page);
        self.fit(&played.board);
    }

    fn fit(&self, board: &Board) {
        let Some(extent) = board.extent(self.page.get()) else { return };
        let size = self.scene.borrow().size;
        if self.camera.get().view(size).holds(&extent) {
            return;
        }
        let (width, height) = (extent.width() * (ROOM - 1.0) / 2.0, extent.height() * (ROOM - 1.0) / 2.0);
        self.camera.set(Camera::showing(&extent.grown(width.max(height)), size, MARGIN));
        self.scene.borrow_mut().scales(clock::now());
    }

    fn resize(self: &Rc<Self>, place: &Place) {
        let size = (place.client_width() as f32, place.client_height() as f32);
        self.scene.borrow_mut().resize(size, pixel_ratio() as f32);
        self.look_anew();
    }

    /// All of the page, unless one looks elsewhere by hand.
    fn look_anew(self: &Rc<Self>) {
        if !self.by_hand.get_untracked() {
            self.fit(&self.played.borrow().board);
        }
        self.ask_frame();
    }

    fn perform(self: &Rc<Self>, deed: Deed) {
        let camera = self.camera.get();
        match deed {
            Deed::Pan(x, y) => self.camera.set(camera.panned((x, y))),
            Deed::Pinch { at, factor, by } => self.camera.set(camera.zoomed(at, factor).panned(by)),
            Deed::Begin { .. } | Deed::Go { .. } | Deed::End(_) | Deed::Drop | Deed::Hover(_) | Deed::Left => return,
        }
        self.moved_by_hand();
    }

    fn turn(self: &Rc<Self>, turn: Turn) {
        self.camera.set(self.camera.get().turned(turn));
        self.moved_by_hand();
    }

    fn moved_by_hand(self: &Rc<Self>) {
        self.scene.borrow_mut().scales(clock::now());
        self.by_hand.set(true);
        self.ask_frame();
    }

    fn ask_frame(self: &Rc<Self>) {
        if self.asked.replace(true) {
            return;
        }
        let weak = Rc::downgrade(self);
        next_frame(move || {
            let Some(screen) = weak.upgrade() else { return };
            screen.asked.set(false);
            let more = {
                let played = screen.played.borrow();
                screen.scene.borrow_mut().paint(&played.board, screen.camera.get(), clock::now())
            };
            if more {
                screen.ask_frame();
            }
        });
    }

    /// Where one is, as numbers from 1: the page, and how many there are.
    fn pages(&self) -> (usize, usize) {
        let played = self.played.borrow();
        let pages = played.board.pages();
        (pages.iter().position(|page| page.id == self.page.get()).unwrap_or(0) + 1, pages.len())
    }

    /// What is written on the page, from top to bottom.
    fn words(&self) -> Vec<String> {
        written(&self.played.borrow().board, self.page.get()).into_iter().map(|told| told.words).collect()
    }
}

/// Hears hands and the size of the place for as long as it lives.
struct Mounted {
    screen: Rc<Screen>,
    _pointers: Pointers,
    _wheel: Wheel,
    _size: SizeWatch,
}

fn mount(place: &Place, by_hand: RwSignal<bool>) -> Option<Mounted> {
    let screen = Screen::new(place, by_hand)?;
    screen.resize(place);
    let weak = Rc::downgrade(&screen);
    let pointers = Pointers::over(place, move |told| {
        let Some(screen) = weak.upgrade() else { return };
        let deeds = screen.gestures.borrow_mut().hear(told);
        deeds.into_iter().for_each(|deed| screen.perform(deed));
    });
    let weak = Rc::downgrade(&screen);
    let wheel = Wheel::over(place, move |turn| {
        if let Some(screen) = weak.upgrade() {
            screen.turn(turn);
        }
    });
    let (weak, of) = (Rc::downgrade(&screen), place.clone());
    let size = SizeWatch::of(place, move || {
        if let Some(screen) = weak.upgrade() {
            screen.resize(&of);
        }
    });
    Some(Mounted { screen, _pointers: pointers, _wheel: wheel, _size: size })
}

/// The board of `tape` at the moment of the reel.
#[component]
pub fn ReplayBoard(reel: Reel, tape: Tape) -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    let place = NodeRef::<html::Div>::new();
    let by_hand = RwSignal::new(false);
    let mounted = StoredValue::new_local(None::<Mounted>);
    let with_screen = move |look: &dyn Fn(&Rc<Screen>)| {
        mounted.with_value(|mounted| mounted.iter().for_each(|mounted| look(&mounted.screen)));
    };
    let (pages, words) = (RwSignal::new((1, 1)), RwSignal::new(Vec::new()));
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        mounted.set_value(mount(&place, by_hand));
    });
    Effect::new(move || {
        place.track();
        tape.come.track();
        let moment = tape.moment(reel.time());
        with_screen(&|screen| {
            screen.go(tape, moment);
            let now = screen.pages();
            if pages.get_untracked() != now {
                pages.set(now);
            }
        });
    });
    Effect::new(move || {
        // Read out they are where one stops; told with every stroke they would be a noise.
        if !reel.is_playing() {
            reel.at();
            with_screen(&|screen| words.set(screen.words()));
        }
    });
    Effect::new(move || {
        preferences.track_theme();
        // The page has the theme after this turn.
        page::later(0, move || {
            if mounted.try_with_value(|_| ()).is_some() {
                with_screen(&|screen| {
                    screen.scene.borrow_mut().read_inks();
                    screen.ask_frame();
                });
            }
        });
    });
    let name = move || {
        let (page, pages) = pages.get();
        t_string!(i18n, board.name, page = page, pages = pages).to_string()
    };
    view! {
        <main class="board" id="main" tabindex="-1" data-tool="hand">
            <div class="board-surface" node_ref=place role="img" aria-label=name aria-describedby="board-words">
                <canvas></canvas>
                <canvas></canvas>
            </div>
            <section class="visually-hidden" id="board-words" aria-label=move || t_string!(i18n, board.words)>
                <Show when=move || words.with(Vec::is_empty)><p>{t!(i18n, board.no_words)}</p></Show>
                <ul>{move || words.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            </section>
            <nav class="board-pages" aria-label=move || t_string!(i18n, board.pages)>
                <span class="number small">{move || { let (page, pages) = pages.get(); t_string!(i18n, board.page_of, page = page, pages = pages).to_string() }}</span>
                <Show when=move || by_hand.get()>
                    <button class="button" data-size="small" type="button" on:click=move |_| { by_hand.set(false); with_screen(&Screen::look_anew); }>{t!(i18n, replay.follow)}</button>
                </Show>
            </nav>
        </main>
    }
}
