//! URLs of remotes: `https://host/path.git`, `ssh://git@host:2222/path`, `git@host:path`.

/// Where a remote is at home. It holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteUrl {
    /// `http` or `https` where the URL says so: the forge is asked the same way.
    pub scheme: Option<&'static str>,
    /// In lower case; an IPv6 address in brackets.
    pub host: String,
    /// Of the web server: the port of an ssh URL says nothing about it.
    pub port: Option<u16>,
    /// Without slashes at its ends, and without `.git`: `group/subgroup/project`.
    pub path: String,
}

impl RemoteUrl {
    /// `None`: it is a path, or no URL that a forge could be behind.
    pub fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, url),
        };
        let (authority, path) = match &scheme {
            Some(_) => rest.split_once('/')?,
            None => scp(rest)?,
        };
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        let (scheme, port) = match scheme.as_deref() {
            Some("https") => (Some("https"), port),
            Some("http") => (Some("http"), port),
            Some("ssh" | "git+ssh" | "ssh+git" | "git") | None => (None, None),
            Some(_) => return None,
        };
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c));
        if !is_host || path.is_empty() {
            return None;
        }
        Some(Self { scheme, host: host.to_ascii_lowercase(), port, path: path.to_owned() })
    }

    /// The web server's address: `https://host`, `http://host:3000`.
    pub fn web(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", self.scheme.unwrap_or("https"), self.host)
    }
}

/// `[user@]host:path`, as scp has it. A slash before the colon makes it a path; so does a single letter, on Windows.
fn scp(text: &str) -> Option<(&str, &str)> {
    if let Some(at) = text.find("]:") {
        return Some((&text[..=at], &text[at + 2..]));
    }
    let (authority, path) = text.split_once(':')?;
    (!authority.contains(['/', '\\']) && authority.len() > 1).then_some((authority, path))
}

/// A text in which no URL carries a user's name or password.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c == '/' || c.is_whitespace() || c == '\'' || c == '"').unwrap_or(after.len());
        rest = after[..end].rfind('@').map_or(after, |at| &after[at + 1..]);
    }
    out.push_str(rest);
    out
}
