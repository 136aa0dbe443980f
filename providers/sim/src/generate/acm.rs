//! Certificates.

use serde_json::{Value, json};

use super::kinds::Made;
use super::place::{Place, tags};

pub(super) fn arn_of(place: &Place<'_>, index: usize) -> String {
    place.arn("acm", &format!("certificate/{}", place.uuid("certificate", index)))
}

pub(super) fn certificate(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("acm/certificate", index);
    let sort = dice.pick(&["www", "api", "*.apps", "cdn", "admin", "portal"]);
    let domain = format!("{sort}.{}{index}.example.com", dice.pick(&["shop", "pay", "data", "team"]));
    let names: Vec<String> = [domain.clone()]
        .into_iter()
        .chain((0..dice.below(4)).map(|number| format!("alt{number}.{domain}").replace("*.", "")))
        .collect();
    let validations: Vec<Value> = names
        .iter()
        .map(|name| {
            let bare = name.trim_start_matches("*.");
            json!({
                "DomainName": name, "ValidationDomain": name, "ValidationStatus": "SUCCESS", "ValidationMethod": "DNS",
                "ResourceRecord": {
                    "Name": format!("_{}.{bare}.", dice.hex(32)), "Type": "CNAME",
                    "Value": format!("_{}.{}.acm-validations.aws.", dice.hex(32), dice.hex(10)),
                },
            })
        })
        .collect();
    let created = dice.time();
    let serial = dice.hex(32);
    let serial: Vec<&str> = (0..16).map(|byte| &serial[byte * 2..byte * 2 + 2]).collect();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut pem = |lines: usize| {
        let lines: Vec<String> = (0..lines).map(|_| dice.text(64, letters)).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    };
    let bodies = json!({"Certificate": pem(20), "CertificateChain": pem(30)});
    let item = json!({
        "CertificateArn": arn_of(place, index), "DomainName": domain, "SubjectAlternativeNames": names,
        "DomainValidationOptions": validations, "Serial": serial.join(":"), "Subject": format!("CN={domain}"),
        "Issuer": "Amazon", "CreatedAt": created, "IssuedAt": created, "Status": "ISSUED",
        "NotBefore": "2025-10-05T00:00:00Z", "NotAfter": "2026-11-03T23:59:59Z", "KeyAlgorithm": "RSA_2048",
        "SignatureAlgorithm": "SHA256WITHRSA", "InUseBy": [], "Type": "AMAZON_ISSUED",
        "RenewalSummary": {
            "RenewalStatus": "SUCCESS", "DomainValidationOptions": validations, "UpdatedAt": "2025-10-06T04:11:52.301Z",
        },
        "KeyUsages": [{"Name": "DIGITAL_SIGNATURE"}, {"Name": "KEY_ENCIPHERMENT"}],
        "ExtendedKeyUsages": [
            {"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"},
            {"Name": "TLS_WEB_CLIENT_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.2"},
        ],
        "RenewalEligibility": "ELIGIBLE",
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"},
        "ListCertificates": {
            "SubjectAlternativeNameSummaries": names, "HasAdditionalSubjectAlternativeNames": false,
            "KeyUsages": ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
            "ExtendedKeyUsages": ["TLS_WEB_SERVER_AUTHENTICATION", "TLS_WEB_CLIENT_AUTHENTICATION"],
            "ExportOption": "DISABLED", "InUse": false, "Exported": false,
        },
        "Tags": tags(&mut dice, &domain.replace("*.", "")), "GetCertificate": bodies,
    });
    Made::new(&place.uuid("certificate", index), "Certificates", item)
}
