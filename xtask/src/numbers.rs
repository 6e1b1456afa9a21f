//! Options that are numbers: `--cases 1_000_000 --seed 7`.

use anyhow::{Context, Result, bail};

/// Puts what `options` say into the numbers they name; `command` is for the words about what it does not know.
pub fn read(command: &str, options: &[&str], known: &mut [(&str, &mut u64)]) -> Result<()> {
    for pair in options.chunks(2) {
        let Some((_, number)) = known.iter_mut().find(|(name, _)| *name == pair[0]) else {
            let names: Vec<_> = known.iter().map(|(name, _)| format!("{name} N")).collect();
            bail!("`{command}` knows {}, not `{}`", names.join(" and "), pair[0]);
        };
        let value = pair.get(1).with_context(|| format!("`{}` wants a number", pair[0]))?;
        let value = value.replace('_', "").parse().with_context(|| format!("`{value}` is not a number"))?;
        **number = value;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays() {
        let (mut cases, mut seed) = (5, 1);
        read("play", &["--cases", "1_000"], &mut [("--cases", &mut cases), ("--seed", &mut seed)]).unwrap();
        assert_eq!((cases, seed), (1_000, 1));
        for wrong in [&["--speed", "1"][..], &["--cases"], &["--cases", "many"]] {
            assert!(read("play", wrong, &mut [("--cases", &mut cases)]).is_err(), "{wrong:?}");
        }
    }
}
