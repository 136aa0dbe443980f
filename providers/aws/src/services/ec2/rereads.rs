//! What is read again after a write to EC2. Most kinds come in one list whatever is wanted of them, so that only a few are
//! worth reading alone.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "ec2",
    services: &["ec2"],
    alone: &[
        (
            "ec2/instance",
            &[
                "AssociateIamInstanceProfile",
                "AttachVolume",
                "DetachVolume",
                "DisassociateIamInstanceProfile",
                "ModifyInstanceAttribute",
                "ModifyInstanceCapacityReservationAttributes",
                "ModifyInstanceCpuOptions",
                "ModifyInstanceCreditSpecification",
                "ModifyInstanceMaintenanceOptions",
                "ModifyInstanceMetadataOptions",
                "ModifyInstanceNetworkPerformanceOptions",
                "ModifyInstancePlacement",
                "ModifyPrivateDnsNameOptions",
                "MonitorInstances",
                "ReplaceIamInstanceProfileAssociation",
                "ResetInstanceAttribute",
                "RunInstances",
                "StartInstances",
                "StopInstances",
                "TerminateInstances",
                "UnmonitorInstances",
            ],
        ),
        ("ec2/launch_template", &["*"]),
    ],
    naming: &["CreateTags", "DeleteTags"],
    along: &[
        (
            &["TerminateInstances"],
            &["ec2/route_table", "elb/load_balancer"],
            "routes and registrations lose their target",
        ),
        (&["StartInstances", "StopInstances"], &["ec2/network_interface", "ec2/volume"], "both tell of their instance"),
        (
            &["AssociateAddress", "DisassociateAddress", "ReleaseAddress"],
            &["ec2/nat_gateway", "ec2/network_interface"],
            "they tell of their addresses",
        ),
        (&["DisableAddressTransfer", "RestoreAddressToClassic"], &["ec2/address"], "is done to an address"),
        (
            &["DeleteVpc"],
            &[
                "ec2/dhcp_options",
                "ec2/flow_log",
                "ec2/internet_gateway",
                "ec2/subnet",
                "ec2/vpc_endpoint",
                "ec2/vpc_peering_connection",
            ],
            "may go or lose something with their network",
        ),
        (&["DeleteNetworkInterface", "DeleteSubnet"], &["ec2/flow_log"], "goes with what it logs"),
        (
            &[
                "AttachVpnGateway",
                "CreateVpnConnection",
                "CreateVpnConnectionRoute",
                "DeleteCarrierGateway",
                "DeleteEgressOnlyInternetGateway",
                "DeleteInternetGateway",
                "DeleteLocalGatewayRouteTableVpcAssociation",
                "DeleteNetworkInterface",
                "DeleteTransitGateway",
                "DeleteTransitGatewayVpcAttachment",
                "DeleteVpcPeeringConnection",
                "DeleteVpnConnection",
                "DeleteVpnConnectionRoute",
                "DeleteVpnGateway",
                "DetachInternetGateway",
                "DetachNetworkInterface",
                "ModifyVpnConnection",
                "ModifyVpnConnectionOptions",
                "AssociateRouteServer",
                "CreateRouteServer",
                "CreateRouteServerEndpoint",
                "CreateRouteServerPeer",
                "DeleteRouteServer",
                "DeleteRouteServerEndpoint",
                "DeleteRouteServerPeer",
                "DisassociateRouteServer",
                "ModifyRouteServer",
            ],
            &["ec2/route_table"],
            "routes come, go or lose their target",
        ),
        (&["AssociateSecurityGroupVpc", "DisassociateSecurityGroupVpc"], &["ec2/security_group"], "is done to a group"),
        (&["DeleteVpcPeeringConnection"], &["ec2/security_group"], "rules may name a group of the other side"),
        (
            &[
                "AssociateTrunkInterface",
                "CreateInstanceConnectEndpoint",
                "CreateNetworkInterfacePermission",
                "DeleteInstanceConnectEndpoint",
                "DeleteNetworkInterfacePermission",
                "DisassociateTrunkInterface",
            ],
            &["ec2/network_interface"],
            "is done to an interface, or makes one",
        ),
        (&["CreateSubnetCidrReservation", "DeleteSubnetCidrReservation"], &["ec2/subnet"], "is done to a subnet"),
        (&["EnableVolumeIO", "ModifyVolumeAttribute"], &["ec2/volume"], "is done to a volume"),
        (
            &["ModifyFleet", "ModifySpotFleetRequest"],
            &["ec2/instance", "ec2/network_interface", "ec2/volume"],
            "a fleet grows and shrinks by itself",
        ),
        (
            &[
                "CancelCapacityReservation",
                "CreateDelegateMacVolumeOwnershipTask",
                "DisableInstanceSqlHaStandbyDetections",
                "EnableInstanceSqlHaStandbyDetections",
                "ModifyCapacityReservation",
                "MoveCapacityReservationInstances",
            ],
            &["ec2/instance"],
            "instances may tell of it",
        ),
        (
            &["CreateIpamPrefixListResolver", "DeleteIpamPrefixListResolver", "ModifyIpamPrefixListResolver"],
            &["ec2/managed_prefix_list"],
            "it keeps lists up to date",
        ),
        (
            &[
                "CreateVpcEndpointServiceConfiguration",
                "DeleteVpcEndpointServiceConfigurations",
                "ModifyVpcEndpointServiceConfiguration",
                "ModifyVpcEndpointServicePayerResponsibility",
                "ModifyVpcEndpointServicePermissions",
                "StartVpcEndpointServicePrivateDnsVerification",
            ],
            &["ec2/vpc_endpoint"],
            "endpoints tell of their service",
        ),
        (&["ModifyManagedResourceVisibility"], &["*"], "decides what lists show"),
    ],
    everywhere: &[
        "AcceptVpcPeeringConnection",
        "AssociateVpcCidrBlock",
        "CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection",
        "DisassociateVpcCidrBlock",
        "ModifyVpcPeeringConnectionOptions",
        "RejectVpcPeeringConnection",
    ],
    nothing: &[
        (
            "concerns images, snapshots and what is made of them, which are not read",
            "*Image *Images *ImageAttribute *ImageBlockPublicAccess *ImageDeprecation *ImageDeregistrationProtection \
             *ImageLaunchPermission *ImageUsageReport *ImageWatermark *ImageInstanceTypeSpecification \
             *AllowedImagesSettings *ImageTask *ImageFromRecycleBin *Snapshot *Snapshots *SnapshotAttribute \
             *SnapshotBlockPublicAccess *SnapshotFromRecycleBin *SnapshotTier *FastSnapshotRestores *FastLaunch \
             BundleInstance CancelBundleTask CancelConversionTask CancelExportTask CancelImportTask CreateInstanceExportTask",
        ),
        (
            "concerns gateways and networks that are not read; routes to them are changed by calls of their own",
            "*TransitGateway* *ClientVpn* *CustomerGateway *VpnGateway *VpnConcentrator *VpnTunnel* *CarrierGateway \
             *LocalGateway* *SecondaryNetwork *SecondarySubnet",
        ),
        ("concerns address plans and pools, which are not read", "*Ipam* *Byoip* *PublicIpv4Pool* *CoipCidr *CoipPool"),
        ("concerns verified access, which is not read", "*VerifiedAccess*"),
        ("concerns mirrored traffic, which is not read", "*TrafficMirror*"),
        (
            "concerns analyses of networks, which are not read",
            "*NetworkInsights* *AwsNetworkPerformanceMetric* *ReachabilityAnalyzer*",
        ),
        (
            "concerns capacity, hosts and what is paid for them, which are not read",
            "*CapacityReservation* *CapacityManager* *CapacityBlock* *ReservedInstances* *ScheduledInstances AllocateHosts \
             ModifyHosts ReleaseHosts *HostReservation *SpotDatafeedSubscription CancelSpotInstanceRequests *PlacementGroup",
        ),
        (
            "concerns how the account or what is made later is set up, which is not read",
            "*EbsEncryptionByDefault *EbsDefaultKmsKeyId *SerialConsoleAccess ModifyAvailabilityZoneGroup \
             ModifyDefaultCreditSpecification ModifyIdFormat ModifyIdentityIdFormat ModifyInstanceMetadataDefaults \
             *DeclarativePoliciesReport",
        ),
        (
            "concerns events, checks and notifications, which are not read",
            "*InstanceEventWindow *InstanceEventNotificationAttributes *ApplicationStatusCheck* ModifyInstanceEventStartTime \
             *VpcEndpointConnectionNotification *VpcEndpointConnectionNotifications ReportInstanceStatus",
        ),
        (
            "changes nothing that an instance tells of",
            "RebootInstances SendDiagnosticInterrupt *EnclaveCertificateIamRole *MacSystemIntegrityProtectionModificationTask \
             ModifyInstanceConnectEndpoint",
        ),
        ("is of EC2-Classic, which is gone", "*ClassicLink*"),
        ("only reads", "ConfirmProductInstance ValidateSecurityGroupQuotasForInterface"),
    ],
};
