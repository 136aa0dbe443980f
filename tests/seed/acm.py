#!/usr/bin/env python3
"""Fills an emulator with certificates, requested and imported. AWS_ENDPOINT_URL says where it is."""

from emulator import attempt, clients
from pem import pair


def seed(aws):
    """Creates everything, and returns the ARNs that changes need."""
    acm = aws("acm")
    requested = acm.request_certificate(
        DomainName="www.example.com", SubjectAlternativeNames=["example.com", "*.example.com"], ValidationMethod="DNS",
        Options={"CertificateTransparencyLoggingPreference": "ENABLED"},
        Tags=[{"Key": "Team", "Value": "web"}, {"Key": "Environment", "Value": "production"}],
    )["CertificateArn"]
    elliptic = attempt(acm.request_certificate, DomainName="ec.example.com", ValidationMethod="EMAIL",
                       KeyAlgorithm="EC_prime256v1")
    imported = attempt(acm.import_certificate, **pair(), Tags=[{"Key": "Source", "Value": "vendor"}])
    return {"requested": requested, "elliptic": elliptic and elliptic["CertificateArn"],
            "imported": imported and imported["CertificateArn"]}


if __name__ == "__main__":
    seed(clients())
