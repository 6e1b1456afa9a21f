//! Short sounds: a rhythm to clap, cues between the parts of a lecture.

/// Samples in a second.
const RATE: u32 = 8_000;

/// A sound and how long it is, in milliseconds. `notes`: pitch in hertz (0 is a rest) and length in milliseconds.
pub fn wav(notes: &[(u32, u32)]) -> (Vec<u8>, u64) {
    let mut samples = Vec::new();
    for (hertz, millis) in notes {
        let count = RATE * millis / 1_000;
        for at in 0..count {
            samples.push(sample(*hertz, at, count));
        }
    }
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(samples.len() + 44);
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    // PCM, one channel, one byte to a sample.
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples);
    (file, u64::from(length) * 1_000 / u64::from(RATE))
}

/// A triangle wave that fades: it needs no sine and is the same on every machine.
fn sample(hertz: u32, at: u32, count: u32) -> u8 {
    let phase = at * hertz * 256 / RATE % 256;
    let wave = i64::from(if phase < 128 { phase } else { 255 - phase }) - 64;
    let left = i64::from(count - at);
    let loud = wave * left / i64::from(count.max(1));
    let quiet = if hertz == 0 { 0 } else { loud };
    u8::try_from(128 + quiet).unwrap_or(128)
}
