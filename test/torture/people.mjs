// SPDX-License-Identifier: Apache-2.0
// Actors that know what they were told. Each works alone on people and settings of its own, one request at a time; when an answer
// does not come (or is 503) the request may or may not have happened, and both are kept as possible. look() then asks the server
// and says what cannot be: something acknowledged that is missing, or something half made.
import { ids } from '../e2e/harness.mjs';
import { asAdmin, codeOf, dice, isActive, login, must, redeem, refresh, revoke, session, silentPath } from './house.mjs';
import { Wire, now } from './wire.mjs';

const CODE_MS = 30000; // half of what a code lives
const GRACE_MS = 8000; // less than a rotated refresh token may be presented again

const refused = (a) => a.status === 400 && a.body.error === 'invalid_grant';

// A value of which more than one is possible while a request about it is unanswered.
class Known {
  constructor(value) { this.possible = [value]; }
  try(value) { this.possible.push(value); }
  set(value) { this.possible = [value]; }
  may(value) { return this.possible.includes(value); }
  get isSure() { return this.possible.length === 1; }
  get value() { return this.possible.at(-1); }
}

class Person {
  constructor(name, number) {
    Object.assign(this, { number, email: `${name}@example.com`, id: null, families: [], codes: [] });
    this.exists = new Known(false);
    this.name = new Known('first');
    this.password = new Known('a first password');
    this.cookies = null;
    this.isSignedIn = new Known(false);
  }
  get who() { return { email: this.email, password: this.password.value }; }
}

export class Actor {
  constructor(h, number, seed) {
    Object.assign(this, { h, number, dice: dice(seed * 1000 + number), people: [], dirty: new Set(), count: 0, acknowledged: 0, unknown: 0 });
    this.setting = new Known(`Setting ${number}`);
    this.appId = `77777777-7777-4777-8777-${String(number).padStart(12, '0')}`;
    this.wire = new Wire(h.nodes[number % h.nodes.length].port);
  }

  async prepare() {
    const application = { name: this.setting.value, oauthConfiguration: { authorizedRedirectURLs: ['https://client.example/callback'] } };
    must(await this.wire.json('POST', `/api/application/${this.appId}`, { application }, asAdmin), 200, 'an application');
  }

  // A write that makes `known` the value: sure when it is answered, possible when it is not.
  async write(known, value, ask) {
    known.try(value);
    const answer = await this.sure(ask);
    known.set(value);
    return answer;
  }

  // Only 200s and redirects are acknowledgements; 5xx and a cut connection leave the outcome open.
  async sure(ask) {
    const answer = await ask();
    if (answer.status >= 500) throw Object.assign(new Error(`answered ${answer.status}`), { isCut: true, answer });
    if (answer.status !== 200 && answer.status !== 303) throw new Error(`answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    this.acknowledged++;
    return answer;
  }

  pick(fits) { return this.dice.pick(this.people.filter((p) => p.exists.isSure && p.exists.value && !p.isOpen && fits(p))); }

  async create() {
    const person = new Person(`actor${this.number}-${this.count++}`, this.count);
    const id = `88888888-8888-4888-8888-${String(this.number).padStart(4, '0')}${String(this.count).padStart(8, '0')}`;
    this.people.push(person);
    this.dirty.add(person);
    person.id = id;
    await this.write(person.exists, true, () => this.wire.json('POST', `/api/user/registration/${id}`, {
      user: { email: person.email, password: person.password.value, firstName: person.name.value }, registration: { applicationId: ids.app, roles: ['admin'] },
    }, asAdmin));
  }

  async rename(person) {
    await this.write(person.name, `name-${this.count++}`, () => this.wire.json('PATCH', `/api/user/${person.id}`, { user: { firstName: person.name.value } }, asAdmin));
  }

  // Ends the person's grants and sessions in the same set.
  async changePassword(person) {
    const before = person.families.filter((f) => f.isAlive.may(true));
    for (const f of before) f.isAlive.try(false);
    person.isSignedIn.try(false);
    person.linked = before;
    await this.write(person.password, `a password ${this.count++}`, () => this.wire.json('PATCH', `/api/user/${person.id}`, { user: { password: person.password.value } }, asAdmin));
    for (const f of before) f.isAlive.set(false);
    Object.assign(person, { isSignedIn: new Known(false), codes: [], cookies: null });
  }

  async signIn(person) {
    const answer = await this.sure(() => login(this.wire, person.who));
    person.families.push({ token: answer.body.refreshToken, access: answer.body.token, isApi: true, isAlive: new Known(true) });
  }

  async openSession(person) {
    const cookies = await session(this.wire, person.who);
    Object.assign(person, { cookies, isSignedIn: new Known(true) });
    this.acknowledged++;
  }

  async takeCode(person) {
    const answer = await this.sure(() => this.wire.ask('GET', silentPath, person.cookies));
    if (!codeOf(answer)) throw new Error(`no code but ${answer.location}`);
    person.codes.push({ text: codeOf(answer), until: now() + CODE_MS });
  }

  async useCode(person) {
    const { text, until } = person.codes.pop();
    if (now() > until) return;
    person.openCode = text;
    const answer = await this.sure(() => redeem(this.wire, text));
    person.openCode = null;
    person.families.push({ token: answer.body.refresh_token, access: answer.body.access_token, code: text, isAlive: new Known(true) });
  }

  async rotate(person) {
    const family = this.dice.pick(person.families.filter((f) => f.isAlive.isSure && f.isAlive.value));
    if (family) await this.useFamily(family);
  }

  async useFamily(family) {
    family.askedAt = now();
    const answer = await this.sure(() => this.exchange(family));
    family.askedAt = null;
    this.takeAnswer(family, answer);
  }

  exchange(family) {
    return family.isApi ? this.wire.json('POST', '/api/jwt/refresh', { refreshToken: family.token }, asAdmin) : refresh(this.wire, family.token);
  }

  takeAnswer(family, { body }) {
    family.token = body.refreshToken ?? body.refresh_token;
    family.access = body.token ?? body.access_token;
  }

  async endFamily(person) {
    const family = this.dice.pick(person.families.filter((f) => f.isAlive.isSure && f.isAlive.value));
    if (!family) return;
    await this.write(family.isAlive, false, () => (family.isApi
      ? this.wire.ask('DELETE', `/api/jwt/refresh?token=${family.token}`, asAdmin) : revoke(this.wire, family.token)));
  }

  async configure() {
    await this.write(this.setting, `Setting ${this.number} ${this.count++}`, () => this.wire.json('PATCH', `/api/application/${this.appId}`, { application: { name: this.setting.value } }, asAdmin));
  }

  async erase(person) {
    await this.write(person.exists, false, () => this.wire.ask('DELETE', `/api/user/${person.id}?hardDelete=true`, asAdmin));
  }

  // One step of the mix; false when the connection broke or the outcome is unknown. Refusals for now are handed over.
  async step(onRefusal = () => {}) {
    const wishes = [
      [20, () => this.create()], [10, (p) => this.rename(p)], [14, (p) => this.signIn(p)], [26, (p) => this.rotate(p), (p) => p.families.length],
      [8, (p) => this.endFamily(p), (p) => p.families.length], [4, (p) => this.changePassword(p)], [5, () => this.configure()], [6, (p) => this.erase(p)],
      [4, (p) => this.openSession(p)], [8, (p) => this.takeCode(p), (p) => p.isSignedIn.isSure && p.isSignedIn.value && p.password.isSure],
      [8, (p) => this.useCode(p), (p) => p.codes.length && p.isSignedIn.isSure && p.isSignedIn.value],
    ];
    let at = this.dice.below(wishes.reduce((sum, [weight]) => sum + weight, 0));
    const [, act, fits = () => true] = wishes.find(([weight]) => (at -= weight) < 0);
    const person = act.length ? this.pick(fits) : null;
    if (act.length && !person) return true;
    if (person) this.dirty.add(person);
    try {
      await act(person);
      return true;
    } catch (e) {
      if (!e.isCut) throw e;
      this.unknown++;
      if (person) person.isOpen = true; // nothing more of them until they were looked at
      if (e.answer) onRefusal(e.answer);
      return false;
    }
  }

  // What is there against what may be there: after a restart, through any node.
  async look(t, people = [...this.dirty]) {
    const said = (person, what) => () => `actor ${this.number}, ${person.email}: ${what}`;
    const app = must(await this.wire.ask('GET', `/api/application/${this.appId}`, asAdmin), 200, 'the application');
    t.check(this.setting.may(app.application.name), `actor ${this.number}: the setting is ${app.application.name}, may be ${this.setting.possible}`);
    this.setting.set(app.application.name);
    for (const person of people) {
      this.dirty.delete(person);
      person.isOpen = false;
      const found = await this.wire.ask('GET', `/api/user/${person.id}`, asAdmin);
      const byName = await this.wire.ask('GET', `/api/user?email=${person.email}`, asAdmin);
      if (!t.check([200, 404].includes(found.status) && byName.status === found.status, said(person, `found by id ${found.status}, by name ${byName.status}`))) continue;
      const isThere = found.status === 200;
      t.check(person.exists.may(isThere), said(person, isThere ? 'is back after the erasure was acknowledged' : 'is lost'));
      const isOnlyTold = !isThere && !person.exists.isSure;
      person.exists.set(isThere);
      if (isOnlyTold) await this.askAgain(t, person, said);
      if (isThere) await this.lookAtPerson(t, person, found.body.user, said);
      else for (const family of person.families) { family.isAlive = new Known(false); await this.lookAtFamily(t, person, family, said); }
      if (!isThere) this.people.splice(this.people.indexOf(person), 1);
    }
  }

  // An erasure that was refused may have been cut between the key and the rows: asking again, as the answer said, ends the rest.
  async askAgain(t, person, said) {
    const { status } = await this.wire.ask('DELETE', `/api/user/${person.id}?hardDelete=true`, asAdmin);
    t.check([200, 404].includes(status), said(person, `the erasure asked for again was answered ${status}`));
  }

  async lookAtPerson(t, person, user, said) {
    t.check(person.name.may(user.firstName), said(person, `is called ${user.firstName}, may be ${person.name.possible}`));
    person.name.set(user.firstName);
    const membership = user.registrations?.find((r) => r.applicationId === ids.app);
    t.check(membership?.roles.includes('admin'), said(person, 'was half made: no registration'));
    await this.lookAtPassword(t, person, said);
    for (const family of person.families) await this.lookAtFamily(t, person, family, said);
    person.families = person.families.filter((f) => f.isAlive.value || (f.looks = (f.looks ?? 0) + 1) < 3);
    await this.lookAtSession(t, person, said);
  }

  // One password opens, and what ended with the other one has ended if it is the new one.
  async lookAtPassword(t, person, said) {
    const open = [];
    for (const password of new Set(person.password.possible)) if ((await login(this.wire, { email: person.email, password })).status === 200) open.push(password);
    if (!t.check(open.length === 1, said(person, `${open.length} of ${person.password.possible.length} passwords open`))) return;
    const wasChanged = !person.password.isSure && open[0] === person.password.value;
    if (!person.password.isSure) for (const f of person.linked) f.isAlive.set(!wasChanged);
    if (wasChanged) Object.assign(person, { isSignedIn: new Known(false), codes: [], cookies: null });
    else if (!person.password.isSure) person.isSignedIn = new Known(Boolean(person.cookies));
    person.password.set(open[0]);
  }

  async lookAtFamily(t, person, family, said) {
    // Too late to ask again with the same token, if the first time it was heard: that is reuse, which ends the family.
    if (family.askedAt && now() - family.askedAt > GRACE_MS) family.isAlive.try(false);
    family.askedAt = null;
    const answer = await this.exchange(family);
    const isAlive = answer.status === 200;
    if (!t.check(isAlive || answer.status === 400, said(person, `a refresh was answered ${answer.status}`))) return;
    t.check(family.isAlive.may(isAlive), said(person, isAlive ? 'a revoked refresh token is good' : 'a refresh token is lost'));
    const isAccess = await isActive(this.wire, family.access);
    t.check(isAccess === isAlive, said(person, `the access token is ${isAccess ? 'good' : 'dead'}, the refresh token is not; ${person.exists.value ? 'there' : 'erased'}`));
    family.isAlive.set(isAlive);
    if (isAlive) this.takeAnswer(family, answer);
  }

  async lookAtSession(t, person, said) {
    if (!person.cookies) return;
    const given = codeOf(await this.wire.ask('GET', silentPath, person.cookies));
    t.check(person.isSignedIn.may(Boolean(given)), said(person, given ? 'an ended session is alive' : 'a session is lost'));
    person.isSignedIn.set(Boolean(given));
    if (!given) { person.codes = []; person.openCode = null; person.cookies = null; return; }
    for (const { text, until } of person.codes.splice(0).slice(0, 2)) {
      if (now() > until) continue;
      const answer = await redeem(this.wire, text);
      t.check(answer.status === 200, said(person, `a code that was never used was answered ${answer.status}`));
    }
    if (!person.openCode) return;
    const answer = await redeem(this.wire, person.openCode);
    t.check(answer.status === 200 || refused(answer), said(person, `a code that may be used was answered ${answer.status}`));
    t.check(refused(await redeem(this.wire, person.openCode)), said(person, 'a code was good twice'));
    person.openCode = null;
  }
}
