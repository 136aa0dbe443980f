//! How drift is put back: which calls of the service say what a restore point says.

use driftline_api::{Fix, Fixes, Input, Operation, TagKeys};

pub(crate) static FIXES: &[Fixes] = &[Fixes {
    kind: "elb/load_balancer",
    fixes: &[
        Fix::Whole {
            paths: &["/HealthCheck"],
            when: &[],
            call: Operation::new("elb:ConfigureHealthCheck", &[NAME, Input::Value("HealthCheck", "/HealthCheck")]),
        },
        Fix::Whole {
            paths: &["/SecurityGroups"],
            when: &[],
            call: Operation::new(
                "elb:ApplySecurityGroupsToLoadBalancer",
                &[NAME, Input::Value("SecurityGroups", "/SecurityGroups")],
            ),
        },
        Fix::Whole {
            paths: &["/LoadBalancerAttributes"],
            when: &[],
            call: Operation::new(
                "elb:ModifyLoadBalancerAttributes",
                &[NAME, Input::Value("LoadBalancerAttributes", "/LoadBalancerAttributes")],
            ),
        },
        Fix::Elements {
            list: "/Instances",
            key: &["InstanceId"],
            put: Some(Operation::new(
                "elb:RegisterInstancesWithLoadBalancer",
                &[NAME, Input::Value("Instances/0", ".")],
            )),
            remove: Some(Operation::new(
                "elb:DeregisterInstancesFromLoadBalancer",
                &[NAME, Input::Value("Instances/0", ".")],
            )),
        },
        Fix::Tags {
            put: Operation::new("elb:AddTags", &[Input::Text("LoadBalancerNames/0", "{id}")]),
            tags: "Tags",
            remove: Operation::new("elb:RemoveTags", &[Input::Text("LoadBalancerNames/0", "{id}")]),
            keys: "Tags",
            form: TagKeys::Objects,
        },
    ],
}];

const NAME: Input = Input::Text("LoadBalancerName", "{id}");
