//! `cargo xtask prove`: the machine proofs in `proofs/`, and what they may rest on.
//!
//! A claim file is a `proofs/theories/*.v` whose first line is
//!
//! ```text
//! (* claim: B2; scope: finite atoms; headline: theorem_one, theorem_two *)
//! ```
//!
//! The other files there are shared calculus. Files are found by a glob; there is no list to keep. What is checked:
//!
//! 1. the sources hold no escape hatch ([`audit`]); comments do not count;
//! 2. `coqc` accepts every file;
//! 3. `proofs/check/*.v`, which restate every headline in full, are accepted too, and name every headline;
//! 4. the axioms behind all headlines are those of `proofs/axioms.allow`, no more and no fewer.
//!
//! # The stamp
//!
//! A run that checked everything leaves a copy of what it checked in `target/proofs.checked`: as long as the sources
//! equal it, byte for byte, they are proved. `target/proofs.json` says what was proved, and by which checker.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// What a proof can be about; nothing else may stand in a header. Two limits are joined by a comma.
const SCOPES: &[&str] =
    &["full", "1-D", "finite atoms", "finite Gaussian mixtures", "two atoms", "pointwise", "algebraic core"];

const INSTALL: &str = "no Coq here; on Debian: apt-get install coq libcoq-coquelicot libcoq-interval make";

/// Why nothing was proved.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A proof, an axiom or a source is not accepted: exit 1.
    Rejected(String),
    /// The checker is missing, or a flag or a file is not there: exit 2.
    Unable(String),
}

type Outcome<T> = Result<T, Failure>;

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Unable(e.to_string())
    }
}

/// One claim file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    id: String,
    scope: String,
    /// Name of the file without `.v`.
    module: String,
    headline: Vec<String>,
}

/// What to check besides the proofs.
#[derive(Debug, Default)]
pub(crate) struct Options {
    coqchk: bool,
    numeric: bool,
    files: Vec<String>,
}

impl Options {
    /// Reads the arguments of `cargo xtask prove`.
    pub(crate) fn read(arguments: &[String]) -> Outcome<Self> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--coqchk" => options.coqchk = true,
                "--numeric" => options.numeric = true,
                flag if flag.starts_with('-') => {
                    return Err(Failure::Unable(format!("prove {flag}: expected --coqchk, --numeric or files")));
                }
                file => options.files.push(file.to_owned()),
            }
        }
        Ok(options)
    }
}

/// Checks the proofs below `root`, building in `root/target/proofs`; says what was done.
pub(crate) fn prove(root: &Path, options: &Options) -> Outcome<String> {
    let (source, build) = (root.join("proofs"), root.join("target/proofs"));
    let (record, checked) = (root.join("target/proofs.json"), root.join("target/proofs.checked"));
    let axioms_text = fs::read_to_string(source.join("axioms.allow"))?;
    let theories = sources(&source.join("theories"))?;
    let checks = sources(&source.join("check"))?;
    let wanted = wanted(&theories, &options.files)?;
    let all = options.files.is_empty();
    if all && checked.exists() {
        fs::remove_dir_all(&checked)?;
    }
    for (name, text) in theories.iter().chain(&checks) {
        audit(text).map_err(|why| Failure::Rejected(format!("{name}.v: {why}")))?;
    }
    let mut claims = Vec::new();
    for (module, text) in theories.iter().filter(|(name, _)| wanted.contains(name)) {
        if let Some(claim) = header(module, text).map_err(|why| Failure::Rejected(format!("{module}.v: {why}")))? {
            claims.push(claim);
        }
    }
    let version = version()?;

    stage(&build.join("theories"), &theories)?;
    make(&build, &theories, &wanted)?;
    let allowed = names(&axioms_text);
    let used = axioms(&build, &claims)?;
    if let Some(extra) = used.iter().find(|a| !allowed.contains(a)) {
        return Err(Failure::Rejected(format!(
            "axiom {extra} is not in axioms.allow; used by {}",
            culprits(&build, &claims, extra)?
        )));
    }
    let mut done = format!(
        "{} theorems of {} claims in {} files, {} axioms, Coq {version}",
        claims.iter().map(|c| c.headline.len()).sum::<usize>(),
        claims.iter().map(|c| &c.id).collect::<BTreeSet<_>>().len(),
        wanted.len(),
        used.len()
    );
    if all {
        if let Some(idle) = allowed.iter().find(|a| !used.contains(a)) {
            return Err(Failure::Rejected(format!("axioms.allow lists {idle}, which nothing uses")));
        }
        restated(&build, &claims, &checks)?;
        if options.coqchk {
            coqchk(&build, &theories)?;
            done += "; coqchk agrees";
        }
    }
    if options.numeric {
        done += &format!("; {}", numeric(&source, &build, &allowed)?);
    }
    if all {
        fs::write(&record, record_text(&version, &claims))?;
        // What was read, not what stands there now: a source that changed meanwhile is another.
        for (folder, files) in [("check", &checks), ("theories", &theories)] {
            fs::create_dir_all(checked.join(folder))?;
            for (name, text) in files {
                fs::write(checked.join(folder).join(format!("{name}.v")), text)?;
            }
        }
        fs::write(checked.join("axioms.allow"), axioms_text)?;
    }
    Ok(done)
}

/// Every `.v` file of a folder: its name without the ending, and its text; sorted by name.
fn sources(folder: &Path) -> Outcome<Vec<(String, String)>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|e| Failure::Unable(format!("{}: {e}", folder.display())))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "v") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path)?));
        }
    }
    found.sort();
    Ok(found)
}

/// The files asked for (by name or path), or all.
fn wanted(theories: &[(String, String)], files: &[String]) -> Outcome<Vec<String>> {
    if files.is_empty() {
        return Ok(theories.iter().map(|(name, _)| name.clone()).collect());
    }
    let one = |file: &String| {
        let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match theories.iter().any(|(name, _)| *name == stem) {
            true => Ok(stem),
            false => Err(Failure::Unable(format!("{file}: expected a file of proofs/theories"))),
        }
    };
    files.iter().map(one).collect()
}

/// The claim that a file proves, if its first line says so.
fn header(module: &str, text: &str) -> Result<Option<Claim>, String> {
    let first = text.lines().next().unwrap_or_default();
    let Some(inside) = first.strip_prefix("(* claim:").and_then(|r| r.trim_end().strip_suffix("*)")) else {
        return Ok(None);
    };
    let mut parts = inside.split(';').map(str::trim);
    let id = parts.next().unwrap_or_default().to_owned();
    let mut field = |name: &str| {
        let part = parts.next().and_then(|p| p.strip_prefix(name)).map(str::trim);
        part.map(str::to_owned)
            .ok_or_else(|| format!("header: expected \"claim: ID; scope: SCOPE; headline: NAMES\", found {first:?}"))
    };
    let (scope, headline) = (field("scope:")?, field("headline:")?);
    if !scope.split(", ").all(|part| SCOPES.contains(&part)) {
        return Err(format!("scope {scope:?}: expected some of {}", SCOPES.join(", ")));
    }
    if !module.starts_with(&format!("{id}_")) {
        return Err(format!("claim {id:?}: expected a file named {id}_NAME.v"));
    }
    let headline = headline.split(',').map(|n| n.trim().to_owned()).collect();
    Ok(Some(Claim { id, scope, module: module.to_owned(), headline }))
}

/// Looks for ways around the kernel.
///
/// Comments and strings are taken out first. Then no word may be `Admitted`, `admit`, `give_up`, an axiom in any
/// spelling, or a switch that weakens the kernel; and a hypothesis or a variable must stand inside a section.
fn audit(text: &str) -> Result<(), String> {
    const WORDS: &[&str] = &[
        "Admitted",
        "admit",
        "Admit",
        "give_up",
        "Axiom",
        "Axioms",
        "Parameter",
        "Parameters",
        "Conjecture",
        "Conjectures",
        "Primitive",
        "Symbol",
        "Symbols",
        "bypass_check",
        "type_in_type",
        "Typing",
        "LoadPath",
        "ML",
        "Load",
    ];
    const CHECKING: &[&str] = &["Guard", "Positivity", "Universe"];
    const LOCAL: &[&str] = &["Hypothesis", "Hypotheses", "Variable", "Variables", "Context"];
    let bare = strip(text);
    let mut sections: Vec<String> = Vec::new();
    for sentence in sentences(&bare) {
        let words: Vec<&str> = sentence
            .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\''))
            .filter(|w| !w.is_empty())
            .collect();
        if let Some(word) = words.iter().find(|w| WORDS.contains(w)) {
            return Err(format!("{word} is not accepted"));
        }
        if let Some(pair) = words.windows(2).find(|w| w[0] == "Unset" && CHECKING.contains(&w[1])) {
            return Err(format!("Unset {} Checking is not accepted", pair[1]));
        }
        // Attributes, written `#[local]` or as words, come before the command.
        let attribute = |w: &&str| {
            ["Local", "Global", "Polymorphic", "Monomorphic"].contains(w) || w.starts_with(char::is_lowercase)
        };
        let Some(command) = words.iter().position(|w| !attribute(w)) else { continue };
        let (head, next) = (words[command], words.get(command + 1).copied().unwrap_or_default());
        match head {
            "Section" => sections.push(next.to_owned()),
            "End" if sections.last().is_some_and(|s| s == next) => {
                sections.pop();
            }
            _ if LOCAL.contains(&head) && sections.is_empty() => {
                return Err(format!("{head} {next} stands outside a section: it would be an axiom"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The text without comments (they nest) and strings.
fn strip(text: &str) -> String {
    let (mut out, mut depth, mut quoted) = (String::with_capacity(text.len()), 0_usize, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('"', _) => {
                quoted = !quoted;
                out.push(' ');
            }
            _ if quoted => {}
            ('(', Some('*')) => {
                rest.next();
                depth += 1;
                out.push(' ');
            }
            ('*', Some(')')) if depth > 0 => {
                rest.next();
                depth -= 1;
            }
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// A sentence ends with a full stop before white space.
fn sentences(text: &str) -> Vec<&str> {
    let (mut all, mut start) = (Vec::new(), 0);
    let bytes = text.as_bytes();
    for i in 0..bytes.len() {
        if bytes[i] == b'.' && bytes.get(i + 1).is_none_or(u8::is_ascii_whitespace) {
            all.push(&text[start..i]);
            start = i + 1;
        }
    }
    all.push(&text[start..]);
    all
}

/// The checker's version.
fn version() -> Outcome<String> {
    let output = Command::new("coqc").arg("--print-version").output().map_err(|_| Failure::Unable(INSTALL.into()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace()
        .next()
        .map(str::to_owned)
        .ok_or_else(|| Failure::Unable("coqc does not tell its version".into()))
}

/// Copies what changed, so that what did not keeps its time, and removes what is gone.
fn stage(folder: &Path, files: &[(String, String)]) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = name.trim_start_matches('.');
        if path.is_file() && !files.iter().any(|(known, _)| known == name) {
            fs::remove_file(&path)?;
        }
    }
    for (name, text) in files {
        let path = folder.join(format!("{name}.v"));
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            fs::write(&path, text)?;
        }
    }
    Ok(())
}

/// Builds the files asked for, two at a time.
fn make(build: &Path, theories: &[(String, String)], wanted: &[String]) -> Outcome<()> {
    let mut project = "-Q theories Infodyn\n-arg -w\n-arg -ambiguous-paths\n".to_owned();
    for (name, _) in theories {
        project += &format!("theories/{name}.v\n");
    }
    fs::write(build.join("_CoqProject"), project)?;
    run(Command::new("coq_makefile").args(["-f", "_CoqProject", "-o", "Makefile"]).current_dir(build))?;
    let targets = wanted.iter().map(|name| format!("theories/{name}.vo"));
    run(Command::new("make").args(["--silent", "-j2"]).args(targets).current_dir(build)).map(|_| ())
}

/// Runs a checker; its last words when it says no.
fn run(command: &mut Command) -> Outcome<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    // The environment of a calling `make` or `cargo` is not ours.
    let output = command.env_remove("MAKEFLAGS").env_remove("MFLAGS").output();
    let output = output.map_err(|e| Failure::Unable(format!("{name}: {e}; {INSTALL}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    Err(Failure::Rejected(format!("{name} says no:\n{}", lines[lines.len().saturating_sub(30)..].join("\n"))))
}

/// Compiles a file that is not kept, and returns what it prints.
fn ask(build: &Path, name: &str, text: &str) -> Outcome<String> {
    let path = build.join(format!("{name}.v"));
    fs::write(&path, text)?;
    let output = run(Command::new("coqc")
        .args(["-w", "-ambiguous-paths", "-Q", "theories", "Infodyn"])
        .arg(format!("{name}.v"))
        .current_dir(build))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The axioms behind all headlines.
fn axioms(build: &Path, claims: &[Claim]) -> Outcome<Vec<String>> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let modules: Vec<&str> = claims.iter().map(|c| c.module.as_str()).collect();
    let theorems: Vec<String> =
        claims.iter().flat_map(|c| c.headline.iter().map(move |h| format!("@{}.{h}", c.module))).collect();
    let text = format!(
        "From Infodyn Require {}.\nDefinition headline := ({}).\nPrint Assumptions headline.\n",
        modules.join(" "),
        theorems.join(", ") + ", tt"
    );
    Ok(printed(&ask(build, "Axioms", &text)?))
}

/// The names in what `Print Assumptions` prints: those that begin a line and are followed by a colon.
fn printed(text: &str) -> Vec<String> {
    let named = |line: &str| {
        let name = line.split([' ', ':']).next().unwrap_or_default();
        let begins = name.chars().next().is_some_and(char::is_alphabetic);
        let rest = line[name.len()..].trim_start();
        let name_only = begins && !["Axioms", "Closed", "Section", "Fetching"].contains(&name);
        let listed =
            rest.is_empty() || rest.starts_with(':') || rest.starts_with("is assumed") || rest.starts_with("relies");
        (name_only && listed).then(|| name.to_owned())
    };
    let mut all: Vec<String> = text.lines().filter_map(named).collect();
    all.sort();
    all.dedup();
    all
}

/// The claims that use an axiom.
fn culprits(build: &Path, claims: &[Claim], axiom: &String) -> Outcome<String> {
    let mut found = Vec::new();
    for claim in claims {
        if axioms(build, std::slice::from_ref(claim))?.contains(axiom) {
            found.push(claim.module.clone());
        }
    }
    Ok(found.join(", "))
}

/// One name a line; `#` begins a comment.
fn names(text: &str) -> Vec<String> {
    let bare = text.lines().map(|l| l.split('#').next().unwrap_or_default().trim());
    bare.filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// The files that restate the headlines: accepted, and no headline left out.
fn restated(build: &Path, claims: &[Claim], checks: &[(String, String)]) -> Outcome<()> {
    for (name, text) in checks {
        ask(build, name, text)?;
    }
    let bare: Vec<String> = checks.iter().map(|(_, text)| strip(text)).collect();
    let stated: Vec<&str> = bare.iter().flat_map(|text| sentences(text)).filter_map(restates).collect();
    for claim in claims {
        for theorem in &claim.headline {
            if !stated.contains(&theorem.as_str()) {
                return Err(Failure::Rejected(format!(
                    "{}.v: {theorem} is not restated in proofs/check",
                    claim.module
                )));
            }
        }
    }
    Ok(())
}

/// The theorem that a sentence `Check (THEOREM : STATEMENT)` restates, without its module.
fn restates(sentence: &str) -> Option<&str> {
    let inside = sentence.trim().strip_prefix("Check")?.trim_start().strip_prefix('(')?;
    let name = inside.split(|c: char| c.is_whitespace() || c == ':').next()?;
    let stated = inside[name.len()..].trim_start().starts_with(':');
    name.trim_start_matches('@').rsplit('.').next().filter(|_| stated)
}

/// The independent checker, on the project's own files.
fn coqchk(build: &Path, theories: &[(String, String)]) -> Outcome<()> {
    let mut command = Command::new("coqchk");
    command.args(["-silent", "-Q", "theories", "Infodyn"]).current_dir(build);
    for (name, _) in theories {
        command.args(["-norec", &format!("Infodyn.{name}")]);
    }
    run(&mut command).map(|_| ())
}

/// The certified numbers: they may also use the kernel's own floats and integers.
fn numeric(source: &Path, build: &Path, allowed: &[String]) -> Outcome<String> {
    let files = sources(&source.join("numeric"))?;
    let wider = names(&fs::read_to_string(source.join("numeric/axioms.allow"))?);
    let (mut theorems, mut idle) = (0, wider.clone());
    for (name, text) in &files {
        audit(text).map_err(|why| Failure::Rejected(format!("{name}.v: {why}")))?;
        let stated: Vec<&str> = text
            .lines()
            .filter_map(|l| l.strip_prefix("Theorem "))
            .filter_map(|l| l.split([' ', ':']).next())
            .collect();
        theorems += stated.len();
        let tuple = stated.iter().map(|t| format!("@{t}")).collect::<Vec<_>>().join(", ");
        let text = format!("{text}\nDefinition numbers := ({tuple}, tt).\nPrint Assumptions numbers.\n");
        let used = printed(&ask(build, name, &text)?);
        if let Some(extra) = used.iter().find(|a| !allowed.contains(a) && !wider.contains(a)) {
            return Err(Failure::Rejected(format!("{name}.v: axiom {extra} is in neither list of axioms")));
        }
        idle.retain(|a| !used.contains(a));
    }
    if let Some(name) = idle.first() {
        return Err(Failure::Rejected(format!("numeric/axioms.allow lists {name}, which nothing uses")));
    }
    Ok(format!("{theorems} certified numbers"))
}

/// `infodyn.proofs/1`; every string in it is a name, so nothing needs escaping.
fn record_text(version: &str, claims: &[Claim]) -> String {
    let one = |c: &Claim| {
        let headline: Vec<String> = c.headline.iter().map(|h| format!("\"{h}\"")).collect();
        format!(
            "    {{ \"id\": \"{}\", \"file\": \"{}.v\", \"scope\": \"{}\", \"headline\": [{}] }}",
            c.id,
            c.module,
            c.scope,
            headline.join(", ")
        )
    };
    let rows: Vec<String> = claims.iter().map(one).collect();
    format!("{{ \"schema\": \"infodyn.proofs/1\", \"coq\": \"{version}\", \"claims\": [\n{}\n] }}\n", rows.join(",\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

    use super::*;

    const THEORY: &str = "(* claim: T1; scope: full; headline: square_step *)
From Coq Require Import Arith.
Definition square (n : nat) : nat := n * n.
Theorem square_step n : square (n + 1) = square n + 2 * n + 1.
Proof. unfold square; ring. Qed.
";
    const CHECK: &str = "From Infodyn Require Import T1_Square.
Check (fun n => eq_refl : square n = n * n).
Check (square_step : forall n, square (n + 1) = square n + 2 * n + 1).
";

    /// A development of one claim; what `prove` says of it.
    fn tried(name: &str, theory: &str, check: &str) -> Outcome<String> {
        let root = std::env::temp_dir().join(format!("infodyn-prove-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        for (path, text) in [("theories/T1_Square.v", theory), ("check/T1.v", check), ("axioms.allow", "# none\n")] {
            let path = root.join("proofs").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let said = prove(&root, &Options::default());
        assert_eq!(said.is_ok(), root.join("target/proofs.checked/axioms.allow").exists());
        fs::remove_dir_all(&root).unwrap();
        said
    }

    fn rejected(name: &str, theory: &str, check: &str, because: &str) {
        match tried(name, theory, check) {
            Err(Failure::Rejected(why)) if why.contains(because) => {}
            other => panic!("{name}: expected a rejection that says {because:?}, found {other:?}"),
        }
    }

    /// Whether a checker is at hand; says so when it is not.
    fn checker() -> bool {
        let found = version().is_ok();
        if !found {
            eprintln!("skipped: {INSTALL}");
        }
        found
    }

    #[test]
    fn a_sound_development_is_accepted() {
        if checker() {
            tried("sound", THEORY, CHECK).unwrap();
        }
    }

    #[test]
    fn an_admitted_proof_is_rejected() {
        let theory = THEORY.replace("Proof. unfold square; ring. Qed.", "Proof. Admitted.");
        rejected("admitted", &theory, CHECK, "Admitted");
        let theory = THEORY.replace("ring.", "admit.");
        rejected("admit", &theory, CHECK, "admit");
    }

    #[test]
    fn an_axiom_in_the_sources_is_rejected() {
        for (name, line) in [
            ("axiom", "Axiom cheat : False."),
            ("parameter", "Local Parameter cheat : False."),
            ("hypothesis", "Hypothesis cheat : False."),
            ("flag", "Unset Guard Checking."),
            ("local flag", "#[local] Unset Guard Checking."),
            ("local hypothesis", "#[local] Hypothesis cheat : False."),
            ("attribute", "#[bypass_check(guard)] Fixpoint f (n : nat) : False := f n."),
        ] {
            assert!(matches!(tried(name, &format!("{THEORY}{line}\n"), CHECK), Err(Failure::Rejected(_))));
        }
        audit("Section S. Hypothesis h : True. End S. (* Axiom, Admitted (* nested *) admit *)").unwrap();
        audit("Definition s := \"Axiom\".").unwrap();
        assert!(audit("Section S. End S. Variable x : nat.").is_err());
    }

    #[test]
    fn an_axiom_from_a_library_is_rejected() {
        if checker() {
            let theory = THEORY.replace("headline: square_step", "headline: square_step, either")
                + "From Coq Require Import Classical_Prop.\nTheorem either (P : Prop) : P \\/ ~ P.\nProof. apply classic. Qed.\n";
            rejected("extra", &theory, &format!("{CHECK}Check either.\n"), "Classical_Prop.classic");
        }
    }

    #[test]
    fn a_weakened_statement_is_rejected() {
        if checker() {
            let theory = THEORY
                .replace("square_step n :", "square_step n : n <> 0 ->")
                .replace("Proof. unfold", "Proof. intros _; unfold");
            rejected("weak", &theory, CHECK, "T1.v");
            // The definition is pinned as well as the theorem.
            let theory = THEORY.replace("n * n.", "n * n + 0 * n.");
            rejected("definition", &theory, CHECK, "T1.v");
        }
    }

    #[test]
    fn a_wrong_factor_is_rejected() {
        if checker() {
            let wrong = |text: &str| text.replace("2 * n", "3 * n");
            rejected("factor", &wrong(THEORY), &wrong(CHECK), "T1_Square.v");
        }
    }

    /// C3 of the real development, with what it needs: the theory and its part of the statements, changed by `theory`
    /// and `check`; what `prove` says of it.
    fn real(theory: impl Fn(&str) -> String, check: impl Fn(&str) -> String) -> Outcome<String> {
        let proofs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proofs");
        let read = |file: &str| fs::read_to_string(proofs.join(file)).unwrap();
        let all = read("check/StatementsCDE.v");
        let part = |module: &str| {
            let from = all.find(&format!("(* ---- {module} ---- *)")).unwrap();
            let rest = &all[from..];
            rest[..rest[1..].find("(* ---- ").map_or(rest.len(), |end| end + 1)].to_owned()
        };
        let statements = format!(
            "From Coq Require Import Reals List.\nFrom Coquelicot Require Import Coquelicot.\n\
             From Infodyn Require Base TwoDelta C3_ThreeEnergies.\nOpen Scope R_scope.\n{}{}{}",
            part("Base"),
            part("TwoDelta"),
            part("C3_ThreeEnergies")
        );
        // One place for all, so that what did not change is built once.
        let root = real_root();
        for (path, text) in [
            ("theories/Base.v", read("theories/Base.v")),
            ("theories/TwoDelta.v", read("theories/TwoDelta.v")),
            ("theories/C3_ThreeEnergies.v", theory(&read("theories/C3_ThreeEnergies.v"))),
            ("check/C3.v", check(&statements)),
            ("axioms.allow", read("axioms.allow")),
        ] {
            let path = root.join("proofs").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        prove(&root, &Options::default())
    }

    fn real_root() -> std::path::PathBuf {
        std::env::temp_dir().join(format!("infodyn-prove-{}-real", std::process::id()))
    }

    /// One place of a text, replaced; it must be there.
    fn changed(from: &'static str, to: &'static str) -> impl Fn(&str) -> String {
        move |text| {
            assert!(text.contains(from), "{from:?} is not there");
            text.replacen(from, to, 1)
        }
    }

    fn refused(name: &str, theory: impl Fn(&str) -> String, check: impl Fn(&str) -> String, because: &str) {
        match real(theory, check) {
            Err(Failure::Rejected(why)) if why.contains(because) => {}
            other => panic!("{name}: expected a rejection that says {because:?}, found {other:?}"),
        }
    }

    #[test]
    fn the_real_development_is_rejected_when_it_is_broken() {
        if !checker() {
            return;
        }
        let same = |text: &str| text.to_owned();
        let _ = fs::remove_dir_all(real_root());
        real(same, same).unwrap();
        refused(
            "admitted",
            changed(
                "Proof. intros hg ->; rewrite <- slope0_zero; repeat split; intros h; nra. Qed.",
                "Proof. Admitted.",
            ),
            same,
            "Admitted",
        );
        refused("axiom", changed("Definition slope0", "Axiom more : 1 = 0.\nDefinition slope0"), same, "Axiom");
        // An axiom of a library, which the sources do not show: only the kernel tells.
        let lem =
            "From Coq Require Import ChoiceFacts ClassicalChoice.\nDefinition also := @choice.\nDefinition slope0";
        let headline = changed("headline: marginal_curvature", "headline: also, marginal_curvature");
        let with = changed("Definition slope0", lem);
        let names = |text: &str| format!("{text}Check (C3_ThreeEnergies.also : _).\n");
        refused("library axiom", |text| with(&headline(text)), names, "is not in axioms.allow");
        // The theorem asks for more than the statement says.
        refused(
            "weak",
            changed("Theorem energies_agree : 0 < g2 ->", "Theorem energies_agree : g2 = 1 -> 0 < g2 ->"),
            same,
            "",
        );
        refused(
            "weaker",
            |text| {
                let text =
                    changed("Theorem energies_agree : 0 < g2 ->", "Theorem energies_agree : g2 = 1 -> 0 < g2 ->")(text);
                changed("Proof. intros hg ->; rewrite", "Proof. intros _ hg ->; rewrite")(&text)
            },
            same,
            "C3.v",
        );
        // A wrong factor, in the statements too: the kernel does not find it proved.
        let factor = |text: &str| text.replace("g2 / 2 * slope0", "g2 / 3 * slope0");
        refused("factor", factor, |text| text.replace("g2 / 2 * C3", "g2 / 3 * C3"), "C3_ThreeEnergies.v");
        // A definition that is not the one that was stated.
        refused("definition", changed("b ^ 2 / v ^ 2 - / v.", "b ^ 2 / v ^ 2 - 1 / v."), same, "");
        // A statement that is gone, its name still mentioned.
        refused(
            "silent",
            same,
            changed("Check (@C3_ThreeEnergies.energies_agree :", "Check (fun _ => @C3_ThreeEnergies.energies_agree :"),
            "energies_agree",
        );
        fs::remove_dir_all(real_root()).unwrap();
    }

    #[test]
    fn a_headline_that_is_not_restated_is_rejected() {
        if checker() {
            let check = CHECK.replace("Check (square_step : forall n, square (n + 1) = square n + 2 * n + 1).", "");
            rejected("silent", THEORY, &check, "not restated");
        }
    }

    #[test]
    fn a_header_is_read() {
        let claim = header("B2_Main", "(* claim: B2; scope: two atoms; headline: one, two *)\n").unwrap().unwrap();
        assert_eq!((claim.id.as_str(), claim.scope.as_str()), ("B2", "two atoms"));
        assert_eq!(claim.headline, ["one", "two"]);
        let limits = header("B2_Main", "(* claim: B2; scope: 1-D, finite atoms; headline: one *)\n").unwrap().unwrap();
        assert_eq!(limits.scope, "1-D, finite atoms");
        assert!(header("B2_Main", "(* claim: B2; scope: 1-D, everything; headline: one *)\n").is_err());
        assert_eq!(header("Base", "(* Base.v *)\n").unwrap(), None);
        assert!(header("B2_Main", "(* claim: B2; scope: everything; headline: one *)\n").is_err());
        assert!(header("B3_Main", "(* claim: B2; scope: full; headline: one *)\n").is_err());
    }
}
