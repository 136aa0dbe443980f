//! Lists that wait, as text: of a list of thousands, a few are read at a time, and the others take as little as a tenth
//! of the memory that a tree of values takes (every small object of a tree has room for eleven members).

use serde_json::Value;

/// Items of a list, in order. Going through it makes one value at a time.
#[derive(Debug, Clone, Default)]
pub struct Items(Vec<Box<[u8]>>);

impl Items {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds all of another list's.
    pub fn append(&mut self, others: &Self) {
        self.0.extend_from_slice(&others.0);
    }

    pub fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.0.iter().map(|item| unpack(item))
    }
}

impl IntoIterator for Items {
    type Item = Value;
    type IntoIter = std::iter::Map<std::vec::IntoIter<Box<[u8]>>, fn(Box<[u8]>) -> Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|item| unpack(&item))
    }
}

impl Extend<Value> for Items {
    fn extend<I: IntoIterator<Item = Value>>(&mut self, items: I) {
        self.0.extend(items.into_iter().map(|item| pack(&item)));
    }
}

impl FromIterator<Value> for Items {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        let mut packed = Self::default();
        packed.extend(items);
        packed
    }
}

/// A value that waits.
#[derive(Debug, Clone)]
pub struct Packed(Box<[u8]>);

impl Packed {
    pub fn new(value: &Value) -> Self {
        Self(pack(value))
    }

    pub fn open(&self) -> Value {
        unpack(&self.0)
    }
}

fn pack(value: &Value) -> Box<[u8]> {
    serde_json::to_vec(value).expect("a value's keys are strings, so that it can be written").into_boxed_slice()
}

fn unpack(bytes: &[u8]) -> Value {
    // Answers nest as deep as their models, which is far from the reader's limit of 128.
    serde_json::from_slice(bytes).expect("a value that was written can be read")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_packed_comes_back_as_it_was() {
        let items = [
            json!({"Name": "a\u{0}\"\\ü\u{2028}", "Port": u64::MAX, "Least": i64::MIN, "Tags": [], "None": null}),
            json!({"Weight": 0.1 + 0.2, "Tiny": 5e-324, "Large": f64::MAX, "Whole": 1.0, "Zero": -0.0}),
            json!("text"),
        ];
        let packed: Items = items.iter().cloned().collect();
        assert_eq!(packed.iter().collect::<Vec<_>>(), items);
        assert_eq!(packed.into_iter().map(|item| item.to_string()).collect::<Vec<_>>(), items.map(|it| it.to_string()));
        assert_eq!(Packed::new(&json!({"a": 1})).open(), json!({"a": 1}));
    }
}
