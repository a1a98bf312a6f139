import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { manualClock } from './clock.ts'
import { homeClock, lockFolder, moveDemoClock, openHome } from './home.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-home-'))
})
after(() => rm(folder, { recursive: true }))

test('a home stays what it was born as', async () => {
  const demo = await openHome(join(folder, 'demo'), 'demo', 1)
  assert.equal((await openHome(join(folder, 'demo'), 'demo', 2)).id, demo.id)
  await assert.rejects(openHome(join(folder, 'demo'), 'landlord', 2), /stays a demo/)
  await openHome(join(folder, 'real'), 'landlord', 1)
  await assert.rejects(openHome(join(folder, 'real'), 'demo', 2), /belongs to a landlord/)
})

test("a demo's clock moves forward in every process, and never back", async () => {
  const home = await openHome(join(folder, 'moving'), 'demo', 1)
  const inner = manualClock(1_000)
  const clock = homeClock(home, inner)
  assert.equal(clock.nowMs(), 1_000)
  await moveDemoClock(home, 86_400_000)
  inner.advance(1_000)
  assert.equal(clock.nowMs(), 86_402_000)
  await assert.rejects(moveDemoClock(home, -1), /only moves forward/)
})

test("a landlord's clock can't be moved, even by writing the demo's file into its folder", async () => {
  const home = await openHome(join(folder, 'still'), 'landlord', 1)
  await writeFile(join(home.path, 'demo-clock'), '99999999')
  assert.equal(homeClock(home, manualClock(5)).nowMs(), 5)
  await assert.rejects(moveDemoClock(home, 1), /Only a demo/)
})

test('a folder has one owner; a lock left by a killed process is taken over', async () => {
  const release = lockFolder(folder, 'recorder')
  assert.throws(() => lockFolder(folder, 'recorder'), /already runs/)
  release()
  lockFolder(folder, 'recorder')()
  const program = `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'home.ts'))}
lockFolder(${JSON.stringify(folder)}, 'hub'); process.stdout.write('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  assert.throws(() => lockFolder(folder, 'hub'), new RegExp(`process ${child.pid}`))
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockFolder(folder, 'hub')()
})
