"""What the pages are made of: the copy of htmx is the one of the package, and nothing needs another server."""

from __future__ import annotations

import hashlib
import json
import re

from crowdbroker.review.pages import TEMPLATES
from crowdbroker.review.routes import STATIC

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in [*TEMPLATES.glob("*.html"), *STATIC.glob("*.*s")]}


def test_the_copy_of_htmx_is_what_its_note_says() -> None:
    note = json.loads((STATIC / "htmx.json").read_text())
    content = (STATIC / note["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == note["sha256"]
    assert f'version:"{note["version"]}"'.encode() in content
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE.txt").read_text()


def test_htmx_is_told_to_keep_to_the_content_security_policy() -> None:
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", TEXTS["base.html"])
    assert found is not None
    config = json.loads(found[1])
    assert (config["includeIndicatorStyles"], config["allowEval"], config["allowScriptTags"]) == (False, False, False)


def test_no_page_has_inline_script_or_style_or_asks_another_server() -> None:
    for name, text in TEXTS.items():
        if name.endswith(".html"):
            assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src=\"/static/)", text), name
        if name != "htmx.min.js":
            assert not re.search(r"(?:src|href|url\()=?[\"']?(?:https?:)?//", text), name


def test_every_form_that_posts_carries_the_token() -> None:
    for name, text in TEXTS.items():
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            assert "token(form_token)" in form or 'name="form_token"' in form or "hidden()" in form, (name, form[:80])
