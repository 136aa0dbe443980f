"""What a command costs: wall time, CPU, memory, and the API calls that it makes."""

import contextlib
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass

# Runs in a process of its own, small and new, since a child's peak memory is never less than its parent's at the time
# of the fork. As a subreaper it also waits for plugins that a tool leaves behind, so that their CPU counts.
SUPERVISOR = """
import ctypes, json, os, resource, sys, time
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
start = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
while True:
    try:
        pid, status, _ = os.wait4(-1, 0)
    except ChildProcessError:
        break
    if pid == child:
        wall, code = time.monotonic() - start, os.waitstatus_to_exitcode(status)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": peak, "code": code}), file=sys.stderr)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds, seconds of all descendants, bytes of the largest process."""

    wall: float
    cpu: float
    peak: int


def measure(command, environment, log, watch=None):
    """Runs a command; what it prints goes to the file `log`."""
    complaints = log.with_suffix(".err")
    with log.open("wb") as out, complaints.open("wb") as err:
        arguments = [sys.executable, "-I", "-S", "-c", SUPERVISOR, *map(str, command)]
        child = subprocess.Popen(arguments, env=environment, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        if watch:
            watch(child.pid)
        child.wait()
    lines = complaints.read_text().splitlines()
    if child.returncode != 0:
        sys.exit(f"error: failed to start {command[0]}:\n" + "\n".join(lines))
    result = json.loads(lines[-1])
    if result["code"] != 0:
        sys.exit(f"error: {' '.join(map(str, command))} ended with {result['code']}:\n" + "\n".join(lines[-21:-1]))
    return Cost(result["wall"], result["cpu"], result["peak"])


class Peaks:
    """The peak memory of each process under one, added up."""

    def __init__(self):
        self.high, self.ended, self.thread = {}, threading.Event(), None

    @property
    def total(self):
        return sum(self.high.values())

    def watch(self, root):
        self.thread = threading.Thread(target=self._watch, args=[root], daemon=True)
        self.thread.start()

    def _watch(self, root):
        while not self.ended.is_set():
            for pid in descendants(root):
                with contextlib.suppress(OSError, AttributeError):
                    with open(f"/proc/{pid}/status") as status:
                        high = int(re.search(r"VmHWM:\s*(\d+) kB", status.read()).group(1)) * 1024
                    self.high[pid] = max(self.high.get(pid, 0), high)
            time.sleep(0.005)


@contextlib.contextmanager
def peaks():
    found = Peaks()
    try:
        yield found
    finally:
        found.ended.set()


def descendants(root):
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{root}/task"):
            with open(f"/proc/{root}/task/{task}/children") as children:
                for child in children.read().split():
                    yield child
                    yield from descendants(child)


class Proxy:
    """Hands requests on to the emulator and counts them by operation."""

    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target)
        self.calls, self.lock = Counter(), threading.Lock()

    def __enter__(self):
        proxy = self

        class Handler(_Handler):
            target, calls, lock = proxy.target, proxy.calls, proxy.lock

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else every answer waits for the acknowledgement of its head.
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self):
        super().setup()
        self.upstream = http.client.HTTPConnection(self.target.hostname, self.target.port)

    def finish(self):
        super().finish()
        self.upstream.close()

    def _hand_on(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.lock:
            self.calls[operation(self.command, self.path, self.headers, body)] += 1
        self.upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            self.upstream.putheader(name, value)
        self.upstream.endheaders(body or None)
        answer = self.upstream.getresponse()
        content = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        length = answer.getheader("content-length", "0") if self.command == "HEAD" else str(len(content))
        self.send_header("content-length", length)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _hand_on

    def log_message(self, *_):
        pass


def operation(method, path, headers, body):
    """`iam:GetRole`, and where only the path tells, `s3:GET /BUCKET?versioning`."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("authorization", ""))
    service = scope.group(1) if scope else "unsigned"
    if target := headers.get("x-amz-target"):
        return f"{service}:{target.rpartition('.')[2]}"
    if action := re.search(rb"(?:^|&)Action=(\w+)", body):
        return f"{service}:{action.group(1).decode()}"
    url = urllib.parse.urlsplit(path)
    query = sorted(part.partition("=")[0] for part in url.query.split("&") if part)
    if service == "s3":
        return f"s3:{method} {'/' if url.path == '/' else '/BUCKET'}{'?' if query else ''}{'&'.join(query)}"
    return f"{service}:{method} {re.sub(r'/[A-Z0-9]{10,}|/[0-9a-f-]{36}', '/ID', url.path)}"
