//! Unified hunks of texts with several lines.

use similar::{ChangeTag, TextDiff};

/// Lines of context around a difference, as `git diff` shows them.
const CONTEXT: usize = 3;

/// A run of lines in which two texts differ, with a little context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// `@@ -1,4 +1,5 @@`.
    pub header: String,
    pub lines: Vec<HunkLine>,
}

/// A line of a hunk, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HunkLine {
    Context(String),
    Removed(String),
    Added(String),
}

/// The hunks in which two texts differ; `None` if they are too short to be read line by line.
pub fn hunks(before: &str, after: &str) -> Option<Vec<Hunk>> {
    if before.lines().count().max(after.lines().count()) < 3 {
        return None;
    }
    let diff = TextDiff::from_lines(before, after);
    let mut hunks = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let lines = hunk.iter_changes().map(|change| {
            let line = change.value();
            let line = line.strip_suffix('\n').unwrap_or(line).to_owned();
            match change.tag() {
                ChangeTag::Equal => HunkLine::Context(line),
                ChangeTag::Delete => HunkLine::Removed(line),
                ChangeTag::Insert => HunkLine::Added(line),
            }
        });
        hunks.push(Hunk { header: hunk.header().to_string(), lines: lines.collect() });
    }
    Some(hunks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_changed_is_shown_with_three_lines_around_it() {
        let before: String = (1..10).flat_map(|n| ["line ".to_owned(), n.to_string(), "\n".to_owned()]).collect();
        let hunks = hunks(&before, &before.replace("line 5", "line five")).expect("nine lines");
        assert_eq!(hunks.len(), 1);
        assert_eq!(hunks[0].header, "@@ -2,7 +2,7 @@");
        assert_eq!(hunks[0].lines[3], HunkLine::Removed("line 5".to_owned()));
        assert_eq!(hunks[0].lines[4], HunkLine::Added("line five".to_owned()));
        assert_eq!(hunks[0].lines.len(), 8);
    }

    #[test]
    fn one_or_two_lines_are_shown_whole() {
        assert_eq!(hunks("a\nb", "a\nc"), None);
    }
}
