#!/usr/bin/env python3
"""What an import costs into a folder and into a bucket: seconds and requests.

    bench/bucket.py --zweck BINARY --dump FOLDER --work FOLDER

The bucket is that of the tests (crates/testkit/src/s3_server.py) on loopback, which takes one
request at a time. WORK must not exist. Needs Python 3.11 with moto[server].
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

AT = "2026-11-21T00:00:00Z"
SERVER = pathlib.Path(__file__).parent.parent / "crates/testkit/src/s3_server.py"
DECLARATION = (
    'region = "DE"\nage = "adult"\nstatus = "active"\nvisibility = "public"\n'
    'reason = "adults in Germany, public posts, for a measurement"\n'
)


class Server:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = self.process.stdout.readline().strip()
        self.ask("bucket members")

    def ask(self, command):
        print(command, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def environment(self):
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


def run(arguments, place, server, *command):
    environment = dict(os.environ, **server.environment())
    before, start = int(server.ask("requests")), time.monotonic()
    done = subprocess.run(
        [arguments.zweck, "--at", AT, "--json", "--state", "state", *command],
        cwd=place, env=environment, capture_output=True, text=True, check=False,
    )
    seconds, requests = time.monotonic() - start, int(server.ask("requests")) - before
    if done.returncode not in (0, 3):
        sys.exit(f"zweck {' '.join(command)} failed ({done.returncode}):\n{done.stderr}")
    return seconds, requests, done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--zweck", required=True, type=pathlib.Path)
    parser.add_argument("--dump", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.zweck, arguments.dump = arguments.zweck.resolve(), arguments.dump.resolve()
    arguments.work.mkdir(parents=True)
    (arguments.work / "declaration.toml").write_text(DECLARATION)
    declaration = str((arguments.work / "declaration.toml").resolve())
    server = Server()
    shown = {}
    for name, lake in [("folder", ""), ("bucket", '[lake]\nurl = "s3://members/lake"\n')]:
        place = arguments.work / name
        place.mkdir()
        (place / "zweck.toml").write_text(lake)
        given = [str(arguments.dump), "--format", "stack-exchange", "--declare", declaration]
        for command in [["import", *given], ["lake", "show"]]:
            seconds, requests, output = run(arguments, place, server, *command)
            print(f"{name}: zweck {command[0]}: {seconds:.1f} s, {requests} requests", flush=True)
        # keys are made anew for each state, so only the numbers of rows are the same
        shown[name] = {one["table"]: one["rows"] for one in json.loads(output)["tables"]}
        print(f"{name}: {sum(one['bytes'] for one in json.loads(output)['tables'])} bytes")
    if shown["folder"] != shown["bucket"]:
        sys.exit(f"the two lakes differ: {shown}")
    print(shown["bucket"])
    server.process.stdin.close()
    server.process.wait()


if __name__ == "__main__":
    main()
