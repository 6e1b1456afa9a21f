//! The child that makes a film smaller: `ffmpeg`, started by our own program once it has given up what it need not have.
//!
//! It reads a file that somebody uploaded, so it is told what it may take that for: the containers of its kind, the
//! decoders of usual films, and no other file or address.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use shared::library::FileKind;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::oneshot;

use super::Ffmpeg;
use crate::confined::{Encoding, confine_to_encode};

/// Bits a second: together they come over a line of 400 kbit/s that others use, too.
pub const PICTURE_BITS: u64 = 190_000;
pub const SOUND_BITS: u64 = 48_000;

/// By the clock on the wall, for a film of an afternoon on an old machine.
const WITHIN: Duration = Duration::from_secs(8 * 3600);
const CPU_SECONDS: u64 = 6 * 3600;
/// A film of 3840 × 2160 needs half of it.
const MEMORY: u64 = 2 << 30;
const OPEN_FILES: u64 = 32;
/// It ends by itself at the length it is told; a little later it is ended.
const OVER: u64 = 16 << 20;
const SAYS_WITHIN: Duration = Duration::from_secs(20);
/// Of what it complains about.
const SAID: u64 = 2_000;

const MOV: &str = "mov,mp4,m4a,3gp,3g2,mj2";
const DECODERS: &str = "h264,hevc,av1,libdav1d,vp8,vp9,vp6,vp6a,vp6f,theora,mpeg4,msmpeg4,msmpeg4v1,msmpeg4v2,h263,flv,\
    mpeg1video,mpeg2video,mjpeg,wmv1,wmv2,wmv3,vc1,rv10,rv20,rv30,rv40,prores,dvvideo,\
    aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,vorbis,flac,alac,wmav1,wmav2,wmapro,cook,speex,\
    amrnb,amrwb,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,\
    pcm_s24be,pcm_s32le,pcm_f32le";

/// At most 640 × 360, or 360 × 640, never more than there is, and of an even size.
const SMALLER: &str = "scale=w='if(gt(iw,ih),min(640,iw),min(360,iw))':h='if(gt(iw,ih),min(360,ih),min(640,ih))':\
    force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1";

/// Becomes `ffmpeg` with these arguments, on little of the machine.
#[derive(Args)]
pub struct MakeSmall {
    #[arg(long)]
    ffmpeg: PathBuf,
    /// The largest file it may write, in bytes
    #[arg(long)]
    most_bytes: u64,
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

impl MakeSmall {
    /// Comes back only if that fails.
    #[cfg(unix)]
    pub fn run(self) -> anyhow::Result<()> {
        use std::os::unix::process::CommandExt;
        confine_to_encode(Encoding {
            memory: MEMORY,
            cpu_seconds: CPU_SECONDS,
            file_bytes: self.most_bytes,
            open_files: OPEN_FILES,
        })?;
        let failed = std::process::Command::new(&self.ffmpeg).args(self.arguments).env_clear().exec();
        Err(failed).with_context(|| format!("cannot start {}", self.ffmpeg.display()))
    }

    #[cfg(not(unix))]
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("films are made smaller on Unix alone")
    }
}

/// An `ffmpeg` that can do what is needed.
pub struct Encoder {
    ffmpeg: PathBuf,
    /// Ours.
    program: PathBuf,
    version: String,
}

/// Why there is no rendition.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// It would come out so again.
    #[error("{0}")]
    Film(String),
    #[error("cannot start a process that makes films smaller: {0}")]
    Machine(#[from] io::Error),
}

impl Encoder {
    /// # Errors
    /// A sentence that says what is missing.
    pub async fn find(wanted: &Ffmpeg, program: PathBuf) -> Result<Self, String> {
        let ffmpeg = match wanted {
            Ffmpeg::At(path) => path.clone(),
            Ffmpeg::InPath => in_path().ok_or("there is no ffmpeg on this machine")?,
        };
        let said =
            ask(&ffmpeg, "-encoders").await.map_err(|error| format!("cannot ask {}: {error}", ffmpeg.display()))?;
        // ` V....D libx264   what it is`
        let has = |name: &str| said.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
        if !has("libx264") || !has("aac") {
            return Err(format!("{} has no libx264 or no aac", ffmpeg.display()));
        }
        let version = ask(&ffmpeg, "-version").await.unwrap_or_default();
        let version = version.lines().next().unwrap_or_default().chars().take(60).collect();
        Ok(Self { ffmpeg, program, version })
    }

    pub fn name(&self) -> String {
        format!("{} ({})", self.ffmpeg.display(), self.version)
    }

    pub fn is_there(&self) -> bool {
        self.ffmpeg.is_file()
    }

    /// Makes a rendition of the file at `from`, which is of this kind, at `to`; it ends early at `most` bytes. Dropped, it
    /// ends the process.
    pub async fn make(&self, from: &Path, to: &Path, kind: FileKind, most: u64) -> Result<(), NotMade> {
        let file = tokio::fs::File::open(from).await?.into_std().await;
        let mut command = Command::new(&self.program);
        command.arg("make-small").arg("--ffmpeg").arg(&self.ffmpeg);
        command.arg("--most-bytes").arg((most + OVER).to_string()).arg("--").args(arguments(kind, most)).arg(to);
        command.env_clear().kill_on_drop(true);
        command.stdin(Stdio::from(file)).stdout(Stdio::null()).stderr(Stdio::piped());
        match in_thread_of_its_own(command).await? {
            None => Err(NotMade::Film("it takes too long".to_owned())),
            Some((status, _)) if status.success() => Ok(()),
            Some((status, said)) => Err(NotMade::Film(format!("ffmpeg ended with {status}: {}", said.trim()))),
        }
    }
}

/// All but the name of what is made.
fn arguments(kind: FileKind, most: u64) -> Vec<String> {
    let mut arguments = vec!["-nostdin", "-hide_banner", "-v", "error", "-y", "-threads", "1", "-filter_threads", "1"];
    arguments.extend(["-protocol_whitelist", "file", "-format_whitelist", containers(kind)]);
    // By a name that says nothing.
    arguments.extend(["-codec_whitelist", DECODERS, "-i", "/dev/stdin"]);
    let (picture, sound) = (PICTURE_BITS.to_string(), SOUND_BITS.to_string());
    let (ahead, most) = ((2 * PICTURE_BITS).to_string(), most.to_string());
    let is_film = matches!(kind, FileKind::Mp4 | FileKind::Webm | FileKind::Film);
    if is_film {
        // The first stream of pictures that is no cover.
        arguments.extend(["-map", "0:V:0", "-map", "0:a:0?", "-vf", SMALLER, "-fpsmax", "25"]);
        arguments.extend(["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p"]);
        // A board that stands still takes next to nothing; a playing field no more than the line has.
        arguments.extend(["-crf", "30", "-maxrate", &picture, "-bufsize", &ahead, "-g", "125"]);
    } else {
        arguments.extend(["-map", "0:a:0", "-vn"]);
    }
    arguments.extend(["-c:a", "aac", "-ac", "1", "-ar", "44100", "-b:a", &sound]);
    // Where it was taken, and by whom, is nobody's business.
    arguments.extend(["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-threads", "1"]);
    // It plays while it comes.
    arguments.extend(["-movflags", "+faststart", "-fs", &most, "-f", if is_film { "mp4" } else { "ipod" }]);
    arguments.into_iter().map(str::to_owned).collect()
}

/// What a file of this kind may be read as: no list of other files is among it.
fn containers(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Mp4 | FileKind::M4a => MOV,
        FileKind::Webm => "matroska,webm",
        FileKind::Mp3 => "mp3",
        FileKind::Wav => "wav",
        FileKind::Ogg => "ogg",
        _ => "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpeg,mpegvideo,mpegts,rm",
    }
}

fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("ffmpeg")).find(|file| file.is_file())
}

async fn ask(ffmpeg: &Path, what: &str) -> io::Result<String> {
    let mut command = Command::new(ffmpeg);
    command.args(["-hide_banner", what]).env_clear().kill_on_drop(true);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let said = tokio::time::timeout(SAYS_WITHIN, command.output()).await.map_err(io::Error::other)??;
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

/// How it ended, with the beginning of what it said; `None` if it took too long. Dropped, it ends the process.
///
/// The process is killed with the thread that started it, should the server be killed. The runtime's own threads may end
/// before that.
async fn in_thread_of_its_own(command: Command) -> io::Result<Option<(ExitStatus, String)>> {
    let (mut tell, told) = oneshot::channel();
    std::thread::Builder::new().name("film".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let ended = runtime.and_then(|runtime| {
            runtime.block_on(async {
                tokio::select! {
                    ended = tokio::time::timeout(WITHIN, run(command)) => ended.map_or(Ok(None), |ended| ended.map(Some)),
                    () = tell.closed() => Ok(None),
                }
            })
        });
        // Nobody listens any more if the server stops.
        tell.send(ended).ok();
    })?;
    told.await.map_err(io::Error::other)?
}

async fn run(mut command: Command) -> io::Result<(ExitStatus, String)> {
    let mut child = command.spawn()?;
    let mut stderr = child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut said = Vec::new();
    (&mut stderr).take(SAID).read_to_end(&mut said).await?;
    // The rest is not kept, and nobody waits for a full pipe.
    tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
    Ok((child.wait().await?, String::from_utf8_lossy(&said).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_container_of_a_kind_is_a_list_of_other_files() {
        for kind in [FileKind::Mp4, FileKind::M4a, FileKind::Webm, FileKind::Film, FileKind::Mp3, FileKind::Wav] {
            for list in ["hls", "concat", "dash", "image2", "lavfi", "applehttp", "sdp", "rtsp", "tty", "imf"] {
                assert!(!containers(kind).split(',').any(|known| known == list), "{kind:?} {list}");
            }
        }
        let arguments = arguments(FileKind::Film, 7);
        let after = |name: &str| &arguments[arguments.iter().position(|argument| argument == name).unwrap() + 1];
        assert_eq!((after("-protocol_whitelist").as_str(), after("-fs").as_str()), ("file", "7"));
        let input = arguments.iter().position(|argument| argument == "-i").unwrap();
        for said_of_it in ["-protocol_whitelist", "-format_whitelist", "-codec_whitelist"] {
            assert!(arguments.iter().position(|argument| argument == said_of_it).unwrap() < input, "{said_of_it}");
        }
    }
}
