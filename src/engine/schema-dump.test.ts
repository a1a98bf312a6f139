import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '#tests/database.ts'
import { dumpSchema } from './schema-dump.ts'

test('database/schema.sql is what the migrations make', async () => {
  const db = await testDatabase()
  try {
    const written = await readFile(join(import.meta.dirname, '..', '..', 'database', 'schema.sql'), 'utf8')
    assert.equal(written, await dumpSchema(db.owner), 'renew it with: node src/engine/schema-dump.ts')
  } finally {
    await db.drop()
  }
})

test('every table of ours says in the schema what it is for', async () => {
  const db = await testDatabase()
  try {
    const rows = await db.owner<{ name: string }[]>`
      select format('%s.%s', nspname, relname) as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where relkind in ('r', 'p') and nspname !~ '^pg_' and nspname not in ('information_schema', 'jobs')
        and obj_description(c.oid, 'pg_class') is null
      order by 1`
    assert.deepEqual(
      rows.map((row) => row.name),
      [],
      'add: comment on table … is …',
    )
  } finally {
    await db.drop()
  }
})
