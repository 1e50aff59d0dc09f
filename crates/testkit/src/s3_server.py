"""Speaks S3 on loopback until standard input ends: moto, one request at a time.

A conditional put of S3 is atomic. That of moto looks first and writes then, so requests are let in
one by one. The first line that is written is the port; each line that is read is a command, and is
answered with one line.
"""

import logging
import sys
import threading

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
serve = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()
requests = 0


def one_at_a_time(environ, start_response):
    global requests
    with turn:
        requests += 1
        return serve(environ, start_response)


class Lasting(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"


server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True, request_handler=Lasting)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = boto3.client(
    "s3",
    endpoint_url=f"http://127.0.0.1:{server.port}",
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)


def is_atomic():
    """Whether puts on a condition are; older versions of moto put anyhow."""
    client.create_bucket(Bucket="conditions")
    put = {"Bucket": "conditions", "Key": "key", "Body": b""}
    tag = client.put_object(**put, IfNoneMatch="*")["ETag"]
    client.put_object(**{**put, "Body": b"other"}, IfMatch=tag)
    for condition in [{"IfNoneMatch": "*"}, {"IfMatch": tag}]:
        try:
            client.put_object(**put, **condition)
        except client.exceptions.ClientError:
            continue
        return False
    return True


if not is_atomic():
    sys.exit("this version of moto does not know conditional puts")
requests = 0
print(server.port, flush=True)
for line in sys.stdin:
    match line.split():
        case ["bucket", name]:
            client.create_bucket(Bucket=name)
            print("made", flush=True)
        case ["versions", name]:
            configuration = {"Status": "Enabled"}
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration=configuration)
            print("kept", flush=True)
        case ["requests"]:
            print(requests, flush=True)
