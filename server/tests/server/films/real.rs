//! With the `ffmpeg` of this machine: `cargo xtask test --only films` installs it.

use std::process::Command;

use server::library::renditions::{Encoder, NotMade};
use shared::library::FileKind;

use super::*;

/// A film or recording that the real `ffmpeg` makes of nothing.
fn made(folder: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let file = folder.join(name);
    let done = Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(arguments).arg(&file).status();
    assert!(done.expect("cargo xtask test --only films installs it").success());
    fs::read(file).unwrap()
}

/// Twelve seconds of a moving picture with a tone, 3 Mbit/s.
fn lesson(folder: &Path, name: &str, more: &[&str]) -> Vec<u8> {
    let pictures = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30", "-f", "lavfi", "-i", "sine=frequency=440"];
    made(folder, name, &[&pictures[..], &["-t", "12", "-b:v", "3000k", "-minrate", "3000k"], more].concat())
}

async fn world() -> World {
    World::with(Settings { ffmpeg: Some(Ffmpeg::InPath), ..settings() }).await
}

/// What `ffprobe` says of these bytes: codecs and sizes.
fn probed(folder: &Path, bytes: &[u8]) -> String {
    let file = folder.join("small");
    fs::write(&file, bytes).unwrap();
    let said = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_name,profile,width,height,channels", "-of", "csv=p=0"])
        .arg(&file)
        .output()
        .unwrap();
    String::from_utf8(said.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn films_and_recordings_of_usual_forms_come_out_small_and_play_from_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let world = world().await;
    let zhou = world.sign_in("zhou").await;
    let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"];
    let portrait = [&x264[..], &["-vf", "crop=404:720"]].concat();
    let tone = ["-f", "lavfi", "-i", "anoisesrc=duration=40", "-ac", "2"];
    let film = "h264,Main,640,360\naac,LC,1\n";
    let cases = [
        ("lesson.mp4", lesson(folder, "lesson.mp4", &x264), film),
        ("lesson.mkv", lesson(folder, "lesson.mkv", &x264), film),
        ("lesson.avi", lesson(folder, "lesson.avi", &["-c:v", "mpeg4", "-c:a", "mp3"]), film),
        ("lesson.wmv", lesson(folder, "lesson.wmv", &["-c:v", "wmv2", "-c:a", "wmav2", "-t", "30"]), film),
        ("held upright", lesson(folder, "upright.mp4", &portrait), "h264,Main,358,640\naac,LC,1\n"),
        ("talk.wav", made(folder, "talk.wav", &tone), "aac,LC,1\n"),
        ("talk.mp3", made(folder, "talk.mp3", &[&tone[..], &["-b:a", "320k"]].concat()), "aac,LC,1\n"),
    ];
    for (name, bytes, expected) in cases {
        let (item, _) = put_in(&zhou, &bytes, on("school", "shiyan")).await;
        all_are_looked_at(&world).await;
        let file = zhou.json(&item).await["versions"][0]["files"][0].clone();
        assert!(is_made(&file), "{name}: {file}");
        let path = format!("{item}/versions/1/files/1/small");
        let small = zhou.get(&path).await.bytes().await.unwrap();
        assert_eq!(file["small"]["bytes"], small.len(), "{name}");
        assert!(small.len() < bytes.len() / 4, "{name}: {} of {}", small.len(), bytes.len());
        assert_eq!(probed(folder, &small), expected, "{name}");
        let (index, content) = (position(&small, b"moov"), position(&small, b"mdat"));
        assert!(index < content, "{name} plays while it comes");
        let middle = small.len() / 2;
        let stretch = format!("bytes={middle}-");
        let part = zhou.request(Method::GET, &path).header("range", stretch).send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{name}");
        assert_eq!(part.bytes().await.unwrap(), small[middle..], "{name}");
    }
}

fn position(bytes: &[u8], name: &[u8]) -> usize {
    bytes.windows(name.len()).position(|window| window == name).expect("it has one")
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_film_can_not_have_another_file_or_an_address_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let secret = lesson(folder, "secret.mp4", &["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]);
    let secret_path = folder.join("secret.mp4").display().to_string();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/secret.mp4", listener.local_addr().unwrap());
    let list = |of: &str| format!("#EXTM3U\n#EXT-X-TARGETDURATION:12\n#EXTINF:12,\n{of}\n#EXT-X-ENDLIST\n");
    let hostile = [
        ("hls of a file", list(&secret_path)),
        ("hls of an address", list(&address)),
        ("concat", format!("ffconcat version 1.0\nfile '{secret_path}'\n")),
        (
            "dash",
            format!(
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>{secret_path}</BaseURL></MPD>"
            ),
        ),
        ("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n".to_owned()),
        ("subtitles of a file", format!("[Script Info]\n; {secret_path}\n")),
    ];
    // As if the server had taken it for a film: its own look at files refuses them.
    let program = env!("CARGO_BIN_EXE_gongbei").into();
    let encoder = Encoder::find(&Ffmpeg::InPath, program).await.expect("cargo xtask test --only films installs it");
    let (source, out) = (folder.join("source"), folder.join("out.mp4"));
    for (name, text) in &hostile {
        fs::write(&source, text).unwrap();
        for kind in [FileKind::Film, FileKind::Mp4, FileKind::Webm, FileKind::Mp3, FileKind::Ogg, FileKind::Wav] {
            let made = encoder.make(&source, &out, kind, 100 << 20).await;
            assert!(matches!(made, Err(NotMade::Film(_))), "{name} as {kind:?}: {made:?}");
            assert!(fs::metadata(&out).is_err(), "{name} as {kind:?}");
        }
    }
    // One that the server's own look at the file lets through: the name of another file within a film.
    let world = world().await;
    let (zhou, head) = (world.sign_in("zhou").await, world.sign_in("head").await);
    for (name, bytes) in [
        ("a reference to another file", referring(&secret, &secret_path)),
        ("cut off", secret[..secret.len() / 3].to_vec()),
        ("noise behind a beginning", [&secret[..64], &crate::uploads::file(1, 9 << 20)].concat()),
    ] {
        let place = zhou.upload(&bytes).await;
        let state = decided(&zhou, &place).await["state"].clone();
        if state["is"] == "refused" {
            continue;
        }
        let substance = json!({"type": "files", "of": [place.rsplit('/').next()]});
        let shelf = on("school", "shiyan");
        let body = with(words("recorded-lesson", name), json!({"shelf": shelf, "substance": substance}));
        let item = created(zhou.send(Method::POST, "/api/items", body).await).await;
        all_are_looked_at(&world).await;
        let file = head.json(&format!("/api/items/{item}")).await["versions"][0]["files"][0].clone();
        assert!(file["small"].is_null(), "{name}: {file}");
    }
    assert!(listener.accept().is_err(), "nobody asked for the address");
}

/// The film, which says that its pictures are in the file at `path`.
fn referring(film: &[u8], path: &str) -> Vec<u8> {
    let mut bytes = film.to_vec();
    // `url ` with flag 1 says "in this file"; without it and with a name, elsewhere. Its box keeps its length.
    let at = position(&bytes, b"url ");
    bytes[at + 4..at + 8].copy_from_slice(&[0; 4]);
    let content = position(&bytes, b"mdat");
    let until = content + 4 + path.len();
    bytes[content + 4..until].copy_from_slice(path.as_bytes());
    // Of its own pictures nothing is left.
    let index = position(&bytes, b"moov");
    if index > content {
        bytes[until..index - 4].fill(0);
    } else {
        bytes[until..].fill(0);
    }
    bytes
}
