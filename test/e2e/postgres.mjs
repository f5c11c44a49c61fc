// SPDX-License-Identifier: Apache-2.0
// PostgreSQL for tests: one server for a run (tools/test hands it down) or one of a test's own, and fresh databases on it.
// The server lives in test/io/db/with_postgres, which removes it when the pipe to it closes: also when node is killed.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const WITH = new URL('../io/db/with_postgres', import.meta.url).pathname;
const names = ['CARDEA_TEST_POSTGRES', 'CARDEA_TEST_POSTGRES_DIR', 'CARDEA_TEST_POSTGRES_CTL', 'CARDEA_TEST_POSTGRES_BIN'];
const run = promisify(execFile);
const STANDBY_PORT = 5433;
let shared = null;
let count = 0;

export class Postgres {
  constructor([uri, dir, ctl, bin], child = null) { Object.assign(this, { base: uri, dir, ctlPath: ctl, bin, child }); }

  // The run's server; stand-alone, one for this process.
  static shared() {
    shared ??= process.env.CARDEA_TEST_POSTGRES ? Promise.resolve(new Postgres(names.map((n) => process.env[n]))) : Postgres.own();
    return shared;
  }

  // A server nobody else uses, for tests that stop and kill it. options: as on postgres' command line, such as '-c fsync=off'.
  static async own(options = '') {
    const env = { ...process.env, CARDEA_TEST_POSTGRES: '', CARDEA_TEST_POSTGRES_OPTIONS: options };
    const child = spawn(WITH, ['sh', '-c', `printf '%s\\n' ${names.map((n) => `"$${n}"`).join(' ')} end; exec cat >/dev/null`], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    for await (const part of child.stdout.iterator({ destroyOnReturn: false })) {
      text += part;
      if (text.endsWith('end\n')) break;
    }
    if (!text.endsWith('end\n')) throw new Error('PostgreSQL did not start');
    for (const part of [child, child.stdin, child.stdout]) part.unref();
    return new Postgres(text.split('\n'), child);
  }

  async end() {
    if (!this.child) return;
    this.child.ref();
    const ended = new Promise((r) => { this.child.once('exit', r); });
    this.child.stdin.end();
    await ended;
  }

  // A copy of the server that follows it, read-only, on the same folder's other socket: { log, promote(), stop(signal) }.
  // It ends with this process.
  async standby(...options) {
    const { uid, gid } = statSync(this.dir);
    const as = process.getuid() === 0 ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
    const alone = (program, ...args) => ['setpriv', ['--pdeathsig', 'INT', ...as, join(this.bin, program), ...args], { cwd: '/' }];
    const data = join(this.dir, 'standby');
    await run(...alone('pg_basebackup', '-h', this.dir, '-U', 'cardea', '-D', data, '-R', '-c', 'fast', '-N'));
    const [program, args, where] = alone('postgres', '-D', data, '-p', String(STANDBY_PORT), ...options);
    const standby = Object.assign(new Postgres([null, this.dir, null, this.bin], spawn(program, args, { ...where, stdio: ['ignore', 'ignore', 'pipe'] })), { log: '', isStandby: true });
    standby.child.stderr.on('data', (d) => { standby.log += d; });
    for (let tries = 0; !standby.log.includes('accept read-only connections'); tries++) {
      if (tries > 1000 || standby.child.exitCode !== null) throw new Error(`no standby:\n${standby.log}`);
      await new Promise((r) => { setTimeout(r, 10); });
    }
    standby.promote = () => run(...alone('pg_ctl', 'promote', '-w', '-s', '-D', data));
    standby.stop = async (signal = 'SIGINT') => {
      const ended = standby.child.exitCode === null && standby.child.signalCode === null ? once(standby.child, 'exit') : null;
      standby.child.kill(signal);
      await ended;
    };
    return standby;
  }

  uri(database, more = this.isStandby ? `&port=${STANDBY_PORT}` : '') { return `postgresql://cardea@/${database}?host=${this.dir}${more}`; }

  // Runs SQL, gives the rows as text: columns by |, rows by newline.
  async sql(text, database = 'postgres') {
    const { stdout } = await run(join(this.bin, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', this.uri(database), '-c', text], { maxBuffer: 1 << 28 });
    return stdout.trim();
  }

  sqlNow(text, database = 'postgres') {
    return execFileSync(join(this.bin, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', this.uri(database), '-c', text], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  }

  // A database whose own collation orders otherwise than bytes do, as an operator's may.
  async create() {
    const name = `t${process.pid}_${++count}`;
    await this.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C.UTF-8'`);
    return name;
  }

  drop(name) { return this.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`); }

  // ctl('stop', '-m', 'immediate'), ctl('start'): the server as a whole.
  ctl(...args) { return run(this.ctlPath, args); }

  // What the server has on disk of a database, and the logs it shares with others.
  files(database) {
    this.sqlNow('CHECKPOINT');
    const data = join(this.dir, 'data');
    const oid = this.sqlNow(`SELECT oid FROM pg_database WHERE datname = '${database}'`);
    const found = [{ name: 'log', bytes: readFileSync(join(this.dir, 'log')) }];
    for (const folder of [join('base', oid), 'pg_wal']) {
      for (const entry of readdirSync(join(data, folder), { withFileTypes: true })) {
        if (entry.isFile()) found.push({ name: join(folder, entry.name), bytes: readFileSync(join(data, folder, entry.name)) });
      }
    }
    return found;
  }

  // Rows in all tables.
  async rows(database) {
    const count = "(xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', schemaname, relname), false, true, '')))[1]::text::bigint";
    // Without what jobs of the house write in their own time: leases, the chain of audit entries, counters.
    return Number(await this.sql(`SELECT sum(${count}) FROM pg_stat_user_tables WHERE relname NOT IN ('job', 'audit_head', 'tally', 'counter', 'active')`, database));
  }

  // A copy of the data without the keys, as a backup holds it, and that copy put back.
  async dump(database) {
    const { stdout } = await run(join(this.bin, 'pg_dump'), ['--exclude-schema=cardea_keys', this.uri(database)], { maxBuffer: 1 << 28 });
    return stdout;
  }

  async restore(database, text) {
    const schemas = (await this.sql("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'cardea_keys')", database)).split('\n');
    const made = schemas.map((s) => `DROP SCHEMA ${s} CASCADE;${s === 'public' ? ' CREATE SCHEMA public;' : ''}`).join('\n');
    const child = spawn(join(this.bin, 'psql'), ['-Xq', '-v', 'ON_ERROR_STOP=1', '-1', this.uri(database)], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(`SET client_min_messages = error;\n${made}\n${text}`);
    const code = await new Promise((r) => { child.once('exit', r); });
    if (code !== 0) throw new Error(`the dump could not be put back: ${code}`);
  }
}
