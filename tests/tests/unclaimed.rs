//! What no claim runs: the public functions of the routes that nothing in the registry reaches, by their names. The
//! list in `unclaimed.tsv` says which test covers each instead, and cannot grow unseen.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The routes that give numbers.
const ROUTES: [&str; 4] = ["closed-form", "quadrature", "monte-carlo", "enclosure"];
/// What claims reach them through.
const BETWEEN: [&str; 4] = ["core", "samplers", "bifurcation", "kernels"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A function: the type that it is a method of, if it is one, what its body says, and whether a user can call it.
struct Function {
    name: String,
    of: Option<String>,
    said: BTreeSet<String>,
    public: bool,
    /// A method of a trait, which an operator or generic code may call.
    of_trait: bool,
}

/// What the code of a crate is made of.
#[derive(Default)]
struct Code {
    functions: Vec<Function>,
    /// Every word outside unit tests, and within.
    said: BTreeSet<String>,
    tested: BTreeSet<String>,
}

fn words(tokens: TokenStream, said: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => words(group.stream(), said),
            TokenTree::Ident(ident) => {
                said.insert(ident.to_string());
            }
            _ => {}
        }
    }
}

fn braces(tree: &TokenTree) -> Option<TokenStream> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    }
}

/// The type that an `impl` is for, and whether it is of a trait: of the words that stand in no angle brackets the one
/// after `for`, or the last of the path.
fn subject(head: &[TokenTree]) -> (Option<String>, bool) {
    let (mut depth, mut path, mut of_trait) = (0, None, false);
    for tree in head {
        match tree {
            TokenTree::Punct(p) if p.as_char() == '<' => depth += 1,
            TokenTree::Punct(p) if p.as_char() == '>' => depth -= 1,
            TokenTree::Ident(ident) if depth == 0 && ident == "for" => of_trait = true,
            TokenTree::Ident(ident) if depth == 0 && ident == "where" => break,
            TokenTree::Ident(ident) if depth == 0 => path = Some(ident.to_string()),
            _ => {}
        }
    }
    (path, of_trait)
}

/// Adds the functions of some code.
fn read(tokens: TokenStream, of: Option<&str>, of_trait: bool, code: &mut Code) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let word = |i: usize| match trees.get(i) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    let body = |from: usize| (from..trees.len()).find(|&j| braces(&trees[j]).is_some());
    let mut i = 0;
    while i < trees.len() {
        let test = matches!(&trees[i], TokenTree::Group(g) if g.stream().to_string().replace(' ', "") == "cfg(test)");
        match word(i).as_str() {
            _ if test && word(i + 1) == "mod" => {
                i = body(i).unwrap();
                words(braces(&trees[i]).unwrap(), &mut code.tested);
            }
            "impl" | "trait" if body(i).is_some() => {
                let at = body(i).unwrap();
                let (name, implements) = subject(&trees[i + 1..at]);
                let name = if word(i) == "trait" { word(i + 1) } else { name.unwrap_or_default() };
                read(braces(&trees[at]).unwrap(), Some(&name), implements || word(i) == "trait", code);
                i = at;
            }
            "mod" => {}
            "fn" if !word(i + 1).is_empty() => {
                let before = if word(i.wrapping_sub(1)) == "const" { i.wrapping_sub(2) } else { i.wrapping_sub(1) };
                let (name, public) = (word(i + 1), word(before) == "pub");
                let semicolon = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ';');
                let end = (i..trees.len()).find(|&j| braces(&trees[j]).is_some() || semicolon(&trees[j])).unwrap();
                let mut said = BTreeSet::new();
                words(trees[i + 2..=end].iter().cloned().collect(), &mut said);
                code.said.extend(said.iter().cloned());
                code.functions.push(Function { name, of: of.map(str::to_owned), said, public, of_trait });
                i = end;
            }
            other => {
                if !other.is_empty() {
                    code.said.insert(other.to_owned());
                }
                if let TokenTree::Group(group) = &trees[i] {
                    // Modules within a file hold functions; other groups hold words.
                    if group.delimiter() == Delimiter::Brace {
                        read(group.stream(), of, of_trait, code);
                    } else {
                        words(group.stream(), &mut code.said);
                    }
                }
            }
        }
        i += 1;
    }
}

/// The code of the files below a folder, by their paths from the root.
fn files(folder: &str) -> BTreeMap<String, Code> {
    let (mut todo, mut found) = (vec![root().join(folder)], BTreeMap::new());
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let mut code = Code::default();
            read(std::fs::read_to_string(&path).unwrap().parse().unwrap(), None, false, &mut code);
            found.insert(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), code);
        }
    }
    found
}

/// The public functions of the routes that no claim reaches, with the files that they are written in.
fn unclaimed() -> BTreeSet<String> {
    let sources = |name: &&str| files(&format!("crates/infodyn-{name}/src"));
    let code: Vec<(String, Code)> = ROUTES.iter().chain(&BETWEEN).flat_map(sources).collect();
    let mut reached: BTreeSet<String> =
        files("crates/infodyn-claims/src").into_values().flat_map(|code| code.said).collect();
    let functions = || code.iter().flat_map(|(file, code)| code.functions.iter().map(move |f| (file, f)));
    let mut todo: Vec<&Function> = functions().map(|(_, f)| f).collect();
    loop {
        let (now, later): (Vec<&Function>, Vec<&Function>) =
            todo.into_iter().partition(|f| f.of_trait || reached.contains(&f.name));
        if now.is_empty() {
            break;
        }
        reached.extend(now.into_iter().flat_map(|f| f.said.iter().cloned()));
        todo = later;
    }
    let route = |file: &str| ROUTES.iter().any(|r| file.starts_with(&format!("crates/infodyn-{r}/")));
    let left = functions().filter(|(file, f)| f.public && route(file) && !f.of_trait && !reached.contains(&f.name));
    let shown = |f: &Function| f.of.as_ref().map_or_else(|| f.name.clone(), |of| format!("{of}::{}", f.name));
    left.map(|(file, f)| format!("{file}\t{}", shown(f))).collect()
}

/// All that is found is in the list, and the test that it names for a function calls it.
#[test]
fn what_no_claim_runs_is_listed_with_the_test_that_covers_it() {
    let text = std::fs::read_to_string(root().join("tests/unclaimed.tsv")).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let listed: BTreeSet<String> = lines.iter().map(|line| format!("{}\t{}", line[0], line[1])).collect();
    let found = unclaimed();
    let new: Vec<&String> = found.difference(&listed).collect();
    assert!(new.is_empty(), "no claim runs {new:#?}");
    for line in &lines {
        let code = files(line[2]);
        let name = line[1].rsplit("::").next().unwrap();
        let said = |code: &Code| code.tested.contains(name) || line[2].contains("/tests/") && code.said.contains(name);
        assert!(code.values().any(said), "{} does not call {}", line[2], line[1]);
    }
}

/// What is reached and what is not, on a small source.
#[test]
fn functions_are_found_with_what_they_say() {
    let mut code = Code::default();
    let text = "pub fn a() { b() } fn b() {} impl<T: X> D<T> { pub const fn c(&self) -> E { self.e() } } \
                impl Add for D<u8> { fn add(self) {} } #[cfg(test)] mod tests { fn t() { c() } }";
    read(text.parse().unwrap(), None, false, &mut code);
    let found: Vec<(&str, Option<&str>, bool, bool)> =
        code.functions.iter().map(|f| (f.name.as_str(), f.of.as_deref(), f.public, f.of_trait)).collect();
    assert_eq!(
        found,
        [
            ("a", None, true, false),
            ("b", None, false, false),
            ("c", Some("D"), true, false),
            ("add", Some("D"), false, true)
        ]
    );
    assert!(code.functions[2].said.contains("e") && code.tested.contains("c") && !code.said.contains("c"));
}
