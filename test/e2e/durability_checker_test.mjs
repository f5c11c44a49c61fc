// SPDX-License-Identifier: Apache-2.0
// The judge of histories judged: each anomaly by a history made by hand, each neighbour of it that is allowed, and random histories
// of a store that is correct by construction.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeClaim, judgeElement, judgeFamily, judgeOnce, judgeRegister } from '../torture/checker.mjs';
import { dice } from '../torture/house.mjs';

// "write a 0-10", "read a 12-14", "write? b 3-" (unknown), "write! c 1-2" (refused): one operation.
const parse = (text) => {
  const [, op, mark, rest, began, ended] = /^(\w+)([?!]?)((?: [^ ]+)*) (\d+)-(\d*)$/.exec(text);
  const [first, second] = rest.trim().split(' ');
  const outcome = { '': 'ok', '?': 'unknown', '!': 'no' }[mark];
  const value = { yes: true, no: false, none: null }[first] ?? (first === 'none' || first === 'no' ? { none: null, no: false }[first] : first);
  return { op, outcome, token: first, value: op === 'refresh' ? second : value, began: Number(began), ended: ended === '' ? Number(began) + 1 : Number(ended) };
};
const history = (...lines) => lines.map(parse);

const cases = {
  register: [judgeRegister, {
    'a read sees the last write': [[], 'write a 0-1', 'read a 2-3', 'write b 4-5', 'read b 6-7'],
    'a read beside a write sees either': [[], 'write a 0-1', 'write b 2-9', 'read a 3-4', 'read b 5-6'],
    'a stale read': [/both before and after/, 'write a 0-1', 'write b 2-3', 'read a 4-5', 'read b 6-7'],
    'a stale read, and no other': [/both before and after/, 'write a 0-1', 'write b 2-3', 'read a 4-5'],
    'reads that go back': [/both before and after/, 'write a 0-1', 'write b 2-20', 'read b 3-4', 'read a 5-6'],
    'a lost write': [/both before and after/, 'write a 0-1', 'write b 2-3', 'read a 9-10'],
    'a read of what nobody wrote': [/nobody wrote/, 'write a 0-1', 'read x 2-3'],
    'a refused write that is seen': [/nobody wrote/, 'write a 0-1', 'write! b 2-3', 'read b 4-5'],
    'a read before its write': [/before it was written/, 'write a 0-1', 'read b 2-3', 'write b 4-5'],
    'an unknown write that did not happen': [[], 'write a 0-1', 'write? b 2-', 'read a 9-10'],
    'an unknown write that happened late': [[], 'write a 0-1', 'write? b 2-', 'read a 9-10', 'read b 11-12'],
    'an unknown write that came and went': [/both before and after/, 'write a 0-1', 'write? b 2-', 'read b 4-5', 'read a 9-10'],
    'two orders for two readers': [/both before and after/, 'write a 0-9', 'write b 0-9', 'read a 10-11', 'read b 12-13', 'read a 14-15'],
  }],
  element: [judgeElement, {
    'added, seen, removed, gone': [[], 'look no 0-1', 'add 2-3', 'look yes 4-5', 'remove 6-7', 'look no 8-9'],
    'seen while it is added': [[], 'add 2-9', 'look no 3-4', 'look yes 5-6'],
    'lost after it was acknowledged': [/lost/, 'add 2-3', 'look no 4-5'],
    'seen and lost': [/lost/, 'add 2-9', 'look yes 3-4', 'look no 5-6'],
    'back after its removal': [/seen after/, 'add 2-3', 'remove 4-5', 'look yes 6-7'],
    'seen before it was added': [/before it was added/, 'look yes 0-1', 'add 2-3'],
    'seen, and refused': [/never added/, 'add! 2-3', 'look yes 4-5'],
    'an unknown addition, never seen': [[], 'add? 2-', 'look no 9-10'],
    'an unknown addition, seen and lost': [/lost/, 'add? 2-', 'look yes 4-5', 'look no 9-10'],
    'an unknown removal, late': [[], 'add 2-3', 'remove? 4-', 'look yes 9-10', 'look no 11-12'],
    'an unknown removal that is taken back': [/lost/, 'add 2-3', 'remove? 4-', 'look no 9-10', 'look yes 11-12'],
    'removed twice': [/twice/, 'add 2-3', 'remove 4-5', 'remove 6-7'],
    'a removal that found nothing': [/lost/, 'add 2-3', 'remove! 4-5'],
  }],
  claim: [judgeClaim, {
    'one wins': [[], 'claim a 0-5', 'claim! b 1-4', 'look a 6-7'],
    'two win': [/2 owners/, 'claim a 0-5', 'claim b 1-4'],
    'two win, one unknown': [/2 owners/, 'claim a 0-5', 'claim? b 1-', 'look b 6-7'],
    'the unknown one won': [[], 'claim? a 0-', 'claim! b 6-7', 'look a 8-9'],
    'nobody won': [/while it was free/, 'claim! a 0-5', 'claim! b 1-4'],
    'refused before anyone else asked': [/while it was free/, 'claim! a 0-1', 'claim b 2-3'],
    'lost': [/lost/, 'claim a 0-1', 'look none 2-3'],
    'the refused one owns it': [/refused or never/, 'claim! a 0-3', 'claim? b 1-', 'look a 5-6'],
  }],
  once: [judgeOnce, {
    'one uses it': [[], 'use 0-5', 'use! 1-4'],
    'two use it': [/2 times/, 'use 0-5', 'use 1-4'],
    'an unknown use': [[], 'use? 0-', 'use! 4-5'],
    'nobody used it': [/nobody had used it/, 'use! 0-1', 'use! 2-3'],
    'used after a refusal': [/after it had been refused/, 'use? 0-', 'use! 1-2', 'use 3-4'],
  }],
  family: [judgeFamily, {
    'one line': [[], 'refresh a b 0-1', 'refresh b c 2-3', 'look yes 4-5'],
    'a retry in the grace time': [[], 'refresh a b 0-1', 'refresh a b 2-3', 'refresh b c 4-5'],
    'two lines': [/two lines/, 'refresh a b 0-1', 'refresh a x 2-3'],
    'reuse ends it': [[], 'refresh a b 0-1', 'refresh b c 2-3', 'refresh! a 4-5', 'refresh! c 6-7', 'look no 8-9'],
    'alive after reuse': [/alive after/, 'refresh a b 0-1', 'refresh b c 2-3', 'refresh! a 4-5', 'refresh c d 6-7'],
    'alive after its revocation': [/alive after/, 'refresh a b 0-1', 'revoke 2-3', 'refresh b c 4-5'],
    'an access token alive after its revocation': [/alive after/, 'revoke 2-3', 'look yes 4-5'],
    'a refresh beside a revocation': [[], 'revoke 2-9', 'refresh a b 3-4', 'refresh! b 10-11'],
    'a lost family': [/nothing had ended it/, 'refresh a b 0-1', 'refresh! b 2-3'],
    'a lost family, by its access token': [/nothing had ended it/, 'refresh a b 0-1', 'look no 2-3'],
    'two steps old and good': [/two steps old/, 'refresh a b 0-1', 'refresh b c 2-3', 'refresh a b 4-5'],
    'an unknown revocation that happened': [[], 'refresh a b 0-1', 'revoke? 2-', 'refresh! b 4-5'],
    'an unknown reuse that happened': [[], 'refresh a b 0-1', 'refresh b c 2-3', 'refresh? a 4-', 'refresh! c 6-7'],
    'too late for the grace time': [[], 'refresh a b 0-1', 'refresh! a 20000-20001'],
  }],
};

describe('the judge of histories', () => {
  for (const [kind, [judge, rows]] of Object.entries(cases)) {
    for (const [name, [want, ...lines]] of Object.entries(rows)) {
      test(`${kind}: ${name}`, () => {
        const faults = judge(history(...lines));
        if (want instanceof RegExp) assert.ok(faults.some((f) => want.test(f)), `${want} in ${JSON.stringify(faults)}`);
        else assert.deepEqual(faults, want);
      });
    }
  }

  test('random histories of a register that is correct are clean, and of one that forgets are not', () => {
    const d = dice(5);
    // Each operation takes effect at an instant between its beginning and its end; the forgetful one sometimes shows the value before.
    const make = (forgets) => {
      const ops = [{ op: 'write', outcome: 'ok', value: 'v0', began: -2, ended: -1 }];
      const acts = Array.from({ length: 60 }, (_, i) => {
        const at = d.next() * 100;
        return { at, op: d.chance(0.3) ? 'write' : 'read', began: at - d.next() * 8, ended: at + d.next() * 8, name: `v${i + 1}` };
      }).sort((a, b) => a.at - b.at);
      let value = 'v0', last = 'v0';
      for (const a of acts) {
        if (a.op === 'write') { last = value; value = a.name; }
        const isUnknown = a.op === 'write' && d.chance(0.2);
        ops.push({ op: a.op, outcome: isUnknown ? 'unknown' : 'ok', value: a.op === 'read' && forgets && d.chance(0.2) ? last : value, began: a.began, ended: a.ended });
      }
      return ops;
    };
    for (let i = 0; i < 300; i++) assert.deepEqual(judgeRegister(make(false)), []);
    let found = 0;
    for (let i = 0; i < 300; i++) found += judgeRegister(make(true)).length > 0;
    assert.ok(found > 200, `${found} of 300 were found`);
  });
});
