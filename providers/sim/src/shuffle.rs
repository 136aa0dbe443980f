//! Lists in another order, as AWS may answer them at any time.

use serde_json::Value;

/// Which lists of answers are shuffled, and how.
#[derive(Debug, Clone)]
pub(crate) struct Shuffle {
    state: u64,
    /// Operations (`service:Operation`), and in their answers the paths of lists whose order means something.
    ordered: Vec<(String, Vec<String>)>,
}

impl Shuffle {
    pub(crate) fn new(seed: u64, ordered: &[(String, String)]) -> Self {
        let tokens = |path: &str| path.split('/').skip(1).map(str::to_owned).collect();
        let ordered = ordered.iter().map(|(operation, path)| (operation.clone(), tokens(path))).collect();
        // The generator stands still at zero.
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, ordered }
    }

    /// Shuffles the lists in an answer. The same seed and answer give the same order.
    pub(crate) fn apply(&self, operation: &str, answer: &mut Value) {
        let ordered: Vec<&[String]> =
            self.ordered.iter().filter(|(of, _)| of == operation).map(|(_, path)| path.as_slice()).collect();
        shuffle(answer, &mut Vec::new(), &ordered, &mut self.state.clone());
    }
}

fn shuffle(value: &mut Value, path: &mut Vec<String>, ordered: &[&[String]], state: &mut u64) {
    match value {
        Value::Array(elements) => {
            if !ordered.iter().any(|ordered| fits(ordered, path)) {
                for last in (1..elements.len()).rev() {
                    elements.swap(last, below(last + 1, state));
                }
            }
            path.push("*".to_owned());
            for element in elements.iter_mut() {
                shuffle(element, path, ordered, state);
            }
            path.pop();
        }
        Value::Object(members) => {
            for (name, member) in members {
                path.push(name.clone());
                shuffle(member, path, ordered, state);
                path.pop();
            }
        }
        _ => {}
    }
}

fn fits(ordered: &[String], path: &[String]) -> bool {
    ordered.len() == path.len() && ordered.iter().zip(path).all(|(wanted, token)| wanted == "*" || wanted == token)
}

/// A number below this one, by xorshift.
fn below(bound: usize, state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    let bound = u64::try_from(bound).unwrap_or(u64::MAX);
    usize::try_from((*state >> 11) % bound).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_change_their_order_unless_it_means_something() {
        let answer = json!({"Free": [1, 2, 3, 4, 5], "Bound": [{"In": [1, 2, 3, 4]}]});
        let ordered = [("s3:GetBucketCors".to_owned(), "/Bound/*/In".to_owned())];
        let mut orders = std::collections::BTreeSet::new();
        for seed in 0..8 {
            let mut shuffled = answer.clone();
            Shuffle::new(seed, &ordered).apply("s3:GetBucketCors", &mut shuffled);
            assert_eq!(shuffled["Bound"], answer["Bound"]);
            let mut free: Vec<i64> = serde_json::from_value(shuffled["Free"].clone()).expect("numbers");
            orders.insert(free.clone());
            free.sort_unstable();
            assert_eq!(free, [1, 2, 3, 4, 5]);
            Shuffle::new(seed, &ordered).apply("s3:GetBucketAcl", &mut shuffled);
        }
        assert!(orders.len() > 4, "{orders:?}");
    }
}
