//! What people and files call things: addresses, patterns, paths of attributes, file names, remotes, shards.

use driftline::config::NewRule;
use driftline::diff::Path;
use driftline::plan::PathPattern;
use driftline::remote::{RemoteUrl, redact};
use driftline::scan::Shard;
use driftline::snapshot::path;
use driftline_api::{Address, AddressPattern, Scope, Targets};

pub fn law(bytes: &[u8]) {
    let text = super::text(bytes);
    file_name(&text);
    address(&text);
    attribute(&text);
    // Two names at once.
    let (one, other) = text.split_once('\n').unwrap_or((&text, ""));
    apart(one, other);
    pattern(one, other);
    remote(&text);
    if let Ok(shard) = text.parse::<Shard>() {
        assert_eq!(shard.to_string().parse::<Shard>().expect("as it is written"), shard);
    }
}

fn file_name(id: &str) {
    let name = path::of_id(id);
    assert_eq!(path::id(&name).as_deref(), Some(id), "{name}");
    let parts = || name.split('/');
    assert!(name.is_ascii() && parts().all(|part| !part.is_empty() && part.len() <= 255), "{name}");
    // What git and Windows forbid.
    assert!(parts().all(|part| !part.starts_with('.') && !part.ends_with(['.', ' '])), "{name}");
    assert!(!name.contains(|c: char| c.is_control() || "<>:\"\\|?*".contains(c)), "{name}");
    // What can be read has one spelling, whatever it is.
    if let Some(read) = path::id(id) {
        assert_eq!(path::of_id(&read), id);
    }
    if let Some(read) = path::address(id) {
        assert_eq!(path::of(&read), id);
    }
    // Folders above the ids are short by nature.
    let part: String = id.chars().filter(|c| *c != '/').take(10).collect();
    let scope = Scope { provider: "aws".to_owned(), account: part.clone(), region: part };
    let address = Address { scope, kind: "ec2/vpc".to_owned(), id: id.to_owned() };
    assert_eq!(path::address(&path::of(&address)), Some(address));
}

/// Different ids have different files, also where case does not count, and no file is another one's folder.
fn apart(one: &str, other: &str) {
    let files = [one, other].map(|id| path::of_id(id).to_ascii_lowercase());
    assert_eq!(files[0] == files[1], one == other, "{files:?}");
    let [one, other] = &files;
    assert!(!one.starts_with(&format!("{other}/")) && !other.starts_with(&format!("{one}/")), "{files:?}");
}

fn address(text: &str) {
    let Ok(address) = text.parse::<Address>() else { return };
    assert_eq!(address.to_string(), text);
    let Scope { provider, account, region } = &address.scope;
    if [provider, account, region].into_iter().chain([&address.kind]).all(|part| part.len() <= 40) {
        assert_eq!(path::address(&path::of(&address)).as_ref(), Some(&address));
    }
    if address.scope.provider != "aws" {
        return;
    }
    let exact = NewRule::exactly(&address, None, "because").expect("every address has a rule");
    assert!(exact.address.matches(&address), "`{}` is to match `{address}`", exact.address);
}

fn attribute(text: &str) {
    if let Ok(path) = text.parse::<Path>() {
        assert_eq!(path.pointer().parse::<Path>().expect("as machines write it"), path);
        let address: Address = "aws/123456789012/eu-west-1/ec2/vpc/vpc-1".parse().expect("an address");
        if let Ok(NewRule { attribute: Some(pattern), .. }) = NewRule::exactly(&address, Some(&path), "because") {
            assert!(pattern.matches(&path), "`{pattern}` is to match `{}`", path.pointer());
        }
    }
    if let Ok(pattern) = text.parse::<PathPattern>() {
        assert_eq!(pattern.to_string(), text);
        pattern.is_in(&serde_json::json!({"tags": {"a": "b"}, "attributes": {"a": [{"b": 1}]}}));
    }
}

fn pattern(text: &str, id: &str) {
    let Ok(pattern) = text.parse::<AddressPattern>() else { return };
    let scope =
        Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: "eu-west-1".to_owned() };
    let address = Address { scope: scope.clone(), kind: "route53/record_set".to_owned(), id: id.to_owned() };
    let targets = Targets::new(vec![pattern.clone()]);
    assert_eq!(targets.matches(&address), pattern.matches(&address));
    // What is left out before a call is made is nothing that would have matched.
    if pattern.matches(&address) {
        assert!(targets.may_match_kind(Some(&scope), &address.kind), "{text}");
        assert!(targets.may_match_kind(None, &address.kind), "{text}");
        for (at, _) in id.match_indices('/') {
            let parent = Address { id: id[..at].to_owned(), ..address.clone() };
            assert!(targets.may_match_children(&parent), "{text} on {}", parent.id);
        }
    }
    if targets.includes_kind(&scope, &address.kind) {
        assert!(pattern.matches(&address), "{text}");
    }
}

fn remote(text: &str) {
    let hidden = redact(text);
    assert_eq!(redact(&hidden), hidden, "nothing is left to hide");
    if let Some(url) = RemoteUrl::parse(text) {
        assert!(url.web().contains(&url.host));
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    [
        "aws/123456789012/eu-west-1/rds/db_instance/prod-orders",
        "aws/123456789012/global/route53/record_set/Z1/*.example.com/A",
        "snapshots/aws/123456789012/global/route53/record_set/Z1~b/%2A.example.com/A~b.json",
        "%63on.json",
        "Con.x\ncon.X",
        ".git/.gitmodules",
        "ec2/security_group/sg-1*\nsg-12",
        "route53/record_set/Z?/{a,b}*\nZ1/a.b/A",
        "aws/*/eu-west-[12]/s3/bucket",
        r#"/attributes/IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22]/IpRanges/[CidrIp="10.0.0.0/8"]/Description"#,
        "IpPermissions[tcp 22].IpRanges[10.0.0.0/8]",
        r#"tags["kubernetes.io/role"]"#,
        r#"/attributes/Listeners/[={"Port":80}]/tags~1x"#,
        "https://user:token@github.com:8443/org/repo.git",
        "git@gitlab.example.com:group/sub/repo.git",
        "ssh://git@host:22/path",
        "3/20",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
