//! How the parameters of both sorts of parameter groups are written as Terraform.

use driftline_api::{Argument, Omit};
use serde_json::{Map, Value};

/// A block for each parameter that somebody set.
pub(super) const BLOCKS: Argument = Argument::Blocks {
    name: "parameter",
    path: "/Parameters/*",
    arguments: &[
        Argument::Computed { name: "name", from: &["./ParameterName"], value: name },
        Argument::Always { name: "value", path: "./ParameterValue" },
        Argument::unless("\"immediate\"", "apply_method", "./ApplyMethod"),
    ],
};

pub(super) const OMITTED: Omit = Omit::quiet(
    "is what the engine says of the parameter",
    &[
        "/Parameters/*/ApplyType",
        "/Parameters/*/DataType",
        "/Parameters/*/IsModifiable",
        "/Parameters/*/Source",
        "/Parameters/*/SupportedEngineModes",
    ],
);

/// The provider reads names in lower case, whatever RDS says.
fn name(_: &Map<String, Value>, parameter: &Value) -> Option<Value> {
    Some(parameter.get("ParameterName")?.as_str()?.to_lowercase().into())
}
