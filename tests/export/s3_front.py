#!/usr/bin/env python3
"""Stands in front of an emulator, and keeps what emulators lose of S3: the configurations of which a bucket has many, the
rules of a lifecycle, the account's public access block, and whether an access point's policy is public. Documents are answered as they were put, as S3 does.

It is also a proxy, for Terraform's provider puts the account's number in front of the host of S3 control."""

import http.client
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LISTS = {"analytics": "ListBucketAnalyticsConfigurationResult",
         "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
         "inventory": "ListInventoryConfigurationsResult", "metrics": "ListMetricsConfigurationsResult"}
ALONE = {"lifecycle": "NoSuchLifecycleConfiguration"}
ACCOUNT = "/v20180820/configuration/publicAccessBlock"
STATUS = b"<GetAccessPointPolicyStatusResult><PolicyStatus><IsPublic>false</IsPublic></PolicyStatus></GetAccessPointPolicyStatusResult>"
SIZE = "x-amz-transition-default-minimum-object-size"
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "server", "proxy-connection"}

kept = {}


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for name in query:
            if name in LISTS:
                return self.one_of_many(url.path, name, query.get("id", [None])[0], body)
            if name in ALONE:
                return self.one(url.path, ALONE[name], body)
        if url.path.endswith("/policyStatus"):
            return self.answer(200, STATUS)
        if url.path == ACCOUNT:
            return self.one(ACCOUNT, "NoSuchPublicAccessBlockConfiguration", body)
        return self.forward(url, body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do

    def one_of_many(self, bucket, name, id, body):
        if self.command == "GET" and id is None:
            mine = sorted(key for key in kept if key[:2] == (bucket, name))
            inner = b"".join(kept[key][0] for key in mine)
            root = LISTS[name].encode()
            return self.answer(200, b"<%s>%s<IsTruncated>false</IsTruncated></%s>" % (root, inner, root))
        return self.keep((bucket, name, id), "NoSuchConfiguration", body)

    def one(self, path, absent, body):
        return self.keep((path, absent, None), absent, body)

    def keep(self, key, absent, body):
        if self.command == "PUT":
            kept[key] = re.sub(rb"^<\?xml[^>]*\?>\s*", b"", body), self.headers.get(SIZE, "all_storage_classes_128K")
            return self.answer(200, b"")
        if self.command == "DELETE":
            kept.pop(key, None)
            return self.answer(204, b"")
        if key not in kept:
            return self.answer(404, f"<Error><Code>{absent}</Code><Message>There is none.</Message></Error>".encode())
        body, size = kept[key]
        return self.answer(200, body, {SIZE: size})

    def forward(self, url, body):
        upstream = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
        path = url.path + (f"?{url.query}" if url.query else "")
        upstream.request(self.command, path, body, headers)
        answer = upstream.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        self.answer(answer.status, answer.read(), headers)
        upstream.close()

    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Front).serve_forever()
