"""The emulator that stands in for AWS."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
from botocore.config import Config
from changes import Click

REGION = "us-east-1"


class Emulator:
    """A new, empty one, on a port of its own. `variables` are what its account has to differ in."""

    VARIABLES = {"ministack": {}, "moto": {"databases": []}}

    def __init__(self, name, venv, work):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.variables = self.VARIABLES[name]
        self.log = work / f"{name}.log"
        settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "LOG_LEVEL": "WARNING", "TMPDIR": str(work)}
        environment = {**os.environ, **settings}
        command = {"ministack": ["ministack"], "moto": ["moto_server", "-H", "127.0.0.1", "-p", str(port)]}[name]
        command[0] = venv / "bin" / command[0]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def __enter__(self):
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return self
            except OSError as error:
                # Any answer will do.
                if hasattr(error, "code"):
                    return self
                time.sleep(0.1)
        self.__exit__()
        sys.exit(f"error: the emulator did not start: see {self.log}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def click(self, changes):
        """Makes the changes."""
        config = Config(retries={"total_max_attempts": 1})
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)

        def client(service):
            return session.client(service, endpoint_url=self.url, config=config)

        return [Click(change, change.make(client)) for change in changes]


def credentials(url):
    """The environment in which a tool finds the emulator and nothing else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
