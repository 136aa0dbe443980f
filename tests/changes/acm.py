"""Console changes to certificates, and what `plan` must show."""

import sys
from pathlib import Path

from form import Change

sys.path.insert(0, str(Path(__file__).parent.parent / "seed"))

from pem import pair  # noqa: E402


def last(arn):
    return arn.rsplit("/", 1)[-1]


def of(name):
    return lambda seed: last(seed[name])


CHANGES = [
    Change(
        name="a certificate is requested",
        apply=lambda aws, seed: aws("acm").request_certificate(
            DomainName="by-hand.example.com", ValidationMethod="DNS")["CertificateArn"],
        expect=[("added", "acm/certificate", lambda seed: last(seed["result"]), [])],
    ),
    Change(
        name="a certificate with another key type is requested",
        apply=lambda aws, seed: aws("acm").request_certificate(
            DomainName="p384.example.com", ValidationMethod="DNS", KeyAlgorithm="EC_secp384r1")["CertificateArn"],
        expect=[("added", "acm/certificate", lambda seed: last(seed["result"]), [])],
    ),
    Change(
        name="a certificate's tag changes",
        apply=lambda aws, seed: aws("acm").add_tags_to_certificate(
            CertificateArn=seed["requested"], Tags=[{"Key": "Team", "Value": "shop"}]),
        expect=[("changed", "acm/certificate", of("requested"), ["tags"])],
    ),
    Change(
        name="a certificate loses a tag",
        apply=lambda aws, seed: aws("acm").remove_tags_from_certificate(
            CertificateArn=seed["requested"], Tags=[{"Key": "Environment"}]),
        expect=[("changed", "acm/certificate", of("requested"), ["tags"])],
    ),
    Change(
        name="a certificate is deleted",
        apply=lambda aws, seed: aws("acm").delete_certificate(CertificateArn=seed["elliptic"]),
        expect=[("removed", "acm/certificate", of("elliptic"), [])],
    ),
    Change(
        name="a certificate is imported",
        apply=lambda aws, seed: aws("acm").import_certificate(**pair("second.example.com"))["CertificateArn"],
        expect=[("added", "acm/certificate", lambda seed: last(seed["result"]), [])],
    ),
    Change(
        name="an imported certificate is deleted",
        apply=lambda aws, seed: aws("acm").delete_certificate(CertificateArn=seed["imported"]),
        expect=[("removed", "acm/certificate", of("imported"), [])],
    ),
]
