resource "aws_key_pair" "deploy" {
  key_name   = "deploy"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3Qx3kB2fV0wQ8h9u5p0m2c6b7n8d9f0g1h2j3k4l5z deploy"
}

resource "aws_launch_template" "web" {
  name          = "web"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  key_name      = aws_key_pair.deploy.key_name
}

resource "aws_instance" "web" {
  count                  = 2
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.small"
  key_name               = aws_key_pair.deploy.key_name
  subnet_id              = aws_subnet.private[count.index].id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = aws_iam_instance_profile.web.name
  user_data              = "#!/bin/sh\nexport TOKEN=correct-horse\n"
  tags                   = { Name = "web-${count.index}" }
}

resource "aws_ebs_volume" "uploads" {
  availability_zone = "us-east-1a"
  size              = 50
  type              = "gp3"
  encrypted         = true
  tags              = { Name = "uploads" }
}

resource "aws_volume_attachment" "uploads" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.web[0].id
  volume_id   = aws_ebs_volume.uploads.id
}

resource "aws_lb" "web" {
  name            = "web"
  subnets         = aws_subnet.public[*].id
  security_groups = [aws_security_group.balancer.id]
  idle_timeout    = 120
}

resource "aws_lb_target_group" "web" {
  for_each = toset(["web", "api"])
  name     = each.key
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
  health_check { path = "/healthz" }
}

resource "aws_lb_target_group_attachment" "web" {
  count            = 2
  target_group_arn = aws_lb_target_group.web["web"].arn
  target_id        = aws_instance.web[count.index].id
  port             = 8080
}

resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web["web"].arn
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.plain.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web["api"].arn
  }
  condition {
    path_pattern { values = ["/api/*"] }
  }
}
