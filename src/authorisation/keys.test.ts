import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { manualClock } from '#base/base.ts'
import { signWithdrawal, verifyWithdrawal } from '#formats/mandate/mandate.ts'
import { openHubKeys } from './keys.ts'

const day = 86_400_000
const noon = Date.parse('2026-11-22T12:00:00Z')
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-keys-'))
})
after(async () => {
  await rm(folder, { recursive: true, force: true })
})

const withdrawal = {
  v: 1 as const,
  camera: 'camera',
  recorder: 'recorder',
  mandate: 'mandate',
  counter: 2,
  endedMs: noon,
  cause: 'stopped',
}

test('two askers at once get the same key, and so does the next start', async () => {
  const clock = manualClock(noon)
  const keys = await openHubKeys(folder, clock)
  const [one, two] = await Promise.all([keys.signing(), keys.signing()])
  assert.equal(one.signer.kid, two.signer.kid)
  const again = await openHubKeys(folder, clock)
  assert.equal(again.rootKey, keys.rootKey)
  assert.equal((await again.signing()).signer.kid, one.signer.kid)
})

test('a key near its end is replaced, and what the old one signed is still obeyed', async () => {
  const clock = manualClock(noon)
  const keys = await openHubKeys(folder, clock)
  const old = await keys.signing()
  const jws = signWithdrawal(withdrawal, old.signer)
  clock.set(noon + 341 * day)
  const fresh = await keys.signing()
  assert.notEqual(fresh.signer.kid, old.signer.kid)
  const result = verifyWithdrawal({
    jws,
    certificate: old.certificate,
    rootKey: keys.rootKey,
    nowMs: clock.nowMs() + 35 * day,
    lastCounter: 0,
    recorder: 'recorder',
  })
  assert.equal(result.ok, true)
})

test('key files are for their owner alone, and a bent one is refused with its path', async () => {
  for (const name of await readdir(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
  await writeFile(join(folder, 'signing.json'), '{"v":1}')
  await assert.rejects(openHubKeys(folder, manualClock(noon)), /signing\.json/)
  await writeFile(join(folder, 'root.key'), 'short')
  await assert.rejects(openHubKeys(folder, manualClock(noon)), /root\.key should hold 32 bytes/)
})
