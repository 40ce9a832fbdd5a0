//! The shape of the house: which crate may know which, and which file. ARCHITECTURE.md draws both, and here it is
//! compared with `cargo metadata` and with the sources.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{TokenStream, TokenTree};

/// Who knows whom, by name.
type Graph = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The lines `name: name name` of the fenced block of ARCHITECTURE.md below a heading; duplicates are refused.
fn drawn(heading: &str) -> Graph {
    let text = read(&root().join("ARCHITECTURE.md"));
    let below = text.split_once(&format!("## {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}")).1;
    let block = below.split("```").nth(1).unwrap();
    let lines = block.lines().filter_map(|line| line.split_once(':'));
    let words = |rest: &str| rest.split_whitespace().map(str::to_owned).collect();
    let mut graph = Graph::new();
    for (name, rest) in lines {
        assert!(graph.insert(name.trim().to_owned(), words(rest)).is_none(), "{name} is drawn twice");
    }
    graph
}

/// The members, as `cargo metadata` tells of them.
fn members() -> Vec<serde_json::Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(of: &serde_json::Value) -> String {
    of["name"].as_str().unwrap().to_owned()
}

/// The normal dependencies (neither dev nor build) of each member.
fn dependencies() -> Graph {
    let normal = |p: &serde_json::Value| {
        let all = p["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"].is_null()).map(name).collect()
    };
    members().iter().map(|p| (name(p), normal(p))).collect()
}

/// The part of a graph whose names are all in it.
fn within(graph: &Graph) -> Graph {
    let inside = |on: &BTreeSet<String>| on.iter().filter(|d| graph.contains_key(*d)).cloned().collect();
    graph.iter().map(|(name, on)| (name.clone(), inside(on))).collect()
}

/// The routes, which know nothing of the workspace but its vocabulary.
const ROUTES: [&str; 6] = [
    "infodyn-closed-form",
    "infodyn-quadrature",
    "infodyn-monte-carlo",
    "infodyn-enclosure",
    "infodyn-symbolic",
    "infodyn-bifurcation",
];

/// A route that knows more of the workspace than its vocabulary and its arithmetic.
fn dependent_route(graph: &Graph) -> Option<&str> {
    let shared = ["infodyn-core", "infodyn-kernels"];
    let independent = |on: &BTreeSet<String>| on.iter().all(|d| shared.contains(&d.as_str()) || !graph.contains_key(d));
    ROUTES.into_iter().find(|route| !graph.get(*route).is_some_and(independent))
}

#[test]
fn crates_know_each_other_as_drawn() {
    let found = dependencies();
    assert_eq!(within(&found), drawn("Which crate knows which"));
    assert_eq!(dependent_route(&found), None);
    assert!(found["xtask"].is_empty(), "xtask is the standard library alone");
    let plotters: Vec<_> = found.iter().filter(|(_, on)| on.contains("plotters")).map(|(name, _)| name).collect();
    assert_eq!(plotters, ["infodyn-figures"]);
}

#[test]
fn a_route_that_knew_another_would_be_seen() {
    let mut graph = dependencies();
    graph.get_mut("infodyn-quadrature").unwrap().insert("infodyn-closed-form".into());
    assert_eq!(dependent_route(&graph), Some("infodyn-quadrature"));
    graph.remove("infodyn-closed-form");
    assert_eq!(dependent_route(&graph), Some("infodyn-closed-form"));
}

/// A file as a module: where its path begins, the names that it takes from elsewhere, and all paths that it says.
#[derive(Debug, Default)]
struct Module {
    /// Names brought in by `use`, with the path that each stands for, and whether they are passed on (`pub use`).
    used: Vec<(String, Vec<String>, bool)>,
    /// Paths of two words or more in the code, and single words.
    said: Vec<Vec<String>>,
}

/// The words of a file outside its `use` items and its unit tests, as paths; and its `use` items.
fn scan(tokens: TokenStream, module: &mut Module) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |i: usize, c: char| matches!(trees.get(i), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let word = |i: usize| match trees.get(i) {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    };
    let mut i = 0;
    while i < trees.len() {
        match (&trees[i], word(i).as_deref()) {
            (_, Some("use")) => {
                let end = (i..trees.len()).find(|&j| is(j, ';')).unwrap_or(trees.len());
                // `pub use`, or `pub(crate) use`.
                let scope = usize::from(i > 0 && matches!(&trees[i - 1], TokenTree::Group(_)));
                let public = i > scope && word(i - 1 - scope).as_deref() == Some("pub");
                taken(&trees[i + 1..end], &[], public, &mut module.used);
                i = end;
            }
            // A module of tests, behind its attribute.
            (TokenTree::Group(attribute), _) if i > 0 && is(i - 1, '#') => {
                let tests = attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                if tests && word(i + 1).as_deref() == Some("mod") {
                    i += 3;
                }
            }
            (_, Some("mod")) => i += 1,
            (TokenTree::Group(group), _) => scan(group.stream(), module),
            (_, Some(first)) => {
                let mut path = vec![first.to_owned()];
                while is(i + 1, ':') && is(i + 2, ':') {
                    let Some(next) = word(i + 3) else { break };
                    path.push(next);
                    i += 3;
                }
                module.said.push(path);
            }
            _ => {}
        }
        i += 1;
    }
}

/// The names that a tree of `use` brings in.
fn taken(trees: &[TokenTree], before: &[String], public: bool, used: &mut Vec<(String, Vec<String>, bool)>) {
    let mut path = before.to_vec();
    let mut name = None;
    let mut renamed = false;
    for (i, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(ident) if renamed || ident == "as" => {
                renamed = ident == "as";
                name = Some(ident.to_string());
            }
            TokenTree::Ident(ident) if ident == "self" && i == 0 && !before.is_empty() => {}
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Punct(p) if p.as_char() == '*' => path.push("*".into()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let comma = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ',');
                return inner.split(comma).filter(|part| !part.is_empty()).for_each(|p| taken(p, &path, public, used));
            }
            _ => {}
        }
    }
    used.push((name.or_else(|| path.last().cloned()).unwrap_or_default(), path, public));
}

/// The modules of a crate by their paths, such as `claims::b2`; the root is empty.
type Modules = BTreeMap<Vec<String>, Module>;

fn modules(source: &Path) -> Modules {
    let mut found = Modules::new();
    // Beside a library, the program's own file is known by none.
    let library = source.join("lib.rs").exists();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !(path.ends_with("main.rs") && library) {
                let place = path.strip_prefix(source).unwrap().with_extension("");
                let mut name: Vec<String> = place.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                if ["mod", "lib", "main"].contains(&name[name.len() - 1].as_str()) {
                    name.pop();
                }
                found.insert(name, parsed(&read(&path)));
            }
        }
    }
    found
}

fn parsed(text: &str) -> Module {
    let mut module = Module::default();
    scan(text.parse().unwrap(), &mut module);
    module
}

/// The module in which the thing that `path` names, said in `here`, is written; none for what is not of the crate.
/// `pub use` is followed; a name that a module both passes on and says itself counts as said by it.
fn owner(modules: &Modules, here: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
    let (mut at, mut rest) = match path[0].as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (here.to_vec(), &path[1..]),
        "super" => (here[..here.len().checked_sub(1)?].to_vec(), &path[1..]),
        _ => (here.to_vec(), path),
    };
    let relative = ["crate", "self", "super"].contains(&path[0].as_str());
    while let Some(next) = rest.first() {
        if next == "super" {
            at.pop()?;
        } else if modules.contains_key(&[at.as_slice(), std::slice::from_ref(next)].concat()) {
            at.push(next.clone());
        } else {
            break;
        }
        rest = &rest[1..];
    }
    if !relative && at == here {
        return None;
    }
    let Some(name) = rest.first() else { return Some(at) };
    let passed =
        modules[&at].used.iter().filter(|(used, from, _)| used == name || from.last().is_some_and(|f| f == "*"));
    let found = passed.filter(|_| depth < 8).find_map(|(_, from, _)| {
        let from = match from.split_last() {
            Some((star, before)) if star == "*" => [before, std::slice::from_ref(name)].concat(),
            _ => from.clone(),
        };
        owner(modules, &at, &from, depth + 1)
    });
    found.or(Some(at))
}

/// Which file knows which. `mod` and `pub use` make a map of a folder and are not knowledge, unless the file says the
/// name itself.
fn knowledge(modules: &Modules) -> Graph {
    let shown = |name: &[String]| if name.is_empty() { "lib".to_owned() } else { name.join("/") };
    let mut graph = Graph::new();
    for (here, module) in modules {
        let said = |name: &str| module.said.iter().any(|path| path[0] == name);
        let uses = module.used.iter().filter(|(name, _, public)| !public || said(name)).map(|(_, path, _)| path);
        let paths = uses.chain(module.said.iter().filter(|path| path.len() > 1));
        let known = paths.filter_map(|path| owner(modules, here, path, 0)).filter(|there| there != here);
        graph.insert(shown(here), known.map(|there| shown(&there)).collect());
    }
    graph
}

/// The sets of names that reach one another, each of two or more.
fn circles(graph: &Graph) -> BTreeSet<Vec<String>> {
    let reach = |from: &String| -> BTreeSet<String> {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(name) = todo.pop() {
            for next in graph.get(&name).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    todo.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = graph.keys().map(|name| (name, reach(name))).collect();
    let ring = |name: &String| -> Vec<String> {
        let back = |other: &&String| reached.get(*other).is_some_and(|r| r.contains(name));
        reached[name].iter().filter(back).cloned().collect()
    };
    graph.keys().map(ring).filter(|ring| ring.len() > 1).collect()
}

/// No file knows a file that knows it, but for the circles that ARCHITECTURE.md lists; and those are there.
#[test]
fn files_know_each_other_in_one_direction() {
    let listed = drawn("Circles that remain");
    let mut found = Graph::new();
    for member in members().iter().filter(|member| name(member) != "infodyn-tests") {
        let folder = Path::new(member["manifest_path"].as_str().unwrap()).parent().unwrap();
        for ring in circles(&knowledge(&modules(&folder.join("src")))) {
            found.entry(name(member)).or_default().insert(ring.join(","));
        }
    }
    assert_eq!(found, listed);
}

#[test]
fn circles_are_seen() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            graph.entry((*to).to_owned()).or_default();
        }
        graph
    };
    assert!(circles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let rings = circles(&graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "a")]));
    assert_eq!(rings, BTreeSet::from([["a", "b", "c"].map(str::to_owned).to_vec()]));
}

/// What counts as knowing another file, on small sources.
#[test]
fn sources_are_read_as_the_compiler_reads_them() {
    let name = |path: &str| -> Vec<String> { path.split('/').filter(|p| !p.is_empty()).map(str::to_owned).collect() };
    let graph = |files: &[(&str, &str)]| {
        knowledge(&files.iter().map(|(path, text)| (name(path), parsed(text))).collect::<Modules>())
    };
    let knows = |files: &[(&str, &str)], from: &str, to: &str| graph(files)[from].contains(to);
    let map = ("", "mod a; mod b; pub use a::{One, two as deux}; pub type Result = u8;");
    for (text, seen) in [
        ("use crate::One;", true),
        ("use crate::{Result, deux};", true),
        ("fn f() { g(vec![crate::a::two()]) }", true),
        ("fn f() { super::a::two() }", true),
        ("pub(crate) use crate::a::two; fn f() { two() }", true),
        ("pub use crate::a::two;", false),
        ("// crate::a::two\nconst A: &str = \"crate::a::two\";", false),
        ("use crate::Result;", false),
        ("#[cfg(test)] mod tests { use crate::a::two; }", false),
        ("use other::a;", false),
    ] {
        assert_eq!(knows(&[map, ("a", "struct One; fn two() {}"), ("b", text)], "b", "a"), seen, "{text}");
    }
    let folder = [("", "mod m;"), ("m", "mod c; pub(crate) use c::f; fn help() {}"), ("m/c", "use super::help;")];
    assert!(knows(&folder, "m/c", "m") && circles(&graph(&folder)).is_empty());
    let both = [("", "mod m;"), ("m", "mod c; fn all() { c::f() } fn help() {}"), ("m/c", "use super::help;")];
    assert_eq!(circles(&graph(&both)).len(), 1);
}
