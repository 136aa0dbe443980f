//! Interprets a kind's mapping: a resource becomes the blocks that configure and import it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use driftline_api::{Argument, Child, Descriptor, Form, Rule, Scope, Terraform, is_sealed};
use serde_json::Value;

use super::hcl::{Expression, Item};
use super::index::{Index, Node, Target};
use super::lookup::{Place, is_nothing, is_same, parse};
use super::name;
use crate::Resource;

/// A resource on its way into a configuration.
pub(super) struct Mapping<'m> {
    pub(super) kind: &'static Descriptor,
    pub(super) terraform: &'static Terraform,
    pub(super) scope: &'m Scope,
    pub(super) resource: &'m Resource,
    /// The attributes, as a value.
    pub(super) root: Value,
    /// What came with it and is written in it.
    pub(super) parts: Vec<(&'static Descriptor, Resource)>,
    /// Why it is left out, if it is a part itself.
    pub(super) within: Option<&'static str>,
}

/// What a resource became.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The resource itself, and what Terraform knows as resources of their own.
    pub(super) blocks: Vec<Block>,
    /// Parts that were left out, and why.
    pub(super) lost: Vec<(String, &'static str)>,
    /// Which resources the main one names, circles included.
    pub(super) names: BTreeSet<Node>,
}

/// One resource of Terraform's.
#[derive(Debug)]
pub(super) struct Block {
    /// `aws_vpc.main_8c9dc0`.
    pub(super) address: String,
    /// By what it is imported.
    pub(super) import: String,
    /// What part of the resource it is; `None`: itself.
    pub(super) child: Option<&'static Child>,
    pub(super) arguments: Vec<Item>,
    /// Variables for what a snapshot does not hold.
    pub(super) variables: Vec<Variable>,
}

/// A secret that whoever applies the configuration has to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) description: String,
    /// What it is unless somebody gives it, where a plan is clean without it.
    pub(super) default: Option<&'static str>,
}

/// Where a resource is written.
#[derive(Clone, Copy)]
pub(super) struct Output<'o> {
    pub(super) index: &'o Index,
    pub(super) node: Node,
    /// The alias of its provider, where there are several.
    pub(super) provider: Option<&'o str>,
    /// Attributes of which the provider's defaults are written, too.
    pub(super) explicit: &'o BTreeSet<String>,
}

impl<'m> Mapping<'m> {
    /// `None` if this version does not export the kind.
    pub(super) fn new(kind: &'static Descriptor, scope: &'m Scope, resource: &'m Resource) -> Option<Self> {
        let root = Value::Object(resource.attributes.clone());
        Some(Self { kind, terraform: kind.terraform?, scope, resource, root, parts: Vec::new(), within: None })
    }

    fn place(&self) -> Place<'_> {
        Place { scope: self.scope, resource: self.resource, root: &self.root, chain: &[], base: "" }
    }

    /// What it is to Terraform, or why it is nothing.
    pub(super) fn form(&self) -> Result<&'static Form, &'static str> {
        let place = self.place();
        if let Some(why) = self.within {
            return Err(why);
        }
        if let Some(exclude) = self.terraform.excludes.iter().find(|exclude| place.holds(exclude.when)) {
            return Err(exclude.why);
        }
        let form = self.terraform.forms.iter().find(|form| place.holds(form.when));
        form.filter(|form| place.fill(form.import).is_some()).ok_or("cannot be imported: what tells it is not known")
    }

    /// What its kind says that people would call it.
    pub(super) fn called(&self) -> Option<String> {
        self.place().fill(self.kind.called?)
    }

    /// What people call it: by its label, or by its tag where the label is no word (an address's number).
    pub(super) fn label(&self) -> Option<&str> {
        let tag = |name: &str| self.resource.tags.get(name).map(String::as_str);
        let label = self.kind.label?;
        let value = match label.strip_prefix("/tags/") {
            Some(name) => tag(name),
            None => self.root.pointer(label).and_then(Value::as_str),
        };
        let is_word = |text: &&str| text.starts_with(|first: char| first.is_alphabetic());
        let is_something = |text: &&str| !text.is_empty();
        value.filter(is_word).or_else(|| tag("Name").filter(is_something)).or(value).filter(is_something)
    }

    /// By what others name it, and the attribute that says the same.
    pub(super) fn handles(&self, form: &Form) -> Vec<(String, &'static str)> {
        let place = self.place();
        form.handles.iter().filter_map(|(pattern, attribute)| Some((place.fill(pattern)?, *attribute))).collect()
    }

    /// By what it is imported.
    pub(super) fn import(&self, form: &Form) -> Option<String> {
        self.place().fill(form.import)
    }

    pub(super) fn write(&self, form: &Form, out: Output<'_>) -> Written {
        let address = out.index.address(out.node).to_owned();
        let place = self.place();
        let writer = Writer {
            mapping: self,
            out,
            from: Some(out.node),
            address: address.clone(),
            names: RefCell::default(),
            variables: RefCell::default(),
            ignored: RefCell::default(),
            within: RefCell::default(),
        };
        let import = place.fill(form.import).unwrap_or_default();
        let arguments = with_provider(out.provider, writer.resource(&place, form.arguments));
        let mut written = Written { names: writer.names.take(), ..Written::default() };
        let variables = writer.variables.take();
        written.blocks.push(Block { address: address.clone(), import, child: None, arguments, variables });
        for child in self.terraform.children {
            self.write_child(child, out, &address, &mut written);
        }
        for omit in self.terraform.omits.iter().filter(|omit| omit.told && place.holds(omit.when)) {
            let is_usual = |value: &Value| omit.usual.iter().any(|usual| parse(usual) == *value);
            let is_lost = |path: &str| match path {
                "/tags" => !self.resource.tags.is_empty(),
                path => place.all(path).iter().any(|value| !is_nothing(value) && !is_usual(value)),
            };
            let lost = omit.paths.iter().filter(|path| is_lost(path));
            written.lost.extend(lost.map(|path| ((*path).to_owned(), omit.why)));
        }
        for ((list, member), known) in self.terraform.selections() {
            let told = place.all(&format!("{list}/*/{member}")).into_iter().filter_map(Value::as_str);
            let unknown = told.filter(|value| !known.contains(*value));
            written
                .lost
                .extend(unknown.map(|value| (format!("{list}/{member}={value}"), "this version does not know it")));
        }
        written
    }

    fn write_child(&self, child: &'static Child, out: Output<'_>, parent: &str, written: &mut Written) {
        let root = self.place();
        let elements = if child.each.is_empty() { vec![vec![&self.root]] } else { root.chains(child.each) };
        for chain in elements {
            let place = root.at(&chain, child.each);
            if !place.holds(child.when) {
                continue;
            }
            let (Some(import), Some(key)) = (place.fill(child.import), place.fill(child.key)) else {
                written.lost.push((child.each.to_owned(), "cannot be imported: what tells it is not known"));
                continue;
            };
            let own = parent.split_once('.').map_or(parent, |(_, name)| name);
            let address = format!("{}.{}", child.resource, name::child(own, &key));
            // Nobody names a child, so it closes no circle.
            let writer = Writer {
                mapping: self,
                out,
                from: None,
                address: address.clone(),
                names: RefCell::default(),
                variables: RefCell::default(),
                ignored: RefCell::default(),
                within: RefCell::default(),
            };
            let arguments = with_provider(out.provider, writer.resource(&place, child.arguments));
            let variables = writer.variables.take();
            written.blocks.push(Block { address, import, child: Some(child), arguments, variables });
        }
    }
}

fn with_provider(alias: Option<&str>, arguments: Vec<Item>) -> Vec<Item> {
    let provider = alias.map(|alias| Item::argument("provider", Expression::Raw(format!("aws.{alias}"))));
    provider.into_iter().chain(arguments).collect()
}

impl Block {
    /// The block that imports it.
    pub(super) fn import(&self) -> Item {
        let to = Item::argument("to", Expression::Raw(self.address.clone()));
        Item::block("import", &[], vec![to, Item::argument("id", Expression::Text(self.import.clone()))])
    }

    /// The block that configures it.
    pub(super) fn resource(&self, arguments: Vec<Item>) -> Item {
        let (resource, own) = self.address.split_once('.').unwrap_or((&self.address, ""));
        Item::block("resource", &[resource, own], arguments)
    }
}

/// Writes the arguments of one resource of Terraform's.
struct Writer<'w> {
    mapping: &'w Mapping<'w>,
    out: Output<'w>,
    /// The node that names others; none for children.
    from: Option<Node>,
    address: String,
    names: RefCell<BTreeSet<Node>>,
    variables: RefCell<Vec<Variable>>,
    /// Arguments that Terraform shall not compare.
    ignored: RefCell<Vec<String>>,
    /// The block that is being written, as Terraform names what is in it: `rule[0].`.
    within: RefCell<String>,
}

impl Writer<'_> {
    /// All that stands in a resource block.
    fn resource(&self, place: &Place<'_>, arguments: &[Argument]) -> Vec<Item> {
        let mut items = self.arguments(place, arguments);
        let ignored = self.ignored.take();
        if !ignored.is_empty() {
            let changes = Expression::List(ignored.into_iter().map(Expression::Raw).collect());
            items.push(Item::block("lifecycle", &[], vec![Item::argument("ignore_changes", changes)]));
        }
        items
    }

    fn arguments(&self, place: &Place<'_>, arguments: &[Argument]) -> Vec<Item> {
        arguments.iter().flat_map(|argument| self.argument(place, argument)).collect()
    }

    fn argument(&self, place: &Place<'_>, argument: &Argument) -> Vec<Item> {
        let name = argument.name();
        let one = |value: Option<Expression>| value.map(|value| Item::argument(name, value)).into_iter().collect();
        match *argument {
            Argument::Value { path, default, .. } => one(self.value(place, name, path, default)),
            Argument::Spelled { path, default, .. } => {
                one(place.spelled(path, default).map(|value| self.expression(name, "", &value)))
            }
            Argument::Always { path, .. } => one(match place.all(path).first() {
                Some(Value::String(text)) if text.is_empty() => Some(Expression::Text(String::new())),
                _ => self.value(place, name, path, None),
            }),
            Argument::Text { pattern, .. } => one(place.fill(pattern).map(Expression::Text)),
            Argument::Document { path, .. } => one(place
                .all(path)
                .first()
                .filter(|it| !is_nothing(it))
                .map(|value| Expression::Call("jsonencode", Box::new(self.document(value))))),
            Argument::Constant { value, .. } => one(Some(self.expression(name, "", &parse(value)))),
            Argument::Given { .. } => one(Some(self.secret(name))),
            Argument::Required { absent, .. } => {
                let variable = self.secret(name);
                self.variables.borrow_mut().iter_mut().last().expect("it was pushed").default = Some(absent);
                one(Some(variable))
            }
            Argument::Initial { arguments } => self.initial(place, arguments),
            Argument::Ignore { arguments } => {
                self.ignored.borrow_mut().extend(arguments.iter().map(|argument| (*argument).to_owned()));
                Vec::new()
            }
            Argument::Where { when, arguments } => {
                if place.holds(when) {
                    self.arguments(place, arguments)
                } else {
                    Vec::new()
                }
            }
            Argument::Blocks { path, arguments, .. } => {
                let base = place.absolute(path);
                let chains = place.chains(path).into_iter();
                chains
                    .filter(|chain| chain.last().is_some_and(|value| value.is_object()))
                    .enumerate()
                    .map(|(index, chain)| {
                        let outer = self.within.replace_with(|outer| format!("{outer}{name}[{index}]."));
                        let items = self.arguments(&place.at(&chain, &base), arguments);
                        self.within.replace(outer);
                        Item::block(name, &[], items)
                    })
                    .collect()
            }
            Argument::Made { make, arguments, .. } => {
                let made = make(&self.mapping.resource.attributes, place.element());
                let objects = made.as_ref().and_then(Value::as_array).into_iter().flatten();
                objects
                    .map(|object| Item::block(name, &[], self.arguments(&place.at(&[object], "."), arguments)))
                    .collect()
            }
            Argument::Sibling { resource, key, attribute, .. } => one(place.fill(key).map(|key| {
                let parent = self.out.index.address(self.out.node);
                let own = parent.split_once('.').map_or(parent, |(_, name)| name);
                Expression::Raw(format!("{resource}.{}.{attribute}", name::child(own, &key)))
            })),
            Argument::Parts { part, arguments, .. } => self.parts(name, part.kind, arguments),
            Argument::Reference { kind, pattern, .. } => one(place.fill(pattern).map(|text| {
                let target = self.out.index.of_kind(self.mapping.scope, kind, &text);
                self.name(target).unwrap_or(Expression::Text(text))
            })),
            Argument::Needs { kind, pattern } => {
                let text = place.fill(pattern);
                let target = text.and_then(|text| self.out.index.of_kind(self.mapping.scope, kind, &text));
                let first = target.as_ref().map(|target| self.out.index.address(target.node).to_owned());
                one(self.name(target).and(first).map(|first| Expression::List(vec![Expression::Raw(first)])))
            }
            Argument::Attribute { path, attribute, otherwise, .. } => {
                let named = place.all(path).first().and_then(|value| value.as_str());
                let target = named.and_then(|text| self.target(&place.absolute(path), text));
                let target = target.map(|target| self.out.index.attribute(&target, attribute));
                one(self.name(target).or_else(|| place.fill(otherwise).map(Expression::Text)))
            }
            Argument::Parent { attribute, .. } => {
                let parent = self.out.index.address(self.out.node);
                one(Some(Expression::Raw(format!("{parent}.{attribute}"))))
            }
            Argument::After(siblings) => {
                let parent = self.out.index.address(self.out.node);
                let own = parent.split_once('.').map_or(parent, |(_, name)| name);
                let root = self.mapping.place();
                let is_there = |sibling: &&str| {
                    let mut children = self.mapping.terraform.children.iter();
                    children.any(|child| child.resource == *sibling && child.each.is_empty() && root.holds(child.when))
                };
                let first = siblings.iter().filter(|sibling| is_there(sibling));
                let first: Vec<Expression> = first.map(|sibling| Expression::Raw(format!("{sibling}.{own}"))).collect();
                one((!first.is_empty()).then_some(Expression::List(first)))
            }
            Argument::Tags => {
                // Those of AWS's own cannot be set; the provider does not look at them.
                let tags = self.mapping.resource.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
                let members: Vec<_> = tags.map(|(key, value)| (key.clone(), Expression::Text(value.clone()))).collect();
                one((!members.is_empty()).then_some(Expression::Object(members)))
            }
            Argument::Computed { from, value, .. } => {
                // What the first of its paths refers to, it refers to.
                let path = from.first().map(|path| place.absolute(path)).unwrap_or_default();
                let value = value(&self.mapping.resource.attributes, place.element());
                one(value.filter(|value| !is_nothing(value)).map(|value| self.expression(name, &path, &value)))
            }
        }
    }

    /// The parts of one kind, written with that kind's references, in the name of the whole.
    fn parts(&self, name: &str, kind: &str, arguments: &[Argument]) -> Vec<Item> {
        let mut items = Vec::new();
        for (kind, resource) in self.mapping.parts.iter().filter(|(other, _)| other.name == kind) {
            let Some(mapping) = Mapping::new(kind, self.mapping.scope, resource) else { continue };
            let writer = Writer {
                mapping: &mapping,
                out: self.out,
                from: self.from,
                address: self.address.clone(),
                names: RefCell::default(),
                variables: RefCell::default(),
                ignored: RefCell::default(),
                within: RefCell::default(),
            };
            let inner = writer.arguments(&mapping.place().at(&[&self.mapping.root], ""), arguments);
            self.names.borrow_mut().append(&mut writer.names.take());
            self.variables.borrow_mut().append(&mut writer.variables.take());
            if name.is_empty() {
                items.extend(inner);
            } else {
                items.push(Item::block(name, &[], inner));
            }
        }
        items
    }

    /// What only a new resource takes.
    fn initial(&self, place: &Place<'_>, arguments: &[Argument]) -> Vec<Item> {
        let given = self.variables.borrow().len();
        let items = self.arguments(place, arguments);
        for variable in self.variables.borrow_mut().iter_mut().skip(given) {
            variable.default.get_or_insert("null");
        }
        let within = self.within.borrow();
        self.ignored.borrow_mut().extend(items.iter().map(|item| format!("{within}{}", item.name())));
        items
    }

    fn value(&self, place: &Place<'_>, name: &str, path: &str, default: Option<&str>) -> Option<Expression> {
        let absolute = place.absolute(path);
        if path.contains('*') {
            let values: Vec<Expression> =
                place.all(path).into_iter().map(|value| self.expression(name, &absolute, value)).collect();
            return (!values.is_empty()).then_some(Expression::List(values));
        }
        let value = *place.all(path).first()?;
        let top = absolute.split('/').nth(1).unwrap_or_default();
        let default = default.filter(|_| !self.out.explicit.contains(top));
        let is_default = default.is_some_and(|json| place.parse(json) == *value);
        (!is_default && !is_nothing(value)).then(|| self.expression(name, &absolute, value))
    }

    fn expression(&self, name: &str, path: &str, value: &Value) -> Expression {
        match value {
            Value::String(text) if is_sealed(text) => self.secret(name),
            Value::String(text) => self.reference(path, text).unwrap_or_else(|| self.in_document(text)),
            Value::Array(values) => {
                let below = format!("{path}/*");
                Expression::List(values.iter().map(|value| self.expression(name, &below, value)).collect())
            }
            Value::Object(members) => Expression::Object(
                members
                    .iter()
                    .map(|(key, value)| (key.clone(), self.expression(name, &format!("{path}/{key}"), value)))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) => Expression::Raw(value.to_string()),
        }
    }

    /// The value of a JSON document, with references to what its ARNs name.
    fn document(&self, value: &Value) -> Expression {
        match value {
            Value::String(text) if is_sealed(text) => self.secret("document"),
            Value::String(text) => self.in_document(text),
            Value::Array(values) => Expression::List(values.iter().map(|value| self.document(value)).collect()),
            Value::Object(members) => {
                Expression::Object(members.iter().map(|(key, value)| (key.clone(), self.document(value))).collect())
            }
            other => Expression::Raw(other.to_string()),
        }
    }

    /// An ARN, or one with something after it: `arn:aws:s3:::bucket/*`.
    fn in_document(&self, text: &str) -> Expression {
        let plain = || Expression::Text(text.to_owned());
        if !text.starts_with("arn:") {
            return plain();
        }
        let mut end = text.len();
        loop {
            if let Some(Expression::Raw(reference)) = self.name(self.out.index.anywhere(&text[..end])) {
                let rest = &text[end..];
                return if rest.is_empty() {
                    Expression::Raw(reference)
                } else {
                    Expression::Prefixed(reference, rest.to_owned())
                };
            }
            match text[..end].rfind(['/', ':']) {
                Some(shorter) => end = shorter,
                None => return plain(),
            }
        }
    }

    /// The resource that a value names, as the kind's reference rules say, or because nothing else has that ARN or id.
    fn reference(&self, path: &str, text: &str) -> Option<Expression> {
        self.name(self.target(path, text))
    }

    fn target(&self, path: &str, text: &str) -> Option<Target> {
        let rules = self.mapping.kind.rules.iter();
        let mut kinds = rules.filter_map(|rule| match *rule {
            Rule::Reference { path: rule, kind } if is_same(rule, path) => Some(kind),
            _ => None,
        });
        let by_rule = kinds.find_map(|kind| self.out.index.of_kind(self.mapping.scope, kind, text));
        by_rule.or_else(|| self.out.index.anywhere(text))
    }

    fn name(&self, target: Option<Target>) -> Option<Expression> {
        let target = target?;
        if let Some(from) = self.from {
            self.names.borrow_mut().insert(target.node);
            if !self.out.index.may_name(from, target.node) {
                return None;
            }
        }
        Some(Expression::Raw(target.reference))
    }

    fn secret(&self, argument: &str) -> Expression {
        let own = self.address.strip_prefix("aws_").unwrap_or(&self.address).replace('.', "_");
        let name = format!("{own}_{argument}");
        let description = format!("The {argument} of {}, which a snapshot does not hold", self.address);
        self.variables.borrow_mut().push(Variable { name: name.clone(), description, default: None });
        Expression::Raw(format!("var.{name}"))
    }
}
