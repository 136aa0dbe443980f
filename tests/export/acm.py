#!/usr/bin/env python3
"""Fills an emulator with certificates of every sort. AWS_ENDPOINT_URL says where it is."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "seed"))

from emulator import clients  # noqa: E402
from pem import pair  # noqa: E402

AWKWARD = {"Cost Center": "a/b:c=d", "Note": 'says "${yes}" & %{no}', "über": "größe"}


def seed(aws):
    acm = aws("acm")
    acm.request_certificate(DomainName="www.example.com", SubjectAlternativeNames=["example.com", "*.example.com"],
                            ValidationMethod="DNS", Options={"CertificateTransparencyLoggingPreference": "DISABLED"},
                            Tags=[{"Key": key, "Value": AWKWARD[key]} for key in AWKWARD])
    acm.request_certificate(DomainName="*.example.org", ValidationMethod="DNS")
    acm.request_certificate(DomainName="ec.example.com", ValidationMethod="EMAIL", KeyAlgorithm="EC_prime256v1")
    acm.request_certificate(
        DomainName="db.internal.example.com", SubjectAlternativeNames=["db"], CertificateAuthorityArn=(
            "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555"))
    acm.import_certificate(**pair())


if __name__ == "__main__":
    seed(clients())
