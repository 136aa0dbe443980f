//! Reads XML straight into JSON, guided by the model: no tree of the document is built.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::scalar::value;
use crate::model::{List, Location, MapShape, Member, Shape, Structure};

/// A document that is read from front to end, once.
pub(super) struct Document<'a, 's> {
    reader: Reader<&'a [u8]>,
    seal: &'s dyn Fn(&str) -> String,
}

/// The root element's start.
pub(super) struct Root<'a>(BytesStart<'a>);

impl Root<'_> {
    /// Whether this is the root of the answer: by its name, or else by the service's namespace (S3 has changed
    /// names of roots before).
    pub(super) fn is(&self, name: &str, namespace: Option<&str>) -> bool {
        self.0.local_name().as_ref() == name.as_bytes() || (!self.is_error() && self.has_namespace(namespace))
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self.0.local_name().as_ref(), b"Error" | b"ErrorResponse" | b"Response")
    }

    pub(super) fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.name().into_inner())
    }

    fn has_namespace(&self, namespace: Option<&str>) -> bool {
        let is_declaration = |key: &[u8]| key == b"xmlns" || key.starts_with(b"xmlns:");
        let mut attributes = self.0.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        namespace.is_some_and(|namespace| {
            attributes.any(|attribute| {
                is_declaration(attribute.key.into_inner()) && *attribute.value == *namespace.as_bytes()
            })
        })
    }
}

impl<'a, 's> Document<'a, 's> {
    pub(super) fn open(body: &'a [u8], seal: &'s dyn Fn(&str) -> String) -> Result<Self, Fault> {
        let text = std::str::from_utf8(body).map_err(|error| Fault::new(format!("its XML is not UTF-8: {error}")))?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, seal })
    }

    /// Whether the root element is that of an error.
    pub(super) fn is_error(body: &'a [u8]) -> bool {
        let keep = |text: &str| text.to_owned();
        let root = Document::open(body, &keep).and_then(|mut document| document.root().map(|root| root.is_error()));
        root.unwrap_or(false)
    }

    pub(super) fn root(&mut self) -> Result<Root<'a>, Fault> {
        loop {
            match self.reader.read_event()? {
                Event::Start(start) => return Ok(Root(start)),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                Event::Eof => return Err(Fault::new("its body is empty")),
                _ => return Err(Fault::new("its body is not the XML of an answer")),
            }
        }
    }

    /// The structure in the child element `wrapper` of the root, and the root's end.
    pub(super) fn wrapped(
        &mut self,
        wrapper: &str,
        structure: &'static Structure,
    ) -> Result<Map<String, Value>, Fault> {
        let mut found = None;
        loop {
            match self.reader.read_event()? {
                Event::Start(start) if found.is_none() && start.local_name().as_ref() == wrapper.as_bytes() => {
                    found = Some(self.members(structure, &start)?);
                }
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return found.ok_or_else(|| Fault::new(format!("it has no <{wrapper}>"))),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    /// The structure that the root itself is, and its end.
    pub(super) fn structure(
        &mut self,
        structure: &'static Structure,
        root: &Root<'a>,
    ) -> Result<Map<String, Value>, Fault> {
        self.members(structure, &root.0)
    }

    /// The one member whose value the root's text is, and the root's end.
    pub(super) fn scalar(&mut self, member: &Member) -> Result<Map<String, Value>, Fault> {
        let text = text(&mut self.reader)?;
        let value = if text.is_empty() { None } else { value(member.shape, text, self.seal)? };
        Ok(value.map(|value| (member.name.to_owned(), value)).into_iter().collect())
    }

    /// Nothing may come after the root.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        loop {
            match self.reader.read_event()? {
                Event::Eof => return Ok(()),
                Event::PI(_) | Event::Comment(_) => {}
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return Err(Fault::new("something follows its end")),
            }
        }
    }

    /// The members of a structure whose start was read, up to and with its end.
    fn members(&mut self, structure: &'static Structure, start: &BytesStart<'a>) -> Result<Map<String, Value>, Fault> {
        let mut members = Map::new();
        if !start.attributes_raw().is_empty() {
            self.attributes(structure, start, &mut members)?;
        }
        // Elements mostly come in the model's order: the search for the next one starts after the last.
        let mut next = 0;
        loop {
            match self.reader.read_event()? {
                Event::Start(start) => match find(structure, start.local_name().as_ref(), next) {
                    Some(index) => {
                        next = index + 1;
                        let member = &structure.members[index];
                        self.member(member, &start, &mut members).map_err(|fault| fault.within(member.wire_name))?;
                    }
                    None => self.skip(&start)?,
                },
                Event::End(_) => return Ok(members),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    fn attributes(
        &self,
        structure: &'static Structure,
        start: &BytesStart<'a>,
        members: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        for member in structure.members.iter().filter(|member| member.xml_attribute) {
            let local = member.wire_name.rsplit(':').next().unwrap_or(member.wire_name);
            for attribute in start.attributes() {
                let attribute = attribute.map_err(quick_xml::Error::from)?;
                let key = attribute.key;
                // `type` of any prefix, but not a declaration of a namespace that is called so.
                if key.local_name().as_ref() != local.as_bytes() || key.as_namespace_binding().is_some() {
                    continue;
                }
                let text = attribute.decode_and_unescape_value(self.reader.decoder())?;
                if let Some(value) = value(member.shape, text, self.seal)? {
                    members.insert(member.name.to_owned(), value);
                }
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        member: &'static Member,
        start: &BytesStart<'a>,
        members: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        match member.shape {
            Shape::List(List { member: element, flattened: true, .. }) => {
                let list = members.entry(member.name).or_insert_with(|| Value::Array(vec![]));
                if let (Some(value), Value::Array(list)) = (self.element(element, start)?, list) {
                    list.push(value);
                }
            }
            Shape::Map(map @ MapShape { flattened: true, .. }) => {
                let entries = members.entry(member.name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(entries) = entries {
                    self.entry(map, entries)?;
                }
            }
            shape => {
                if let Some(value) = self.element(shape, start)? {
                    members.insert(member.name.to_owned(), value);
                }
            }
        }
        Ok(())
    }

    /// The value of an element whose start was read, up to and with its end. Nothing if it is nil or, where only
    /// text makes a value, empty.
    fn element(&mut self, shape: &'static Shape, start: &BytesStart<'a>) -> Result<Option<Value>, Fault> {
        if !start.attributes_raw().is_empty() && is_nil(start) {
            self.skip(start)?;
            return Ok(None);
        }
        match shape {
            Shape::Structure(structure) => Ok(Some(Value::Object(self.members(structure, start)?))),
            Shape::List(list) => Ok(Some(Value::Array(self.list(list)?))),
            Shape::Map(map) => {
                let mut entries = Map::new();
                self.each_child("entry", |document, _| document.entry(map, &mut entries))?;
                Ok(Some(Value::Object(entries)))
            }
            scalar => value(scalar, text(&mut self.reader)?, self.seal),
        }
    }

    fn list(&mut self, list: &'static List) -> Result<Vec<Value>, Fault> {
        let mut elements = vec![];
        self.each_child(list.wire_name, |document, start| {
            elements.extend(document.element(list.member, start)?);
            Ok(())
        })?;
        Ok(elements)
    }

    /// Calls `read` for each child element of this name; it has to read up to the child's end.
    fn each_child(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Self, &BytesStart<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        loop {
            match self.reader.read_event()? {
                Event::Start(start) if start.local_name().as_ref() == name.as_bytes() => {
                    read(self, &start).map_err(|fault| fault.within(name))?;
                }
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => return Ok(()),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    /// One `<entry><key>..</key><value>..</value></entry>` whose start was read.
    fn entry(&mut self, map: &'static MapShape, entries: &mut Map<String, Value>) -> Result<(), Fault> {
        let (mut key, mut entry_value) = (None, None);
        loop {
            match self.reader.read_event()? {
                Event::Start(start) if start.local_name().as_ref() == map.key_name.as_bytes() => {
                    key = Some(text(&mut self.reader)?.into_owned());
                }
                Event::Start(start) if start.local_name().as_ref() == map.value_name.as_bytes() => {
                    entry_value = self.element(map.value, &start)?;
                }
                Event::Start(start) => self.skip(&start)?,
                Event::End(_) => break,
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
        let key = key.ok_or_else(|| Fault::new(format!("an entry has no <{}>", map.key_name)))?;
        if let Some(value) = entry_value {
            entries.insert(key, value);
        }
        Ok(())
    }

    fn skip(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        self.reader.read_to_end(start.name())?;
        Ok(())
    }
}

/// The text of an element whose start was read, up to and with its end; blanks in it count.
pub(super) fn text<'a>(reader: &mut Reader<&'a [u8]>) -> Result<Cow<'a, str>, Fault> {
    let mut text = Cow::Borrowed("");
    let mut append = |piece: Cow<'a, str>| {
        if text.is_empty() {
            text = piece;
        } else {
            text.to_mut().push_str(&piece);
        }
    };
    loop {
        match reader.read_event()? {
            Event::Text(piece) => append(piece.xml10_content().map_err(quick_xml::Error::from)?),
            Event::CData(piece) => append(piece.xml10_content().map_err(quick_xml::Error::from)?),
            Event::GeneralRef(reference) => {
                if let Some(character) = reference.resolve_char_ref()? {
                    append(character.to_string().into());
                } else {
                    let name = reference.decode().map_err(quick_xml::Error::from)?;
                    let resolved = resolve_xml_entity(&name);
                    append(resolved.ok_or_else(|| Fault::new(format!("it uses the unknown entity &{name};")))?.into());
                }
            }
            Event::Start(start) => {
                reader.read_to_end(start.name())?;
            }
            Event::End(_) => return Ok(text),
            Event::Eof => return Err(cut_short()),
            _ => {}
        }
    }
}

fn find(structure: &Structure, name: &[u8], next: usize) -> Option<usize> {
    let (before, after) = structure.members.split_at(next.min(structure.members.len()));
    let is_it = |member: &Member| {
        member.wire_name.as_bytes() == name && member.location == Location::Body && !member.xml_attribute
    };
    let later = after.iter().position(is_it).map(|index| index + before.len());
    later.or_else(|| {
        // A flattened list's next element has the name of the last one.
        let last = before.last().filter(|member| is_it(member)).map(|_| before.len() - 1);
        last.or_else(|| before.iter().position(is_it))
    })
}

fn is_nil(start: &BytesStart<'_>) -> bool {
    start.attributes().with_checks(false).flatten().any(|attribute| {
        attribute.key.local_name().as_ref() == b"nil" && matches!(attribute.value.as_ref(), b"true" | b"1")
    })
}

fn cut_short() -> Fault {
    Fault::new("it was cut short")
}
