//! The files of claims that come with the program, each on a few cases.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

use std::path::Path;

use infodyn::check::claims::run;
use infodyn_data::ClaimsFile;
use infodyn_search::Settings;

#[test]
fn probe() {
    let Ok(name) = std::env::var("CLAIMS") else { return };
    let cases = std::env::var("CASES").unwrap_or_default().parse().unwrap_or(30);
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut file = ClaimsFile::read(Path::new(&name)).unwrap();
    file.claims.retain(|c| c.id.contains(&only));
    let start = std::time::Instant::now();
    let mut last = 0.0;
    let settings = Settings { shrinking: 100, ..Settings::new(cases, 1) };
    let report = run(&file, &settings, |claim, checked| {
        let now = start.elapsed().as_secs_f64();
        println!("{:.1} s {} {}", now - last, claim.id, checked.as_expected);
        last = now;
    });
    match report {
        Ok(report) => println!("{}\nexit {} in {:.1} s", report.table(), report.exit(), start.elapsed().as_secs_f64()),
        Err(error) => println!("{error}"),
    }
}
