//! Emulators of AWS that others wrote, run from a Python environment that `scripts/test` makes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running emulator. It ends when this is dropped.
pub(crate) struct Emulator {
    pub(crate) name: &'static str,
    port: u16,
    process: Child,
}

impl Emulator {
    /// moto's server; `None` where it is not installed.
    pub(crate) fn moto() -> Option<Self> {
        let port = free_port();
        let mut command = Command::new(installed("moto_server")?);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        Some(Self::start("moto", port, command))
    }

    /// ministack; `None` where it is not installed.
    pub(crate) fn ministack() -> Option<Self> {
        Self::ministack_with(&[])
    }

    /// The same with settings, which it takes from its environment.
    pub(crate) fn ministack_with(settings: &[(&str, &str)]) -> Option<Self> {
        let port = free_port();
        let mut command = Command::new(installed("ministack")?);
        command.env("GATEWAY_PORT", port.to_string()).envs(settings.iter().copied());
        Some(Self::start("ministack", port, command))
    }

    /// A script in front of this one, which answers what it lacks and passes the rest on.
    pub(crate) fn behind(&self, python: &Path, script: &Path) -> Self {
        let port = free_port();
        let mut command = Command::new(python);
        command.arg(script).arg(self.port.to_string()).arg(port.to_string());
        Self::start(self.name, port, command)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start(name: &'static str, port: u16, mut command: Command) -> Self {
        // It stays in the group of the tests: whoever ends them at once ends it, too.
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut emulator = Self { name, port, process };
        let started = Instant::now();
        while !emulator.answers() {
            let ended = emulator.process.try_wait().expect("the process can be asked");
            assert!(ended.is_none(), "{name} ended at once: {ended:?}");
            assert!(started.elapsed() < Duration::from_secs(120), "{name} does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        emulator
    }

    /// Whether it answers requests by now.
    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let asked = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut first = [0; 4];
        asked.and_then(|()| stream.read_exact(&mut first)).is_ok() && first == *b"HTTP"
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The Python that has boto3; `None`, and a line that says so, where it is not installed.
pub(crate) fn python() -> Option<PathBuf> {
    installed("python")
}

/// A program of the Python environment; `None`, and a line that says so, where it is not installed.
pub(crate) fn installed(program: &str) -> Option<PathBuf> {
    in_environment(&format!("bin/{program}"))
}

/// A file of the environment that `scripts/setup` fills.
pub(crate) fn in_environment(path: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = super::variable("DRIFTLINE_VENV").unwrap_or_else(|| workspace.join(".venv"));
    let path = environment.join(path);
    if !path.exists() {
        eprintln!("skipped: {} not found (run scripts/test)", path.display());
        return None;
    }
    Some(path)
}

/// A port that nobody listens on. Somebody may take it before the emulator does; tests of one run do not, for
/// systems hand out ports in turn.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
