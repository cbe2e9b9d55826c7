// The JSON that templates write in attributes: single quotes, bare keys and commas at the end are allowed.
"use strict";

((crowd) => {
  const CLOSING = { "[": "]", "{": "}" };
  const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
  const WORDS = new Map([["true", true], ["false", false], ["null", null]]);

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
    }

    peek() {
      while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
      return this.text[this.at];
    }

    take(sign) {
      if (this.peek() !== sign) return false;
      this.at += 1;
      return true;
    }

    value() {
      const sign = this.peek();
      if (sign === "[") return this.members(() => this.value());
      if (sign === "{") return Object.fromEntries(this.members(() => this.entry()));
      return sign === '"' || sign === "'" ? this.string() : this.word();
    }

    members(one) {
      const closing = CLOSING[this.text[this.at]];
      const found = [];
      this.at += 1;
      while (!this.take(closing)) {
        found.push(one());
        if (!this.take(",") && this.peek() !== closing) throw new SyntaxError(`a comma is missing at ${this.at}`);
      }
      return found;
    }

    entry() {
      const key = /["']/.test(this.peek()) ? this.string() : String(this.word());
      if (!this.take(":")) throw new SyntaxError(`a colon is missing at ${this.at}`);
      return [key, this.value()];
    }

    string() {
      const quote = this.text[this.at];
      let read = "";
      for (this.at += 1; this.text[this.at] !== quote; this.at += 1) {
        if (this.at >= this.text.length) throw new SyntaxError("a string has no end");
        read += this.text[this.at] === "\\" ? this.escaped() : this.text[this.at];
      }
      this.at += 1;
      return read;
    }

    escaped() {
      this.at += 1;
      const sign = this.text[this.at] ?? "";
      if (sign !== "u") return ESCAPES[sign] ?? sign;
      this.at += 4;
      return String.fromCharCode(parseInt(this.text.slice(this.at - 3, this.at + 1), 16));
    }

    word() {
      const [word] = /^[^\s,:[\]{}"']*/.exec(this.text.slice(this.at));
      if (!word) throw new SyntaxError(`nothing to read at ${this.at}`);
      this.at += word.length;
      if (WORDS.has(word)) return WORDS.get(word);
      return Number.isNaN(Number(word)) ? word : Number(word);
    }
  }

  // Returns what the text says; nothing for no text, and throws a SyntaxError for text that says nothing.
  crowd.readRelaxed = (text) => {
    if (!text?.trim()) return undefined;
    const reader = new Reader(text);
    const value = reader.value();
    if (reader.peek() !== undefined) throw new SyntaxError(`more than one value: ${reader.at}`);
    return value;
  };

  // Returns the value of an element's attribute, or the fallback; a mistake of the template's author goes to the log.
  crowd.readAttribute = (element, name, fallback) => {
    try {
      return crowd.readRelaxed(element.getAttribute(name)) ?? fallback;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      console.warn(`<${element.localName}> cannot read its ${name}: ${error.message}`);
      return fallback;
    }
  };
})(window.crowdElements);
