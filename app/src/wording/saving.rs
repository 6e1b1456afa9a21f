//! How safe the last keystroke is, in words and cells: this tab → this device → the server.

use shared::sync::client::{Line, Saving, StopReason};
use shared::words::UnixMillis;

/// The cell that the last edit has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    Tab,
    Device,
    Server,
}

impl Reached {
    pub fn name(self) -> &'static str {
        match self {
            Reached::Tab => "tab",
            Reached::Device => "device",
            Reached::Server => "server",
        }
    }
}

/// What to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Being written.
    Writing,
    /// Only in this tab: this device takes nothing any more.
    DeviceFull,
    /// Only in this tab, but on its way.
    DeviceFullUploading,
    /// On this device, going up.
    Uploading,
    /// On this device, without a line.
    Waiting,
    /// On this device, and it can't go into the document: a draft.
    SetAside,
    /// On this device; the server can't store for now.
    ServerTrouble,
    /// On the server since then.
    Saved(UnixMillis),
    /// Nothing was written on this page yet.
    AllSaved,
}

impl Said {
    /// Whether something is not safe, or does not go up by itself.
    pub fn is_warning(self) -> bool {
        match self {
            Said::DeviceFull | Said::DeviceFullUploading | Said::SetAside | Said::ServerTrouble => true,
            Said::Writing | Said::Uploading | Said::Waiting | Said::Saved(_) | Said::AllSaved => false,
        }
    }
}

/// The third cell fills only when the server has everything for good.
pub fn say(saving: &Saving, line: Line) -> (Reached, Said) {
    let connected = match line {
        Line::Online | Line::Weak => true,
        Line::Connecting | Line::Offline | Line::Stopped(_) => false,
    };
    if saving.in_tab > 0 {
        let said = match (saving.device_full, connected) {
            (false, _) => Said::Writing,
            (true, true) => Said::DeviceFullUploading,
            (true, false) => Said::DeviceFull,
        };
        (Reached::Tab, said)
    } else if saving.on_device > 0 {
        let stays = match line {
            Line::Stopped(
                StopReason::NoRight | StopReason::EpochChanged | StopReason::Refused(_) | StopReason::Protocol,
            ) => true,
            Line::Stopped(StopReason::SessionEnded | StopReason::StartAfresh) => false,
            Line::Connecting | Line::Online | Line::Weak | Line::Offline => false,
        };
        let said = if stays {
            Said::SetAside
        } else if saving.trouble.is_some() {
            Said::ServerTrouble
        } else if connected || line == Line::Connecting {
            Said::Uploading
        } else {
            Said::Waiting
        };
        (Reached::Device, said)
    } else {
        (Reached::Server, saving.on_server.map_or(Said::AllSaved, Said::Saved))
    }
}

/// Bars of the line sign, 0 to 4, and whether it is a warning.
pub fn bars(line: Line) -> (u8, bool) {
    match line {
        Line::Online => (4, false),
        Line::Weak => (2, false),
        Line::Connecting => (1, false),
        // It comes back by itself, and what is written meanwhile is kept.
        Line::Offline => (0, false),
        Line::Stopped(_) => (0, true),
    }
}

#[cfg(test)]
mod tests {
    use shared::wire::Trouble;

    use super::*;

    fn saving(in_tab: u64, on_device: u64) -> Saving {
        Saving { in_tab, on_device, on_server: Some(UnixMillis(7)), ..Saving::default() }
    }

    #[test]
    fn the_third_cell_fills_only_when_nothing_is_left() {
        let stopped = Line::Stopped(StopReason::SessionEnded);
        let full = Saving { device_full: true, ..saving(1, 0) };
        let trouble = Saving { trouble: Some(Trouble::StorageFull), ..saving(0, 2) };
        let cases = [
            (saving(1, 0), Line::Online, (Reached::Tab, Said::Writing)),
            (saving(1, 3), Line::Offline, (Reached::Tab, Said::Writing)),
            (saving(0, 3), Line::Online, (Reached::Device, Said::Uploading)),
            (saving(0, 3), Line::Weak, (Reached::Device, Said::Uploading)),
            (saving(0, 3), Line::Connecting, (Reached::Device, Said::Uploading)),
            (saving(0, 3), Line::Offline, (Reached::Device, Said::Waiting)),
            (saving(0, 3), stopped, (Reached::Device, Said::Waiting)),
            (saving(0, 3), Line::Stopped(StopReason::NoRight), (Reached::Device, Said::SetAside)),
            (saving(0, 3), Line::Stopped(StopReason::Protocol), (Reached::Device, Said::SetAside)),
            (saving(0, 3), Line::Stopped(StopReason::StartAfresh), (Reached::Device, Said::Waiting)),
            (trouble, Line::Online, (Reached::Device, Said::ServerTrouble)),
            (full, Line::Online, (Reached::Tab, Said::DeviceFullUploading)),
            (full, Line::Offline, (Reached::Tab, Said::DeviceFull)),
            (saving(0, 0), Line::Offline, (Reached::Server, Said::Saved(UnixMillis(7)))),
            (Saving::default(), Line::Connecting, (Reached::Server, Said::AllSaved)),
        ];
        for (saving, line, expected) in cases {
            assert_eq!(say(&saving, line), expected, "{saving:?} {line:?}");
        }
    }
}
