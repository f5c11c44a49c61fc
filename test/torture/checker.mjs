// SPDX-License-Identifier: Apache-2.0
// Judges what clients did and saw. An operation has an object, what was asked, its outcome (ok; no: refused, without effect;
// unknown: perhaps it happened, perhaps at any time later) and when it began and ended on one monotonic clock. There must be an
// order of the operations that each object's rules allow and that keeps what ended before something else began before it.
const { max, min } = Math;
const endOf = (op) => (op.outcome === 'unknown' ? Infinity : op.ended);
const before = (a, b) => endOf(a) < b.began; // a was over when b began
const happened = (op) => op.outcome === 'ok';
const mayHave = (op) => op.outcome !== 'no';

// A register whose every write has a value of its own. The writes and reads of one value lie together in any order that works: a
// zone from the first end to the last beginning. Two such zones must not overlap, and one whose operations all overlap must not
// lie inside of another (P. Gibbons, E. Korach: Testing Shared Memories, 1997).
export const judgeRegister = (ops) => {
  const faults = [];
  const writes = new Map(ops.filter((o) => o.op === 'write').map((o) => [o.value, o]));
  const clusters = new Map();
  for (const op of ops) {
    if (op.op === 'write' && !happened(op)) continue;
    if (op.op === 'read' && op.outcome !== 'ok') continue;
    const write = writes.get(op.value);
    if (!write || write.outcome === 'no') { faults.push(`read ${op.value}, which nobody wrote`); continue; }
    if (op.op === 'read' && op.ended < write.began) faults.push(`read ${op.value} before it was written`);
    if (!clusters.has(op.value)) clusters.set(op.value, [write]);
    if (op !== write) clusters.get(op.value).push(op);
  }
  const zones = [...clusters].map(([value, list]) => ({ value, first: min(...list.map(endOf)), last: max(...list.map((o) => o.began)) }));
  for (const a of zones.filter((z) => z.first < z.last)) {
    for (const b of zones) {
      if (a === b || (b.first < b.last && a.value > b.value)) continue; // each pair once
      if (a.first < max(b.first, b.last) && min(b.first, b.last) < a.last && (b.first < b.last || (a.first < b.last && b.first < a.last))) {
        faults.push(`${a.value} was there both before and after ${b.value}`);
      }
    }
  }
  return faults;
};

// An element that is added once and removed once: absent, present, absent. Refused adds and removes are looks.
export const judgeElement = (ops) => {
  const add = ops.find((o) => o.op === 'add');
  const removes = ops.filter((o) => o.op === 'remove' && mayHave(o));
  const looks = ops.filter((o) => o.op === 'look' && o.outcome === 'ok')
    .concat(ops.filter((o) => o.op === 'remove' && o.outcome === 'no').map((o) => ({ ...o, value: false })));
  const present = looks.filter((o) => o.value);
  const absent = looks.filter((o) => !o.value);
  if (removes.filter(happened).length > 1) return ['removed twice'];
  if (!add || add.outcome === 'no') return present.length || removes.some(happened) ? ['seen, and never added'] : [];
  const sure = removes.find(happened);
  // With an instant for the removal, or none, is there an instant for the addition?
  const works = (remove) => {
    const latestAdd = min(endOf(add), ...present.map((o) => o.ended));
    const earliestEnd = remove ? max(remove.began, ...present.map((o) => o.began)) : Infinity;
    if (latestAdd < add.began || (remove && (earliestEnd > endOf(remove) || endOf(remove) < add.began))) return false;
    if (latestAdd >= earliestEnd) return true; // it may come and go between two looks
    return absent.every((o) => o.began <= latestAdd || o.ended >= earliestEnd);
  };
  const isNever = add.outcome === 'unknown' && !present.length && !sure;
  if (isNever || [...(sure ? [sure] : [null, ...removes])].some(works)) return [];
  return [sure ? 'lost before its removal, or seen after it' : 'lost, or seen before it was added'];
};

// A name that the first who asks gets for good.
export const judgeClaim = (ops) => {
  const claims = ops.filter((o) => o.op === 'claim');
  const looks = ops.filter((o) => o.op === 'look' && o.outcome === 'ok');
  const faults = [];
  const owners = new Set([...claims.filter(happened).map((o) => o.value), ...looks.map((o) => o.value).filter(Boolean)]);
  if (owners.size > 1) faults.push(`has ${owners.size} owners`);
  const possible = claims.filter((o) => mayHave(o) && (!owners.size || owners.has(o.value)));
  for (const o of owners) if (!claims.some((c) => c.value === o && mayHave(c))) faults.push('has an owner who was refused or never asked');
  for (const no of claims.filter((o) => o.outcome === 'no')) {
    if (!possible.some((o) => o.began < no.ended)) faults.push('was refused while it was free');
  }
  const seen = [...claims.filter(happened), ...looks.filter((o) => o.value), ...claims.filter((o) => o.outcome === 'no')];
  for (const none of looks.filter((o) => !o.value)) if (seen.some((o) => before(o, none))) faults.push('was lost');
  for (const look of looks.filter((o) => o.value)) if (!possible.some((o) => o.began < look.ended)) faults.push('was seen before it was claimed');
  return faults;
};

// Something that can be used once.
export const judgeOnce = (ops) => {
  const faults = [];
  const won = ops.filter(happened);
  if (won.length > 1) faults.push(`was used ${won.length} times`);
  for (const no of ops.filter((o) => o.outcome === 'no')) {
    if (!ops.some((o) => mayHave(o) && o.began < no.ended)) faults.push('was refused, and nobody had used it');
    if (won.some((o) => before(no, o))) faults.push('was used after it had been refused');
  }
  return faults;
};

// A family of refresh tokens (docs/decisions/0013): each has one successor, the present one may be asked for again within the grace
// time, an older one ends the family, and an end is an end.
export const judgeFamily = (ops, graceMs = 10000) => {
  const faults = [];
  const refreshes = ops.filter((o) => o.op === 'refresh');
  const next = new Map();
  for (const o of refreshes.filter(happened)) {
    if (next.has(o.token) && next.get(o.token) !== o.value) faults.push('has two lines of successors');
    next.set(o.token, o.value);
  }
  // Whether the presented token may have been too old at some time before `by`: its successor was presented, or the grace was over.
  const mayBeOld = (token, by) => {
    const uses = refreshes.filter((o) => o.token === next.get(token) && mayHave(o));
    const rotations = refreshes.filter((o) => o.token === token && mayHave(o));
    return uses.some((o) => o.began < by) || rotations.some((o) => o.began + graceMs < by)
      || (!next.has(token) && rotations.some((o) => o.outcome === 'unknown' && o.began < by));
  };
  const enders = ops.filter((o) => (o.op === 'revoke' && mayHave(o)) || (o.op === 'refresh' && !happened(o) && mayBeOld(o.token, endOf(o))));
  const ends = ops.filter((o) => (o.op === 'revoke' && happened(o)) || (o.op === 'refresh' && o.outcome === 'no') || (o.op === 'look' && o.outcome === 'ok' && !o.value));
  const lives = ops.filter((o) => (o.op === 'refresh' && happened(o)) || (o.op === 'look' && o.outcome === 'ok' && o.value));
  for (const end of ends.filter((o) => o.op !== 'revoke')) {
    if (!enders.some((o) => o.began < end.ended)) faults.push('was ended, and nothing had ended it');
  }
  if (ends.some((end) => lives.some((life) => before(end, life)))) faults.push('was alive after its end');
  for (const o of refreshes.filter(happened)) {
    if (refreshes.some((n) => happened(n) && n.token === o.value && before(n, o))) faults.push('gave a successor for a token two steps old');
  }
  return [...new Set(faults)];
};

const judges = { register: judgeRegister, element: judgeElement, claim: judgeClaim, once: judgeOnce, family: judgeFamily };

// All objects of a history: a list of faults, each with the object's name. Objects are judged one by one: whether there is an order
// for the whole follows from there being one for each (M. Herlihy, J. Wing: Linearizability, 1990, theorem 1).
export const judge = (history) => {
  const objects = new Map();
  for (const op of history) {
    const name = `${op.kind} ${op.object}`;
    if (!objects.has(name)) objects.set(name, []);
    objects.get(name).push(op);
  }
  return [...objects].map(([name, ops]) => ({ name, ops, faults: judges[ops[0].kind](ops) }));
};
