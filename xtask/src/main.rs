//! `cargo xtask …`: what a person types to build, run and check Gongbei. Knows only paths.

mod bench;
mod budget;
mod chaos;
mod checks;
mod contrast;
mod debian;
mod differential;
mod frontend;
mod fuzz;
mod hostile;
mod native;
mod npm;
mod numbers;
mod peers;
mod place;
mod postgres;
mod power;
mod run;
mod shell;
mod steps;
mod stop;
mod tidy;
mod tools;
mod turn;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask run [-- FLAGS]       build everything and start the demo group on 127.0.0.1:8080
                                 (FLAGS go to `gongbei serve`, e.g. -- --listen 127.0.0.1:9000)
cargo xtask build                build the front end and the server into target/release/gongbei
cargo xtask test                 everything that CI checks, browsers included
            test --only STEP…    only these steps and what they need (`test --list` names them)
            test --soak          with the long forms: a hundred kills of the server instead of five,
                                 25 of the browser instead of two, a line silent for 90 s
cargo xtask tidy                 the checks of names, layers and leftovers alone
cargo xtask bench                measure in real browsers and beside other servers; writes docs/performance.md
            bench --browser      only in real browsers
            bench --library      only the page of the library; prints, and writes nothing
            bench --board    only boards; prints, and writes nothing
            bench --engine       only the sync engine beside its peers; with options (--quick, --only S1a,S3,
                                 --servers Gongbei,Hocuspocus, --rounds 5) it prints and writes nothing
cargo xtask chaos                kill the server under load, fill its disk, cut its lines; writes docs/trust.md
                                 (--kills N, --only disks,lines, --seed S, --quick: prints; --write too)
cargo xtask power                cut the power at every sync of a file while somebody types; needs strace (--words N,
                                 --seed S)
cargo xtask hostile              attack rooms with real documents, a million times (--cases N, --seed S)
cargo xtask differential         half a million random histories through yrs and Yjs, which must agree (--cases N,
                                 --seed S)
cargo xtask fuzz TARGET          frame, validator, apply or presence under libFuzzer, ten minutes (--seconds N);
                                 needs a nightly compiler
cargo xtask clean-tools          throw away target/tools (trunk, wasm-bindgen)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match stop::listen().and_then(|()| obey(&words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nxtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(words: &[&str]) -> Result<()> {
    match words {
        ["run"] => run::run(&[]),
        ["run", "--", flags @ ..] | ["run", flags @ ..] => run::run(flags),
        ["build"] => run::build().map(|_| ()),
        ["test", options @ ..] => checks::test(options),
        ["tidy"] => tidy::tidy(),
        ["bench", options @ ..] => bench::bench(options),
        ["chaos", options @ ..] => chaos::chaos(options),
        ["power", options @ ..] => power::power(options),
        ["hostile", options @ ..] => hostile::hostile(options),
        ["differential", options @ ..] => differential::differential(options),
        ["fuzz", words @ ..] => fuzz::fuzz(words),
        ["clean-tools"] => tools::clean(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [unknown, ..] => bail!("there is no command `{unknown}`; there are:\n\n{USAGE}"),
    }
}
