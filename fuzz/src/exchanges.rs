//! Both halves of the codecs: what one writes the other reads, for every operation and any value that fits its model;
//! and the server's half reads any request.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use driftline_wire::client::{answer, request};
use driftline_wire::model::{Location, Member, Operation, Protocol, Service, Shape, Structure, TimestampFormat};
use driftline_wire::models::SERVICES;
use driftline_wire::server::{Request, parse, write};
use driftline_wire::timestamp;
use serde_json::{Map, Value};

/// The first byte says which law; two more choose the operation.
pub fn law(bytes: &[u8]) {
    let [which, high, low, rest @ ..] = bytes else { return };
    let (service, operation) = super::answers::operation(u16::from_be_bytes([*high, *low]));
    match which % 3 {
        // Where the bytes end, values are empty: that is one more input.
        0 => asked(service, operation, &mut Unstructured::new(rest)).unwrap_or_default(),
        1 => answered(service, operation, &mut Unstructured::new(rest)).unwrap_or_default(),
        _ => anything(service, operation, rest),
    }
}

fn asked(service: &'static Service, operation: &'static Operation, input: &mut Unstructured<'_>) -> Result<()> {
    let params = Values { direction: Direction::Request, service }.structure(operation.input, input)?;
    // What the service's own model refuses is refused before it is sent.
    let Ok(ours) = request(service, operation, &Value::Object(params.clone())) else { return Ok(()) };
    let mut headers: BTreeMap<String, String> = ours.headers.into_iter().collect();
    let scope = format!("AKIDEXAMPLE/20240102/eu-west-1/{}/aws4_request", service.signing_name);
    headers.insert("authorization".to_owned(), format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=0"));
    headers.insert("host".to_owned(), "127.0.0.1:4566".to_owned());
    let asked = Request { method: ours.method, target: &ours.path_and_query, headers: &headers, body: &ours.body };
    let read = parse(SERVICES, &asked).unwrap_or_else(|error| panic!("{error} in {asked:?}"));
    assert_eq!((read.service.name, read.operation.name), (service.name, operation.name), "{asked:?}");
    assert_eq!(Value::Object(read.params), Value::Object(params), "{asked:?}");
    Ok(())
}

fn answered(service: &'static Service, operation: &'static Operation, input: &mut Unstructured<'_>) -> Result<()> {
    // A body that is a text of its own is told as it is, and a region that has no name is no text at all.
    let is_text = operation.output.payload.and_then(|name| operation.output.member(name));
    if is_text.is_some_and(|member| !matches!(member.shape, Shape::Structure(_)))
        || operation.name == "GetBucketLocation"
    {
        return Ok(());
    }
    let meant = Value::Object(Values { direction: Direction::Answer, service }.structure(operation.output, input)?);
    let written = write(service, operation, &meant, "request-1");
    let headers: Vec<_> = written.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let read = answer(service, operation, written.status, &headers, &written.body, &str::to_owned);
    let read = read.unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&written.body)));
    assert_eq!(read, meant, "{} {}: {}", service.name, operation.name, String::from_utf8_lossy(&written.body));
    Ok(())
}

/// A request that nobody made.
fn anything(service: &'static Service, operation: &'static Operation, bytes: &[u8]) {
    let (target, body) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let target = format!("/{}", super::text(target));
    let mut headers = BTreeMap::new();
    let scope = format!("AKIDEXAMPLE/20240102/eu-west-1/{}/aws4_request", service.signing_name);
    headers.insert("authorization".to_owned(), format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=0"));
    if let Some(prefix) = service.target_prefix {
        headers.insert("x-amz-target".to_owned(), format!("{prefix}.{}", operation.name));
    }
    for target in [target.as_str(), operation.uri] {
        if let Err(error) = parse(SERVICES, &Request { method: operation.method, target, headers: &headers, body }) {
            assert!(!error.to_string().is_empty());
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Request,
    Answer,
}

/// Values that fit a model, and that its protocol can tell.
struct Values {
    direction: Direction,
    service: &'static Service,
}

impl Values {
    fn structure(&self, structure: &'static Structure, input: &mut Unstructured<'_>) -> Result<Map<String, Value>> {
        let mut members = Map::new();
        let chosen = structure.union.then(|| input.choose_index(structure.members.len().max(1))).transpose()?;
        for (index, member) in structure.members.iter().enumerate() {
            let is_given = chosen.map_or_else(
                || Ok(member.required || structure.payload == Some(member.name) || input.ratio(1, 3)?),
                |chosen| Ok(chosen == index),
            )?;
            if is_given
                && self.can_tell(structure, member)
                && let Some(value) = self.value(member.shape, member.location, input)?
            {
                members.insert(member.name.to_owned(), value);
            }
        }
        Ok(members)
    }

    /// The status is the answer's own; a body that is one text is told as it is.
    fn can_tell(&self, structure: &Structure, member: &Member) -> bool {
        let is_payload = structure.payload == Some(member.name) && !matches!(member.shape, Shape::Structure(_));
        member.location != Location::Status
            && !is_payload
            && (self.direction == Direction::Request || member.location != Location::Query)
    }

    fn value(&self, shape: &'static Shape, location: Location, input: &mut Unstructured<'_>) -> Result<Option<Value>> {
        Ok(Some(match shape {
            Shape::String { .. } => Self::text(location, input)?.into(),
            Shape::Boolean => input.arbitrary::<bool>()?.into(),
            Shape::Integer => input.arbitrary::<i64>()?.into(),
            Shape::Float => {
                let number: f64 = input.arbitrary()?;
                if !number.is_finite() {
                    return Ok(None);
                }
                number.into()
            }
            Shape::Timestamp(format) => {
                // Milliseconds in the years that AWS has things of; headers know seconds.
                let seconds = f64::from(input.int_in_range(0..=i32::MAX)?);
                let part =
                    if *format == TimestampFormat::Rfc822 { 0.0 } else { f64::from(input.int_in_range(0..=999)?) };
                let Some(time) = timestamp::from_unix(seconds + part / 1000.0) else { return Ok(None) };
                timestamp::rfc3339(time).into()
            }
            Shape::Blob { .. } => {
                use base64::Engine as _;
                base64::engine::general_purpose::STANDARD.encode(input.arbitrary::<&[u8]>()?).into()
            }
            Shape::Structure(structure) => {
                let members = self.structure(structure, input)?;
                // A form says nothing of a structure that has nothing.
                if members.is_empty() && self.is_form() {
                    return Ok(None);
                }
                Value::Object(members)
            }
            Shape::List(list) => {
                let mut elements = Vec::new();
                for _ in 0..input.int_in_range(0..=3)? {
                    elements.extend(self.value(list.member, location, input)?);
                }
                // What is repeated for each element says nothing where there is none; nor does EC2 in requests.
                let is_silent = list.flattened
                    || location != Location::Body
                    || self.service.protocol == Protocol::Ec2 && self.is_form();
                if elements.is_empty() && is_silent {
                    return Ok(None);
                }
                Value::Array(elements)
            }
            Shape::Map(map) => {
                let mut entries = Map::new();
                for _ in 0..input.int_in_range(0..=3)? {
                    let key = Self::text(location, input)?;
                    if let Some(value) = self.value(map.value, location, input)? {
                        entries.insert(key, value);
                    }
                }
                if entries.is_empty() && (map.flattened || self.is_form() || location != Location::Body) {
                    return Ok(None);
                }
                Value::Object(entries)
            }
        }))
    }

    /// Requests of these protocols are forms.
    fn is_form(&self) -> bool {
        self.direction == Direction::Request && matches!(self.service.protocol, Protocol::Query | Protocol::Ec2)
    }

    /// Headers hold printable ASCII, and commas part their lists; a part of a path or host is not empty.
    fn text(location: Location, input: &mut Unstructured<'_>) -> Result<String> {
        let text: &str = input.arbitrary()?;
        Ok(match location {
            Location::Body | Location::Query => text.to_owned(),
            _ => {
                let word: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                if word.is_empty() { "x".to_owned() } else { word.to_lowercase() }
            }
        })
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let filler = b"abcdefgh<&>\"'\r\n\t\xc3\xa9\x01\x02\x03\x04\xff\x7f\x00\x10 012345 xyz ]]>";
    let mut seeds = Vec::new();
    for number in (0_u16..400).step_by(7) {
        for which in 0..3_u8 {
            let (high, low) = (number.to_be_bytes()[0], number.to_be_bytes()[1]);
            seeds.push([&[which, high, low][..], &filler.repeat(1 + usize::from(number % 5))].concat());
        }
    }
    let raw: [&[u8]; 5] = [
        b"?x=1\nAction=DescribeVpcs&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1",
        b"bucket?policy\n",
        b"\nAction=a&a.b.c.d.1.2.3=1&=&&%zz=%",
        b"2013-04-01/hostedzone/Z1/rrset?name=a&type=A\n",
        b"\n{\"MaxItems\": 1, \"Includes\": {\"keyTypes\": [null]}}",
    ];
    seeds.extend(raw.iter().flat_map(|raw| [0_u8, 90, 200].map(|number| [&[2, 0, number], *raw].concat())));
    seeds
}
