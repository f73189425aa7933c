#!/usr/bin/env python3
"""Compare parameter counts computed from data/models with the published ones.

Every count is the sum of explicit terms.  Notation: h hidden, L layers, V
vocabulary, a heads, k kv_heads, d head_dim, f feed-forward width, m the number
of matrices of a feed-forward block (gated 3, plain 2), u = m - 1 the number of
those that are f wide at their output, n the vectors of one norm (rms 1,
layer 2).  A flag in brackets is 1 when the field is true and 0 otherwise.

  embedding   V*h
  positions   max_positions*h                    only when position = "learned"
  head        V*h                                output matrix; the same storage
                                                 as the embedding when tied
              + V [head_bias]
  attention   h*(a + 2k)*d + a*d*h
              + (a + 2k)*d [attention_bias] + h [output_bias]
  attention (multi-head latent), with rq, rkv, dn, dr, dv the fields of [mla]
    queries   h*rq + rq + rq*a*(dn + dr)         or h*a*(dn + dr) without rq
    keys      h*(rkv + dr) + rkv + rkv*a*(dn + dv)
    output    a*dv*h
              (the lone rq and rkv are the norms of the compressed vectors)
  both kinds  + 2d [qk_norm] + a [attention_sinks]
  ffn(f)      m*h*f + (u*f + h) [mlp_bias]
  router      h*experts + experts [router_bias]
  norms       norms_per_layer*n*h                norms_per_layer defaults to 2
  final norm  n*h, and the same again with embedding_norm

  dense layer   attention + norms + ffn(ffn)
  expert layer  attention + norms + router + experts*ffn(expert_ffn)
                + shared_experts*ffn(shared_expert_ffn or expert_ffn)

The first dense_layers layers are dense and the rest are expert layers; without
[moe] all L are dense.

  body    all layers + final norm + embedding norm
  total   body + embedding + positions + head, the head's matrix left out when
          it is tied.  Multi-token-prediction modules are never counted.
  active  what one token reads in a forward pass: the body with
          experts_per_token in place of experts, and the head's matrix once
          (tied or not).  The input embedding and the learned positions are left
          out, since a token gathers one row of each.

One multi-token-prediction module adds one further expert layer (dense without
[moe]), a 2h*h projection and three norms; embedding and head are shared with
the main model.  See mtp_module.

Published active counts do not agree on the embeddings.  `active_convention` in
[published] names the reading of that publication, and the check follows it:

  "output-head"     as above, the default (gpt-oss, DeepSeek)
  "all-embeddings"  input embedding and positions counted as well (Qwen3)
  "no-embeddings"   neither embedding nor head

`parameters_convention` does the same for the total: "all" (the default) or
"no-embeddings".  `tolerance` and `active_tolerance` in [published] widen the
limit for one model; the file says why in a comment.

Usage: check_models.py [directory]          default: data/models next to tools
"""

import pathlib
import re
import sys
import tomllib

TOTAL_TOLERANCE = 0.015
ACTIVE_TOLERANCE = 0.05

TOTAL_CONVENTIONS = ("all", "no-embeddings")
ACTIVE_CONVENTIONS = ("output-head", "all-embeddings", "no-embeddings")


class ModelCounts:
    """Parameter counts of one model file, term by term."""

    def __init__(self, model):
        self.shape = model["shape"]
        self.mla = model.get("mla")
        self.moe = model.get("moe")
        self.hidden = self.shape["hidden"]
        self.norm_vectors = {"rms": 1, "layer": 2}[self.shape["norm"]]

    def flag(self, name):
        return 1 if self.shape.get(name, False) else 0

    def embedding(self):
        return self.shape["vocabulary"] * self.hidden

    def positions(self):
        if self.shape["position"] != "learned":
            return 0
        return self.shape["max_positions"] * self.hidden

    def head_bias(self):
        return self.shape["vocabulary"] * self.flag("head_bias")

    def attention(self):
        heads, head_dim = self.shape["heads"], self.shape["head_dim"]
        extras = 2 * head_dim * self.flag("qk_norm") + heads * self.flag("attention_sinks")
        if self.mla:
            return self.latent_attention() + extras
        query_key_value = (heads + 2 * self.shape["kv_heads"]) * head_dim
        weights = self.hidden * query_key_value + heads * head_dim * self.hidden
        biases = query_key_value * self.flag("attention_bias") + self.hidden * self.flag("output_bias")
        return weights + biases + extras

    def latent_attention(self):
        heads = self.shape["heads"]
        nope, rope = self.mla["qk_nope_head_dim"], self.mla["qk_rope_head_dim"]
        value = self.mla["v_head_dim"]
        kv_rank = self.mla["kv_lora_rank"]
        query_width = heads * (nope + rope)
        if "q_lora_rank" in self.mla:
            query_rank = self.mla["q_lora_rank"]
            queries = self.hidden * query_rank + query_rank + query_rank * query_width
        else:
            queries = self.hidden * query_width
        keys_values = self.hidden * (kv_rank + rope) + kv_rank + kv_rank * heads * (nope + value)
        return queries + keys_values + heads * value * self.hidden

    def ffn(self, width):
        matrices = {"gated": 3, "plain": 2}[self.shape["ffn_kind"]]
        biases = ((matrices - 1) * width + self.hidden) * self.flag("mlp_bias")
        return matrices * self.hidden * width + biases

    def norms(self):
        return self.shape.get("norms_per_layer", 2) * self.norm_vectors * self.hidden

    def dense_layer(self):
        return self.attention() + self.norms() + self.ffn(self.shape["ffn"])

    def expert_layer(self, experts):
        moe = self.moe
        width = moe["expert_ffn"]
        router = self.hidden * moe["experts"] + (moe["experts"] if moe.get("router_bias", False) else 0)
        shared = moe.get("shared_experts", 0) * self.ffn(moe.get("shared_expert_ffn", width))
        return self.attention() + self.norms() + router + experts * self.ffn(width) + shared

    def body(self, experts):
        layers = self.shape["layers"]
        outer_norms = (1 + self.flag("embedding_norm")) * self.norm_vectors * self.hidden
        if not self.moe:
            return layers * self.dense_layer() + outer_norms
        dense = self.moe.get("dense_layers", 0)
        total = (layers - dense) * self.expert_layer(experts) + outer_norms
        return total + (dense * self.dense_layer() if dense else 0)

    def full_body(self):
        return self.body(self.moe["experts"] if self.moe else 0)

    def active_body(self):
        return self.body(self.moe["experts_per_token"] if self.moe else 0)

    def total(self, convention="all"):
        if convention == "no-embeddings":
            return self.full_body()
        head = 0 if self.shape["tied_embeddings"] else self.embedding()
        return self.full_body() + self.embedding() + self.positions() + head + self.head_bias()

    def active(self, convention="output-head"):
        if convention == "no-embeddings":
            return self.active_body()
        head = self.embedding() + self.head_bias()
        if convention == "output-head":
            return self.active_body() + head
        lookup = 0 if self.shape["tied_embeddings"] else self.embedding()
        return self.active_body() + head + lookup + self.positions()

    def mtp_module(self):
        layer = self.expert_layer(self.moe["experts"]) if self.moe else self.dense_layer()
        return layer + 2 * self.hidden * self.hidden + 3 * self.norm_vectors * self.hidden


def published_value(entry):
    """The number of '671e9 parameters'."""
    number, unit = entry["value"].split()
    if unit != "parameters":
        raise ValueError(f"unit of '{entry['value']}' is not parameters")
    return float(number)


def check_references(model, path, known_sources):
    """Problems in names: the file name, and sources that nobody declares."""
    problems = []
    if path.stem != model["id"]:
        problems.append(f"{path.name}: id is {model['id']}")
    if path.parent.name != model["family"]:
        problems.append(f"{path.name}: family is {model['family']} but the folder is {path.parent.name}")
    used = set(model["sources"])
    for name in ("parameters", "active"):
        used.update(model.get("published", {}).get(name, {}).get("source", []))
    for source in sorted(used - known_sources):
        problems.append(f"{path.name}: source {source} is not in models.toml")
    return problems


def check_shape(model, path):
    """Problems in the fields that the counts would not reveal."""
    problems = []
    shape, moe = model["shape"], model.get("moe")
    if shape["heads"] % shape["kv_heads"]:
        problems.append(f"{path.name}: heads is not a multiple of kv_heads")
    all_expert = moe is not None and moe.get("dense_layers", 0) == 0
    if all_expert == ("ffn" in shape):
        problems.append(f"{path.name}: ffn belongs to models with dense layers, and only to those")
    if moe and moe["experts_per_token"] > moe["experts"]:
        problems.append(f"{path.name}: more experts per token than experts")
    return problems


def deviation(computed, published):
    return (computed - published) / published


def compare(model, path):
    """One table row and the problems of one model."""
    counts = ModelCounts(model)
    published = model["published"]
    problems = []

    total_convention = published.get("parameters_convention", "all")
    active_convention = published.get("active_convention", "output-head")
    if total_convention not in TOTAL_CONVENTIONS or active_convention not in ACTIVE_CONVENTIONS:
        return None, [f"{path.name}: unknown convention"]

    stated = published_value(published["parameters"])
    computed = counts.total(total_convention)
    error = deviation(computed, stated)
    if abs(error) > published.get("tolerance", TOTAL_TOLERANCE):
        problems.append(f"{path.name}: total differs by {error:+.2%}")

    row = [model["id"], f"{computed:,}", f"{stated:,.0f}", f"{error * 100:+.3f}"]
    row.append("" if total_convention == "all" else total_convention)
    if "active" not in published:
        return row + [f"{counts.active():,}", "", "", ""], problems

    stated = published_value(published["active"])
    computed = counts.active(active_convention)
    error = deviation(computed, stated)
    if abs(error) > published.get("active_tolerance", ACTIVE_TOLERANCE):
        problems.append(f"{path.name}: active differs by {error:+.2%}")
    note = "" if active_convention == "output-head" else active_convention
    return row + [f"{computed:,}", f"{stated:,.0f}", f"{error * 100:+.2f}", note], problems


def print_table(rows):
    header = ["id", "computed", "published", "error %", "convention"]
    header += ["active", "published", "error %", "convention"]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(cells).rstrip())


def declared_sources(path):
    with open(path, "rb") as file:
        sources = tomllib.load(file)["source"]
    names = [source["id"] for source in sources]
    repeated = sorted({name for name in names if names.count(name) > 1})
    return set(names), [f"{path.name}: source {name} is declared twice" for name in repeated]


def natural_key(path):
    """Sorts 7b before 13b."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", str(path))]


def main(arguments):
    data = pathlib.Path(__file__).resolve().parent.parent / "data"
    directory = pathlib.Path(arguments[1]) if len(arguments) > 1 else data / "models"
    paths = sorted(directory.glob("*/*.toml"), key=natural_key)
    if not paths:
        print(f"no models in {directory}", file=sys.stderr)
        return 1

    known_sources, problems = declared_sources(directory.parent / "sources" / "models.toml")
    rows, owners = [], {}
    for path in paths:
        with open(path, "rb") as file:
            model = tomllib.load(file)
        for name in [model["id"], model["name"], *model.get("aliases", [])]:
            owner = owners.setdefault(name.lower(), model["id"])
            if owner != model["id"]:
                problems.append(f"{path.name}: the name {name} also belongs to {owner}")
        problems += check_references(model, path, known_sources) + check_shape(model, path)
        row, found = compare(model, path)
        problems += found
        if row:
            rows.append(row)

    print_table(rows)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(rows)} models, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
