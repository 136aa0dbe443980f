"""Prints the shell scripts in an example of `driftline ci`, as a JSON list: scripts.py FILE."""

import json
import sys

import yaml


def scripts(document):
    """Steps of GitHub, `before_script` and `script` of GitLab, arguments of a container."""
    if isinstance(document, list):
        for member in document:
            yield from scripts(member)
    if isinstance(document, dict):
        for name, member in document.items():
            if name == "run" and isinstance(member, str):
                yield member
            elif name in ("before_script", "script"):
                yield "\n".join(member)
            elif name == "args":
                yield from member
            else:
                yield from scripts(member)


with open(sys.argv[1]) as file:
    print(json.dumps(list(scripts(list(yaml.safe_load_all(file))))))
