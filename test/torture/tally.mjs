// SPDX-License-Identifier: Apache-2.0
// What a part found: checks counted, the first faults kept as text, progress on one line.
const MAX_SHOWN = 20;
const MAX_TEXT = 400;

export class Tally {
  constructor(name, isQuiet = true) { Object.assign(this, { name, isQuiet, passed: 0, failed: 0, faults: [], notes: [], last: 0 }); }

  check(holds, what) {
    if (holds) { this.passed++; return true; }
    this.failed++;
    if (this.faults.length >= MAX_SHOWN) return false;
    this.faults.push((typeof what === 'function' ? what() : what).slice(0, MAX_TEXT));
    if (!this.isQuiet) process.stdout.write(`    FAULT ${this.faults.at(-1)}\n`);
    return false;
  }

  // A measurement for the report.
  note(text) { this.notes.push(text); }

  progress(done, of, more = '') {
    const at = Date.now();
    if (this.isQuiet || (at - this.last < 5000 && done < of)) return;
    this.last = at;
    process.stdout.write(`    ${this.name}: ${done} of ${of}${more ? `, ${more}` : ''}${this.failed ? `, ${this.failed} FAILED` : ''}\n`);
  }
}

export const quantile = (numbers, q) => numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? 0;
