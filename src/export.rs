//! A restore point as Terraform: configuration that imports what is there, and plans no change.
//!
//! Each folder is a configuration of its own, with a state of its own. It is made in three walks over its resources, so
//! that memory does not grow with what they hold: the first gives every resource its name, the second learns who would
//! name whom, since Terraform refuses circles, and the third writes.

mod chosen;
mod hcl;
mod identity;
mod index;
mod lookup;
mod mapping;
mod name;
mod parts;
mod providers;
mod report;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use driftline_api::{Address, Descriptor, Form, GLOBAL, Scope, Targets};

use crate::Resource;
use crate::store::{self, Oid, Snapshot};
pub use chosen::{Chosen, Phase, Piece, Pieces, write_chosen};
use hcl::{Expression, Item};
pub(crate) use identity::{Known, known, names};
use index::{Index, Node};
use mapping::{Mapping, Output, Variable};
pub(crate) use parts::Parts;
use providers::Providers;
pub use providers::{Access, Role};
pub use report::{LeftOut, Report};
pub use script::{Script, script};

/// How resources are spread over folders. Resources name each other within a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// A folder for each account and region.
    #[default]
    Region,
    /// A folder for each account.
    Account,
    /// A folder for each service.
    Service,
    /// One folder.
    Flat,
}

/// What to export, and how.
#[derive(Debug)]
pub struct Options<'o> {
    pub kinds: &'o BTreeMap<&'static str, &'static Descriptor>,
    pub targets: &'o Targets,
    pub layout: Layout,
}

/// Why a restore point could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("`{}` cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Writes a snapshot into a folder, which should be empty.
pub fn export(snapshot: &Snapshot, options: &Options<'_>, folder: &Path) -> Result<Report, Error> {
    let mut report = Report::default();
    for gap in snapshot.coverage()?.gaps() {
        if options.targets.may_match_kind(Some(gap.scope), gap.kind) {
            report.unread.insert(format!("{}/{}", gap.scope, gap.kind));
        }
    }
    for (root, parts) in parts(snapshot, options, &mut report)? {
        let scopes = parts.iter().map(|part| &part.scope).collect();
        let within = Parts::find(snapshot, options.kinds, &scopes)?;
        let (folder, providers) = (folder.join(root), Providers::of(parts.iter().map(|part| &part.scope)));
        let root = Root { snapshot, options, folder, providers, parts, within };
        root.write(&mut report)?;
    }
    write(&folder.join(report::FILE), report.to_text(snapshot).as_bytes())?;
    Ok(report)
}

/// The resources of a kind in a scope.
struct Part {
    scope: Scope,
    kind: &'static Descriptor,
    resources: Vec<(String, Oid)>,
}

/// The resources that can be written, by the folder that they belong to, in the order of writing.
fn parts(
    snapshot: &Snapshot,
    options: &Options<'_>,
    report: &mut Report,
) -> Result<BTreeMap<String, Vec<Part>>, store::Error> {
    let mut roots: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for scope in snapshot.scopes()? {
        for kind in snapshot.kinds(&scope)? {
            if !options.targets.may_match_kind(Some(&scope), &kind) {
                continue;
            }
            let mut resources = snapshot.index(&scope, &kind)?;
            resources.retain(|(id, _)| {
                let address = Address { scope: scope.clone(), kind: kind.clone(), id: id.clone() };
                options.targets.matches(&address)
            });
            match options.kinds.get(kind.as_str()).filter(|kind| kind.terraform.is_some()) {
                Some(&kind) => {
                    let root = options.layout.root(&scope, kind);
                    roots.entry(root).or_default().push(Part { scope: scope.clone(), kind, resources });
                }
                None => {
                    for (id, _) in resources {
                        let address = Address { scope: scope.clone(), kind: kind.clone(), id };
                        report.leave_out(address, format!("this version does not export {kind} yet"));
                    }
                }
            }
        }
    }
    for parts in roots.values_mut() {
        parts.sort_by(|one, other| {
            (one.kind.service(), &one.scope, one.kind.name).cmp(&(other.kind.service(), &other.scope, other.kind.name))
        });
    }
    Ok(roots)
}

impl Layout {
    fn root(self, scope: &Scope, kind: &Descriptor) -> String {
        match self {
            Self::Region => format!("{}/{}", scope.account, scope.region),
            Self::Account => scope.account.clone(),
            Self::Service => kind.service().to_owned(),
            Self::Flat => String::new(),
        }
    }

    /// What tells a name that is unique in its scope from the same name in another scope of the folder.
    fn suffix(self, scope: &Scope) -> String {
        let region =
            if scope.region == GLOBAL { String::new() } else { format!("_{}", scope.region.replace('-', "_")) };
        match self {
            Self::Region => String::new(),
            Self::Account => region,
            Self::Service | Self::Flat => format!("_{}{region}", scope.account),
        }
    }
}

/// One configuration.
struct Root<'r> {
    snapshot: &'r Snapshot,
    options: &'r Options<'r>,
    folder: PathBuf,
    providers: Providers,
    parts: Vec<Part>,
    within: Parts,
}

impl Root<'_> {
    fn write(&self, report: &mut Report) -> Result<(), Error> {
        let mut index = Index::default();
        let nodes = self.name(&mut index, report)?;
        if nodes.iter().all(Option::is_none) {
            return Ok(());
        }
        let mut edges: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
        self.walk(&nodes, |mapping, node| {
            if let Ok(form) = mapping.form() {
                let written = mapping.write(form, Output { index: &index, node, provider: None, explicit: &NONE });
                edges.insert(node, written.names);
            }
            Ok(())
        })?;
        index.find_circles(&edges);

        fs::create_dir_all(&self.folder).map_err(|source| Error::Write { path: self.folder.clone(), source })?;
        let mut file: Option<(String, BufWriter<fs::File>)> = None;
        let mut variables = Vec::new();
        let before = report.imports;
        self.walk(&nodes, |mapping, node| {
            let Ok(form) = mapping.form() else { return Ok(()) };
            let provider = self.providers.alias(mapping.scope);
            let mut written = mapping.write(form, Output { index: &index, node, provider, explicit: &NONE });
            let path = self.folder.join(format!("{}.tf", mapping.kind.service()));
            let failed = |source| Error::Write { path: path.clone(), source };
            let is_open = file.as_ref().is_some_and(|(service, _)| service == mapping.kind.service());
            if !is_open {
                if let Some((_, mut before)) = file.take() {
                    before.flush().map_err(failed)?;
                }
                let created = fs::File::create(&path).map_err(failed)?;
                file = Some((mapping.kind.service().to_owned(), BufWriter::new(created)));
                report.files += 1;
            }
            if let Some((_, out)) = &mut file {
                let between = if is_open { "\n" } else { "" };
                out.write_all(between.as_bytes()).map_err(failed)?;
                let items: Vec<Item> = written
                    .blocks
                    .iter_mut()
                    .flat_map(|block| {
                        let arguments = std::mem::take(&mut block.arguments);
                        [block.import(), block.resource(arguments)]
                    })
                    .collect();
                out.write_all(hcl::write(&items).as_bytes()).map_err(failed)?;
            }
            report.add(&mapping.resource.address(mapping.scope), written.blocks.len(), written.lost);
            variables.extend(written.blocks.into_iter().flat_map(|block| block.variables));
            Ok(())
        })?;
        if let Some((service, mut out)) = file {
            let path = self.folder.join(format!("{service}.tf"));
            out.flush().map_err(|source| Error::Write { path, source })?;
        }
        report.variables += variables.iter().filter(|variable| variable.default.is_none()).count();
        report.folders += 1;
        report.largest = report.largest.max(report.imports - before);
        self.write_around(variables)
    }

    /// Gives every resource its name. What cannot be written is told, and has no node.
    fn name(&self, index: &mut Index, report: &mut Report) -> Result<Vec<Option<Node>>, Error> {
        let mut nodes = Vec::new();
        let mut parts = Vec::new();
        let mut taken = BTreeSet::new();
        self.each(|mapping| {
            let form = match mapping.form() {
                Ok(form) => form,
                Err(why) => {
                    let address = mapping.resource.address(mapping.scope);
                    match self.within.whole(&address) {
                        Some((whole, _)) => parts.push((whole, address, format!("it {why}"))),
                        None => report.leave_out(address, format!("it {why}")),
                    }
                    nodes.push(None);
                    return Ok(());
                }
            };
            let node = index.add(called(mapping, form, self.options.layout, &mut taken));
            for (value, attribute) in mapping.handles(form) {
                index.handle(node, mapping.scope, mapping.kind.name, &value, attribute);
            }
            nodes.push(Some(node));
            Ok(())
        })?;
        let lost: BTreeSet<Address> = report.left_out.iter().map(|left| left.address.clone()).collect();
        for (whole, address, why) in parts {
            if self.options.targets.matches(whole) && !lost.contains(whole) {
                report.write_elsewhere(address, why);
            } else {
                report.leave_out(address, why);
            }
        }
        Ok(nodes)
    }

    fn walk(
        &self,
        nodes: &[Option<Node>],
        mut visit: impl FnMut(&Mapping<'_>, Node) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut nodes = nodes.iter();
        self.each(|mapping| match nodes.next() {
            Some(Some(node)) => visit(mapping, *node),
            _ => Ok(()),
        })
    }

    /// Reads every resource, in the order of writing.
    fn each(&self, mut visit: impl FnMut(&Mapping<'_>) -> Result<(), Error>) -> Result<(), Error> {
        for part in &self.parts {
            for (id, blob) in &part.resources {
                let address = Address { scope: part.scope.clone(), kind: part.kind.name.to_owned(), id: id.clone() };
                let resource: Resource = self.snapshot.read(&address, *blob)?;
                if let Some(mut mapping) = Mapping::new(part.kind, &part.scope, &resource) {
                    mapping.parts = self.within.read(self.snapshot, &address)?;
                    mapping.within = self.within.why(&address);
                    visit(&mapping)?;
                }
            }
        }
        Ok(())
    }

    /// What stands beside the resources: versions, providers, variables.
    fn write_around(&self, variables: Vec<Variable>) -> Result<(), Error> {
        write(&self.folder.join("versions.tf"), hcl::write(&providers::versions()).as_bytes())?;
        write(&self.folder.join("providers.tf"), hcl::write(&self.providers.items()).as_bytes())?;
        let mut declared = self.providers.variables();
        declared.extend(variables.into_iter().map(Variable::item));
        if declared.is_empty() {
            return Ok(());
        }
        write(&self.folder.join("variables.tf"), hcl::write(&declared).as_bytes())
    }
}

/// The Terraform address of a resource: a function of the resource alone, unless another has the very same name.
fn called(mapping: &Mapping<'_>, form: &Form, layout: Layout, taken: &mut BTreeSet<String>) -> String {
    let id = &mapping.resource.id;
    let mut own = match (mapping.called(), mapping.kind.label) {
        (Some(called), _) => name::labelled(Some(&called), id),
        (None, Some(_)) => name::labelled(mapping.label(), id),
        (None, None) => name::unique(id),
    };
    // Where ids are names, another scope may have the same.
    if mapping.kind.label.is_none() {
        own += &layout.suffix(mapping.scope);
    }
    let mut address = format!("{}.{own}", form.resource);
    if !taken.insert(address.clone()) {
        address = format!("{address}_{}", name::unique(id).trim_start_matches('_'));
        taken.insert(address.clone());
    }
    address
}

impl Variable {
    /// The block that declares it.
    fn item(self) -> Item {
        let mut arguments = vec![
            Item::argument("description", Expression::Text(self.description)),
            Item::argument("type", Expression::Raw("string".to_owned())),
            Item::argument("sensitive", Expression::Raw("true".to_owned())),
        ];
        if let Some(default) = self.default {
            arguments.push(Item::argument("default", Expression::Raw(default.to_owned())));
        }
        Item::block("variable", &[&self.name], arguments)
    }
}

/// Everything that the provider fills in is left to it.
static NONE: BTreeSet<String> = BTreeSet::new();

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}
