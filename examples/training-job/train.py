#!/usr/bin/env python3
"""A training job that can forget: a holder that learns a corpus with PyTorch, slice after slice.

    train.py learn  --holder trainer --corpus assistants --models models
    train.py follow --holder trainer --models models

`learn` registers the job, gets an export, and learns one small model of each shard, keeping its
state after every slice. `follow` asks what has to go; where a shard is hit it goes back to the state
before the first slice that is, learns on from there with the newest export, deletes what it had before,
and shows it. A model of a shard that is not hit is not touched. This is SISA training (Bourtoule et
al., Machine Unlearning, 2021, https://arxiv.org/abs/1912.03817).

The model guesses the next byte from those before it (a GRU); it is small on purpose: what matters here
is what it is made of.
"""

import argparse
import itertools
import shutil
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients/python/src"))
from zweck_holder import Export, Holder, LearnedFrom, Zweck, ZweckError  # noqa: E402

BYTES = 256
WIDTH = 64
#: Bytes of a document that are learned, and documents that are learned at a time.
LENGTH, BATCH = 128, 16


class NextByte(nn.Module):
    """The logits of the next byte, of bytes [batch, length]."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(BYTES, WIDTH)
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, BYTES)

    def forward(self, text):
        return self.head(self.gru(self.embed(text))[0])


def batches(documents):
    """Texts as bytes, padded with zeros, [batch, length]."""
    for at in range(0, len(documents), BATCH):
        texts = [one["text"].encode()[:LENGTH] for one in documents[at : at + BATCH]]
        yield torch.tensor([list(text.ljust(LENGTH, b"\0")) for text in texts], dtype=torch.long)


def learn_slice(model, optimizer, documents):
    """One pass over the documents of a slice; returns the mean loss, in nats a byte."""
    losses = []
    for text in batches(documents):
        logits = model(text[:, :-1])
        loss = nn.functional.cross_entropy(logits.reshape(-1, BYTES), text[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / max(len(losses), 1)


def learn_shard(export, shard, models, first=0):
    """Learns a shard from one of its slices on, and keeps the state after each."""
    folder = models / f"shard-{shard}"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(shard)
    model = NextByte()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    kept = sorted(folder.glob("after-slice-*.pt"), key=slice_of)
    for path in (path for path in kept if slice_of(path) >= first):
        path.unlink()
        path.with_suffix(".documents").unlink(missing_ok=True)
    before = [path for path in kept if slice_of(path) < first]
    if before:
        model.load_state_dict(torch.load(before[-1]))
    documents = export.documents("train", shard)
    for number, of_slice in itertools.groupby(documents, key=lambda one: one["slice"]):
        if number < first:
            continue
        learned = LearnedFrom()
        of_slice = list(of_slice)
        for document in of_slice:
            learned.add(document)
        loss = learn_slice(model, optimizer, of_slice)
        path = folder / f"after-slice-{number}.pt"
        learned.write(path.with_suffix(".documents"))
        torch.save(model.state_dict(), path)
        print(f"shard {shard}, slice {number}: {len(of_slice)} documents, loss {loss:.2f}")


def slice_of(path):
    return int(path.stem.rsplit("-", 1)[1])


def learned_of(models):
    """Every document that some state is made of, and the states."""
    learned, states = LearnedFrom(), sorted(models.glob("shard-*/after-slice-*.pt"))
    for path in states:
        learned.update(LearnedFrom.read(path.with_suffix(".documents")))
    return learned, states


def show(holder, export, models, deleted):
    learned, states = learned_of(models)
    shown = holder.release(export, artefacts=states, learned=learned, deleted=deleted)
    print(f"released up to fact {shown['to']}: {shown['documents']} documents, {len(states)} states")
    return shown


def learn(arguments, zweck):
    try:
        holder = Holder.find(arguments.holder, zweck=zweck)
    except ZweckError:
        holder = Holder.register(
            arguments.holder,
            corpus=arguments.corpus,
            what="training job",
            location=str(arguments.models.resolve()),
            zweck=zweck,
        )
    learn_anew(holder, arguments.models)


def learn_anew(holder, models, again_from=None):
    """Gets the corpus as it is now, learns what has to be learned, deletes the rest, and shows it."""
    given = [one["export"] for one in holder.show()["exports"]]
    export = holder.export(models / f"export-{max(given, default=0) + 1}")
    for shard in export.shards("train"):
        first = 0 if again_from is None else again_from.get(("train", shard))
        if first is not None:
            learn_shard(export, shard, models, first)
    # also what an export that was cut off has left
    for folder in models.glob("export-*"):
        if folder != export.folder:
            shutil.rmtree(folder)
    show(holder, export, models, deleted=[one for one in given if one != export.number])


def follow(arguments, zweck):
    holder = Holder.find(arguments.holder, zweck=zweck)
    to_go = holder.removals()
    if not to_go:
        print("nothing has to go")
        return
    print(f"{len(to_go.documents)} documents have to go")
    learn_anew(holder, arguments.models, to_go.again_from)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("what", choices=["learn", "follow"])
    parser.add_argument("--holder", required=True, help="the name as which the job is registered")
    parser.add_argument("--corpus", default="assistants", help="the corpus that is learned")
    parser.add_argument("--models", type=Path, required=True, help="the folder of the models")
    parser.add_argument("--state", help="Zweck's state folder")
    parser.add_argument("--zweck", default="zweck", help="the program")
    parser.add_argument("--at", help="the instant of every command, for tests")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    options = ["--at", arguments.at] if arguments.at else []
    zweck = Zweck(arguments.state, arguments.zweck, options)
    try:
        {"learn": learn, "follow": follow}[arguments.what](arguments, zweck)
    except ZweckError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
