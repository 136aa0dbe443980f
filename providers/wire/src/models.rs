//! The generated models, one file per service.

use crate::model::Service;

#[cfg(feature = "acm")]
#[rustfmt::skip]
mod acm;
#[cfg(feature = "cloudtrail")]
#[rustfmt::skip]
mod cloudtrail;
#[cfg(feature = "ec2")]
#[rustfmt::skip]
mod ec2;
#[cfg(feature = "elb")]
#[rustfmt::skip]
mod elb;
#[cfg(feature = "elb")]
#[rustfmt::skip]
mod elbv2;
#[cfg(feature = "iam")]
#[rustfmt::skip]
mod iam;
#[cfg(feature = "organizations")]
#[rustfmt::skip]
mod organizations;
#[rustfmt::skip]
pub(crate) mod partitions;
#[cfg(feature = "rds")]
#[rustfmt::skip]
mod rds;
#[cfg(feature = "route53")]
#[rustfmt::skip]
mod route53;
#[cfg(feature = "s3")]
#[rustfmt::skip]
mod s3;
#[cfg(feature = "s3")]
#[rustfmt::skip]
mod s3control;
#[rustfmt::skip]
mod services;
#[cfg(feature = "sts")]
#[rustfmt::skip]
mod sts;

pub use services::SERVICES;

/// The service of this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_operations_are_sorted_so_that_they_can_be_found() {
        assert!(SERVICES.is_sorted_by_key(|service| service.name));
        for service in SERVICES {
            assert!(service.operations.is_sorted_by_key(|operation| operation.name), "{}", service.name);
            for operation in service.operations {
                let found = service.operation(operation.name).expect(operation.name);
                assert!(std::ptr::eq(found, operation), "{}", operation.name);
            }
        }
    }

    #[test]
    fn no_operation_writes() {
        for service in SERVICES {
            for operation in service.operations {
                let reads = ["Describe", "List", "Get", "Lookup"].iter().any(|verb| operation.name.starts_with(verb));
                assert!(reads, "{} {}", service.name, operation.name);
            }
        }
    }
}
