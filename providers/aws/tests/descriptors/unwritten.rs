//! Why no write changes some attributes.

/// What stands at these paths and below (without the first slash), by kind; `*` is all kinds that have it so.
pub(crate) const UNWRITTEN: &[(&str, &[(&str, &str)])] = &[
    (
        "is fixed when the resource is made: another value means that it was made anew under the same name",
        &[
            ("*", "AvailabilityZoneId CreateDate CreateTime CreatedDate CreatedTime OutpostArn OwnerId VpcId"),
            (
                "acm/certificate",
                "AcmeAccountId AcmeEndpointArn CertificateArn CertificateAuthorityArn CertificateKeyPairOrigin \
                 CreatedAt ManagedBy Type",
            ),
            (
                "ec2/address",
                "AllocationId CarrierIp CustomerOwnedIp CustomerOwnedIpv4Pool Domain NetworkBorderGroup PublicIp \
                 PublicIpv4Pool",
            ),
            ("ec2/dhcp_options", "DhcpConfigurations DhcpOptionsId"),
            ("ec2/egress_only_internet_gateway", "Attachments EgressOnlyInternetGatewayId"),
            (
                "ec2/flow_log",
                "CreationTime DeliverCrossAccountRole DeliverLogsPermissionArn DestinationOptions FlowLogId \
                 LogDestination LogDestinationType LogFormat LogGroupName MaxAggregationInterval ResourceId \
                 TagFieldSpecifications TrafficType",
            ),
            (
                "ec2/instance",
                "AmiLaunchIndex Architecture BootMode CapacityBlockId ClientToken ElasticGpuAssociations \
                 ElasticInferenceAcceleratorAssociations FleetId HibernationOptions Hypervisor InstanceId \
                 InstanceLifecycle KeyName LaunchTemplate Platform PrivateIpAddress RootDeviceName RootDeviceType SecondaryInterfaces \
                 SpotInstanceRequestId SubnetId TpmSupport VirtualizationType",
            ),
            ("ec2/internet_gateway", "InternetGatewayId"),
            ("ec2/key_pair", "KeyFingerprint KeyName KeyPairId KeyType PublicKey"),
            ("ec2/launch_template", "CreatedBy LaunchTemplateId LaunchTemplateName"),
            ("ec2/managed_prefix_list", "AddressFamily PrefixListArn PrefixListId"),
            (
                "ec2/nat_gateway",
                "AutoProvisionZones AutoScalingIps AvailabilityMode ConnectivityType NatGatewayId RouteTableId \
                 SubnetId",
            ),
            ("ec2/network_acl", "IsDefault NetworkAclId"),
            (
                "ec2/network_interface",
                "AvailabilityZone InterfaceType Ipv6Native MacAddress NetworkInterfaceId PrivateIpAddress SubnetId",
            ),
            ("ec2/route_table", "RouteTableId"),
            ("ec2/security_group", "Description GroupId GroupName SecurityGroupArn"),
            ("ec2/subnet", "AvailabilityZone CidrBlock DefaultForAz Ipv6Native SubnetArn SubnetId Type"),
            (
                "ec2/volume",
                "AvailabilityZone Encrypted FastRestored KmsKeyId SnapshotId SourceVolumeId SseType VolumeArn \
                 VolumeId VolumeInitializationRate",
            ),
            ("ec2/vpc", "CidrBlock IsDefault"),
            (
                "ec2/vpc_endpoint",
                "CreationTimestamp ResourceConfigurationArn ServiceName ServiceNetworkArn ServiceRegion \
                 VpcEndpointId VpcEndpointType",
            ),
            ("ec2/vpc_peering_connection", "VpcPeeringConnectionId"),
            (
                "elb/load_balancer",
                "CanonicalHostedZoneName CanonicalHostedZoneNameID DNSName LoadBalancerName Scheme VPCId",
            ),
            ("elbv2/listener", "ListenerArn LoadBalancerArn"),
            (
                "elbv2/load_balancer",
                "CanonicalHostedZoneId CustomerOwnedIpv4Pool DNSName LoadBalancerArn LoadBalancerName Scheme Type",
            ),
            ("elbv2/rule", "IsDefault RuleArn"),
            (
                "elbv2/target_group",
                "IpAddressType Port Protocol ProtocolVersion TargetControlPort TargetGroupArn TargetGroupName \
                 TargetType",
            ),
            ("elbv2/trust_store", "Name TrustStoreArn"),
            ("iam/group", "GroupId GroupName"),
            ("iam/instance_profile", "Arn InstanceProfileId InstanceProfileName Path"),
            ("iam/open_id_connect_provider", "Url"),
            ("iam/policy", "Arn Description IsAttachable Path PolicyId PolicyName"),
            ("iam/role", "Arn Path RoleId RoleName SourceRoleTemplate"),
            ("iam/saml_provider", "SAMLProviderUUID"),
            (
                "iam/service_specific_credential",
                "ExpirationDate ServiceCredentialAlias ServiceName ServiceSpecificCredentialId ServiceUserName \
                 UserName",
            ),
            ("iam/user", "UserId UserName"),
            (
                "rds/db_cluster",
                "AvailabilityZones CharacterSetName CloneGroupId ClusterCreateTime ClusterScalabilityType \
                 DBClusterArn DBClusterIdentifier DBSubnetGroup DBSystemId DatabaseName DbClusterResourceId Engine \
                 HostedZoneId InternetAccessGatewayEnabled KmsKeyId MasterUsername PubliclyAccessible \
                 RdsCustomClusterConfiguration StorageEncrypted StorageEncryptionType VPCNetworkingEnabled",
            ),
            (
                "rds/db_cluster_parameter_group",
                "DBClusterParameterGroupArn DBClusterParameterGroupName DBParameterGroupFamily Description",
            ),
            (
                "rds/db_cluster_snapshot",
                "AllocatedStorage AvailabilityZones BackupRetentionPeriod ClusterCreateTime DBClusterIdentifier \
                 DBClusterSnapshotArn DBClusterSnapshotIdentifier DBSystemId DbClusterResourceId Engine EngineMode \
                 EngineVersion IAMDatabaseAuthenticationEnabled KmsKeyId LicenseModel MasterUsername Port \
                 PreferredBackupWindow SnapshotCreateTime SnapshotType SourceDBClusterSnapshotArn StorageEncrypted \
                 StorageEncryptionType StorageThroughput StorageType",
            ),
            (
                "rds/db_instance",
                "BackupTarget CharacterSetName CustomIamInstanceProfile DBInstanceArn DBInstanceIdentifier DBName \
                 DBSystemId DbiResourceId InstanceCreateTime KmsKeyId MasterUsername NcharCharacterSetName \
                 StorageEncrypted StorageEncryptionType Timezone",
            ),
            ("rds/db_parameter_group", "DBParameterGroupArn DBParameterGroupFamily DBParameterGroupName Description"),
            (
                "rds/db_proxy",
                "DBProxyArn DBProxyName Endpoint EndpointNetworkType EngineFamily TargetConnectionNetworkType \
                 VpcSubnetIds",
            ),
            (
                "rds/db_proxy_endpoint",
                "DBProxyEndpointArn DBProxyEndpointName DBProxyName Endpoint EndpointNetworkType IsDefault \
                 TargetRole VpcSubnetIds",
            ),
            ("rds/db_proxy_target_group", "DBProxyName IsDefault TargetGroupArn TargetGroupName"),
            (
                "rds/db_snapshot",
                "AdditionalStorageVolumes AllocatedStorage AvailabilityZone BackupRetentionPeriod \
                 DBInstanceIdentifier DBSnapshotArn DBSnapshotIdentifier DBSystemId DbiResourceId \
                 DedicatedLogVolume Encrypted Engine FullSnapshotSizeInBytes IAMDatabaseAuthenticationEnabled \
                 InstanceCreateTime Iops KmsKeyId LicenseModel MasterUsername MultiTenant \
                 OriginalSnapshotCreateTime Port PreferredBackupWindow ProcessorFeatures SnapshotAvailabilityZone \
                 SnapshotCreateTime SnapshotDatabaseTime SnapshotTarget SnapshotType SourceDBSnapshotIdentifier \
                 SourceRegion StorageEncryptionType StorageThroughput StorageType TdeCredentialArn Timezone",
            ),
            ("rds/db_subnet_group", "DBSubnetGroupArn DBSubnetGroupName"),
            (
                "rds/event_subscription",
                "CustSubscriptionId CustomerAwsId EventSubscriptionArn SubscriptionCreationTime",
            ),
            (
                "rds/global_cluster",
                "DatabaseName Engine EngineLifecycleSupport GlobalClusterArn GlobalClusterIdentifier \
                 GlobalClusterResourceId StorageEncrypted StorageEncryptionType",
            ),
            (
                "rds/option_group",
                "CopyTimestamp EngineName MajorEngineVersion OptionGroupArn OptionGroupDescription OptionGroupName \
                 SourceAccountId SourceOptionGroup",
            ),
            ("route53/delegation_set", "CallerReference Id NameServers"),
            ("route53/health_check", "CallerReference Id"),
            ("route53/hosted_zone", "CallerReference Config/PrivateZone DelegationSet Id Name"),
            ("route53/record_set", "Name SetIdentifier Type"),
            (
                "s3/access_point",
                "AccessPointArn Alias Bucket BucketAccountId CreationDate DataSourceId DataSourceType Endpoints \
                 Name NetworkOrigin PublicAccessBlockConfiguration VpcConfiguration",
            ),
            ("s3/bucket", "BucketArn BucketRegion CreationDate Name"),
        ],
    ),
    (
        "is AWS's own business: how making it went, and what its own services have a hand in",
        &[
            ("*", "LinkedService Operator"),
            ("ec2/address", "ServiceManaged"),
            ("ec2/nat_gateway", "DeleteTime FailureCode FailureMessage"),
            ("ec2/network_interface", "DenyAllIgwTraffic RequesterId RequesterManaged"),
            ("ec2/vpc_endpoint", "RequesterManaged"),
        ],
    ),
    ("changes on request to AWS Support", &[("ec2/nat_gateway", "ProvisionedBandwidth")]),
    (
        "follows from an upgrade rollout policy in AWS Organizations, whose events name the policy",
        &[("rds/db_cluster", "UpgradeRolloutOrder"), ("rds/db_instance", "UpgradeRolloutOrder")],
    ),
    ("follows from a share in AWS RAM, whose events name the share", &[("rds/db_cluster", "CrossAccountClone")]),
];
