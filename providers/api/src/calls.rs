//! What reading a kind costs, told by what there is of it: for estimates, and for what is begun first.

/// Calls of one operation that reading a kind in a scope takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calls {
    /// `service:Operation`.
    pub operation: &'static str,
    /// The kind whose resources are counted; none: the kind itself.
    pub of: Option<&'static str>,
    pub shape: Shape,
    /// Whether other kinds of the service use the same answers: they are asked for once.
    pub shared: bool,
}

/// How the number of calls follows from a number of resources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A page for so many, one at least.
    Pages(u32),
    /// A page for so many.
    Batches(u32),
    /// So many for each. A fraction: only some take it.
    Each(f64),
    /// Pages of so many for each resource of this kind, whose ids begin theirs; one at least.
    Below(&'static str, u32),
    /// One in each region that is read.
    Regions,
}

impl Calls {
    /// A list in pages of so many.
    pub const fn list(operation: &'static str, page: u32) -> Self {
        Self { operation, of: None, shape: Shape::Pages(page), shared: false }
    }

    /// A call that answers everything at once.
    pub const fn once(operation: &'static str) -> Self {
        Self::list(operation, u32::MAX)
    }

    /// One call for so many resources, and none without any.
    pub const fn batches(operation: &'static str, size: u32) -> Self {
        Self { operation, of: None, shape: Shape::Batches(size), shared: false }
    }

    /// So many calls for each resource.
    pub const fn each(operation: &'static str, times: f64) -> Self {
        Self { operation, of: None, shape: Shape::Each(times), shared: false }
    }

    /// Lists of a kind's resources below each of another kind's.
    pub const fn below(operation: &'static str, parent: &'static str, page: u32) -> Self {
        Self { operation, of: None, shape: Shape::Below(parent, page), shared: false }
    }

    /// One in each region, for kinds that are looked for everywhere.
    pub const fn everywhere(operation: &'static str) -> Self {
        Self { operation, of: None, shape: Shape::Regions, shared: false }
    }

    /// Where another kind's resources are counted.
    #[must_use]
    pub const fn of(self, kind: &'static str) -> Self {
        Self { of: Some(kind), ..self }
    }

    /// Where several kinds use the same answers.
    #[must_use]
    pub const fn shared(self) -> Self {
        Self { shared: true, ..self }
    }
}
