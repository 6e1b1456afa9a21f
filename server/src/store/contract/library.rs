//! What every store must do for the library: what is found, items and their uses, collections, what is said, lent and kept.

use shared::api::Author;
use shared::library::{
    FileFacts, FileKind, ItemKind, Licence, LoanState, Placing, RemarkKind, Tag, Taxon, TaxonSort, TermName, Topic,
    Verdict,
};
use shared::words::{ItemId, UploadId};

use super::*;
use crate::store::{
    Account, Begun, CollectionHandle, CollectionQuery, Curation, DocumentText, Entered, Findable, ItemHandle,
    LineContent, LoanDecision, NewCollection, NewItem, NewLoan, NewRemark, NewSubstance, NewUpload, NewUse, NewVersion,
    NewsOf, NewsReach, Said, Saved, Settled, StoredFile, StoredState, ThreadPage, Words,
};

const HOUR: i64 = 3_600_000;

fn at(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn words(title: &str) -> Words {
    Words {
        kind: ItemKind::LessonDesign,
        title: Title::new(title).unwrap(),
        description: "用纸条折一折".to_owned(),
        authors: vec![Author::Person(id("ann")), Author::Name("王老师".to_owned())],
        licence: Licence::ALL[0],
        source: String::new(),
        placing: Placing { subject: "数学".to_owned(), taxon: Some(id("unit")), ..Placing::default() },
        tags: vec![Tag::new("分数").unwrap(), Tag::new("Paper").unwrap()],
    }
}

fn version(by: &str, note: &str, substance: NewSubstance) -> NewVersion {
    NewVersion { by: id(by), at: NOW, note: note.to_owned(), substance }
}

/// Ann's item on the school's shelf; its id and title are the same word.
async fn put_in(store: &dyn Store, name: &str, substance: NewSubstance) {
    let item = NewItem {
        id: id(name),
        words: words(name),
        author: id("ann"),
        shelf: id("school:school"),
        school: Some(id("school")),
        adapted_from: None,
        wish: None,
        version: version("ann", "", substance),
    };
    assert!(store.add_item(item).await.unwrap());
}

async fn open(store: &dyn Store, person: &str, item: &str) -> ItemHandle {
    ItemHandle::open(store, &id(person), &id(item)).await.unwrap().unwrap()
}

/// Each change of what is shown or judged has a stamp of its own, in the order of the changes; nothing else has one.
pub async fn whatever_changes_is_stamped_in_its_order(store: &dyn Store) {
    let begun = store.stamp().await.unwrap();
    put_in(store, "item", NewSubstance::Nothing).await;
    let after_item = store.stamp().await.unwrap();
    let plan = handle(store, "ann", "plan").await.unwrap();
    store.rename(plan.managing().unwrap(), &Title::new("周长").unwrap()).await.unwrap();
    let shares = [Share { with: Grantee::Person(id("bob")), right: Right::View }];
    store.set_shares(plan.managing().unwrap(), &shares, None, NOW).await.unwrap();
    append(store, vec![update("plan", 2, "two")]).await;
    let after_shares = store.stamp().await.unwrap();
    assert!(begun < after_item && after_item < after_shares);
    let entries = store.entries_after((begun, 0), 10).await.unwrap();
    let named: Vec<_> = entries
        .iter()
        .map(|entry| match entry.what.as_ref().unwrap() {
            Findable::Item(item) => item.id.to_string(),
            Findable::Question(question) => question.id.to_string(),
            Findable::Collection(collection, lines) => format!("{} {}", collection.id, lines.len()),
            Findable::Document { title, access, .. } => format!("{} {}", title.as_str(), access.shares.len()),
        })
        .collect();
    assert_eq!(named, ["item", "周长 1"]);
    assert_eq!(entries[1].stamp, after_shares);
    store.set_document_texts(&[plan_text(NOW, &[])]).await.unwrap();
    let with_text = store.stamp().await.unwrap();
    assert!(with_text > after_shares);
    store.set_document_texts(&[plan_text(at(1), &[])]).await.unwrap();
    assert_eq!(store.stamp().await.unwrap(), with_text, "the same text is no change");
    let numbers: Vec<u32> = entries.iter().map(|entry| entry.number).collect();
    let texts = store.entry_texts(&numbers, 4).await.unwrap();
    assert_eq!((texts[&numbers[0]].as_str(), texts[&numbers[1]].as_str()), ("用纸条折", "周长是一"));
    assert!(store.unread_documents(at(HOUR), NOW, 10).await.unwrap().is_empty());
}

fn plan_text(at: UnixMillis, items: &[&str]) -> DocumentText {
    let items = items.iter().map(|item| id(item)).collect();
    DocumentText { document: id("plan"), at, text: "周长是一周的长".to_owned(), items }
}

/// What is put in comes back, changes only at its revision, and has its versions, newest first.
pub async fn items_keep_their_words_and_versions(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    let stored = store.items(&[id("absent"), id("item")]).await.unwrap();
    assert!(stored.len() == 1 && stored[0].words == words("item") && stored[0].bytes == 0);
    let item = open(store, "ann", "item").await;
    let renamed = words("周长 Perimeter");
    assert!(store.change_item(item.tending().unwrap(), &renamed, 0, at(1)).await.unwrap());
    assert!(!store.change_item(item.tending().unwrap(), &words("late"), 0, at(2)).await.unwrap());
    let image =
        super::super::ItemImage { blob: blob(3), media_type: "image/png".to_owned(), width: 4, height: 3, bytes: 70 };
    let written = NewSubstance::Written {
        document: id("plan"),
        content: "{}".to_owned(),
        text: "线\n绳".to_owned(),
        images: vec![image.clone()],
    };
    let number = store.add_version(item.tending().unwrap(), version("bob", "改了", written)).await.unwrap();
    assert_eq!(number, Some(2));
    let versions = store.versions(&item).await.unwrap();
    let known: Vec<_> = versions.iter().map(|one| (one.number, one.author.as_str(), one.written)).collect();
    assert_eq!(known, [(2, "bob", true), (1, "ann", false)]);
    assert_eq!(store.content(&item, 2).await.unwrap().as_deref(), Some("{}"));
    assert_eq!(store.content(&item, 1).await.unwrap(), None);
    assert_eq!(store.said_in(&item, 2).await.unwrap(), "线\n绳");
    assert_eq!(store.item_images(&item).await.unwrap(), [image]);
    let plan = handle(store, "ann", "plan").await.unwrap();
    assert_eq!(store.published_from(&plan, 5).await.unwrap()[0].words, renamed);
    store.bin_item(item.keeping().unwrap(), at(3)).await.unwrap();
    assert!(store.items(&[id("item")]).await.unwrap()[0].binned.is_some());
    assert_eq!(store.remove_binned(at(4), at(5), 10).await.unwrap(), 1);
    assert_eq!(store.blobs_left().await.unwrap(), [blob(3)]);
    assert!(store.items(&[id("item")]).await.unwrap().is_empty());
    assert!(store.item_facts(&id("item")).await.unwrap().is_none());
}

fn blob(letter: u8) -> BlobId {
    blake3::hash(&[letter]).to_hex().to_string().parse().unwrap()
}

/// The same deed is noted once; adopters are counted as people, and not the author.
pub async fn uses_are_noted_once_and_counted_by_people(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    let used = |person: &str, deed: shared::api::Deed| NewUse {
        item: id("item"),
        version: 1,
        deed,
        person: id(person),
        school: Some(id("school")),
        document: None,
        adapted: None,
        quote: "“折”".to_owned(),
        at: NOW,
    };
    use shared::api::Deed::{Cited, Copied, Downloaded};
    for (person, deed) in [("bob", Copied), ("bob", Copied), ("bob", Cited), ("ann", Copied), ("eve", Downloaded)] {
        store.note_use(used(person, deed)).await.unwrap();
    }
    let item = open(store, "ann", "item").await;
    assert_eq!(store.use_counts(&item).await.unwrap(), (1, 1));
    let uses = store.uses(&item, 10).await.unwrap();
    let newest: Vec<_> = uses.iter().map(|one| (one.person.as_str(), one.deed)).collect();
    assert_eq!(newest, [("eve", Downloaded), ("ann", Copied), ("bob", Cited), ("bob", Copied)]);
    assert_eq!(store.uses_since(&[id("item")], NOW, 10).await.unwrap().len(), 2);
    assert!(store.uses_with(&id("school"), 10).await.unwrap().is_empty(), "within one school");
}

/// What was taken into a document counts as long as that leads to the item and is not in the bin, whichever came first; in
/// one document it is noted once, whatever the version.
pub async fn uses_count_while_their_document_holds_them(store: &dyn Store) {
    for item in ["item", "other"] {
        put_in(store, item, NewSubstance::Nothing).await;
    }
    let used = |item: &str, person: &str, deed: shared::api::Deed, version: u32| NewUse {
        item: id(item),
        version,
        deed,
        person: id(person),
        school: Some(id("other-school")),
        document: Some(id("plan")),
        adapted: None,
        quote: String::new(),
        at: NOW,
    };
    let (item, other) = (open(store, "ann", "item").await, open(store, "ann", "other").await);
    let counts = async || {
        let (adopters, _) = store.use_counts(&item).await.unwrap();
        let told = store.uses(&item, 10).await.unwrap().len();
        let since = store.uses_since(&[id("item")], NOW, 10).await.unwrap().len();
        assert_eq!(store.use_counts(&other).await.unwrap().0, 0, "nothing leads to the other");
        (adopters, told, since)
    };
    use shared::api::Deed::{Cited, Copied};
    for version in [1, 2, 1] {
        store.note_use(used("item", "bob", Cited, version)).await.unwrap();
        store.note_use(used("other", "bob", Cited, version)).await.unwrap();
    }
    assert_eq!(counts().await, (0, 0, 0), "nobody has seen it there");
    store.set_document_texts(&[plan_text(at(1), &["item"])]).await.unwrap();
    assert_eq!(counts().await, (1, 1, 1));
    store.note_use(used("item", "eve", Copied, 1)).await.unwrap();
    assert_eq!(counts().await, (2, 2, 2), "it was seen before it was noted");
    let stamp = store.stamp().await.unwrap();
    store.set_document_texts(&[plan_text(at(2), &["item"])]).await.unwrap();
    assert_eq!(store.stamp().await.unwrap(), stamp, "nothing is counted anew");
    let plan = handle(store, "ann", "plan").await.unwrap();
    store.move_to_bin(plan.managing().unwrap(), at(3)).await.unwrap();
    assert_eq!(counts().await, (0, 0, 0), "nobody's work");
    store.take_from_bin(plan.managing().unwrap(), at(4)).await.unwrap();
    assert_eq!(counts().await, (2, 2, 2));
    store.set_document_texts(&[plan_text(at(5), &["absent"])]).await.unwrap();
    assert_eq!(counts().await, (0, 0, 0), "it was deleted there");
}

/// A collection is saved at its revision only; lines keep their order; it is found by its title, large letters or small.
pub async fn collections_keep_their_lines_in_order(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    put_in(store, "other", NewSubstance::Nothing).await;
    let collection = NewCollection {
        id: id("collection"),
        title: Title::new("分数 Paper_1").unwrap(),
        description: String::new(),
        author: id("ann"),
        shelf: id("school:school"),
        lines: vec![LineContent::Heading("先看".to_owned()), line_of("item")],
        wish: None,
        at: NOW,
    };
    store.add_collection(collection).await.unwrap();
    let open = async || CollectionHandle::open(store, &id("ann"), &id("collection")).await.unwrap().unwrap();
    let handle = open().await;
    assert_eq!(store.add_line(handle.curating().unwrap(), &id("other"), "", at(1)).await.unwrap(), Saved::Stored);
    assert_eq!(store.add_line(handle.curating().unwrap(), &id("other"), "", at(1)).await.unwrap(), Saved::Stored);
    let lines = store.lines(&handle).await.unwrap();
    let contents: Vec<_> = lines.iter().map(|line| line.content.clone()).collect();
    assert_eq!(contents, [LineContent::Heading("先看".to_owned()), line_of("item"), line_of("other")]);
    let turned = |revision| Curation {
        title: Title::new("分数 Paper_1").unwrap(),
        description: String::new(),
        lines: lines.iter().rev().map(|line| (Some(line.id.clone()), line.content.clone())).collect(),
        seen: lines.iter().map(|line| line.id.clone()).collect(),
        revision,
    };
    assert_eq!(store.change_collection(handle.curating().unwrap(), turned(0), at(2)).await.unwrap(), Saved::Stale);
    assert_eq!(store.change_collection(handle.curating().unwrap(), turned(1), at(2)).await.unwrap(), Saved::Stored);
    assert_eq!(store.lines(&handle).await.unwrap()[0].content, line_of("other"));
    let items = store.items_in(&[id("collection")]).await.unwrap();
    let items: Vec<_> = items[&id("collection")].iter().map(|(item, _)| item.as_str()).collect();
    assert_eq!(items, ["other", "item"]);
    for (asked, found) in [("paper_", 1), ("PAPER", 1), ("分", 1), ("perX", 0), ("%", 0), ("", 1)] {
        let query = CollectionQuery {
            shelves: [id("school:school")].into(),
            words: asked.to_owned(),
            binned: false,
            after: None,
            limit: 5,
        };
        assert_eq!(store.collections_on(&query).await.unwrap().len(), found, "{asked}");
    }
}

fn line_of(item: &str) -> LineContent {
    LineContent::Item { item: id(item), note: String::new() }
}

/// One menu a shelf and term; what is new is told newest first, page by page, and never to whoever made it.
pub async fn menus_and_news_are_told_to_others(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    put_in(store, "other", NewSubstance::Nothing).await;
    put(store, [Record::Seat(seat("ann", "school:school", "head"))]).await;
    let term: TermName = "2026-autumn".parse().unwrap();
    for (name, time) in [("first", 10), ("second", 20)] {
        let collection = NewCollection {
            id: id(name),
            title: Title::new(name).unwrap(),
            description: String::new(),
            author: id("bob"),
            shelf: id("school:school"),
            lines: Vec::new(),
            wish: None,
            at: at(time),
        };
        store.add_collection(collection).await.unwrap();
        let handle = CollectionHandle::open(store, &id("ann"), &id(name)).await.unwrap().unwrap();
        for item in ["other", "item"] {
            store.add_line(handle.curating().unwrap(), &id(item), "", at(time + 5)).await.unwrap();
        }
        store.publish_menu(handle.publishing(&store.directory()).unwrap(), term, at(time + 7)).await.unwrap();
    }
    let menus = store.menus_of(&[id("school:school")], term).await.unwrap();
    assert_eq!(menus.iter().map(|menu| menu.collection.as_str()).collect::<Vec<_>>(), ["second"]);
    assert_eq!(store.terms_of(&[id("first"), id("second")]).await.unwrap()[&id("second")], [term]);
    let news = async |person: &str, before: Option<(UnixMillis, String)>| {
        let (collections, shelves) = (vec![id("first"), id("second")], [id("school:school")].into());
        let reach = NewsReach { person: id(person), shelves, collections, since: NOW, before, limit: 2 };
        store.news(&reach).await.unwrap()
    };
    let mut told = Vec::new();
    let mut before = None;
    loop {
        let page = news("eve", before).await;
        let Some(last) = page.last() else { break };
        before = Some((last.at, last.key.clone()));
        told.extend(page);
    }
    let kinds: Vec<_> = told
        .iter()
        .map(|one| match &one.of {
            NewsOf::Menu { collection, .. } => format!("menu {collection}"),
            NewsOf::Lines { collection, items } => {
                format!("{collection} has {}", items.iter().map(ItemId::as_str).collect::<Vec<_>>().join(" "))
            }
            NewsOf::Collection(collection) => format!("collection {collection}"),
            NewsOf::Version { item, .. } => format!("item {item}"),
        })
        .collect();
    let expected = [
        "menu second",
        "second has other item",
        "collection second",
        "first has other item",
        "collection first",
        "item other",
        "item item",
    ];
    assert_eq!(kinds, expected);
    assert!(news("ann", None).await.iter().all(|one| one.by != id("ann")));
    let topic: Topic = "subject:数学".parse().unwrap();
    assert!(store.subscribe(&id("eve"), &topic, 1, NOW).await.unwrap());
    assert!(store.subscribe(&id("eve"), &topic, 1, NOW).await.unwrap(), "it is one");
    assert!(!store.subscribe(&id("eve"), &Topic::Subject("语文".to_owned()), 1, NOW).await.unwrap());
    assert_eq!(store.subscriptions(&id("eve")).await.unwrap(), [topic]);
    for seen in [5, 3] {
        store.mark_seen(&id("eve"), at(seen)).await.unwrap();
    }
    assert_eq!(store.seen_up_to(&id("eve")).await.unwrap(), Some(at(5)));
}

fn remark(name: &str, root: Option<&str>, kind: RemarkKind, for_item: bool) -> NewRemark {
    NewRemark { id: id(name), root: root.map(id), kind, text: name.to_owned(), at: NOW, for_item, correction: None }
}

/// What is said twice under one name is said once; an answer answers; who takes a rating anew has one.
pub async fn what_is_said_is_said_once(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    put(store, [Record::Seat(seat("eve", "school:school", "teacher"))]).await;
    let (ann, bob) = (open(store, "ann", "item").await, open(store, "bob", "item").await);
    let say = async |by: &ItemHandle, new: NewRemark| store.say(by.speaking().unwrap(), new).await.unwrap();
    assert_eq!(say(&bob, remark("why", None, RemarkKind::Question, false)).await, Said::Now);
    assert_eq!(say(&bob, remark("why", None, RemarkKind::Question, false)).await, Said::Before);
    assert_eq!(say(&ann, remark("why", None, RemarkKind::Question, false)).await, Said::Foreign);
    assert_eq!(say(&bob, remark("lost", Some("nowhere"), RemarkKind::Remark, false)).await, Said::NoThread);
    assert_eq!(store.talk_counts(&bob).await.unwrap().open_questions, 1);
    let waits = store.waiting(&id("ann"), &[id("school:school")], NOW, 10).await.unwrap();
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!(say(&ann, remark("because", Some("why"), RemarkKind::Remark, true)).await, Said::Now);
    assert_eq!(say(&bob, remark("thanks", None, RemarkKind::Thanks, false)).await, Said::Now);
    assert_eq!(say(&bob, remark("again", None, RemarkKind::Thanks, false)).await, Said::ThankedBefore);
    let page = ThreadPage { limit: 10, ..ThreadPage::default() };
    let threads = store.threads(&bob, page).await.unwrap();
    let shown: Vec<_> = threads.iter().map(|thread| (thread.id.as_str(), thread.answered)).collect();
    assert_eq!(shown, [("thanks", false), ("why", true)]);
    assert_eq!(store.replies(&bob, &[id("why")], 0, 5).await.unwrap()[0].id, id("because"));
    assert!(store.take_back(bob.speaking().unwrap(), &id("thanks"), at(1)).await.unwrap());
    let counts = store.talk_counts(&bob).await.unwrap();
    assert_eq!((counts.threads, counts.thanks, counts.open_questions), (1, 0, 0));
    for (verdict, words) in [(Verdict::Idea, "先"), (Verdict::Ready, "后")] {
        store.rate(bob.speaking().unwrap(), verdict, words, NOW).await.unwrap();
    }
    store.rate(ann.speaking().unwrap(), Verdict::Ready, "mine", NOW).await.unwrap();
    assert_eq!(store.rating_counts(&bob).await.unwrap(), [(Verdict::Ready, 1)].into());
    assert_eq!(store.rating_of(&bob, &id("bob")).await.unwrap().unwrap().words, "后");
    for time in [5, 3] {
        store.read_answers(&id("bob"), at(time)).await.unwrap();
    }
    assert_eq!(store.answers_read(&id("bob")).await.unwrap(), at(5));
}

/// No two have a half hour of the same thing, whoever agrees to it and when.
pub async fn nobody_borrows_what_another_has(store: &dyn Store) {
    put_in(store, "item", NewSubstance::Nothing).await;
    put(store, [Record::Seat(seat("eve", "school:school", "teacher"))]).await;
    let (ann, bob, eve) =
        (open(store, "ann", "item").await, open(store, "bob", "item").await, open(store, "eve", "item").await);
    let loan = |name: &str, from: i64, to: i64| NewLoan {
        id: id(name),
        since: UnixMillis(from * HOUR),
        until: UnixMillis(to * HOUR),
        purpose: "公开课".to_owned(),
        at: NOW,
    };
    let ask = async |by: &ItemHandle, new: NewLoan| store.ask_loan(by.speaking().unwrap(), &new).await.unwrap();
    assert_eq!(ask(&bob, loan("bobs", 10, 12)).await, Entered::Now);
    assert_eq!(ask(&bob, loan("bobs", 10, 12)).await, Entered::Before);
    assert_eq!(ask(&eve, loan("eves", 11, 13)).await, Entered::Now, "both may ask");
    let decide = async |name: &str, state: LoanState| {
        let decision = LoanDecision { state, words: String::new(), at: at(1) };
        store.decide_loan(ann.keeping().unwrap(), &id(name), &decision).await.unwrap()
    };
    assert_eq!(decide("bobs", LoanState::Agreed).await, Settled::Now);
    assert_eq!(decide("bobs", LoanState::Agreed).await, Settled::Before);
    assert_eq!(decide("eves", LoanState::Agreed).await, Settled::Taken);
    assert_eq!(ask(&eve, loan("late", 11, 14)).await, Entered::Taken);
    assert_eq!(ask(&eve, loan("after", 12, 13)).await, Entered::Now, "it begins where the other ends");
    assert_eq!(decide("bobs", LoanState::Returned).await, Settled::Now);
    assert_eq!(decide("eves", LoanState::Agreed).await, Settled::Now, "the time is free again");
    let calendar = store.loans_between(&ann, UnixMillis(0), UnixMillis(20 * HOUR), 10).await.unwrap();
    assert_eq!(calendar.iter().map(|loan| loan.id.as_str()).collect::<Vec<_>>(), ["bobs", "eves", "after"]);
    store.lapse_loans(ann.keeping().unwrap(), &[id("eve")], at(2)).await.unwrap();
    assert!(store.borrowers(&id("item")).await.unwrap().is_empty());
}

/// Room is held while bytes come, counted once a file, and given back; a file that somebody has is not forgotten.
pub async fn room_is_held_and_given_back(store: &dyn Store) {
    let account = Account::School(id("school"));
    let now = crate::clock::now();
    let upload = |name: &str, bytes: u64| NewUpload {
        id: id::<UploadId>(name),
        person: id("ann"),
        account: account.clone(),
        name: "公开课.mp4".to_owned(),
        bytes,
        at: now,
    };
    store.set_quota(&id("school"), Some(1_000), By::Server, NOW).await.unwrap();
    assert_eq!(store.begin_upload(&upload("one", 600)).await.unwrap(), Begun::Begun);
    assert!(
        matches!(store.begin_upload(&upload("two", 600)).await.unwrap(), Begun::NoRoom(usage) if usage.used == 600)
    );
    assert!(store.upload_is_whole(&id("one"), now).await.unwrap());
    let file = StoredFile {
        blob: blob(1),
        bytes: 600,
        claim: "nothing".to_owned(),
        facts: FileFacts::of(FileKind::ALL[0]),
        text: "面积".to_owned(),
        thumbnail: Some(blob(2)),
        checked: NOW,
    };
    assert!(store.upload_is_ready(&id("one"), &file).await.unwrap());
    assert!(!store.upload_is_ready(&id("one"), &file).await.unwrap());
    assert!(matches!(store.upload(&id("one")).await.unwrap().unwrap().state, StoredState::Ready { .. }));
    assert_eq!(store.begin_known(&upload("same", 600), &file).await.unwrap(), Some(Begun::Begun), "it counts once");
    assert_eq!(
        store.begin_known(&upload("none", 5), &StoredFile { blob: blob(9), bytes: 5, ..file.clone() }).await.unwrap(),
        None
    );
    put_in(store, "item", NewSubstance::Uploads(vec![id("one")])).await;
    let again = NewItem {
        id: id("again"),
        words: words("again"),
        author: id("ann"),
        shelf: id("school:school"),
        school: None,
        adapted_from: None,
        wish: None,
        version: version("ann", "", NewSubstance::Uploads(vec![id("one")])),
    };
    assert!(!store.add_item(again).await.unwrap(), "it is used up");
    assert!(store.item_facts(&id("again")).await.unwrap().is_none());
    assert_eq!(store.made_of_upload(&id("one"), &id("ann")).await.unwrap(), Some(id("item")));
    assert_eq!(store.items(&[id("item")]).await.unwrap()[0].bytes, 600);
    assert_eq!(store.usage(&account).await.unwrap().used, 600);
    assert!(store.files_left(at(1)).await.unwrap().is_empty());
    store.forget_file(&blob(1)).await.unwrap();
    assert!(store.file(&blob(1)).await.unwrap().is_some() && store.blobs_left().await.unwrap().is_empty());
    assert!(store.end_upload(&id("same")).await.unwrap());
    let item = open(store, "ann", "item").await;
    store.bin_item(item.keeping().unwrap(), NOW).await.unwrap();
    assert_eq!(store.usage(&account).await.unwrap().binned, 600);
    assert_eq!(store.remove_binned(at(1), at(2), 5).await.unwrap(), 1);
    assert_eq!(store.usage(&account).await.unwrap().used, 0);
    assert_eq!(store.files_left(at(1)).await.unwrap(), [blob(1)]);
    store.forget_file(&blob(1)).await.unwrap();
    let free = store.blobs_left().await.unwrap();
    let mut both = vec![blob(1), blob(2)];
    both.sort();
    assert_eq!(free, both);
}

/// Textbooks are replaced by their ids; what lies at a changed place is found anew.
pub async fn textbooks_change_and_what_lies_there_is_found_anew(store: &dyn Store) {
    let taxon = |name: &str, title: &str| Taxon {
        id: id(name),
        parent: None,
        sort: TaxonSort::Unit,
        name: title.to_owned(),
        subject: "数学".to_owned(),
        grade: String::new(),
        position: 1,
        ended: false,
    };
    store.set_taxa(&id("region"), &[taxon("unit", "八 分数"), taxon("other", "一 时间")]).await.unwrap();
    put_in(store, "item", NewSubstance::Nothing).await;
    let before = store.stamp().await.unwrap();
    let line = AuditEntry {
        by: By::Server,
        at: NOW,
        act: "taxa.changed".into(),
        subject: "region:region".to_owned(),
        details: serde_json::json!({}),
    };
    let ended = Taxon { ended: true, ..taxon("other", "一 时间") };
    let changed = [taxon("unit", "八 分数的初步认识"), ended.clone()];
    store.put_taxa(&id("region"), &changed, &[id("unit")], line).await.unwrap();
    let mut taxa = store.taxa(&id("region")).await.unwrap();
    taxa.sort_by(|one, other| other.id.cmp(&one.id));
    assert_eq!(taxa, changed);
    assert_eq!(store.entries_after((before, 0), 5).await.unwrap().len(), 1);
    assert!(store.taxa(&id("absent")).await.unwrap().is_empty());
}
