/**
 * An estate of thousands of cameras and a ledger of a million entries, for the pages benchmark. What the demo made through
 * people's own doors is copied by SQL: every row that hangs on one camera and its authorisation, with new ids, so that
 * each camera has what a real one has. Ledger entries go in before the sequencer, which numbers and signs them as ever.
 */
import { newId } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'

const camerasPerSystem = 4
/** Small enough to be one comfortable statement. */
const entriesAtOnce = 50_000
/** A million of them fill the ten months before. */
const apartMs = 26_000

type Column = { readonly column: string; readonly kind: string }

/** The columns of a table that can be written. */
async function columnsOf(sql: Sql, schema: string, table: string): Promise<readonly Column[]> {
  return await sql<Column[]>`
    select column_name as column, udt_name as kind from information_schema.columns
    where table_schema = ${schema} and table_name = ${table} and is_generated = 'NEVER'`
}

/** Every table of a schema that says of which deployment its rows are. */
async function tablesOfDeployments(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ table: string }[]>`
    select table_name as table from information_schema.columns
    where table_schema = 'authorisation' and column_name = 'deployment_id' order by table_name`
  return rows.map(({ table }) => table)
}

/**
 * Copies the rows of a table that `picked` names, one for each row of bench.copy, with the columns of `over` taken from it.
 * @param over column of the table → SQL over `n`, the row of bench.copy
 */
async function copyRows(
  sql: Sql,
  [schema, table]: readonly [string, string],
  picked: string,
  over: Readonly<Record<string, string>>,
): Promise<void> {
  const columns = (await columnsOf(sql, schema, table)).map(({ column }) => column)
  const list = columns.map((column) => `"${column}"`).join(', ')
  const values = columns.map((column) => over[column] ?? `t."${column}"`).join(', ')
  await sql.unsafe(
    `insert into ${schema}."${table}" (${list}) select ${values} from ${schema}."${table}" t cross join bench.copy n where ${picked}`,
  )
}

/** @returns the ids of the copied cameras */
export async function makeCameras(sql: Sql, deployment: string, count: number): Promise<readonly string[]> {
  const [of] = await sql<{ camera: string; system: string; site: string }[]>`
    select camera_id as camera, system_id as system, site_id as site
    from authorisation.deployment where id = ${deployment}`
  await sql`create schema bench`
  await sql`
    create table bench.copy as
    select n, gen_random_uuid() as camera, gen_random_uuid() as deployment,
      first_value(fresh) over (partition by (n - 1) / ${camerasPerSystem} order by n) as site,
      first_value(other) over (partition by (n - 1) / ${camerasPerSystem} order by n) as system,
      (n - 1) % ${camerasPerSystem} = 0 as first
    from (select n, gen_random_uuid() as fresh, gen_random_uuid() as other from generate_series(1, ${count}::int) n)`
  const first = (id: string) => `t.id = '${id}' and n.first`
  await copyRows(sql, ['register', 'site'], first(of!.site), {
    id: 'n.site',
    name: `'Example Court ' || n.n`,
    address: `array[n.n || ' Example Road', 'Derby', 'DE1 1AA']`,
  })
  await copyRows(sql, ['register', 'system'], first(of!.system), {
    id: 'n.system',
    site_id: 'n.site',
    name: `'Court system ' || n.n`,
  })
  await copyRows(sql, ['register', 'camera'], `t.id = '${of!.camera}'`, {
    id: 'n.camera',
    system_id: 'n.system',
    label: `'Landing ' || n.n`,
  })
  await copyRows(sql, ['authorisation', 'deployment'], `t.id = '${deployment}'`, {
    id: 'n.deployment',
    camera_id: 'n.camera',
    system_id: 'n.system',
    site_id: 'n.site',
    reference: `'D-2025-' || lpad(n.n::text, 5, '0')`,
  })
  for (const table of await tablesOfDeployments(sql)) {
    await copyRows(sql, ['authorisation', table], `t.deployment_id = '${deployment}'`, {
      id: 'gen_random_uuid()',
      deployment_id: 'n.deployment',
      camera_id: 'n.camera',
    })
  }
  await copyRows(sql, ['footage', 'camera_state'], `t.camera_id = '${of!.camera}'`, { camera_id: 'n.camera' })
  const rows = await sql<{ camera: string }[]>`select camera from bench.copy order by n`
  return rows.map(({ camera }) => camera)
}

/**
 * Puts so many entries before the sequencer, each like one that is there already, about one of the cameras and over the
 * year gone by, and waits until all are numbered and signed.
 */
export async function makeEntries(
  sql: Sql,
  count: number,
  tell: (numbered: number) => void,
  wait: () => Promise<unknown>,
): Promise<void> {
  const [sample] = await sql<{ leaf: string; id: string; camera: string }[]>`
    select leaf, id, leaf::jsonb -> 'about' ->> 'camera' as camera from ledger.entry
    where kind like 'mandate.%' and leaf::jsonb -> 'about' ? 'camera' order by number limit 1`
  const [size] = await sql<{ size: string }[]>`select size from ledger.log order by id desc limit 1`
  const [copies] = await sql<{ n: number }[]>`select count(*)::int as n from bench.copy`
  const nowMs = Date.now()
  const [before, after] = sample!.leaf.split(/"at":\d+/) as [string, string]
  const of = (part: string): string => part.replaceAll('%', '%%')
  const form = `${of(before)}"at":%1$s${of(after)}`
    .replaceAll(sample!.id, '%2$s')
    .replaceAll(sample!.camera, '%3$s')
  for (let made = 0; made < count; made += entriesAtOnce) {
    await sql`
      insert into ledger.pending (id, leaf)
      select fresh, format(${form}, ${nowMs}::bigint - ${apartMs}::bigint * (${count - made}::int - n), fresh, camera)
      from (
        select gen.n, gen_random_uuid() as fresh, c.camera
        from generate_series(0, least(${entriesAtOnce}, ${count - made}::int) - 1) as gen (n)
        join bench.copy c on c.n = 1 + gen.n % ${copies!.n}::int) made`
  }
  for (;;) {
    const [log] = await sql<{ size: string }[]>`select size from ledger.log order by id desc limit 1`
    tell(Number(log!.size))
    if (Number(log!.size) >= Number(size!.size) + count) return
    await wait()
  }
}

/** A person's work: many copies of one open task, each about another camera's deployment. */
export async function makeTasks(sql: Sql, count: number): Promise<void> {
  await copyRows(
    sql,
    ['casework', 'task'],
    `t.id = (select id from casework.task where closed_at is null and provider = 'derby-homes' limit 1) and n.n <= ${count}`,
    {
      id: 'gen_random_uuid()',
      about: `jsonb_build_object('deployment', n.deployment::text)`,
      key: `jsonb_build_object('deployment', n.deployment::text)::text`,
      roles: `array['asb-manager']`,
      person_id: 'null',
    },
  )
}

/** A table of its own that one indexed query reads: what a page cannot be faster than. */
export async function makeBare(sql: Sql): Promise<void> {
  await sql`create table bench.bare (id uuid primary key, words text not null)`
  await sql`insert into bench.bare select camera, 'Landing ' || n from bench.copy`
  await sql`insert into bench.bare values (${newId(Date.now())}, 'one more')`
  await sql`analyze`
}
