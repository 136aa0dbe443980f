resource "aws_key_pair" "operators" {
  key_name   = "operators 2026 \"all\""
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCeLEDN2pqFqWH4a0rzJo+UdXdqe7cUKwPgWtK6R8+nOGimxnJNNh1zOA20oE9Mb6gFq+iFDflTTJ+tLSedujb6bb9s05f8OjpSEUb5iEvH+BjhRqmY2uqC5dAoFFn34lhLz3yp19QtcqoRomkT1eDhNT5/UnBgHYecobpIIoJJqez3qZy8N0ZtTDOcKS1atkdhP5Z6MR9g6FXeD9saITOPg9PXis+NaeQ3fyDn3wTFVdyhlgXT9tVNLxWKIyEupym5HVWL05CYUyaJFiWcgoA0eYswf08hoaQ7FOeHVVFNdpKrVPAOgzToJwC7gAWKCQNjaPnxvLyn3Kl9jvCTj8BF operators"
  tags       = { Note = "$${literal} and %%{this}" }
}

resource "aws_launch_template" "plain" {
  name          = "plain"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

resource "aws_launch_template" "workers" {
  name                                 = "workers"
  description                          = "Night shift, \"large\""
  image_id                             = "ami-0123456789abcdef0"
  key_name                             = aws_key_pair.operators.key_name
  user_data                            = base64encode("#!/bin/sh\nexport TOKEN=correct-horse\n")
  ebs_optimized                        = true
  disable_api_stop                     = true
  disable_api_termination              = true
  instance_initiated_shutdown_behavior = "terminate"
  kernel_id                            = "aki-12345678"
  ram_disk_id                          = "ari-12345678"
  tags                                 = { Team = "data\nscience" }

  iam_instance_profile { arn = aws_iam_instance_profile.worker.arn }
  instance_type = "t3.large"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_type           = "gp3"
      volume_size           = 40
      iops                  = 4000
      throughput            = 250
      encrypted             = true
      kms_key_id            = "arn:aws:kms:us-east-1:123456789012:key/83d89afe-8412-43c3-a85e-fcfbe6cc146a"
      delete_on_termination = false
    }
  }
  block_device_mappings {
    device_name  = "/dev/sdb"
    virtual_name = "ephemeral0"
  }

  network_interfaces {
    device_index                = 0
    description                 = "First"
    subnet_id                   = aws_subnet.main.id
    security_groups             = [aws_security_group.web.id]
    associate_public_ip_address = false
    delete_on_termination       = true
    ipv6_address_count          = 1
  }
  network_interfaces {
    device_index       = 1
    network_card_index = 0
    interface_type     = "interface"
    ipv4_address_count = 2
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
    http_protocol_ipv6          = "enabled"
    instance_metadata_tags      = "enabled"
  }
  credit_specification { cpu_credits = "unlimited" }
  monitoring { enabled = true }
  placement {
    availability_zone = "us-east-1a"
    tenancy           = "dedicated"
    group_name        = "together"
  }
  instance_market_options {
    market_type = "spot"
    spot_options {
      max_price                      = "0.05"
      spot_instance_type             = "one-time"
      instance_interruption_behavior = "terminate"
    }
  }
  cpu_options {
    core_count       = 1
    threads_per_core = 1
  }
  capacity_reservation_specification { capacity_reservation_preference = "none" }
  enclave_options { enabled = true }
  hibernation_options { configured = false }
  maintenance_options { auto_recovery = "disabled" }
  private_dns_name_options {
    hostname_type                     = "resource-name"
    enable_resource_name_dns_a_record = true
  }
  license_specification {
    license_configuration_arn = "arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-0123456789abcdef0123456789abcdef"
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "worker", "cost:center" = "42" }
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "worker" }
  }
}

resource "aws_launch_template" "any" {
  name                   = "any"
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile { name = aws_iam_instance_profile.worker.name }
  instance_requirements {
    vcpu_count {
      min = 2
      max = 8
    }
    memory_mib { min = 4096 }
    memory_gib_per_vcpu {
      min = 1.5
      max = 8
    }
    cpu_manufacturers       = ["amd", "intel"]
    excluded_instance_types = ["t*"]
    instance_generations    = ["current"]
    bare_metal              = "excluded"
    burstable_performance   = "excluded"
    local_storage           = "included"
    local_storage_types     = ["ssd"]
    accelerator_count { max = 0 }
  }
}

resource "aws_instance" "plain" {
  ami           = "ami-12c6146b"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.main.id
}

resource "aws_instance" "web" {
  ami                                  = "ami-12c6146b"
  instance_type                        = "t3.small"
  subnet_id                            = aws_subnet.main.id
  private_ip                           = "10.60.1.20"
  vpc_security_group_ids               = [aws_security_group.web.id]
  source_dest_check                    = false
  key_name                             = aws_key_pair.operators.key_name
  iam_instance_profile                 = aws_iam_instance_profile.worker.name
  user_data                            = "#!/bin/sh\nexport TOKEN=correct-horse\n"
  disable_api_stop                     = true
  disable_api_termination              = true
  instance_initiated_shutdown_behavior = "terminate"
  ebs_optimized                        = true
  tags                                 = { Name = "web \"1\"" }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = 30
    encrypted             = true
    delete_on_termination = false
    tags                  = { Name = "web root" }
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 3
    instance_metadata_tags      = "enabled"
  }
  credit_specification { cpu_credits = "standard" }
}

resource "aws_instance" "templated" {
  subnet_id = aws_subnet.main.id
  launch_template {
    id      = aws_launch_template.plain.id
    version = "1"
  }
}

resource "aws_ebs_volume" "plain" {
  availability_zone = "us-east-1a"
  size              = 1
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 200
  type              = "gp3"
  iops              = 6000
  throughput        = 500
  encrypted         = true
  tags              = { Name = "data & logs" }
}

resource "aws_ebs_volume" "shared" {
  availability_zone    = "us-east-1a"
  size                 = 10
  type                 = "io2"
  iops                 = 1000
  multi_attach_enabled = true
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.web.id
  volume_id   = aws_ebs_volume.data.id
}

resource "aws_network_interface" "plain" {
  subnet_id = aws_subnet.main.id
}

resource "aws_network_interface" "appliance" {
  subnet_id         = aws_subnet.main.id
  description       = "Between $${here} and there"
  private_ips       = ["10.60.1.50", "10.60.1.51"]
  security_groups   = [aws_security_group.web.id]
  source_dest_check = false
  tags              = { Name = "appliance" }
}

resource "aws_network_interface_attachment" "appliance" {
  instance_id          = aws_instance.web.id
  network_interface_id = aws_network_interface.appliance.id
  device_index         = 1
}
