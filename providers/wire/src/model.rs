//! The form of the generated models: services, operations, shapes.

/// One AWS service.
#[derive(Debug)]
pub struct Service {
    /// driftline's and the AWS CLI's name: `rds`, `elbv2`, `s3control`.
    pub name: &'static str,
    /// The SDKs' service id, as in `AWS_ENDPOINT_URL_<ID>` and `services` sections: `RDS`, `Elastic Load Balancing v2`.
    pub id: &'static str,
    pub protocol: Protocol,
    pub api_version: &'static str,
    /// The name under which requests are signed.
    pub signing_name: &'static str,
    /// The prefix of its IAM actions.
    pub iam_prefix: &'static str,
    /// `X-Amz-Target` prefix of the JSON protocol.
    pub target_prefix: Option<&'static str>,
    pub xml_namespace: Option<&'static str>,
    pub endpoint: Endpoint,
    /// Sorted by name.
    pub operations: &'static [Operation],
}

/// The input or output of an operation that has none.
pub static EMPTY: Structure = Structure { name: "", members: &[], payload: None, union: false };

pub static STRING: Shape = Shape::String { sensitive: false };
pub static SECRET: Shape = Shape::String { sensitive: true };
pub static BLOB: Shape = Shape::Blob { sensitive: false };
pub static SECRET_BLOB: Shape = Shape::Blob { sensitive: true };
pub static BOOLEAN: Shape = Shape::Boolean;
pub static INTEGER: Shape = Shape::Integer;
pub static FLOAT: Shape = Shape::Float;
pub static ISO8601: Shape = Shape::Timestamp(TimestampFormat::Iso8601);
pub static RFC822: Shape = Shape::Timestamp(TimestampFormat::Rfc822);
pub static UNIX: Shape = Shape::Timestamp(TimestampFormat::Unix);

impl Service {
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok().map(|index| &self.operations[index])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Form-encoded request, wrapped XML answer (RDS, ELB, IAM, STS).
    Query,
    /// EC2's variant of it.
    Ec2,
    RestXml,
    /// `X-Amz-Target` and JSON bodies.
    Json {
        version: &'static str,
    },
}

/// How the service's host name is made, from AWS's endpoint rule sets. `{region}`, `{suffix}` and
/// `{dual_stack_suffix}` are filled in from region and partition.
#[derive(Debug)]
pub struct Endpoint {
    /// Plain, FIPS, dual-stack, and both.
    pub hosts: [&'static str; 4],
    /// Where AWS does otherwise; all of a global service's.
    pub exceptions: &'static [EndpointException],
}

#[derive(Debug)]
pub struct EndpointException {
    pub within: Within,
    pub fips: bool,
    pub dual_stack: bool,
    /// Empty: AWS has no such endpoint.
    pub host: &'static str,
    pub signing_region: &'static str,
}

#[derive(Debug)]
pub enum Within {
    Partition(&'static str),
    Region(&'static str),
}

#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub method: &'static str,
    /// Path with `{Label}`s, and fixed query parameters: `/{Bucket}?policy`.
    pub uri: &'static str,
    /// Goes before the host, labels filled in: `{AccountId}.`.
    pub host_prefix: Option<&'static str>,
    pub input: &'static Structure,
    pub output: &'static Structure,
    /// The root element of a request that is XML.
    pub request_root: Option<&'static str>,
    /// The root element of an answer that is XML.
    pub answer_root: Option<&'static str>,
    /// Query protocol: the element around the members of the answer.
    pub result_wrapper: Option<&'static str>,
    pub paginator: Option<Paginator>,
}

/// How an operation pages. Token members correspond by position (Route 53 pages by three).
#[derive(Debug)]
pub struct Paginator {
    pub input_tokens: &'static [&'static str],
    pub output_tokens: &'static [&'static str],
    /// Output member that says whether there is more, where tokens alone do not.
    pub more_results: Option<&'static str>,
    /// Input member that asks for a page size.
    pub limit_key: Option<&'static str>,
    /// The largest page size that the API takes, where its model says so.
    pub limit_max: Option<u32>,
    /// The output members that are paged, as JSON pointers.
    pub result_keys: &'static [&'static str],
}

impl Structure {
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

#[derive(Debug)]
pub struct Structure {
    pub name: &'static str,
    pub members: &'static [Member],
    /// The member that is the whole body of the HTTP message.
    pub payload: Option<&'static str>,
    /// Exactly one member is set.
    pub union: bool,
}

#[derive(Debug)]
#[must_use]
pub struct Member {
    /// As AWS spells it in the API: the key in JSON.
    pub name: &'static str,
    pub shape: &'static Shape,
    pub location: Location,
    /// Its element, attribute, key, header or query name on the wire; a flattened list's is that of its elements.
    pub wire_name: &'static str,
    /// The same in requests, where EC2 spells it differently.
    pub request_name: &'static str,
    /// XML: written as an attribute of the parent's element (`xsi:type`).
    pub xml_attribute: bool,
    pub required: bool,
}

impl Member {
    /// A member of the body whose wire name is its own.
    pub const fn new(name: &'static str, shape: &'static Shape) -> Self {
        Self {
            name,
            shape,
            location: Location::Body,
            wire_name: name,
            request_name: name,
            xml_attribute: false,
            required: false,
        }
    }

    pub const fn wire(mut self, name: &'static str) -> Self {
        self.wire_name = name;
        self.request_name = name;
        self
    }

    pub const fn request(mut self, name: &'static str) -> Self {
        self.request_name = name;
        self
    }

    pub const fn at(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    pub const fn attribute(mut self) -> Self {
        self.xml_attribute = true;
        self
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    Body,
    Header,
    /// Several headers with this prefix.
    Headers,
    Query,
    Uri,
    Status,
}

#[derive(Debug)]
pub enum Shape {
    /// `sensitive`: the API model says so; readers replace the value by a keyed hash.
    String {
        sensitive: bool,
    },
    Boolean,
    /// Any of AWS's integers.
    Integer,
    /// Float or double.
    Float,
    Timestamp(TimestampFormat),
    Blob {
        sensitive: bool,
    },
    Structure(&'static Structure),
    List(List),
    Map(MapShape),
}

#[derive(Debug)]
pub struct List {
    pub member: &'static Shape,
    /// The element around each member (`member`, `item`, or the model's name).
    pub wire_name: &'static str,
    pub flattened: bool,
}

#[derive(Debug)]
pub struct MapShape {
    pub key_name: &'static str,
    pub value_name: &'static str,
    pub value: &'static Shape,
    pub flattened: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    Iso8601,
    Rfc822,
    Unix,
}
