//! Some resources as Terraform, for a restore: first as they are, to be taken into a state, then as they were.
//!
//! Both times a resource has the same name, so that what Terraform plans the second time is the way back. Everything
//! lies in one configuration, whatever accounts and regions it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use driftline_api::{Address, Argument, Child, Descriptor, Scope};

use super::hcl::{self, Expression, Item};
use super::index::{Index, Node};
use super::mapping::{Block, Mapping, Output};
use super::providers::{self, Access, Providers};
use super::{Error, Layout, LeftOut, called, write};
use crate::Resource;

/// A resource of a restore.
#[derive(Debug, Clone)]
pub struct Chosen<'c> {
    pub address: &'c Address,
    pub kind: &'static Descriptor,
    /// What it is called after: its name stays, whatever somebody changed.
    pub named_by: &'c Resource,
    /// What is written of it.
    pub written: &'c Resource,
    /// What is written in it.
    pub parts: &'c [(&'static Descriptor, Resource)],
    /// Whether it is there, and can be imported.
    pub lives: bool,
    /// Names of attributes that somebody changed: what they say is written even where it is the provider's default,
    /// which Terraform would not set again by itself.
    pub explicit: BTreeSet<String>,
}

/// What the configuration is for. `without` is what Terraform refused to import: it is left alone.
#[derive(Debug, Clone, Copy)]
pub enum Phase<'p> {
    /// Taking what lives into the state; nothing in it can change anything. `imports`: with blocks that import.
    Adopt { imports: bool, without: &'p BTreeSet<String> },
    /// Putting back. What is at these addresses in the state is kept as far as snapshots do not hold it.
    PutBack { known: &'p BTreeSet<String>, without: &'p BTreeSet<String> },
}

/// A resource of Terraform's, and what it is to driftline.
#[derive(Debug, Clone)]
pub struct Piece {
    /// `aws_vpc.main_8c9dc0`.
    pub terraform: String,
    /// By what Terraform imports it.
    pub import: String,
    pub address: Address,
    /// Which part of the resource it is; `None`: itself.
    pub child: Option<&'static Child>,
    pub arguments: &'static [Argument],
    /// Arguments that stay as they are, since they hold secrets.
    pub kept: Vec<String>,
}

/// What became of the chosen.
#[derive(Debug, Default)]
pub struct Pieces {
    pub pieces: Vec<Piece>,
    /// Whole resources that cannot be written.
    pub left_out: Vec<LeftOut>,
    /// Parts that cannot be written, at these paths.
    pub lost: Vec<(Address, String, &'static str)>,
    /// Secrets that Terraform has to be told, and of which resource.
    pub variables: BTreeMap<String, Address>,
    /// Names of the files in the folder.
    pub files: BTreeSet<String>,
}

/// Writes the configuration of these resources into a folder.
///
/// `scopes` are those of everything that the state is about, for its providers. `state`: what Terraform's state holds
/// already. When resources are adopted, what does not live is written only if it is there.
pub fn write_chosen(
    chosen: &[Chosen<'_>],
    scopes: &[&Scope],
    phase: Phase<'_>,
    state: &BTreeSet<String>,
    access: &BTreeMap<String, Access>,
    folder: &Path,
) -> Result<Pieces, Error> {
    let mut pieces = Pieces::default();
    let mut index = Index::default();
    let mut nodes: Vec<Option<Node>> = Vec::new();
    let mut taken = BTreeSet::new();
    for one in chosen {
        let mapped = Mapping::new(one.kind, &one.address.scope, one.written);
        let named = Mapping::new(one.kind, &one.address.scope, one.named_by);
        let (Some(mapping), Some(named)) = (mapped, named) else {
            let why = format!("this version does not export {} yet", one.kind.name);
            pieces.left_out.push(LeftOut { address: one.address.clone(), why });
            nodes.push(None);
            continue;
        };
        nodes.push(match mapping.form() {
            Err(why) => {
                pieces.left_out.push(LeftOut { address: one.address.clone(), why: format!("it {why}") });
                None
            }
            Ok(form) => {
                let node = index.add(called(&named, form, Layout::Flat, &mut taken));
                // What is only looked at names nobody: whoever it names may be no more.
                if matches!(phase, Phase::PutBack { .. }) {
                    for (value, attribute) in mapping.handles(form) {
                        index.handle(node, mapping.scope, mapping.kind.name, &value, attribute);
                    }
                }
                Some(node)
            }
        });
    }
    let providers = Providers::of(scopes.iter().copied()).entering(access);
    let each = |index: &Index, visit: &mut dyn FnMut(&Chosen<'_>, &Mapping<'_>, Node)| {
        for (one, node) in chosen.iter().zip(&nodes) {
            let (Some(node), Some(mut mapping)) = (*node, Mapping::new(one.kind, &one.address.scope, one.written))
            else {
                continue;
            };
            mapping.parts = one.parts.to_vec();
            debug_assert!(!index.address(node).is_empty());
            visit(one, &mapping, node);
        }
    };
    let mut edges: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    each(&index, &mut |one, mapping, node| {
        if let Ok(form) = mapping.form() {
            let written = mapping.write(form, Output { index: &index, node, provider: None, explicit: &one.explicit });
            edges.insert(node, written.names);
        }
    });
    index.find_circles(&edges);

    let mut services: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    let mut variables = Vec::new();
    each(&index, &mut |one, mapping, node| {
        let Ok(form) = mapping.form() else { return };
        let provider = providers.alias(mapping.scope);
        let written = mapping.write(form, Output { index: &index, node, provider, explicit: &one.explicit });
        let lost = written.lost.into_iter().map(|(path, why)| (one.address.clone(), path, why));
        pieces.lost.extend(lost);
        let items = services.entry(one.kind.service().to_owned()).or_default();
        for mut block in written.blocks {
            let is_known = state.contains(&block.address);
            let (Phase::Adopt { without, .. } | Phase::PutBack { without, .. }) = phase;
            if without.contains(&block.address) {
                continue;
            }
            if let Phase::Adopt { imports, .. } = phase {
                if !one.lives && !is_known {
                    continue;
                }
                if imports && !is_known {
                    items.push(block.import());
                }
            }
            let kept = match phase {
                Phase::Adopt { .. } => adopt(&mut block),
                Phase::PutBack { known, .. } if known.contains(&block.address) => keep_secrets(&mut block),
                Phase::PutBack { .. } => Vec::new(),
            };
            pieces.variables.extend(block.variables.iter().map(|it| (it.name.clone(), one.address.clone())));
            variables.append(&mut block.variables);
            let arguments = std::mem::take(&mut block.arguments);
            items.push(block.resource(arguments));
            pieces.pieces.push(Piece {
                terraform: block.address,
                import: block.import,
                address: one.address.clone(),
                child: block.child,
                arguments: block.child.map_or(form.arguments, |child| child.arguments),
                kept,
            });
        }
    });

    let mut files: BTreeMap<String, Vec<Item>> =
        services.into_iter().map(|(service, items)| (format!("{service}.tf"), items)).collect();
    files.insert("versions.tf".to_owned(), providers::versions());
    files.insert("providers.tf".to_owned(), providers.items());
    let mut declared = providers.variables();
    declared.extend(variables.into_iter().map(super::Variable::item));
    if !declared.is_empty() {
        files.insert("variables.tf".to_owned(), declared);
    }
    for (name, items) in files {
        write(&folder.join(&name), hcl::write(&items).as_bytes())?;
        pieces.files.insert(name);
    }
    Ok(pieces)
}

/// What stands for a secret that stays as it is.
const KEPT: &str = "kept as it is";

/// Nothing that the configuration says of the resource is of any consequence.
fn adopt(block: &mut Block) -> Vec<String> {
    let kept = hide_secrets(block);
    ignore(block, |_| Expression::Raw("all".to_owned()));
    kept
}

/// What a snapshot does not hold stays as it is.
fn keep_secrets(block: &mut Block) -> Vec<String> {
    let kept = hide_secrets(block);
    if !kept.is_empty() {
        ignore(block, |known| {
            let more = kept.iter().map(|name| Expression::Raw(name.clone())).filter(|name| !known.contains(name));
            Expression::List(known.iter().cloned().chain(more).collect())
        });
    }
    kept
}

/// Says what Terraform shall not compare, given what is said of it already: a resource has one such block.
fn ignore(block: &mut Block, ignored: impl FnOnce(&[Expression]) -> Expression) {
    let mut known = Vec::new();
    block.arguments.retain_mut(|item| match item {
        Item::Block { name, items, .. } if name == "lifecycle" => {
            for item in std::mem::take(items) {
                if let Item::Argument(_, Expression::List(names)) = item {
                    known.extend(names);
                }
            }
            false
        }
        _ => true,
    });
    let argument = Item::argument("ignore_changes", ignored(&known));
    block.arguments.push(Item::block("lifecycle", &[], vec![argument]));
}

/// Puts a word in the place of each secret; the arguments that held one.
fn hide_secrets(block: &mut Block) -> Vec<String> {
    let secrets: BTreeSet<String> =
        block.variables.drain(..).map(|variable| format!("var.{}", variable.name)).collect();
    let mut kept = BTreeSet::new();
    for item in &mut block.arguments {
        let name = match item {
            Item::Argument(name, _) | Item::Block { name, .. } => name.clone(),
        };
        if !secrets.is_empty() && hide(item, &secrets) {
            kept.insert(name);
        }
    }
    kept.into_iter().collect()
}

fn hide(item: &mut Item, secrets: &BTreeSet<String>) -> bool {
    match item {
        Item::Argument(_, value) => hide_value(value, secrets),
        // Every one of them is looked at: none ends the search.
        Item::Block { items, .. } => items.iter_mut().filter_map(|item| hide(item, secrets).then_some(())).count() > 0,
    }
}

fn hide_value(value: &mut Expression, secrets: &BTreeSet<String>) -> bool {
    let all = |values: &mut dyn Iterator<Item = &mut Expression>| {
        values.filter_map(|value| hide_value(value, secrets).then_some(())).count() > 0
    };
    match value {
        Expression::Raw(text) if secrets.contains(text) => {
            *value = Expression::Text(KEPT.to_owned());
            true
        }
        Expression::Raw(_) | Expression::Text(_) | Expression::Prefixed(..) => false,
        Expression::List(values) => all(&mut values.iter_mut()),
        Expression::Object(members) => all(&mut members.iter_mut().map(|(_, value)| value)),
        Expression::Call(_, inner) => hide_value(inner, secrets),
    }
}
