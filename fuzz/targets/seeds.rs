//! `seeds TARGET FOLDER`: writes inputs to begin with.

use std::path::Path;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let [_, target, folder] = words.as_slice() else { panic!("seeds TARGET FOLDER") };
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for number in 0..400 {
        let data = fuzz::harness::seed(target, number);
        // The rest is long rather than different.
        if data.len() <= 16 << 10 {
            std::fs::write(Path::new(folder).join(format!("seed-{number}")), data).expect("the folder takes files");
        }
    }
}
