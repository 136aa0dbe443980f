"""The tools that are compared: how each is prepared and run, and what it says it found."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from emulator import REGION, credentials
from report import say


class Tool:
    """`command` reads the account once; `findings` are the differences that its last run told, one text each."""

    def __init__(self, work):
        self.folder = work / self.name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def log(self):
        return self.folder / "run.log"

    def environment(self, url):
        return credentials(url)

    def finds(self, click, findings):
        """Whether what somebody did is among the findings."""
        return any(click.id in finding for finding in findings)

    def run(self, command, url, check=True):
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=self.environment(url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if check and done.returncode != 0:
            sys.exit(f"error: {' '.join(map(str, command))} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout


class Terraform(Tool):
    name = "terraform"

    def __init__(self, work, account, variables):
        super().__init__(work)
        self.variables = {f"TF_VAR_{name}": json.dumps(value) for name, value in variables.items()}
        self.module = self.folder / "account"
        shutil.copytree(account, self.module, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".terraform*"))
        self.settings = self.folder / "terraform.rc"
        self.settings.write_text(settings(mirror()))

    def environment(self, url):
        return {**credentials(url), "TF_CLI_CONFIG_FILE": str(self.settings), "TF_IN_AUTOMATION": "1", **self.variables}

    def prepare(self, url):
        chdir = f"-chdir={self.module}"
        self.run(["terraform", chdir, "init", "-no-color"], url)
        # The provider sleeps half a minute after each record and attachment: let it do so for all at once.
        self.run(["terraform", chdir, "apply", "-auto-approve", "-no-color", "-parallelism=100"], url)
        # What its own apply left out of date is not to count as drift.
        self.run(["terraform", chdir, "apply", "-refresh-only", "-auto-approve", "-no-color"], url)
        self.addresses = self.run(["terraform", chdir, "state", "list"], url).splitlines()

    def command(self):
        return ["terraform", f"-chdir={self.module}", "plan", "-refresh-only", "-json", "-input=false", "-lock=false"]

    def findings(self):
        messages = [json.loads(line) for line in self.log().read_text().splitlines() if line.startswith("{")]
        return {
            message["change"]["resource"]["addr"] for message in messages if message["type"] == "resource_drift"
        }

    def finds(self, click, findings):
        return not click.change.unmanaged and click.change.terraform in findings

    def seen(self):
        return len(self.addresses)


class Driftline(Tool):
    name = "driftline"

    def __init__(self, work, binary):
        super().__init__(work)
        self.binary, self.repo = binary, self.folder / "repo"

    def environment(self, url):
        return {**credentials(url), "XDG_CONFIG_HOME": str(self.folder)}

    def prepare(self, url):
        self.run([self.binary, "init", self.repo], url)
        self.run([self.binary, "-C", self.repo, "import", "--region", REGION], url)

    def command(self):
        return [self.binary, "-C", self.repo, "plan", "--region", REGION, "--json"]

    def findings(self):
        return {drift["address"] for drift in json.loads(self.log().read_text())["resource_drift"]}

    def seen(self):
        return int(re.search(r"read (\d+) resources?", self.log().with_suffix(".err").read_text()).group(1))


class Custodian(Tool):
    """It knows no restore point: two of its dumps are compared, in the form that is kindest to it."""

    name = "custodian"

    # Everything in Terraform's account that it has a type for, and the field with the id of each.
    TYPES = {
        "acm-certificate": "CertificateArn",
        "app-elb": "LoadBalancerArn",
        "app-elb-target-group": "TargetGroupArn",
        "ebs": "VolumeId",
        "ec2": "InstanceId",
        "elastic-ip": "AllocationId",
        "healthcheck": "Id",
        "hostedzone": "Id",
        "iam-group": "Arn",
        "iam-policy": "Arn",
        "iam-profile": "Arn",
        "iam-role": "Arn",
        "iam-user": "Arn",
        "internet-gateway": "InternetGatewayId",
        "key-pair": "KeyName",
        "launch-template-version": "LaunchTemplateId",
        "nat-gateway": "NatGatewayId",
        "network-acl": "NetworkAclId",
        "rds": "DBInstanceIdentifier",
        "rds-param-group": "DBParameterGroupName",
        "rds-subnet-group": "DBSubnetGroupName",
        "route-table": "RouteTableId",
        "rrset": "Name",
        "s3": "Name",
        "security-group": "GroupId",
        "subnet": "SubnetId",
        "vpc": "VpcId",
        "vpc-endpoint": "VpcEndpointId",
    }

    def prepare(self, url):
        home = self.folder / "venv"
        venv.create(home, with_pip=True)
        self.run([home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "c7n"], url)
        self.binary = home / "bin" / "custodian"
        self.policies, self.dump, self.kinds = self.folder / "policies.json", self.folder / "dump", list(self.TYPES)
        self._write_policies()
        # It reads nothing of a type when the emulator lacks one call, so such types are left out of its work.
        self.run(self.command(), url, check=False)
        self.kinds = [kind for kind in self.kinds if self._dumped(kind).exists()]
        if not self.kinds:
            sys.exit(f"error: {self.name} read nothing: see {self.dump}")
        self._write_policies()
        self.run(self.command(), url)
        self.previous = self._resources()

    def _write_policies(self):
        policies = [{"name": kind, "resource": f"aws.{kind}"} for kind in self.kinds]
        self.policies.write_text(json.dumps({"policies": policies}))

    def _dumped(self, kind):
        return self.dump / kind / "resources.json"

    def command(self):
        options = ["--dryrun", "--cache-period", "0", "--region", REGION, "--output-dir", self.dump]
        return [self.binary, "run", *options, self.policies]

    def findings(self):
        now, before = self._resources(), self.previous
        return {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}

    def seen(self):
        return sum(map(len, self._resources().values()))

    def _resources(self):
        resources = {}
        for kind in self.kinds:
            for found in json.loads(self._dumped(kind).read_text()):
                resources.setdefault(f"{kind}/{found[self.TYPES[kind]]}", []).append(json.dumps(found, sort_keys=True))
        return {name: sorted(texts) for name, texts in resources.items()}


def build(root):
    """The optimized driftline of these sources."""
    say("building driftline (release)")
    subprocess.run(["cargo", "build", "--release", "--quiet", "--bin", "driftline"], cwd=root, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    return (target if target.is_absolute() else root / target) / "release" / "driftline"


def mirror():
    """A folder with the provider in it, where Terraform's documentation suggests to keep one."""
    named = os.environ.get("TF_PLUGIN_MIRROR_DIR")
    home = Path.home() / ".terraform.d"
    shared = ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", *glob.glob("/opt/*")]
    for folder in [named] if named else [home / "plugins", home / "plugin-cache", *shared]:
        if (Path(folder) / "registry.terraform.io" / "hashicorp" / "aws").is_dir():
            return Path(folder)
    if named:
        sys.exit(f"error: no registry.terraform.io/hashicorp/aws in {named} (TF_PLUGIN_MIRROR_DIR)")
    return None


def settings(folder):
    """Terraform's own settings file: no calls home, the provider from the mirror."""
    text = "disable_checkpoint = true\n"
    if folder:
        text += f'provider_installation {{\n  filesystem_mirror {{\n    path = "{folder}"\n  }}\n}}\n'
    return text
