//! Any text: an error on one line that can be printed, or a statement whose print is read as itself.
#![no_main]

use infodyn_statement::Statement;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Statement::parse(text) {
    Ok(statement) => {
        let printed = statement.to_string();
        assert_eq!(Statement::parse(&printed).as_ref(), Ok(&statement), "{printed}");
    }
    Err(error) => assert!(!error.to_string().contains('\n')),
});
