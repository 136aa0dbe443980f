# One environment's servers, volumes and the load balancers before them.

resource "aws_key_pair" "main" {
  key_name   = var.name
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ1c3kgb3BlcmF0b3JzIHJlYWQgcmVzdG9yZSBwb2lu ${var.name}"
}

resource "aws_launch_template" "web" {
  name          = "${var.name}-web"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  tags          = local.tags
}

resource "aws_instance" "web" {
  count                  = 4
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.small"
  key_name               = aws_key_pair.main.key_name
  subnet_id              = aws_subnet.private[count.index % 3].id
  vpc_security_group_ids = [aws_security_group.web.id]
  tags                   = merge(local.tags, { Name = "${var.name}-web-${count.index}" })
}

resource "aws_ebs_volume" "data" {
  count             = 4
  availability_zone = "us-east-1${local.zones[count.index % 3]}"
  size              = 20 + count.index
  type              = "gp3"
  tags              = merge(local.tags, { Name = "${var.name}-data-${count.index}" })
}

resource "aws_volume_attachment" "data" {
  count       = 4
  device_name = "/dev/sdf"
  instance_id = aws_instance.web[count.index].id
  volume_id   = aws_ebs_volume.data[count.index].id
}

resource "aws_lb" "main" {
  for_each        = toset(["public", "admin"])
  name            = "${var.name}-${each.key}"
  subnets         = aws_subnet.public[*].id
  security_groups = [aws_security_group.balancer.id]
  tags            = local.tags
}

resource "aws_lb_target_group" "main" {
  for_each = toset(["web", "api", "admin"])
  name     = "${var.name}-${each.key}"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
  tags     = local.tags
  health_check {
    path = "/health"
  }
}

resource "aws_lb_target_group_attachment" "web" {
  count            = 4
  target_group_arn = aws_lb_target_group.main["web"].arn
  target_id        = aws_instance.web[count.index].id
  port             = 8080
}

resource "aws_lb_listener" "http" {
  for_each          = aws_lb.main
  load_balancer_arn = each.value.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  for_each          = aws_lb.main
  load_balancer_arn = each.value.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main[each.key == "public" ? "web" : "admin"].arn
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https["public"].arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main["api"].arn
  }
  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }
}
