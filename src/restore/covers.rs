//! Which drift a step of Terraform's puts back, told by the arguments that it changes.

use driftline_api::{Argument, Child};

use super::changes::{Operation, ResourceChange};
use super::places::overlaps;
use crate::diff::Change;
use crate::export::Piece;

/// The arguments of a piece by which Terraform tells changes: those that stand in no block.
pub(super) fn arguments(piece: &Piece) -> Vec<&'static Argument> {
    fn within(arguments: &'static [Argument]) -> Vec<&'static Argument> {
        let each = |argument: &'static Argument| match *argument {
            Argument::Initial { arguments } | Argument::Where { arguments, .. } => within(arguments),
            _ => vec![argument],
        };
        arguments.iter().flat_map(each).collect()
    }
    within(piece.arguments)
}

/// Whether single arguments say what is done: the resource itself is replaced where one of them cannot be changed.
pub(super) fn is_compared(piece: &Piece, change: &ResourceChange) -> bool {
    change.operation == Operation::Update || (change.operation == Operation::Replace && piece.child.is_none())
}

/// The arguments that would differ. What is not known yet counts only if driftline wrote it.
pub(super) fn touched(piece: &Piece, change: &ResourceChange) -> Vec<String> {
    let is_written = |name: &&String| arguments(piece).iter().any(|argument| argument.name() == name.as_str());
    change.arguments.iter().chain(change.open.iter().filter(is_written)).cloned().collect()
}

/// Whether a step puts a change back.
pub(super) fn covers((piece, change): &(&Piece, &ResourceChange), drifted: &Change) -> bool {
    if is_compared(piece, change) {
        return touched(piece, change).iter().any(|name| overlaps(&paths(piece, name), drifted));
    }
    match piece.child {
        Some(child) if !child.each.is_empty() => overlaps(&[child.each.to_owned()], drifted),
        child => {
            let of_arguments = arguments(piece).into_iter().flat_map(|argument| argument.paths(""));
            let all: Vec<String> = of_arguments.chain(child.iter().flat_map(|child| identity(child))).collect();
            overlaps(&all, drifted)
        }
    }
}

/// The paths by which a part is told.
fn identity(child: &Child) -> Vec<String> {
    let in_pattern = child.import.split('{').skip(1).filter_map(|part| part.split('}').next());
    in_pattern.filter(|path| path.starts_with('/')).map(str::to_owned).collect()
}

/// What an argument is made of.
pub(super) fn paths(piece: &Piece, name: &str) -> Vec<String> {
    let base = piece.child.map_or("", |child| child.each);
    let named = arguments(piece).into_iter().filter(|argument| argument.name() == name);
    let own = named.flat_map(|argument| argument.paths(base));
    own.chain(piece.child.filter(|_| is_parent(piece, name)).map(|child| child.each.to_owned())).collect()
}

/// Whether an argument names the resource that a part belongs to: then the part as a whole is meant.
fn is_parent(piece: &Piece, name: &str) -> bool {
    arguments(piece).iter().any(|it| it.name() == name && matches!(it, Argument::Parent { .. }))
}
