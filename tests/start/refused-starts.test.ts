/**
 * Goal: whatever is wrong with a start is said in one plain sentence that tells what to do, the exit code is 1, and
 * nothing is left half made. Method: the real command with each mistake a landlord's technician can make.
 */
import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/base.ts'
import { connect, startPostgres } from '#engine/engine.ts'
import { begin, copyOfProgram, newPlace, type Place, runToEnd, saysOnly } from './overt.ts'

describe('before anything is made', () => {
  let place: Place
  before(async () => {
    place = await newPlace()
  })
  after(() => place.remove())

  const refusedUntouched = async (env: NodeJS.ProcessEnv, words: RegExp, from?: string): Promise<void> => {
    saysOnly(await runToEnd(place, { env, ...(from === undefined ? {} : { from }) }), words)
    const left = (await readdir(place.folder)).filter((name) => name === 'home' || name === 'keyring')
    assert.deepEqual(left, [], 'something was made all the same')
  }

  test('a port that is no port', () =>
    refusedUntouched({ OVERT_PORT: 'eighty' }, /^OVERT_PORT is "eighty"\. Give a number from 0 to 65535\.$/))
  test('a keyring inside the home', () =>
    refusedUntouched(
      { OVERT_KEYRING: join(place.home, 'keyring') },
      /^OVERT_KEYRING \(.*\) lies inside OVERT_HOME .*choose a folder outside it\.$/,
    ))
  test('only one of the two database addresses, whichever', async () => {
    const words = /^Set both DATABASE_URL .* and DATABASE_OWNER_URL .*, or neither\.$/
    await refusedUntouched({ DATABASE_URL: 'postgresql://overt@127.0.0.1:1/overt' }, words)
    await refusedUntouched({ DATABASE_OWNER_URL: 'postgresql://overt@127.0.0.1:1/overt' }, words)
  })
  test('a home that cannot be written to, and a keyring that cannot', async () => {
    await writeFile(join(place.folder, 'file'), 'no folder')
    const inFile = join(place.folder, 'file', 'home')
    await refusedUntouched({ OVERT_HOME: inFile }, /^Overt can't write to .*file\/home.* OVERT_HOME/)
  })
  test('a pack with a mistake is named with file, line and what is wrong', async () => {
    const from = await copyOfProgram(join(place.folder, 'program'))
    const policy = join(from, 'policies', 'derby-homes', '2025-06-11', 'policy.yaml')
    const text = await readFile(policy, 'utf8')
    const line = text.split('\n').findIndex((one) => one.includes('maxDays: { value: 28,')) + 1
    assert.ok(line > 0, 'the pack no longer says 28 days')
    await writeFile(policy, text.replace('maxDays: { value: 28,', 'maxDays: { value: many,'))
    const ended = await runToEnd(place, { from })
    assert.equal(ended.code, 1)
    assert.match(ended.err, new RegExp(`derby-homes/2025-06-11/policy\\.yaml:${line}\\b.*`))
    assert.deepEqual(
      (await readdir(place.folder)).filter((name) => name === 'home'),
      [],
      'a home was made all the same',
    )
  })
})

describe('a home that is there already', () => {
  let place: Place
  before(async () => {
    place = await newPlace()
    await mkdir(place.home)
  })
  after(() => place.remove())

  test('of a newer Overt, or damaged, is left as it is', async () => {
    const file = join(place.home, 'home.json')
    for (const [text, words] of [
      ['{"v":2,"id":"x"}', /made by another version of Overt \(home version 2; this one knows 1\)/],
      ['{"v":1,"id":', /home\.json is damaged.*backup/],
      ['{"v":1}', /home\.json is damaged.*backup/],
    ] as const) {
      await writeFile(file, text)
      saysOnly(await runToEnd(place), words)
      assert.equal(await readFile(file, 'utf8'), text)
      assert.deepEqual(await readdir(place.home), ['home.json'])
    }
  })
})

describe('a home that has run', () => {
  let place: Place
  let from: string
  before(async () => {
    place = await newPlace()
    from = await copyOfProgram(join(place.folder, 'program'))
    // Killed while it was being made: the next start goes on with what is there.
    await mkdir(join(place.home, 'keys'), { recursive: true })
    await (await begin(place, { from })).stop()
  })
  after(() => place.remove())

  test('says so when another program has its port, and starts when that is gone', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as { port: number }
    saysOnly(
      await runToEnd(place, { from, env: { OVERT_PORT: String(port) } }),
      new RegExp(
        `^Another program already uses port ${port} of 127\\.0\\.0\\.1\\. Stop it, or set OVERT_PORT`,
      ),
    )
    await new Promise((closed) => other.close(closed))
    const running = await begin(place, { from, env: { OVERT_PORT: String(port) } })
    assert.equal(running.url, `http://127.0.0.1:${port}`)
    await running.stop()
  })

  test('says why its recorder cannot start, and does not call itself ready without one', async () => {
    saysOnly(
      await runToEnd(place, { from, env: { OVERT_CAMERA_NETWORKS: '10.0.0.0/8,the shed' } }),
      /^"the shed" is not a network\. Write it like 192\.168\.1\.0\/24\.$/,
    )
  })

  test('is refused without its keyring, which may only be elsewhere', async () => {
    saysOnly(
      await runToEnd({ home: place.home, keyring: join(place.folder, 'other-keyring') }, { from }),
      /^the keyring is lost: .* Check OVERT_KEYRING/,
    )
  })

  test('is refused when a file of the database that was applied has been altered', async () => {
    const file = join(from, 'database', '000020_people.sql')
    const text = await readFile(file, 'utf8')
    await appendFile(file, '\n-- altered\n')
    saysOnly(await runToEnd(place, { from }), /^000020_people\.sql has been altered since/)
    await writeFile(file, text)
  })

  test('is refused by an older program: the database is newer', async () => {
    const pg = await startPostgres({ home: place.home, log: silentLog })
    const owner = connect(pg.ownerUrl, { max: 1, log: silentLog })
    await owner`insert into engine.migration (number, name, sha256) values (900001, '900001_later_thing.sql', 'x')`
    await owner.end()
    await pg.close()
    saysOnly(
      await runToEnd(place, { from }),
      /^This database was made by a newer Overt: it has 900001_later_thing\.sql/,
    )
  })
})
