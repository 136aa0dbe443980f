"""How the seed scripts reach an emulator, and how they live with what it lacks."""

import os
import re

import boto3
import botocore.exceptions
import botocore.parsers
from botocore.config import Config


def clients(region=None):
    """A factory of boto3 clients for the endpoint in AWS_ENDPOINT_URL: `aws("rds")`, `aws("rds", "eu-west-1")`."""
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    home = region or os.environ.get("AWS_REGION", "us-east-1")
    config = Config(retries={"total_max_attempts": 1})

    def client(service, region=None):
        made = boto3.client(service, region_name=region or home, config=config)
        made.meta.events.register("before-send", without_account)
        return made

    return client


def without_account(request, **_):
    """S3 control puts the account's number in front of the host, which only AWS's own hosts have."""
    request.url = re.sub(r"//\d{12}\.", "//", request.url)


def attempt(call, **params):
    """The call's answer; None, and a line on stdout, where the emulator does not have it."""
    try:
        return call(**params)
    except botocore.exceptions.ClientError as error:
        print(f"skipped: {error.operation_name}: {error.response['Error']['Code']}")
    except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as error:
        print(f"skipped: {call.__name__}: {type(error).__name__}")
    return None
