//! A forge on loopback: it holds proposals, and refuses every request that the forge's published API description
//! (`tests/forges/`) does not know.

mod description;
mod http;

use std::collections::VecDeque;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use description::Description;
pub(crate) use http::Request;

/// The only token that is let in.
pub(crate) const TOKEN: &str = "s3cret-forge-token";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    GitHub,
    GitLab,
    Gitea,
}

impl Sort {
    /// Where the API is mounted; no part of the descriptions' paths.
    fn base(self) -> &'static str {
        match self {
            Self::GitHub => "",
            Self::GitLab => "/api/v4",
            Self::Gitea => "/api/v1",
        }
    }
}

/// A running forge.
pub(crate) struct Forge {
    sort: Sort,
    port: u16,
    state: Arc<Mutex<State>>,
}

/// What it holds.
pub(crate) struct State {
    sort: Sort,
    description: Description,
    /// The bare repository behind it.
    repository: PathBuf,
    pub(crate) proposals: Vec<Proposal>,
    pub(crate) labels: Vec<String>,
    pub(crate) requests: Vec<Request>,
    /// What was asked that the description does not know.
    violations: Vec<String>,
    /// Answers that come before anything else, and the methods that they are for.
    faults: VecDeque<(&'static str, Answer)>,
    /// Whether the plan has drafts.
    pub(crate) has_drafts: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Proposal {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) head: String,
    pub(crate) base: String,
    pub(crate) open: bool,
    pub(crate) draft: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) reviewers: Vec<String>,
    pub(crate) teams: Vec<String>,
    pub(crate) comments: Vec<String>,
    /// It comes from somebody's fork.
    pub(crate) fork: bool,
}

impl Forge {
    pub(crate) fn start(sort: Sort, repository: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State {
            sort,
            description: Description::of(sort),
            repository,
            proposals: Vec::new(),
            labels: vec!["bug".to_owned()],
            requests: Vec::new(),
            violations: Vec::new(),
            faults: VecDeque::new(),
            has_drafts: true,
        }));
        let shared = Arc::clone(&state);
        // It ends with the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(mut request) = http::read(&stream) else { continue };
                let inside = request.path.strip_prefix(sort.base()).map(str::to_owned);
                let (status, headers, body) = match inside {
                    Some(path) => {
                        request.path = path;
                        shared.lock().expect("nobody panics").answer(&request)
                    }
                    None => (404, vec![], json!({"message": "Not Found"})),
                };
                http::write(&stream, status, &headers, &body);
            }
        });
        Self { sort, port, state }
    }

    /// The base of its API.
    pub(crate) fn api(&self) -> String {
        format!("{}{}", self.web(), self.sort.base())
    }

    /// Its address.
    pub(crate) fn web(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it holds now.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics")
    }

    /// The next request with this method is answered so.
    pub(crate) fn fail(&self, method: &'static str, status: u16, headers: &[(&str, &str)], body: Value) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.state().faults.push_back((method, (status, headers, body)));
    }

    /// The proposals; every request so far must have been one that the description knows.
    #[track_caller]
    pub(crate) fn proposals(&self) -> Vec<Proposal> {
        let state = self.state();
        assert!(state.violations.is_empty(), "against the API's description: {:#?}", state.violations);
        state.proposals.clone()
    }

    /// How many requests with this method there were; they are counted anew from here.
    pub(crate) fn count(&self, method: &str) -> usize {
        let mut state = self.state();
        let count = state.requests.iter().filter(|request| request.method == method).count();
        state.requests.retain(|request| request.method != method);
        count
    }
}

/// Status, headers, body.
type Answer = (u16, Vec<(String, String)>, Value);

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        self.requests.push(request.clone());
        if let Some(at) = self.faults.iter().position(|(method, _)| *method == request.method) {
            return self.faults.remove(at).expect("it is there").1;
        }
        // Gitea tells it to everybody, GitLab to those whom it knows.
        if request.path == "/version" && self.sort == Sort::Gitea {
            return (200, vec![], json!({"version": "13.0.0+gitea-1.22.0"}));
        }
        let wanted = match self.sort {
            Sort::GitHub | Sort::GitLab => format!("Bearer {TOKEN}"),
            Sort::Gitea => format!("token {TOKEN}"),
        };
        if request.header("authorization") != Some(&wanted) {
            return (401, vec![], json!({"message": "Bad credentials"}));
        }
        if self.sort == Sort::GitHub && request.header("accept") != Some("application/vnd.github+json") {
            self.violations.push(format!("{} {}: no Accept header", request.method, request.path));
        }
        let operation = match self.description.check(request) {
            Ok(operation) => operation,
            Err(violation) => {
                self.violations.push(violation.clone());
                return (422, vec![], json!({"message": violation}));
            }
        };
        let (status, body) = self.act(request);
        if let Err(violation) = self.description.check_answer(operation, status, &body) {
            self.violations.push(format!("the stand-in itself: {violation}"));
        }
        (status, vec![], body)
    }

    fn act(&mut self, request: &Request) -> (u16, Value) {
        let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let body = request.body.clone();
        let repository = match self.sort {
            Sort::GitLab => segments.get(1) == Some(&"acme%2Fcloud"),
            _ => segments.get(1..3) == Some(&["acme", "cloud"]),
        };
        let number = |at: usize| segments.get(at).and_then(|text| text.parse::<usize>().ok());
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["users"]) => match request.query("username") {
                Some("jane") => (200, json!([{"id": 7, "username": "jane"}])),
                _ => (200, json!([])),
            },
            ("GET", ["orgs", _, "labels"]) => (404, json!({"message": "not an organization"})),
            _ if !repository => (404, json!({"message": "Not Found"})),
            ("GET", ["repos", .., "labels"]) => {
                let first = request.query("page") == Some("1");
                let labels: Vec<Value> =
                    self.labels.iter().enumerate().map(|(id, name)| json!({"id": id, "name": name})).collect();
                (200, if first { labels.into() } else { json!([]) })
            }
            ("POST", ["repos", _, _, "labels"]) => {
                self.labels.push(body["name"].as_str().unwrap_or_default().to_owned());
                (201, json!({"id": self.labels.len() - 1, "name": body["name"]}))
            }
            ("GET", _) => (200, self.list(request)),
            ("POST", [.., "pulls" | "merge_requests"]) => self.open(&body),
            ("POST", [.., "labels"]) => {
                let names = strings(&body["labels"]);
                let (status, _) = self.change(number(4), |one| one.labels.clone_from(&names));
                (status, names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>().into())
            }
            ("POST", [.., "requested_reviewers"]) => {
                let unknown = strings(&body["reviewers"]).iter().any(|name| name != "jane");
                if unknown {
                    return (422, json!({"message": "Reviews may only be requested from collaborators."}));
                }
                self.change(number(4), |one| {
                    one.reviewers = strings(&body["reviewers"]);
                    one.teams = strings(&body["team_reviewers"]);
                });
                (201, json!({}))
            }
            ("POST", [.., "comments" | "notes"]) => {
                let at = if self.sort == Sort::GitLab { 3 } else { 4 };
                let text = body["body"].as_str().unwrap_or_default().to_owned();
                self.change(number(at), |one| one.comments.push(text.clone()));
                (201, json!({"id": 1, "body": text}))
            }
            ("PATCH" | "PUT", [.., last]) => {
                let text = |name: &str| body[name].as_str().map(str::to_owned);
                let (status, answer) = self.change(last.parse().ok(), |one| {
                    one.title = text("title").unwrap_or_else(|| one.title.clone());
                    one.body = text("body").or(text("description")).unwrap_or_else(|| one.body.clone());
                    one.open &= body["state"] != "closed" && body["state_event"] != "close";
                });
                (if self.sort == Sort::Gitea && status == 200 { 201 } else { status }, answer)
            }
            _ => (404, json!({"message": "Not Found"})),
        }
    }

    fn list(&self, request: &Request) -> Value {
        let is_wanted = |one: &&(usize, &Proposal)| {
            let (_, one) = one;
            let head = request.query("head").is_none_or(|head| head == format!("acme:{}", one.head) && !one.fork);
            let source = request.query("source_branch").is_none_or(|branch| branch == one.head);
            one.open && head && source
        };
        let all: Vec<(usize, &Proposal)> = self.proposals.iter().enumerate().collect();
        let wanted = all.iter().filter(is_wanted).map(|(index, one)| self.shown(*index, one));
        match request.query("page") {
            None | Some("1") => wanted.collect::<Vec<_>>().into(),
            Some(_) => json!([]),
        }
    }

    fn open(&mut self, body: &Value) -> (u16, Value) {
        let text =
            |name: &str, other: &str| body[name].as_str().or(body[other].as_str()).unwrap_or_default().to_owned();
        let mut one = Proposal {
            title: text("title", "title"),
            body: text("body", "description"),
            head: text("head", "source_branch"),
            base: text("base", "target_branch"),
            open: true,
            draft: body["draft"] == true,
            ..Proposal::default()
        };
        if one.draft && !self.has_drafts {
            return (422, json!({"message": "Draft pull requests are not supported in this repository."}));
        }
        if self.sort == Sort::GitHub && one.body.chars().count() > 65_536 {
            let why = json!([{"resource": "Issue", "code": "custom", "field": "body", "message": "body is too long (maximum is 65536 characters)"}]);
            return (422, json!({"message": "Validation Failed", "errors": why}));
        }
        let exists = |branch: &str| {
            let mut git = std::process::Command::new("git");
            git.arg("--git-dir").arg(&self.repository).args(["rev-parse", "--quiet", "--verify"]);
            git.arg(format!("refs/heads/{branch}")).output().is_ok_and(|output| output.status.success())
        };
        if !exists(&one.head) || !exists(&one.base) {
            return (422, json!({"message": "Validation Failed", "errors": [{"field": "head", "code": "invalid"}]}));
        }
        if self.proposals.iter().any(|other| other.open && !other.fork && other.head == one.head) {
            let message = format!("A pull request already exists for acme:{}.", one.head);
            return match self.sort {
                Sort::GitHub => (422, json!({"message": "Validation Failed", "errors": [{"message": message}]})),
                Sort::GitLab => {
                    (409, json!({"message": ["Another open merge request already exists for this source branch: !1"]}))
                }
                Sort::Gitea => (409, json!({"message": message})),
            };
        }
        if self.sort == Sort::GitLab {
            one.labels = text("labels", "labels").split(',').filter(|l| !l.is_empty()).map(str::to_owned).collect();
            one.reviewers = if body["reviewer_ids"] == json!([7]) { vec!["jane".to_owned()] } else { vec![] };
        } else {
            let ids = body["labels"].as_array().into_iter().flatten().filter_map(Value::as_u64);
            one.labels = ids.filter_map(|id| self.labels.get(usize::try_from(id).ok()?).cloned()).collect();
        }
        self.proposals.push(one.clone());
        (201, self.shown(self.proposals.len() - 1, &one))
    }

    fn change(&mut self, number: Option<usize>, change: impl FnOnce(&mut Proposal)) -> (u16, Value) {
        let Some(index) = number.and_then(|number| number.checked_sub(1)).filter(|at| *at < self.proposals.len())
        else {
            return (404, json!({"message": "Not Found"}));
        };
        change(&mut self.proposals[index]);
        (200, self.shown(index, &self.proposals[index].clone()))
    }

    fn shown(&self, index: usize, one: &Proposal) -> Value {
        let number = index + 1;
        match self.sort {
            Sort::GitLab => json!({
                "id": 1000 + number, "iid": number, "title": one.title, "description": one.body,
                "state": if one.open { "opened" } else { "closed" },
                "web_url": format!("https://gitlab.com/acme/cloud/-/merge_requests/{number}"),
                "source_branch": one.head, "target_branch": one.base,
                "source_project_id": if one.fork { 2 } else { 1 }, "target_project_id": 1,
            }),
            Sort::GitHub | Sort::Gitea => {
                let host = if self.sort == Sort::GitHub { "github.com" } else { "codeberg.org" };
                let page = if self.sort == Sort::GitHub { "pull" } else { "pulls" };
                let mut branch = (json!({"ref": one.head}), json!({"ref": one.base}));
                if self.sort == Sort::Gitea {
                    branch.0["repo_id"] = if one.fork { 2 } else { 1 }.into();
                    branch.1["repo_id"] = 1.into();
                }
                json!({
                    "number": number, "title": one.title, "body": one.body, "draft": one.draft,
                    "state": if one.open { "open" } else { "closed" },
                    "html_url": format!("https://{host}/acme/cloud/{page}/{number}"),
                    "head": branch.0, "base": branch.1,
                })
            }
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
