//! The textbooks of a region, volume by volume.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::access::keeps_textbooks;
use shared::api::{PutVolume, PutVolumeAnswer, RenamedTaxon, VolumeText};
use shared::library::outline::{UnitPlan, VolumeChange, VolumePlan, read_outline, write_outline};
use shared::library::{Taxon, TaxonSort, Taxonomy};
use shared::words::{RegionId, TaxonId};

use super::caller::Body;
use super::library::region_of;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::taxonomies::{NotPut, VolumeWish, state};
use crate::library::words::plain;
use crate::store::By;

pub async fn show(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(volume): Path<String>,
) -> Result<Json<VolumeText>, Refusal> {
    let region = kept_by(&app, &caller)?;
    let taxonomy = app.taxonomies.of(&region);
    let id: TaxonId = volume.parse().map_err(|_| Refusal::NotFound)?;
    let volume = taxonomy.get(&id).filter(|node| node.sort == TaxonSort::Volume).ok_or(Refusal::NotFound)?;
    let edition = volume.parent.as_ref().and_then(|parent| taxonomy.get(parent));
    Ok(Json(VolumeText {
        volume: volume.id.clone(),
        edition: edition.map(|edition| edition.name.clone()).unwrap_or_default(),
        name: volume.name.clone(),
        subject: volume.subject.clone(),
        grade: volume.grade.clone(),
        outline: write_outline(&units(&taxonomy, volume)),
        read: state(&taxonomy, volume),
    }))
}

pub async fn put(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(put): Body<PutVolume>,
) -> Result<Json<PutVolumeAnswer>, Refusal> {
    let region = kept_by(&app, &caller)?;
    let PutVolume { volume, edition, name, subject, grade, outline, read, only_ask } = put;
    let units = read_outline(&outline).map_err(|_| Refusal::NotAVolume)?;
    let said = [&edition, &name, &subject, &grade].map(|text| plain(text).trim().to_owned());
    if said[..3].iter().any(String::is_empty) || said.iter().any(|text| text.chars().count() > Taxonomy::MAX_NAME_CHARS)
    {
        return Err(Refusal::NotAVolume);
    }
    let [edition, name, subject, grade] = said;
    let plan = VolumePlan { edition, name, subject, grade, units };
    let wish = VolumeWish { volume: volume.as_ref(), plan: &plan, read: read.as_ref() };
    let by = (!only_ask).then(|| By::Judged(caller.person.clone()));
    let VolumeChange { volume: made, added, renamed, ended, stored: _ } =
        app.taxonomies.put_volume(&*app.store, &region, wish, by).await?;
    let is_there = |id: &TaxonId| app.taxonomies.of(&region).get(id).is_some();
    Ok(Json(PutVolumeAnswer {
        volume: made.filter(is_there),
        added,
        renamed: renamed.into_iter().map(|(before, after)| RenamedTaxon { before, after }).collect(),
        ended: ended.into_iter().map(|node| node.name).collect(),
    }))
}

pub async fn end(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(volume): Path<String>,
) -> Result<StatusCode, Refusal> {
    let region = kept_by(&app, &caller)?;
    let volume: TaxonId = volume.parse().map_err(|_| Refusal::NotFound)?;
    app.taxonomies.end_volume(&*app.store, &region, &volume, By::Judged(caller.person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's region, if its textbooks are theirs to keep.
fn kept_by(app: &App, caller: &Caller) -> Result<RegionId, Refusal> {
    let directory = app.store.directory();
    let region = region_of(&directory, &caller.person);
    region.filter(|id| keeps_textbooks(&directory, &caller.person, id, clock::now())).ok_or(Refusal::NotYours)
}

fn units(taxonomy: &Taxonomy, volume: &Taxon) -> Vec<UnitPlan> {
    let lessons = |unit: &Taxon| taxonomy.under(Some(&unit.id)).into_iter().map(|node| node.name.clone()).collect();
    let unit = |node: &Taxon| UnitPlan { name: node.name.clone(), lessons: lessons(node) };
    taxonomy.under(Some(&volume.id)).into_iter().map(unit).collect()
}

impl From<NotPut> for Refusal {
    fn from(not: NotPut) -> Self {
        match not {
            NotPut::NoSuchVolume => Refusal::NotFound,
            NotPut::Stale => Refusal::StaleForm,
            NotPut::NotATaxonomy(_) => Refusal::NotAVolume,
            NotPut::Store(error) => error.into(),
        }
    }
}
