//! Who is exported under which name, and what of it others may name instead of an id, an ARN or a name.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::Scope;

/// A resource of the export: its place in the order in which resources are exported.
pub(super) type Node = usize;

/// Something by which a resource can be named: `aws_vpc.main_8c9dc0.id`.
#[derive(Debug, Clone)]
struct Handle {
    node: Node,
    region: String,
    attribute: &'static str,
}

/// A resource, and how to name it in its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) node: Node,
    pub(super) reference: String,
}

/// All resources of one configuration.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// `aws_vpc.main_8c9dc0`, by node.
    addresses: Vec<String>,
    /// By account, kind and value.
    handles: BTreeMap<(String, &'static str, String), Vec<Handle>>,
    /// By value, for those that are what they are wherever they stand: ARNs and AWS's own ids.
    anywhere: BTreeMap<String, Option<(Node, &'static str)>>,
    /// Nodes that name each other in a circle, by node: the circle's number.
    circles: BTreeMap<Node, usize>,
}

impl Index {
    /// Adds a resource; the nodes count up from 0.
    pub(super) fn add(&mut self, address: String) -> Node {
        self.addresses.push(address);
        self.addresses.len() - 1
    }

    pub(super) fn handle(
        &mut self,
        node: Node,
        scope: &Scope,
        kind: &'static str,
        value: &str,
        attribute: &'static str,
    ) {
        let handle = Handle { node, region: scope.region.clone(), attribute };
        self.handles.entry((scope.account.clone(), kind, value.to_owned())).or_default().push(handle);
        if is_telling(value) {
            let entry = self.anywhere.entry(value.to_owned()).or_insert(Some((node, attribute)));
            if entry.is_some_and(|(other, _)| other != node) {
                *entry = None;
            }
        }
    }

    pub(super) fn address(&self, node: Node) -> &str {
        &self.addresses[node]
    }

    /// The resource of a kind that a value names: in the same region, or else the only one of the account.
    pub(super) fn of_kind(&self, scope: &Scope, kind: &'static str, value: &str) -> Option<Target> {
        let known = self.handles.get(&(scope.account.clone(), kind, value.to_owned()))?;
        let here = known.iter().find(|handle| handle.region == scope.region);
        let handle = here.or(if known.len() == 1 { known.first() } else { None })?;
        Some(self.target(handle.node, handle.attribute))
    }

    /// The resource that an ARN or an id of AWS's own names.
    pub(super) fn anywhere(&self, value: &str) -> Option<Target> {
        let (node, attribute) = (*self.anywhere.get(value)?)?;
        Some(self.target(node, attribute))
    }

    /// The same resource under another of its attributes.
    pub(super) fn attribute(&self, target: &Target, attribute: &str) -> Target {
        self.target(target.node, attribute)
    }

    /// Whether `from` may name `to`: Terraform refuses resources that name each other in a circle.
    pub(super) fn may_name(&self, from: Node, to: Node) -> bool {
        from != to && self.circles.get(&from).is_none_or(|circle| self.circles.get(&to) != Some(circle))
    }

    /// Learns who would name whom.
    pub(super) fn find_circles(&mut self, edges: &BTreeMap<Node, BTreeSet<Node>>) {
        for (number, circle) in circles(self.addresses.len(), edges).into_iter().enumerate() {
            self.circles.extend(circle.into_iter().map(|node| (node, number)));
        }
    }

    fn target(&self, node: Node, attribute: &str) -> Target {
        Target { node, reference: format!("{}.{attribute}", self.addresses[node]) }
    }
}

/// ARNs, and ids of AWS's own: a short word, a dash, hexadecimal digits.
fn is_telling(value: &str) -> bool {
    let is_id = |text: &str| {
        let digits = text.rsplit_once('-').map(|(_, digits)| digits).unwrap_or_default();
        digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    value.starts_with("arn:") || is_id(value)
}

/// The strongly connected components of more than one node (Tarjan's algorithm, with a stack of its own: chains of
/// references may be longer than the thread's).
fn circles(count: usize, edges: &BTreeMap<Node, BTreeSet<Node>>) -> Vec<Vec<Node>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; count];
    let mut lowest = vec![UNSEEN; count];
    let mut is_open = vec![false; count];
    let (mut open, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    let targets = |node: Node| -> Vec<Node> { edges.get(&node).into_iter().flatten().copied().collect() };
    for root in 0..count {
        if order[root] != UNSEEN {
            continue;
        }
        let mut path: Vec<(Node, Vec<Node>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(node) = enter.take() {
                (order[node], lowest[node], is_open[node]) = (next, next, true);
                next += 1;
                open.push(node);
                path.push((node, targets(node)));
            }
            let Some((node, rest)) = path.last_mut() else { break };
            let node = *node;
            match rest.pop() {
                Some(target) if order[target] == UNSEEN => enter = Some(target),
                Some(target) if is_open[target] => lowest[node] = lowest[node].min(order[target]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        lowest[*parent] = lowest[*parent].min(lowest[node]);
                    }
                    if lowest[node] == order[node] {
                        let start = open.iter().rposition(|&other| other == node).unwrap_or(0);
                        let circle = open.split_off(start);
                        for &member in &circle {
                            is_open[member] = false;
                        }
                        if circle.len() > 1 {
                            found.push(circle);
                        }
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_circles_are_circles() {
        let edges = BTreeMap::from([
            (0, BTreeSet::from([1])),
            (1, BTreeSet::from([2])),
            (2, BTreeSet::from([1, 3])),
            (3, BTreeSet::from([4])),
            (5, BTreeSet::from([0, 4])),
        ]);
        assert_eq!(circles(6, &edges), [vec![1, 2]]);
    }
}
