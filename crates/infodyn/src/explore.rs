//! The interactive page: one file that any browser opens, with the program in it as WebAssembly.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The crate `infodyn-explore`, as `cargo xtask explore` builds it. It is committed, so that building the program takes
/// no other target.
const WASM: &[u8] = include_bytes!("explore/infodyn_explore.wasm");

/// The whole page.
pub(crate) fn page() -> String {
    include_str!("explore/page.html")
        .replace("{{style}}", include_str!("explore/style.css"))
        .replace("{{worker}}", include_str!("explore/worker.js"))
        .replace("{{script}}", include_str!("explore/script.js"))
        .replace("{{wasm}}", &STANDARD.encode(WASM))
}
