#!/usr/bin/env python3
"""Generate the hardware catalogue from the reference records.

Reads ``chips.json`` and ``systems.json`` in REFERENCE_DIR and writes

* ``data/chips/<vendor>/<id>.toml``    one file per chip,
* ``data/systems/<vendor>/<id>.toml``  one file per node, rack or pod,
* ``data/sources/hardware.toml``       every source those files name.

The output depends on the input only, so a second run changes nothing. Figures
are carried over as decimals, without a detour through binary floating point.
Free text of the reference is never carried over: where a value needs a remark
to be understood, or a descriptive string needs a short technical token, the
wording is in the tables of this script.

``--check`` writes nothing. It parses the files that are there, looks every
figure up in the JSON again by a route of its own, and reports counts.

    tools/import_reference.py REFERENCE_DIR [--out data] [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

Number = int | Decimal
Record = dict[str, Any]

# --------------------------------------------------------------------------
# Vocabulary
# --------------------------------------------------------------------------

FORMATS: Final = (
    "fp64", "fp64_matrix", "fp32", "fp32_matrix", "tf32", "bf16", "fp16",
    "fp16_fp16acc", "fp8", "fp8_fp16acc", "int8", "fp6", "fp4", "int4",
)  # fmt: skip

VENDOR_DIRECTORY: Final = {
    "Alibaba T-Head": "alibaba",
    "Baidu Kunlunxin": "baidu",
}

STATUSES: Final = ("shipped", "announced", "roadmap", "proposed", "withdrawn")

# Records whose status is a remark rather than one word.
STATUS: Final = {
    "ascend-950dt": "announced",
    "ascend-960": "roadmap",
    "ascend-970": "roadmap",
    "b30a": "proposed",
    "br100": "shipped",
    "gaudi-2-china": "withdrawn",
    "gaudi-3-hl-328": "announced",
    "gaudi-3-hl-388": "announced",
    "groq-3-lpu": "announced",
    "mi308x": "shipped",
    "mi455x": "announced",
    "rtx-pro-6000d": "shipped",
    "rubin-vr200": "announced",
    "thead-m890": "announced",
    "thead-ppu": "shipped",
}

NAME: Final = {
    "ascend-960": "Huawei Ascend 960",
    "ascend-970": "Huawei Ascend 970",
    "b30a": "NVIDIA B30A",
    "hbm3e-stack": "HBM3E stack, 12-high",
}

# Other products with other figures: as an alias they would mislead.
NOT_AN_ALIAS: Final = {("a10", "A10G"), ("br106", "Bili 166")}

ARCHITECTURE: Final = {
    "ascend-950dt": "Da Vinci 950",
    "ascend-950pr": "Da Vinci 950",
    "mtt-s4000": "MUSA 3",
    "thead-ppu": None,
}

FORM_FACTOR: Final = {
    "b30a": None,
    "mi455x": "OAM-class",
    "sambanova-sn40l": "node of 16",
}

PROCESS: Final = {
    "ascend-910b1": "SMIC 7 nm class and TSMC N7",
    "ascend-910b2": "SMIC 7 nm class and TSMC N7",
    "ascend-910b3": "SMIC 7 nm class and TSMC N7",
    "ascend-910b4": "SMIC 7 nm class and TSMC N7",
    "ascend-910c": "SMIC N+2 and TSMC N7",
    "ascend-950dt": "SMIC N+2 or N+3 class, inferred",
    "ascend-950pr": "SMIC N+2 or N+3 class, inferred",
    "metax-c600": None,
    "mlu590": "7 nm, TSMC then SMIC",
    "mtt-s5000": None,
    "thead-ppu": "SMIC 7 nm class",
}

MEMORY_TYPE: Final = {
    "graphcore-bow": "SRAM",
    "graphcore-gc200": "SRAM",
    "groq-3-lpu": "SRAM",
    "groq-lpu-v1": "SRAM",
    "hanguang-800": "SRAM",
    "thead-m890": None,
    "wse-2": "SRAM",
    "wse-3": "SRAM",
}

# Links that are the host bus under another name: counted there, not twice.
LINK_IS_HOST_BUS: Final = {"enflame-s60"}

TOPOLOGY: Final = {
    "a100-sxm-40gb": "NVSwitch",
    "a100-sxm-80gb": "NVSwitch",
    "a800-sxm-80gb": "NVSwitch",
    "ascend-910a": "full mesh in groups of 4",
    "ascend-910b1": "full mesh",
    "ascend-910b2": "full mesh",
    "ascend-910b3": "full mesh",
    "ascend-910b4": "full mesh",
    "ascend-910c": "two-tier Clos",
    "b200": "NVSwitch",
    "b300": "NVSwitch",
    "br100": "7 links",
    "br104": "3 links",
    "gaudi-2": "mesh, 21 of 24 ports in the node",
    "gaudi-2-china": "mesh",
    "gaudi-3": "mesh, 21 of 24 ports in the node",
    "gb200": "NVSwitch, rack scale",
    "gb300": "NVSwitch, rack scale",
    "gh200": "NVLink Switch, optional",
    "gh200-96gb": "NVLink Switch, optional",
    "graphcore-gc200": "ladder or torus",
    "groq-3-lpu": "96 links",
    "groq-lpu-v1": "16 links",
    "h100-sxm5": "NVSwitch",
    "h20-141gb": "NVSwitch",
    "h20-96gb": "NVSwitch",
    "h200-nvl": "bridge of 2 or 4 cards",
    "h200-sxm": "NVSwitch",
    "h800-sxm": "NVSwitch",
    "max-1550": "16 ports",
    "metax-c500-oam": "mesh",
    "metax-c500-pcie": "mesh",
    "mi100": "3 links",
    "mi210": "3 links",
    "mi250x": "8 ports",
    "mi300x": "full mesh, 7 links",
    "mi308x": "full mesh, 7 links",
    "mi325x": "full mesh, 7 links",
    "mi350x": "full mesh, 7 links",
    "mi355x": "full mesh, 7 links",
    "mi455x": "switched, rack scale",
    "rubin-vr200": "NVSwitch, rack scale",
    "thead-m890": "switched",
    "thead-ppu": "7 links",
    "tpu-v3": "2D torus",
    "tpu-v4": "3D torus",
    "tpu-v5e": "2D torus",
    "tpu-v5p": "3D torus",
    "tpu-v6e": "2D torus",
    "tpu-v7": "3D torus",
    "trainium1": "torus or hypercube",
    "trainium2": "2D torus",
    "trainium3": "switched",
    "v100-sxm2": "hybrid cube mesh or NVSwitch",
    "wse-2": "12 x 100 GbE",
    "wse-3": "12 x 100 GbE",
}

SYSTEM_TOPOLOGY: Final = {
    "atlas-800-9000": "two full meshes of 4, joined by PCIe",
    "atlas-800t-a2": "full mesh, 7 links",
    "atlas-800t-a3": "switched between packages",
    "atlas-950-superpod": "UnifiedBus 2.0, 64 per cabinet",
    "cloudmatrix-384": "two-tier optical Clos, non-blocking",
    "dgx-1v": "hybrid cube mesh, no switch",
    "dgx-gh200-256": "two-level NVLink Switch fat tree",
    "eos": "NVSwitch gen 3, all-to-all",
    "gaudi3-8": "Ethernet full mesh, 3 x 200 GbE per pair",
    "gb200-nvl72": "NVLink 5 switch, all-to-all, one hop",
    "gb300-nvl72": "NVLink 5 switch, all-to-all, one hop",
    "groq3-lpx": "direct chip-to-chip links",
    "helios-72": "UALink over Ethernet, switched",
    "hgx-a100-8": "NVSwitch gen 2, all-to-all",
    "hgx-a800-8": "NVSwitch gen 2, 8 of 12 links",
    "hgx-b200-8": "NVLink 5 switch, all-to-all",
    "hgx-b300-8": "NVLink 5 switch, all-to-all",
    "hgx-h100-8": "NVSwitch gen 3, all-to-all",
    "hgx-h20-8": "NVSwitch gen 3, all-to-all",
    "hgx-h200-8": "NVSwitch gen 3, all-to-all",
    "hgx-h800-8": "NVSwitch gen 3, 8 of 18 links",
    "kuae-d800": "MTLink",
    "kunlun-p800-8": "XPU Link",
    "metax-c550-8": "MetaXLink full mesh",
    "mi300x-platform": "full mesh, 7 links of 128 GB/s",
    "mi325x-platform": "full mesh, 7 links of 128 GB/s",
    "mi355x-platform": "full mesh, 7 links of 153.6 GB/s",
    "panjiu-al128": "ICN switch, domains of 64",
    "ppu-16": "ICN, 7 links per chip",
    "selene": "NVSwitch gen 2, all-to-all",
    "tpu-v5p-pod": "3D torus",
    "tpu-v7-pod": "3D torus with optical circuit switches",
    "trn2-ultra": "2D torus of 16, 4 tori joined",
    "trn3-ultra": "NeuronLink-v4, switched",
    "vr200-nvl72": "NVLink 6 switch, all-to-all",
}

FABRIC: Final = {
    "eos": "InfiniBand NDR 400, fat tree",
    "selene": "InfiniBand HDR 200, fat tree",
}

# Figures of a system that are weaker than the record as a whole.
SYSTEM_CONFIDENCE: Final = {
    ("atlas-800t-a2", "power.node"): "estimate",
    ("hgx-h20-8", "power.node"): "estimate",
    ("tpu-v7-pod", "power.node"): "press",
    ("vr200-nvl72", "scale_out.nic_rate"): "estimate",
}

# Remarks without which a value would be misread, in our words.
NOTE: Final = {
    ("ascend-910b1", "compute.int8"): "taken as twice FP16",
    ("ascend-910b1", "die.area"): "compute die only",
    ("ascend-910b2", "compute.int8"): "taken as twice FP16",
    ("ascend-910b2", "die.area"): "compute die only",
    ("ascend-910b3", "compute.int8"): "taken as twice FP16",
    ("ascend-910b3", "die.area"): "compute die only",
    ("ascend-910b4", "compute.int8"): "taken as twice FP16",
    ("ascend-910b4", "die.area"): "compute die only",
    ("ascend-910c", "die.area"): "compute dies only",
    ("ascend-950pr", "compute.int8"): "taken as equal to FP8",
    ("ascend-950dt", "compute.int8"): "taken as equal to FP8",
    ("ascend-950pr", "power.tdp"): "of the Atlas 350 card",
    ("b200", "die.area"): "planning value, area unpublished",
    ("b300", "die.area"): "planning value, area unpublished",
    ("br106", "compute.bf16"): "contract total over card count",
    ("gb200", "die.area"): "planning value, area unpublished",
    ("gb200", "host_bus.bandwidth"): "per superchip, shared by two GPUs",
    ("gb300", "die.area"): "planning value, area unpublished",
    ("gb300", "host_bus.bandwidth"): "per superchip, shared by two GPUs",
    ("gh200", "power.tdp"): "CPU, GPU and memory together",
    ("gh200-96gb", "power.tdp"): "CPU, GPU and memory together",
    ("graphcore-bow", "memory.bandwidth"): "on-chip SRAM",
    ("graphcore-gc200", "memory.bandwidth"): "on-chip SRAM",
    ("groq-3-lpu", "memory.bandwidth"): "on-chip SRAM",
    ("groq-lpu-v1", "memory.bandwidth"): "on-chip SRAM",
    ("kunlun-p800", "compute.int8"): "taken as twice FP16",
    ("max-1550", "die.area"): "other counts of the active tiles are near 2300 to 3100 mm2",
    ("mi308x", "compute.bf16"): "measured floor; the ceiling keeps TPP under 4800",
    ("mi308x", "link.bandwidth"): "taken from the MI300X",
    ("mlu590", "compute.bf16"): "analyst TPP over 16",
    ("rubin-vr200", "compute.fp4"): "dense rate; the advertised 50000 relies on adaptive compression",
    ("rubin-vr200", "die.area"): "planning value, area unpublished",
    ("rtx-5090-d", "compute.fp8_fp16acc"): "taken as half of FP4",
    ("rtx-5090-d", "compute.int8"): "taken as half of FP4",
    ("rtx-5090-d-v2", "compute.fp8_fp16acc"): "taken as half of FP4",
    ("rtx-5090-d-v2", "compute.int8"): "taken as half of FP4",
    ("thead-ppu", "compute.bf16"): "contract total over card count",
    ("thead-ppu", "compute.int8"): "taken as twice FP16",
    ("tpu-v3", "die.area"): "upper bound",
    ("tpu-v4", "die.area"): "upper bound",
    ("wse-2", "compute.fp16"): "cores times FLOP per cycle times clock",
    ("wse-2", "memory.bandwidth"): "on-chip SRAM",
    ("wse-3", "compute.fp16"): "cores times FLOP per cycle times clock",
    ("wse-3", "memory.bandwidth"): "on-chip SRAM",
    ("helios-72", "scale_out.nic_rate"): "all NICs of one GPU together",
    ("vr200-nvl72", "scale_out.nic_rate"): "two NICs per GPU assumed",
}

PUBLISHED_NOTE: Final = {
    ("ascend-910a", 5120): "320 TFLOP/s variant",
    ("ascend-910b3", 5120): "for 910B without suffix",
    ("b30a", 28800): "lower bound",
    ("max-1550", 1678): "vector units only",
    ("thead-m890", 12800): "model not named",
    ("trainium1", 3610): "TF32 at 19 bits",
}

# Publishers as the reference names them, most specific first.
PUBLISHERS: Final = (
    ("Epoch AI / CSET", "Epoch AI, CSET"),
    ("Epoch AI", "Epoch AI"),
    ("Bernstein", "Bernstein"),
    ("IFP", "IFP"),
    ("Tencent News", "Tencent News"),
    ("Tom's Hardware", "Tom's Hardware"),
    ("press", "press"),
)

# --------------------------------------------------------------------------
# Sources
# --------------------------------------------------------------------------

RECALLED: Final = "recalled-vendor-documentation"

# host suffix -> (slug, label, kind); anything else is press under its own name.
SITES: Final = {
    "aimultiple.com": ("aimultiple", "AIMultiple", "dataset"),
    "amd.com": ("amd", "AMD", "datasheet"),
    "arxiv.org": ("arxiv", "arXiv", "paper"),
    "awsdocs-neuron.readthedocs-hosted.com": ("aws-neuron", "AWS Neuron documentation", "datasheet"),
    "chaoqing-i.com": ("chaoqing", "NVIDIA, hosted by Chaoqing", "datasheet"),
    "chipsandcheese.com": ("chips-and-cheese", "Chips and Cheese", "press"),
    "cloud.google.com": ("google-tpu", "Google Cloud TPU documentation", "datasheet"),
    "cset.georgetown.edu": ("cset", "CSET", "paper"),
    "csis.org": ("csis", "CSIS", "press"),
    "developer.nvidia.com": ("nvidia-developer", "NVIDIA developer blog", "press"),
    "docs.nvidia.com": ("nvidia-docs", "NVIDIA documentation", "datasheet"),
    "epoch.ai": ("epoch", "Epoch AI", "dataset"),
    "github.com": ("github", "GitHub", "dataset"),
    "graphcore.ai": ("graphcore", "Graphcore", "datasheet"),
    "groq.com": ("groq", "Groq", "datasheet"),
    "gs.asiams.net": ("asiams", "asiams.net", "press"),
    "hiascend.com": ("hiascend", "Huawei Ascend documentation", "datasheet"),
    "hotchips.org": ("hotchips", "Hot Chips", "paper"),
    "huawei.com": ("huawei", "Huawei", "press"),
    "huggingface.co": ("huggingface", "Hugging Face", "dataset"),
    "ieeexplore.ieee.org": ("ieee", "IEEE Xplore", "paper"),
    "images.nvidia.com": ("nvidia", "NVIDIA", "datasheet"),
    "intel.com": ("intel", "Intel", "datasheet"),
    "kernel.org": ("kernel", "Linux kernel documentation", "note"),
    "mail-archive.com": ("mail-archive", "The Mail Archive", "note"),
    "mthreads.com": ("moore-threads", "Moore Threads", "datasheet"),
    "newsletter.semianalysis.com": ("semianalysis", "SemiAnalysis", "press"),
    "nextplatform.com": ("nextplatform", "The Next Platform", "press"),
    "nvdam.widen.net": ("nvidia", "NVIDIA", "datasheet"),
    "nvidia.com": ("nvidia", "NVIDIA", "datasheet"),
    "archive.ph": ("archive-ph", "archive.ph copy", "press"),
    "pdm.com.co": ("pdm", "pdm.com.co", "press"),
    "perma.cc": ("perma", "Perma.cc archive", "datasheet"),
    "pillumina.github.io": ("pillumina", "pillumina.github.io", "press"),
    "primeline-solutions.com": ("primeline", "NVIDIA, hosted by primeLine", "datasheet"),
    "raw.githubusercontent.com": ("github", "GitHub", "note"),
    "regantih.github.io": ("regantih", "regantih.github.io", "note"),
    "theregister.com": ("register", "The Register", "press"),
    "tomshardware.com": ("tomshardware", "Tom's Hardware", "press"),
    "trendforce.com": ("trendforce", "TrendForce", "press"),
    "vdocuments.net": ("vdocuments", "NVIDIA, hosted by vdocuments.net", "datasheet"),
}  # fmt: skip

# url fragment -> (id, title, kind), where the address alone reads badly.
NAMED_URLS: Final = {
    "epoch.ai/data/machine-learning-hardware": (
        "epoch-ml-hardware", "Epoch AI machine learning hardware, copy of 2026-07-06", "dataset"),
    "resources.nvidia.com/en-us-tensor-core/nvidia-tensor-core-gpu-datasheet": (
        "nvidia-h100-datasheet", "NVIDIA H100 datasheet", "datasheet"),
    "resources.nvidia.com/en-us-tensor-core/gtc22-whitepaper-hopper": (
        "nvidia-hopper-whitepaper", "NVIDIA Hopper architecture whitepaper", "paper"),
    "nvidia-a100-datasheet-us-nvidia-1758950": (
        "nvidia-a100-datasheet", "NVIDIA A100 datasheet", "datasheet"),
    "h100/PB-11773-001_v01.pdf": (
        "nvidia-h100-nvl-brief", "NVIDIA H100 NVL product brief", "datasheet"),
    "nvidia-rtx-blackwell-gpu-architecture.pdf": (
        "nvidia-rtx-blackwell-whitepaper", "NVIDIA RTX Blackwell architecture whitepaper", "paper"),
    "GA102-GPU-Architecture-Whitepaper": (
        "nvidia-ga102-whitepaper", "NVIDIA GA102 architecture whitepaper", "paper"),
    "ADA-GPU-PROVIZ-Architecture-Whitepaper": (
        "nvidia-ada-whitepaper", "NVIDIA Ada professional architecture whitepaper", "paper"),
    "volta-v100-datasheet": ("nvidia-v100-datasheet", "NVIDIA V100 datasheet", "datasheet"),
    "t4-tensor-core-datasheet": ("nvidia-t4-datasheet", "NVIDIA T4 datasheet", "datasheet"),
    "hpc-datasheet-sc23-h200": ("nvidia-h200-datasheet", "NVIDIA H200 datasheet", "datasheet"),
    "l4-datasheet-2595652": ("nvidia-l4-datasheet", "NVIDIA L4 datasheet", "datasheet"),
    "l40s-datasheet-28413": ("nvidia-l40s-datasheet", "NVIDIA L40S datasheet", "datasheet"),
    "NVIDIA-L40-Datasheet": ("nvidia-l40-datasheet", "NVIDIA L40 datasheet", "datasheet"),
    "grace-hopper-superchip-datasheet": (
        "nvidia-grace-hopper-datasheet", "NVIDIA Grace Hopper datasheet", "datasheet"),
    "dgx-b300-datasheet": ("nvidia-dgx-b300-datasheet", "NVIDIA DGX B300 datasheet", "datasheet"),
    "blackwell-ultra-datasheet": (
        "nvidia-blackwell-ultra-datasheet", "NVIDIA Blackwell Ultra datasheet", "datasheet"),
    "nvidia-blackwell-b200-datasheet.pdf": (
        "nvidia-b200-datasheet", "NVIDIA B200 datasheet, reseller copy", "datasheet"),
    "NVIDIA%20H800%20GPU%20Datasheet": (
        "nvidia-h800-datasheet", "NVIDIA H800 datasheet, reseller copy", "datasheet"),
    "citsjtu2020/LLM-Prof": ("llm-prof-hardware", "LLM-Prof hardware table", "dataset"),
    "DaoCloud-docs": ("daocloud-oceanstor", "DaoCloud documentation, OceanStor", "note"),
    "inference_results_v4.1": (
        "mlperf-inference-4-1-h200", "MLPerf Inference 4.1 system description, 8 x H200", "dataset"),
    "HC2022.BirenTech": ("hotchips-34-biren", "Hot Chips 34, Biren BR100", "paper"),
    "HC31_1.11_Huawei": ("hotchips-31-da-vinci", "Hot Chips 31, Huawei Da Vinci", "paper"),
    "arxiv.org/abs/2304.01433": ("arxiv-2304-01433", "TPU v4 paper, arXiv 2304.01433", "paper"),
    "arxiv.org/abs/2405.07518": ("arxiv-2405-07518", "SambaNova SN40L paper, arXiv 2405.07518", "paper"),
    "arxiv.org/abs/2506.12708": ("arxiv-2506-12708", "CloudMatrix384 paper, arXiv 2506.12708", "paper"),
    "hc-xu-keynote-speech": ("huawei-connect-2025-keynote", "Huawei Connect 2025 keynote", "press"),
    "9499913": ("ieee-9499913", "IEEE Xplore document 9499913", "paper"),
    "ai-policy-podcast": (
        "csis-ai-policy-podcast", "CSIS AI Policy Podcast, episode of 2025-11-05", "press"),
    "msg136594": ("amd-gfx-136594", "amd-gfx mailing list, message 136594", "note"),
    "amdgpu/ptl.html": ("kernel-amdgpu-ptl", "Linux kernel documentation, amdgpu peak TOPS limiter", "note"),
    "intel-data-center-gpu-max-1550": (
        "intel-max-1550", "Intel Data Center GPU Max 1550 specifications", "datasheet"),
    "intel-gaudi-3-ai-accelerator-white-paper": (
        "intel-gaudi-3-whitepaper", "Intel Gaudi 3 white paper", "paper"),
}  # fmt: skip

# Sources that are words: fragment -> (id, title, kind).
NAMED_WORDS: Final = {
    "recalled from vendor documentation": (
        RECALLED, "Vendor documentation, recalled and not opened again", "recalled"),
    "JEDEC HBM3E": ("jedec-hbm3e-class", "JEDEC HBM3E class figures", "note"),
    "41897728698": ("note-ascend-910c-market", "Public repository: Ascend 910C market notes", "note"),
    "57400706979": ("note-mi308x-limiter", "Public repository: MI308X with the limiter off", "note"),
    "60387416625": ("note-vllm-kunlun", "Public repository: vLLM-Kunlun fork, 2026-08-16", "note"),
    "65716496741": ("note-mi308x-measured", "Public repository: MI308X measurements", "note"),
    "68831417071": ("note-survey-metax", "Public repository: chip survey, MetaX, 2026-08-08", "note"),
    "68978559331": ("note-survey-t-head", "Public repository: chip survey, T-Head, 2026-09-13", "note"),
    "69073592072": ("note-survey-ascend", "Public repository: chip survey, Ascend, 2026-08-08", "note"),
    "69161097495": ("note-survey-hygon", "Public repository: chip survey, Hygon, 2026-09-13", "note"),
    "69195096129": (
        "note-survey-moore-threads", "Public repository: chip survey, Moore Threads, 2026-09-13", "note"),
    "limulidae": ("note-limulidae", "Public repository: limulidae, A800 and 910B measurements", "note"),
}  # fmt: skip

STOP_WORDS: Final = frozenset(
    "a an and are as at be but by com content documents en for from has have html in is it "
    "its most news not of on or php s so than that the their they to us via was what when where "
    "will with www".split()
)
SLUG_WORDS: Final = 5
TITLE_WORDS: Final = 9


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the source list."""

    id: str
    title: str
    kind: str
    url: str | None = None


def site_of(host: str) -> tuple[str, str, str]:
    """Slug, label and kind for a host name."""
    for suffix in sorted(SITES, key=len, reverse=True):
        if host == suffix or host.endswith("." + suffix):
            return SITES[suffix]
    bare = host.removeprefix("www.")
    labels = bare.split(".")
    return labels[-2], bare, "press"


def words_of(segment: str) -> list[str]:
    """The words of one path segment: no extension, no opaque keys, long numbers by their end."""
    stem = re.sub(r"\.(html?|pdf|php|json|md|tsv)$", "", unquote(segment).lower())
    found = re.findall(r"[a-z0-9]+", stem)
    return [
        word[-6:] if word.isdigit() and len(word) > 8 else word
        for word in found
        if word.isdigit() or len(re.findall(r"\d", word)) < 5
    ]


def path_words(path: str) -> list[str]:
    """The words of the last path segment that says something."""
    numeric: list[str] = []
    for segment in reversed([part for part in path.split("/") if part]):
        words = words_of(segment)
        if any(len(word) > 1 and not word.isdigit() for word in words):
            return words + numeric
        numeric = words + numeric
    return numeric


class SourceBook:
    """Maps reference strings to sources with unique, stable ids."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_text: dict[str, Source] = {}
        drafts = {text: self._draft(text) for text in sorted(set(texts))}
        shared = Counter(source.id for source in drafts.values())
        for text, source in drafts.items():
            if shared[source.id] > 1:
                digest = hashlib.sha256(text.encode()).hexdigest()[:6]
                source = Source(f"{source.id}-{digest}", source.title, source.kind, source.url)
            self._by_text[text] = source

    @staticmethod
    def _draft(text: str) -> Source:
        if not text.startswith(("http://", "https://")):
            for fragment, named in NAMED_WORDS.items():
                if fragment in text:
                    return Source(*named)
            raise ValueError(f"source without address or name: {text!r}")
        url = text.split()[0]
        for fragment, named in NAMED_URLS.items():
            if fragment in url:
                return Source(*named, url)
        parts = urlsplit(url)
        slug, label, kind = site_of(parts.hostname or "")
        words = path_words(parts.path) or words_of(parts.query)
        own = set(slug.split("-"))
        telling = [w for w in words if w not in STOP_WORDS and w not in own][:SLUG_WORDS]
        if not any(w.isalpha() for w in telling):
            telling = [w for w in words if w not in own][:SLUG_WORDS]
        title = " ".join(w for w in words if w not in own or len(words) < 3)
        title = " ".join(title.split()[:TITLE_WORDS])
        return Source("-".join([slug, *telling]), f"{label}: {title}" if title else label, kind, url)

    def __getitem__(self, text: str) -> Source:
        return self._by_text[text]

    def ids(self, texts: Iterable[str]) -> list[str]:
        """Ids for reference strings, in order, each once."""
        return list(dict.fromkeys(self._by_text[text].id for text in texts))

    def sources(self) -> list[Source]:
        return sorted(set(self._by_text.values()), key=lambda source: source.id)


def source_texts(node: Any) -> Iterator[str]:
    """Every source string below a JSON node."""
    if isinstance(node, list):
        for item in node:
            yield from source_texts(item)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "source" and isinstance(item, str):
                yield item
            elif key == "sources":
                groups = item.values() if isinstance(item, dict) else [item]
                for group in groups:
                    yield from group
            else:
                yield from source_texts(item)


# --------------------------------------------------------------------------
# Writing TOML
# --------------------------------------------------------------------------


def plain(number: Number) -> str:
    """A number without exponent, trailing zeros or binary noise."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def toml(value: Any) -> str:
    """A scalar or list as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return plain(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    raise TypeError(f"cannot write {type(value).__name__}")


@dataclass(slots=True)
class Value:
    """A figure with its unit and where it comes from."""

    value: str | None
    confidence: str
    source: list[str]
    basis: str
    range: tuple[str, str] | None = None
    date: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        keys: list[tuple[str, Any]] = [
            ("value", self.value),
            ("range", list(self.range) if self.range else None),
            ("date", self.date),
            ("basis", self.basis),
            ("confidence", self.confidence),
            ("source", self.source),
            ("note", self.note),
        ]
        inside = ", ".join(f"{key} = {toml(item)}" for key, item in keys if item is not None)
        return "{ " + inside + " }"


@dataclass(slots=True)
class Document:
    """A TOML file in the making: top-level keys, then tables, in order."""

    schema: str | None
    blocks: list[str] = field(default_factory=list)

    def add(self, header: str | None, pairs: Iterable[tuple[str, Any]]) -> None:
        """Append a table; keys without a value, and tables without keys, are left out."""
        lines = [
            f"{key} = {item if isinstance(item, Value) else toml(item)}"
            for key, item in pairs
            if item is not None and item != []
        ]
        if lines:
            self.blocks.append("\n".join([header, *lines] if header else lines))

    def __str__(self) -> str:
        head = f"#:schema {self.schema}\n" if self.schema else ""
        return head + "\n\n".join(self.blocks) + "\n"


# --------------------------------------------------------------------------
# Chips
# --------------------------------------------------------------------------


def without_remark(text: str | None) -> str | None:
    """Text up to the first parenthesis."""
    return text.split(" (")[0].strip() if text else None


def basis_of(confidence: str) -> str:
    return "estimated" if confidence == "estimate" else "stated"


def override(table: dict[str, str | None], key: str, default: str | None) -> str | None:
    return table[key] if key in table else default


def confidence_of(record: Record, group: str) -> str:
    return record["confidence"].get(group) or "estimate"


def was_recalled(record: Record) -> bool:
    remarks = record.get("verification") or []
    return any("recalled" in text for text in ([remarks] if isinstance(remarks, str) else remarks))


class ChipWriter:
    """Turns one chip record into a document."""

    def __init__(self, chip: Record, book: SourceBook) -> None:
        self.chip = chip
        self.book = book
        self.id: str = chip["id"]

    def sources(self, *groups: str) -> list[str]:
        """Source ids of the first group present, else of any."""
        known: dict[str, list[str]] = self.chip["sources"]
        order = [*groups, "compute", *known]
        texts = next(known[group] for group in order if known.get(group))
        ids = self.book.ids(texts)
        if was_recalled(self.chip) and RECALLED not in ids:
            ids.append(RECALLED)
        return ids

    def figure(
        self,
        path: str,
        number: Number | None,
        unit: str,
        group: str,
        *source_groups: str,
        interval: list[Number] | None = None,
    ) -> Value | None:
        if number is None and interval is None:
            return None
        confidence = confidence_of(self.chip, group) if number is not None else "estimate"
        low_high = (plain(interval[0]) + unit, plain(interval[1]) + unit) if interval else None
        return Value(
            value=plain(number) + unit if number is not None else None,
            range=low_high,
            basis=basis_of(confidence),
            confidence=confidence,
            source=self.sources(*(source_groups or (group,))),
            note=NOTE.get((self.id, path)),
        )

    def price(self, record: Record | None, unit: str) -> Value | None:
        return price_value(record, unit, confidence_of(self.chip, "price"), self.book, self.sources("price"))

    def document(self) -> Document:
        doc = Document("../../schema/chip.schema.json")
        self._identity(doc)
        if not self.is_memory:
            doc.add("[datacenter]", [
                ("value", self.chip["market"] == "data-center"),
                ("basis", "derived"),
                ("source", self.sources("compute")),
            ])  # fmt: skip
        self._compute(doc)
        self._memory(doc)
        self._links(doc)
        self._die(doc)
        self._rest(doc)
        return doc

    @property
    def is_memory(self) -> bool:
        return self.chip.get("kind") == "memory"

    def aliases(self) -> list[str]:
        bare = [without_remark(alias) for alias in self.chip["aliases"]]
        return [a for a in dict.fromkeys(bare) if a and (self.id, a) not in NOT_AN_ALIAS]

    def _identity(self, doc: Document) -> None:
        chip = self.chip
        status = override(STATUS, self.id, chip["status"])
        if status not in STATUSES:
            raise ValueError(f"{self.id}: no mapping for status {status!r}")
        doc.add(None, [
            ("id", self.id),
            ("name", NAME.get(self.id, chip["name"])),
            ("vendor", chip["vendor"]),
            ("family", chip.get("chip_family")),
            ("aliases", self.aliases()),
            ("kind", "memory" if self.is_memory else "accelerator"),
            ("architecture", override(ARCHITECTURE, self.id, without_remark(chip.get("architecture")))),
            ("status", status),
            ("announced", chip.get("announced")),
            ("launched", chip.get("launched")),
            ("designer_hq", chip["designer_hq"]),
            ("designed_for_china", chip.get("designed_for_china")),
            ("market", chip["market"]),
            ("form_factor", override(FORM_FACTOR, self.id, without_remark(chip.get("form_factor")))),
        ])  # fmt: skip

    def _compute(self, doc: Document) -> None:
        rates: Record = self.chip["dense_tflops"]
        unknown = set(rates) - set(FORMATS)
        if unknown:
            raise ValueError(f"{self.id}: unknown formats {sorted(unknown)}")
        intervals: Record = self.chip.get("tflops_interval") or {}
        for name in FORMATS:
            unit = " TOP/s" if name.startswith("int") else " TFLOP/s"
            rate = self.figure(
                f"compute.{name}", rates.get(name), unit, "compute", interval=intervals.get(name)
            )
            if rate:
                doc.add(f"[compute.{name}]", [("rate", rate), ("sparsity", "dense")])

    def _memory(self, doc: Document) -> None:
        chip = self.chip

        def figure(name: str, key: str, unit: str) -> tuple[str, Value | None]:
            return name, self.figure(f"memory.{name}", chip.get(key), unit, "memory")

        doc.add("[memory]", [
            ("type", override(MEMORY_TYPE, self.id, without_remark(chip["memory_type"]))),
            figure("capacity", "memory_capacity_gb", " GB"),
            figure("bandwidth", "memory_bandwidth_gbs", " GB/s"),
            figure("dram_bandwidth", "dram_bandwidth_gbs", " GB/s"),
            figure("package_area", "package_area_mm2", " mm2"),
        ])  # fmt: skip

    def _links(self, doc: Document) -> None:
        link: Record | None = self.chip.get("interconnect")
        if link and (link["name"].startswith("none") or self.id in LINK_IS_HOST_BUS):
            doc.add("[link]", [("name", link["name"]), ("kind", "none")])
        elif link:
            rate = self.figure("link.bandwidth", link["bidirectional_gbs"], " GB/s", "interconnect")
            doc.add("[link]", [
                ("name", without_remark(link["name"])),
                ("kind", "link"),
                ("bandwidth", rate),
                ("direction", "bidirectional" if rate else None),
                ("domain_size", link["domain_size"]),
                ("topology", TOPOLOGY.get(self.id)),
            ])  # fmt: skip
        bus: Record | None = self.chip.get("host_bus")
        if bus:
            rate = self.figure("host_bus.bandwidth", bus["bidirectional_gbs"], " GB/s", "interconnect")
            doc.add("[host_bus]", [
                ("name", without_remark(bus["name"])),
                ("bandwidth", rate),
                ("direction", "bidirectional" if rate else None),
            ])  # fmt: skip

    def _die(self, doc: Document) -> None:
        chip = self.chip
        process = override(PROCESS, self.id, without_remark(chip.get("process_node")))
        doc.add("[die]", [
            ("area", self.figure("die.area", chip.get("die_area_mm2"), " mm2", "die",
                                 interval=chip.get("die_area_interval_mm2"))),
            ("count", chip.get("die_count")),
            ("process", process),
            ("transistors", self.figure("die.transistors", chip.get("transistors_billion"),
                                        "e9 transistors", "die")),
        ])  # fmt: skip

    def _rest(self, doc: Document) -> None:
        chip = self.chip

        def on_die(path: str, key: str, unit: str) -> Value | None:
            return self.figure(path, chip.get(key), unit, "compute", "cores", "compute")

        doc.add("[core]", [
            ("count", chip.get("core_count")),
            ("kind", without_remark(chip.get("core_kind"))),
            ("sram", on_die("core.sram", "sram_per_core_kb", " KiB")),
        ])  # fmt: skip
        doc.add("[cache]", [
            ("l2", on_die("cache.l2", "l2_cache_mb", " MiB")),
            ("on_chip_total", on_die("cache.on_chip_total", "on_chip_sram_total_mb", " MiB")),
        ])  # fmt: skip
        doc.add("[clock]", [("boost", on_die("clock.boost", "boost_clock_mhz", " MHz"))])
        tdp = self.figure("power.tdp", chip.get("tdp_w"), " W", "compute", "power", "card", "compute")
        doc.add("[power]", [("tdp", tdp)])
        doc.add("[price]", [
            ("purchase", self.price(chip.get("price_usd"), " USD")),
            ("rent", self.price(chip.get("rental_usd_per_hour"), " USD/h")),
        ])  # fmt: skip
        for quantity in ("tpp", "pd"):
            for entry in chip.get(f"published_{quantity}", []):
                doc.add("[[published]]", [
                    ("quantity", quantity),
                    ("value", entry["value"]),
                    ("by", publisher(entry["by"])),
                    ("source", self.book.ids([entry["source"]])),
                    ("note", PUBLISHED_NOTE.get((self.id, entry["value"]))),
                ])  # fmt: skip


def publisher(text: str) -> str:
    """Who printed a figure, without the remark."""
    for fragment, name in PUBLISHERS:
        if fragment in text:
            return name + (" via Reuters" if "via Reuters" in text else "")
    raise ValueError(f"unknown publisher {text!r}")


def price_value(
    record: Record | None, unit: str, confidence: str, book: SourceBook, fallback: list[str]
) -> Value | None:
    """The midpoint of a price span: an estimate unless the span is one figure."""
    if not record:
        return None
    low, high = Decimal(record["low"]), Decimal(record["high"])
    single = low == high
    return Value(
        value=plain((low + high) / 2) + unit,
        range=None if single else (plain(low) + unit, plain(high) + unit),
        date=record.get("date"),
        basis=basis_of(confidence) if single else "estimated",
        confidence=confidence,
        source=book.ids(record.get("sources") or []) or fallback,
    )


# --------------------------------------------------------------------------
# Systems
# --------------------------------------------------------------------------


def system_document(system: Record, book: SourceBook) -> Document:
    """Turns one system record into a document."""
    key: str = system["id"]
    sources = book.ids(system["sources"])
    if was_recalled(system) and RECALLED not in sources:
        sources.append(RECALLED)

    def figure(path: str, number: Number | None, unit: str) -> Value | None:
        if number is None:
            return None
        confidence = SYSTEM_CONFIDENCE.get((key, path), system["confidence"])
        return Value(
            value=plain(number) + unit,
            confidence=confidence,
            source=sources,
            basis=basis_of(confidence),
            note=NOTE.get((key, path)),
        )

    doc = Document("../../schema/system.schema.json")
    doc.add(None, [
        ("id", key),
        ("name", system["name"]),
        ("vendor", system["vendor"]),
        ("chip", system["chip_id"]),
        ("chips_per_node", system["chips_per_node"]),
    ])  # fmt: skip
    rate = figure("intra_node.bandwidth", system["intra_node"]["per_chip_bidirectional_gbs"], " GB/s")
    doc.add("[intra_node]", [
        ("topology", SYSTEM_TOPOLOGY.get(key)),
        ("bandwidth", rate),
        ("direction", "bidirectional" if rate else None),
    ])  # fmt: skip
    nic = figure("scale_out.nic_rate", system["scale_out"]["nic_speed_gbps"], " Gbit/s")
    doc.add("[scale_out]", [
        ("nics_per_node", system["scale_out"]["nics_per_node"]),
        ("nic_rate", nic),
        ("direction", "per-direction" if nic else None),
    ])  # fmt: skip
    doc.add("[power]", [("node", figure("power.node", system["system_power_kw"], " kW"))])
    # One grade covers a whole record, and a street price is never a datasheet figure.
    grade = "press" if system["confidence"] == "datasheet" else system["confidence"]
    doc.add("[price]", [("node", price_value(system["price_usd"], " USD", grade, book, sources))])
    cluster: Record = system.get("cluster") or {}
    doc.add("[cluster]", [
        ("nodes", cluster.get("nodes")),
        ("chips", cluster.get("chips")),
        ("fabric", FABRIC.get(key)),
    ])  # fmt: skip
    return doc


# --------------------------------------------------------------------------
# Generation
# --------------------------------------------------------------------------


def load(path: Path, key: str) -> list[Record]:
    with path.open(encoding="utf-8") as stream:
        return json.load(stream, parse_float=Decimal)[key]


def directory_of(record: Record) -> str:
    if record.get("kind") == "memory":
        return "memory"
    vendor: str = record["vendor"]
    return VENDOR_DIRECTORY.get(vendor, vendor.lower().replace(" ", "-"))


def place(kind: str, record: Record) -> Path:
    return Path(kind) / directory_of(record) / f"{record['id']}.toml"


def sources_document(book: SourceBook, used: set[str]) -> Document:
    doc = Document(None)
    for source in book.sources():
        if source.id in used:
            doc.add("[[source]]", [
                ("id", source.id),
                ("title", source.title),
                ("url", source.url),
                ("kind", source.kind),
            ])  # fmt: skip
    return doc


def used_sources(node: Any) -> Iterator[str]:
    """Every source id below a parsed TOML node."""
    if isinstance(node, list):
        for item in node:
            yield from used_sources(item)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "source":
                yield from item
            else:
                yield from used_sources(item)


def render(chips: list[Record], systems: list[Record]) -> dict[Path, str]:
    """All files, by path below the data directory."""
    book = SourceBook([*source_texts(chips), *source_texts(systems)])
    files: dict[Path, str] = {}
    for chip in chips:
        files[place("chips", chip)] = str(ChipWriter(chip, book).document())
    for system in systems:
        files[place("systems", system)] = str(system_document(system, book))
    used = {name for text in files.values() for name in used_sources(tomllib.loads(text))}
    files[Path("sources/hardware.toml")] = str(sources_document(book, used))
    return files


def write(files: dict[Path, str], out: Path) -> None:
    for path, text in sorted(files.items()):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


# --------------------------------------------------------------------------
# Checking
# --------------------------------------------------------------------------

# TOML path -> (JSON path, unit, scale), independent of the writers above.
CHIP_FIGURES: Final = {
    **{
        f"compute.{name}.rate": (
            f"dense_tflops.{name}",
            "TOP/s" if name in ("int8", "int4") else "TFLOP/s",
            1,
        )
        for name in FORMATS
    },
    "memory.capacity": ("memory_capacity_gb", "GB", 1),
    "memory.bandwidth": ("memory_bandwidth_gbs", "GB/s", 1),
    "memory.dram_bandwidth": ("dram_bandwidth_gbs", "GB/s", 1),
    "memory.package_area": ("package_area_mm2", "mm2", 1),
    "link.bandwidth": ("interconnect.bidirectional_gbs", "GB/s", 1),
    "host_bus.bandwidth": ("host_bus.bidirectional_gbs", "GB/s", 1),
    "die.area": ("die_area_mm2", "mm2", 1),
    "die.transistors": ("transistors_billion", "transistors", 10**9),
    "core.sram": ("sram_per_core_kb", "KiB", 1),
    "cache.l2": ("l2_cache_mb", "MiB", 1),
    "cache.on_chip_total": ("on_chip_sram_total_mb", "MiB", 1),
    "clock.boost": ("boost_clock_mhz", "MHz", 1),
    "power.tdp": ("tdp_w", "W", 1),
}
CHIP_PLAIN: Final = {
    "id": "id",
    "vendor": "vendor",
    "family": "chip_family",
    "announced": "announced",
    "launched": "launched",
    "designer_hq": "designer_hq",
    "designed_for_china": "designed_for_china",
    "market": "market",
    "die.count": "die_count",
    "core.count": "core_count",
}
CHIP_RANGES: Final = {
    "die.area": ("die_area_interval_mm2", "mm2"),
    **{f"compute.{name}.rate": (f"tflops_interval.{name}", "TFLOP/s") for name in FORMATS},
}
CHIP_PRICES: Final = {
    "price.purchase": ("price_usd", "USD"),
    "price.rent": ("rental_usd_per_hour", "USD/h"),
}
CONFIDENCE_GROUP: Final = {
    "compute": "compute", "memory": "memory", "link": "interconnect", "host_bus": "interconnect",
    "die": "die", "core": "compute", "cache": "compute", "clock": "compute", "power": "compute",
}  # fmt: skip
SYSTEM_FIGURES: Final = {
    "intra_node.bandwidth": ("intra_node.per_chip_bidirectional_gbs", "GB/s", 1),
    "scale_out.nic_rate": ("scale_out.nic_speed_gbps", "Gbit/s", 1),
    "power.node": ("system_power_kw", "kW", 1),
}
SYSTEM_PLAIN: Final = {
    "id": "id",
    "name": "name",
    "vendor": "vendor",
    "chip": "chip_id",
    "chips_per_node": "chips_per_node",
    "scale_out.nics_per_node": "scale_out.nics_per_node",
    "cluster.nodes": "cluster.nodes",
    "cluster.chips": "cluster.chips",
}
SYSTEM_PRICES: Final = {"price.node": ("price_usd", "USD")}


def dig(node: Any, path: str) -> Any:
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node


def figures(node: Record, path: str = "") -> Iterator[tuple[str, Record]]:
    """Every value with a basis and a figure below a parsed TOML node."""
    for key, item in node.items():
        if isinstance(item, dict):
            here = f"{path}.{key}" if path else key
            if "basis" in item and ("range" in item or isinstance(item.get("value"), str)):
                yield here, item
            else:
                yield from figures(item, here)


def quantity(text: str) -> tuple[Decimal, str]:
    number, unit = text.split(" ", 1)
    return Decimal(number), unit


class Checker:
    """Compares the files on disk with the reference."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        with (out / "sources/hardware.toml").open("rb") as stream:
            entries = tomllib.load(stream)["source"]
        self.sources: dict[str, Record] = {entry["id"]: entry for entry in entries}
        self.counts["sources"] = len(entries)
        if len(self.sources) != len(entries):
            self.problems.append("sources/hardware.toml: an id occurs twice")
        self.used: set[str] = set()

    def expect(self, where: str, what: str, ok: bool) -> None:
        self.counts["comparisons"] += 1
        if not ok:
            self.problems.append(f"{where}: {what}")

    def read(self, kind: str, record: Record) -> tuple[str, Record]:
        path = self.out / place(kind, record)
        self.counts[kind] += 1
        with path.open("rb") as stream:
            return str(path), tomllib.load(stream)

    def same_plain(self, where: str, doc: Record, record: Record, table: dict[str, str]) -> None:
        for mine, theirs in table.items():
            self.expect(where, mine, dig(doc, mine) == dig(record, theirs))

    def same_figures(
        self, where: str, doc: Record, record: Record, table: dict[str, tuple[str, str, int]],
        prices: dict[str, tuple[str, str]], ranges: dict[str, tuple[str, str]],
    ) -> None:  # fmt: skip
        found = dict(figures(doc))
        expected: set[str] = set()
        for path, (theirs, unit, scale) in table.items():
            number = dig(record, theirs)
            if path == "link.bandwidth" and dig(doc, "link.kind") == "none":
                continue
            if number is not None:
                expected.add(path)
                ok = path in found and "value" in found[path]
                self.expect(where, f"{path} missing", ok)
                if ok:
                    self.expect(where, path, quantity(found[path]["value"]) == (number * scale, unit))
        for path, (theirs, unit) in ranges.items():
            span = dig(record, theirs)
            if span:
                expected.add(path)
                mine = [quantity(text) for text in found.get(path, {}).get("range", [])]
                self.expect(where, f"{path} range", mine == [(number, unit) for number in span])
        for path, (theirs, unit) in prices.items():
            price = dig(record, theirs)
            if price:
                expected.add(path)
                entry = found.get(path, {})
                ends = entry.get("range") or [entry.get("value", "0 ?")] * 2
                mine = [quantity(text) for text in ends]
                self.expect(where, path, mine == [(price["low"], unit), (price["high"], unit)])
                middle, _ = quantity(entry.get("value", "0 ?"))
                self.expect(where, f"{path} midpoint", middle * 2 == price["low"] + price["high"])
                self.expect(where, f"{path} date", entry.get("date") == price["date"])
        self.expect(where, f"figures {sorted(set(found) ^ expected)}", set(found) == expected)
        for path, entry in found.items():
            self.well_formed(where, path, entry)

    def well_formed(self, where: str, path: str, entry: Record) -> None:
        self.counts["figures"] += 1
        self.counts[f"basis {entry['basis']}"] += 1
        self.counts[f"confidence {entry['confidence']}"] += 1
        self.expect(where, f"{path} has no source", bool(entry["source"]))
        if "range" in entry:
            self.counts["figures with a range"] += 1
            (low, unit), (high, other) = (quantity(text) for text in entry["range"])
            self.expect(where, f"{path} range order", low <= high and unit == other)
            if "value" in entry:
                self.expect(where, f"{path} in range", low <= quantity(entry["value"])[0] <= high)
        wanted = "estimated" if entry["confidence"] == "estimate" else "stated"
        free = path.startswith("price.")
        self.expect(where, f"{path} basis", free or entry["basis"] == wanted)

    def chip(self, chip: Record) -> list[str]:
        where, doc = self.read("chips", chip)
        self.same_plain(where, doc, chip, CHIP_PLAIN)
        self.same_figures(where, doc, chip, CHIP_FIGURES, CHIP_PRICES, CHIP_RANGES)
        for path, entry in figures(doc):
            group = CONFIDENCE_GROUP.get(path.split(".")[0], "price")
            stated = chip["confidence"].get(group) or "estimate"
            if "value" not in entry:
                stated = "estimate"
            self.expect(where, f"{path} confidence", entry["confidence"] == stated)
        mine = [(p["quantity"], p["value"]) for p in doc.get("published", [])]
        theirs = [(q, float(p["value"])) for q in ("tpp", "pd") for p in chip.get(f"published_{q}", [])]
        self.expect(where, "published", mine == theirs)
        self.counts["published"] += len(mine)
        center = None if chip.get("kind") == "memory" else chip["market"] == "data-center"
        self.expect(where, "datacenter", dig(doc, "datacenter.value") is center)
        if dig(doc, "link.kind") == "link":
            theirs = dig(chip, "interconnect.domain_size")
            self.expect(where, "link.domain_size", dig(doc, "link.domain_size") == theirs)
        self.expect(where, "status", doc["status"] in STATUSES)
        self.finish(where, doc, chip)
        self.counts[f"status {doc['status']}"] += 1
        return [doc["name"], *doc.get("aliases", [])]

    def system(self, system: Record, chips: set[str]) -> None:
        where, doc = self.read("systems", system)
        self.same_plain(where, doc, system, SYSTEM_PLAIN)
        self.same_figures(where, doc, system, SYSTEM_FIGURES, SYSTEM_PRICES, {})
        self.expect(where, "chip is not in the catalogue", doc["chip"] in chips)
        self.finish(where, doc, system)

    def finish(self, where: str, doc: Record, record: Record) -> None:
        named = set(used_sources(doc))
        self.used |= named
        self.expect(where, f"unknown sources {sorted(named - set(self.sources))}",
                    named <= set(self.sources))  # fmt: skip
        if was_recalled(record):
            self.counts["recalled records"] += 1
            self.expect(where, "the mark of a recalled record is lost", RECALLED in named)

    def run(self, chips: list[Record], systems: list[Record]) -> bool:
        holders: dict[str, list[str]] = defaultdict(list)
        for chip in chips:
            for name in self.chip(chip):
                holders[name.casefold()].append(chip["id"])
        ids = {chip["id"] for chip in chips}
        for system in systems:
            self.system(system, ids)
        unused = set(self.sources) - self.used
        self.expect("sources/hardware.toml", f"unused {sorted(unused)}", not unused)
        wanted = {place("chips", c) for c in chips} | {place("systems", s) for s in systems}
        for kind in ("chips", "systems"):
            for path in sorted((self.out / kind).rglob("*.toml")):
                if path.relative_to(self.out) not in wanted:
                    print(f"not from the reference: {path}")
        for key in sorted(self.counts):
            print(f"{self.counts[key]:6d}  {key}")
        for name, owners in sorted(holders.items()):
            if len(owners) > 1:
                print(f"name shared: {name!r} by {', '.join(owners)}")
        for problem in self.problems:
            print(f"problem: {problem}", file=sys.stderr)
        print(f"{len(self.problems)} problems")
        return not self.problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the hardware catalogue from reference records.")
    parser.add_argument("reference", type=Path, metavar="REFERENCE_DIR")
    parser.add_argument("--out", type=Path, default=Path("data"), help="data directory (default: data)")
    parser.add_argument("--check", action="store_true", help="compare the files with the JSON, write nothing")
    options = parser.parse_args()
    chips = load(options.reference / "chips.json", "chips")
    systems = load(options.reference / "systems.json", "systems")
    if options.check:
        return 0 if Checker(options.out).run(chips, systems) else 1
    files = render(chips, systems)
    write(files, options.out)
    print(f"{len(files)} files under {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
