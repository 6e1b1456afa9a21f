//! Setting up one-time passwords, and ending them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use qrcode::{Color, QrCode};
use shared::api::{ConfirmOneTime, EndOneTime, OneTimeSecret, RecoveryCodes, SetUpOneTime};
use shared::words::UserId;

use super::caller::Body;
use super::failure::Failure;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::secret::Secret;

/// Light squares around a code, without which cameras don't find it.
const QUIET_ZONE: usize = 4;

pub async fn set_up(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(SetUpOneTime { password }): Body<SetUpOneTime>,
) -> Result<Json<OneTimeSecret>, Failure> {
    let enrolment = app.accounts.set_up_one_time(&caller, Secret::new(password)).await?;
    // Revealed to their owner, for the telephone.
    let uri = enrolment.uri.reveal().to_owned();
    let code = QrCode::new(uri.as_bytes()).map_err(|_| Refusal::Internal)?;
    let qr_size = u32::try_from(code.width() + 2 * QUIET_ZONE).map_err(|_| Refusal::Internal)?;
    let secret = enrolment.base32.reveal().to_owned();
    Ok(Json(OneTimeSecret { secret, qr_path: path(&code.to_colors(), code.width()), qr_size, uri }))
}

/// The dark squares, those side by side as one: a camera sees no seam between them.
fn path(squares: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in squares.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row[x..].iter().take_while(|square| **square == Color::Dark).count();
            if dark > 0 {
                path.push_str(&format!("M{} {}h{dark}v1h-{dark}z", x + QUIET_ZONE, y + QUIET_ZONE));
            }
            x += dark.max(1);
        }
    }
    path
}

pub async fn confirm(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(ConfirmOneTime { code }): Body<ConfirmOneTime>,
) -> Result<Json<RecoveryCodes>, Failure> {
    let codes = app.accounts.confirm_one_time(&caller, &Secret::new(code)).await?;
    // Revealed to their owner, once.
    Ok(Json(RecoveryCodes { codes: codes.iter().map(|code| code.reveal().to_owned()).collect() }))
}

pub async fn end(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(EndOneTime { password, code }): Body<EndOneTime>,
) -> Result<StatusCode, Failure> {
    app.accounts.end_one_time(&caller, Secret::new(password), &Secret::new(code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn end_of(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(person): Path<String>,
) -> Result<StatusCode, Refusal> {
    let person: UserId = person.parse().map_err(|_| Refusal::NoSuchPerson)?;
    match app.accounts.end_one_time_of(&caller, &person).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::NoSuchPerson),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_code_has_every_dark_square() {
        use Color::{Dark as D, Light as L};
        assert_eq!(path(&[D, D, L, L, L, D, D, L, D], 3), "M4 4h2v1h-2zM6 5h1v1h-1zM4 6h1v1h-1zM6 6h1v1h-1z");
    }
}
