#!/usr/bin/env python3
"""Seeds an emulator and makes console changes to it, for a test that talks to it in lines of JSON.

AWS_ENDPOINT_URL says where the emulator is, the only argument which one it is (`moto` or `ministack`). Each line on
stdin is a request, each line on stdout its answer:

    {"do": "seed"}                → {"seeded": ["acm", …]}
    {"do": "change", "most": 16}  → {"changes": [{"name": …, "expect": [[drift, kind, id, attributes], …]}, …]}
    {"do": "change", "all": true} → the same: every change that does not meet an earlier one (but those named in
                                    `without`), and no second time

`change` makes the next changes of every service: at most so many, and only such as do not meet on one attribute of
one resource, so that what each of them must show can still be told apart. Changes that nobody may see come first.
No changes are left when it makes none.
"""

import contextlib
import importlib.util
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "seed")]

from emulator import clients  # noqa: E402

# What comes earlier is there when what comes later refers to it.
SERVICES = ["iam", "ec2", "acm", "s3", "route53", "elb", "rds"]


class Driver:
    def __init__(self, emulator, services):
        self.aws = clients()
        self.services = services
        self.seeds = {}
        self.waiting = {
            service: [change for change in load("changes", service).CHANGES if emulator in change.emulators]
            for service in services
        }
        # What must not be seen is made first, all of it at once: then nothing at all may be shown.
        self.unseen = {
            service: [change for change in waiting if not change.expect] for service, waiting in self.waiting.items()
        }

    def seed(self, _):
        account = self.aws("sts").get_caller_identity()["Account"]
        for service in self.services:
            made = load("seed", service).seed(self.aws) or {}
            self.seeds[service] = {"account": account, **made}
        return {"seeded": list(self.seeds)}

    def change(self, request):
        batch, met = [], {}
        if request.get("all"):
            return {"changes": [
                self.make(service, change, met) for service, waiting in self.waiting.items() for change in waiting
                if change.expect and change.name not in request.get("without", [])
                and self.is_apart(service, change, met)]}
        for service, waiting in self.unseen.items():
            while waiting and len(batch) < request["most"]:
                batch.append(self.make(service, waiting.pop(0), met))
        if batch:
            return {"changes": batch}
        for service, waiting in self.waiting.items():
            while waiting and len(batch) < request["most"] and self.is_apart(service, waiting[0], met):
                change = waiting.pop(0)
                if change.expect:
                    batch.append(self.make(service, change, met))
        return {"changes": batch}

    def is_apart(self, service, change, met):
        """Whether a change touches nothing that another one of the batch touches."""
        for drift, kind, who, attributes in change.expect:
            if drift == "added":
                continue
            known = met.get((kind, named(who, self.seeds[service])), [])
            if known and (drift == "removed" or known == ["*"] or set(known) & set(attributes)):
                return False
        return True

    def make(self, service, change, met):
        seed = dict(self.seeds[service])
        try:
            result = change.apply(self.aws, seed)
        except Exception as error:
            error.add_note(f"while {service}: {change.name}")
            raise
        if result is not None:
            seed["result"] = result
        expect = []
        for drift, kind, who, attributes in change.expect:
            name = named(who, seed)
            met.setdefault((kind, name), []).extend(attributes if drift == "changed" else ["*"])
            expect.append([drift, kind, name, sorted(attributes)])
        return {"name": f"{service}: {change.name}", "expect": expect}


def named(who, seed):
    return who(seed) if callable(who) else who


def load(folder, service):
    """The module of a service; seeds and changes have the same names."""
    spec = importlib.util.spec_from_file_location(f"{folder}_{service}", HERE.parent / folder / f"{service}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    emulator, *services = sys.argv[1:]
    answers = sys.stdout
    # What seeds have to say is for people.
    with contextlib.redirect_stdout(sys.stderr):
        driver = Driver(emulator, services or SERVICES)
        for line in sys.stdin:
            request = json.loads(line)
            answer = getattr(driver, request["do"])(request)
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
