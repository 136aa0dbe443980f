"""What a script of `driftline export cli` needs of the AWS CLI, done by boto3, which checks every call as the CLI does:

    aws --region REGION SERVICE COMMAND --cli-input-json JSON
    aws sts get-caller-identity --query Account --output text
"""

import json
import sys

import boto3
from botocore import xform_name

# What moto cannot do: it has no such operation; it answers two permissions of one grantee as one grant, so that what it
# answered is not enough for it to deliver logs.
NOT_THERE = {"reset-db-parameter-group", "put-bucket-logging"}


def main(arguments):
    if arguments[:2] == ["sts", "get-caller-identity"]:
        print(boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"])
        return
    option, region, service, command, form, text = arguments
    assert (option, form) == ("--region", "--cli-input-json"), arguments
    client = boto3.client({"s3api": "s3"}.get(service, service), region_name=region)
    operations = [name for name in client.meta.service_model.operation_names if xform_name(name, "-") == command]
    assert len(operations) == 1, f"{service} has no {command}"
    if command in NOT_THERE:
        return
    getattr(client, xform_name(operations[0]))(**json.loads(text))


main(sys.argv[1:])
