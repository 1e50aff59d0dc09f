"""What the looks at real data share: a state with a policy, objections, and the words to look for."""

import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

AT = "2026-11-21T00:00:00Z"
PURPOSE = "generative-ai"
MASK = "[name]"
SHIPPED = pathlib.Path(__file__).parents[1] / "crates/policy/policies/2025-11-03.toml"


def parser(description, data):
    """The arguments of a look; `data` is the option that names the folder of the data."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--zweck", required=True)
    options.add_argument(data, required=True, type=pathlib.Path)
    options.add_argument("--state", required=True, type=lambda path: pathlib.Path(path).resolve())
    options.add_argument("--seed", type=int, default=7)
    return options


def fold(text):
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    return re.sub(r"\s+", " ", text).strip()


def zweck(arguments, *command):
    environment = dict(os.environ, ZWECK_STATE=str(arguments.state))
    done = subprocess.run(
        [arguments.zweck, "--at", AT, "--json", *command],
        env=environment, capture_output=True, text=True, check=False,
    )
    if done.returncode not in (0, 3):
        sys.exit(f"zweck {' '.join(command)} failed ({done.returncode}):\n{done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip().startswith(("{", "[")) else done.stdout


def make_state(arguments, what, special_categories="refused"):
    """Makes a state with a policy in force; returns a declaration about the rows, which are `what`.

    The policy is the shipped one, but for what it does with special categories of personal data.
    """
    arguments.state.mkdir(parents=True)
    declaration = arguments.state.parent / "declaration.toml"
    declaration.write_text(
        'region = "DE"\nage = "adult"\nstatus = "active"\nvisibility = "public"\n'
        f'reason = "adults in Germany, public {what}, for a test"\n'
        '[notice]\npolicy_version = "2025-11-03"\ndelivered_at = "2026-10-21T00:00:00Z"\n'
    )
    policy = arguments.state.parent / "policy.toml"
    purpose = f"[purpose.{PURPOSE}]\n"
    text = SHIPPED.read_text()
    if special_categories != "refused":
        # what is wider has to be announced anew, where an earlier announcement counted
        text = re.sub(r'\[\[purpose\.generative-ai\.region\]\]\nin = \["\*"\]\n(?:.+\n)+', "", text, count=1)
    policy.write_text(text.replace(
        purpose, f'{purpose}special_categories = "{special_categories}"\n', 1
    ))
    zweck(arguments, "policy", "apply", str(policy))
    for kind in ["legitimate-interest-assessment", "dpia", "compatibility-assessment"]:
        zweck(arguments, "document", "add", "--kind", kind, "--title", kind, str(declaration))
    return str(declaration)


def sensitive_share(arguments):
    """Of the items that nothing else speaks against, the share that reveals special categories."""
    report = zweck(arguments, "gate", "report", "--purpose", PURPOSE)
    items = report["accounting"]["tables"]["items"]
    sensitive = items["left_out"].get("sensitive", 0)
    return {"kept": items["kept"], "sensitive": sensitive,
            "share": round(sensitive / max(1, sensitive + items["kept"]), 4)}


def write_objections(arguments, members):
    choices = arguments.state.parent / "objections.csv"
    with choices.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["member", "purpose", "answer", "said_at"])
        writer.writerows([member, PURPOSE, "refuse", AT] for member in members)
    return str(choices)
