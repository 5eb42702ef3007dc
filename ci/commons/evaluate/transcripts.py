"""Transcripts: the full text exchanged for each row, kept outside git and addressed by digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from commons.harness.rendering import Form, TaskRendering
from commons.harness.requests import Answer
from commons.pool.cell import Transcript
from commons.pool.hashing import sha256_text
from commons.pool.whole import write_whole

TRANSCRIPTS = "transcripts"


def write_transcript(
    rendering: TaskRendering, form: Form, answers: Mapping[str, Answer], work: Path
) -> Transcript:
    """Write one line for each item: its requests as sent before the chat template, and the whole answers."""
    lines = []
    for item in sorted(rendering.items, key=lambda item: item.id):
        requests = [rendering.requests[index] for index in item.request_indices(form)]
        lines.append(json.dumps({
            "item": item.id,
            "requests": [request.model_dump(mode="json") for request in requests],
            "answers": [
                answers[request.digest].model_dump(mode="json") if request.digest in answers else None
                for request in requests
            ],
        }, sort_keys=True))
    text = "".join(line + "\n" for line in lines)
    digest = sha256_text(text)
    place = f"{TRANSCRIPTS}/{digest}.jsonl"
    if not (work / place).is_file():
        write_whole(work / place, text)
    return Transcript(sha256=digest, rows=len(lines), place=place)
