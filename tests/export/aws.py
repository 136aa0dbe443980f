"""What a script of `driftline export cli` needs of the AWS CLI, done by boto3, which checks every call as the CLI does:

    aws --region REGION SERVICE COMMAND --cli-input-json JSON
    aws sts get-caller-identity --query Account --output text

It makes the calls of others, since starting takes longer than a call: its first line on stdout is the port that it listens
on. A request is the number of arguments and the arguments, an answer the exit code and the output, all ended by NUL.
"""

import json
import socketserver

import boto3
from botocore import xform_name

# What moto cannot do: it has no such operation; it answers two permissions of one grantee as one grant, so that what it
# answered is not enough for it to deliver logs.
NOT_THERE = {"reset-db-parameter-group", "put-bucket-logging"}


CLIENTS = {}


def client(service, region):
    known = CLIENTS.get((service, region))
    return known or CLIENTS.setdefault((service, region), boto3.client(service, region_name=region))


def call(arguments):
    if arguments[:2] == ["sts", "get-caller-identity"]:
        return client("sts", "us-east-1").get_caller_identity()["Account"]
    option, region, service, command, form, text = arguments
    assert (option, form) == ("--region", "--cli-input-json"), arguments
    aws = client({"s3api": "s3"}.get(service, service), region)
    operations = [name for name in aws.meta.service_model.operation_names if xform_name(name, "-") == command]
    assert len(operations) == 1, f"{service} has no {command}"
    if command not in NOT_THERE:
        getattr(aws, xform_name(operations[0]))(**json.loads(text))
    return ""


class Handler(socketserver.StreamRequestHandler):
    def text(self):
        text = bytearray()
        while (byte := self.rfile.read(1)) not in (b"", b"\0"):
            text += byte
        return text.decode()

    def handle(self):
        arguments = [self.text() for _ in range(int(self.text()))]
        try:
            code, output = 0, call(arguments)
        except Exception as error:  # whatever it is, the script has to hear of it
            code, output = 1, repr(error)
        self.wfile.write(f"{code}\0{output}\0".encode())


with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
