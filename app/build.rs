//! Turns locales/*.json into the module `i18n`, so that a missing key fails the build.

use std::path::PathBuf;

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let config = Config::new("zh-CN").and_then(|config| config.add_locale("en")).expect("these are language tags");
    let config = config.parse_options(ParseOptions::new().interpolate_display(true));
    let locales = match parse_locales(None, config) {
        Ok(locales) => locales,
        Err(error) => {
            println!("cargo::error=cannot read app/locales: {error}");
            return;
        }
    };
    for warning in locales.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    for error in locales.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let module = leptos_i18n_codegen::gen_code(&locales, None, false, None, false).expect("parsed locales give code");
    std::fs::write(out.join("i18n.rs"), module.to_string()).expect("OUT_DIR can be written");
}
