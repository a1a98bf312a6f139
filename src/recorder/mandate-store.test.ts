import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { silentLog } from '#base/base.ts'
import {
  type Mandate,
  signCertificate,
  signerFromSeed,
  signMandate,
  signWithdrawal,
} from '#formats/mandate/mandate.ts'
import { newDayKey } from '#formats/reel/reel.ts'
import { MandateStore } from './mandate-store.ts'

const root = signerFromSeed(randomBytes(32))
const signer = signerFromSeed(randomBytes(32))
const nowMs = Date.UTC(2026, 10, 22, 12)
const certificate = signCertificate(root, {
  publicKey: signer.publicKey,
  fromMs: nowMs - 1000,
  untilMs: nowMs + 1e9,
})
const day = newDayKey()

const mandate = (counter: number, over: Partial<Mandate> = {}): Mandate => ({
  v: 1,
  id: `m${counter}`,
  counter,
  recorder: 'box',
  camera: 'hall',
  provider: 'p',
  system: 's',
  deployment: 'd',
  class: 'ordinary',
  purposes: ['crime'],
  streams: ['main'],
  fromMs: nowMs,
  untilMs: nowMs + 3_600_000,
  audio: false,
  masks: [],
  retentionDays: 31,
  timeZone: 'Europe/London',
  stillsMax: 0,
  keys: [{ day: '2026-11-22', kid: day.kid, publicKey: day.publicKey }],
  basis: { policy: 'x@1', clauses: [], dpia: null, approvals: [], signs: [] },
  ...over,
})
const withdrawal = (counter: number) =>
  signWithdrawal(
    { v: 1, camera: 'hall', recorder: 'box', mandate: 'm1', counter, endedMs: nowMs + 5, cause: 'stopped' },
    signer,
  )

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'overt-mandates-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}
const openIn = (folder: string) =>
  MandateStore.open({ folder, rootKey: root.publicKey, recorder: 'box', log: silentLog })

describe('mandates a recorder holds', () => {
  it('are there after a restart, withdrawal and taken still included', async (t) => {
    const folder = makeFolder(t)
    const store = await openIn(folder)
    ok(
      (
        await store.accept(
          'hall',
          signMandate(mandate(1, { class: 'commissioning', stillsMax: 1 }), signer),
          certificate,
          nowMs,
        )
      ).ok,
    )
    await store.stillTaken('hall')
    equal((await openIn(folder)).of('hall')?.stillTaken, true)
    ok((await store.withdraw('hall', withdrawal(2), certificate, nowMs)).ok)
    const again = await openIn(folder)
    equal(again.of('hall')?.withdrawal?.cause, 'stopped')
    deepEqual(again.counters(), [{ camera: 'hall', counter: 2 }])
    // Long after the signing key's own time is over, what was accepted in time still reads.
    equal((await openIn(folder)).of('hall')?.mandate.id, 'm1')
  })

  it('altered on disk are not obeyed, and an altered withdrawal still ends', async (t) => {
    const folder = makeFolder(t)
    const file = join(folder, 'hall.json')
    const store = await openIn(folder)
    await store.accept('hall', signMandate(mandate(1), signer), certificate, nowMs)
    const good = readFileSync(file, 'utf8')
    const kept = JSON.parse(good) as { mandate: { jws: string } }
    const [head, payload, signature] = kept.mandate.jws.split('.') as [string, string, string]
    const longer = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), untilMs: nowMs + 1e12 }),
    ).toString('base64url')
    writeFileSync(file, good.replace(kept.mandate.jws, `${head}.${longer}.${signature}`))
    equal((await openIn(folder)).of('hall'), null)
    writeFileSync(file, good)
    const restored = await openIn(folder)
    await restored.withdraw('hall', withdrawal(2), certificate, nowMs)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"withdrawal":{"jws":"', '"withdrawal":{"jws":"x'))
    ok((await openIn(folder)).of('hall')?.withdrawal)
  })

  it('carry what is missing and why over a restart, but nothing that had ended before the last picture', async (t) => {
    const folder = makeFolder(t)
    const store = await openIn(folder)
    const stale = { fromMs: nowMs, toMs: null, cause: 'connection-lost' as const, detail: 'starting' }
    const fresh = { fromMs: nowMs + 9000, toMs: null, cause: 'recorder-stopped' as const, detail: null }
    // Nobody waits for the word, as when a recorder closes; `settled` does.
    const saying = [store.setGaps('hall', [stale]), store.setGaps('hall', [stale, fresh])]
    await store.settled()
    const again = await openIn(folder)
    deepEqual(again.gaps('hall'), [stale, fresh])
    deepEqual(await again.gapsSince('hall', nowMs + 9000), [fresh])
    deepEqual((await openIn(folder)).gaps('hall'), [fresh])
    deepEqual(await again.gapsSince('hall', nowMs + 9001), [])
    await Promise.all(saying)
  })

  it('never go back, whatever comes in whatever order', async (t) => {
    const folder = makeFolder(t)
    let run = 0
    const step = fc.record({
      counter: fc.integer({ min: 1, max: 6 }),
      end: fc.boolean(),
      restart: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        run += 1
        const own = join(folder, String(run))
        let store = await openIn(own)
        let highest = 0
        let stands: string | null = null
        const held = new Map<number, string>()
        for (const { counter, end, restart } of steps) {
          if (end) {
            const result = await store.withdraw('hall', withdrawal(counter), certificate, nowMs)
            equal(result.ok, counter >= highest)
            if (result.ok) stands = null
          } else {
            const jws = held.get(counter) ?? signMandate(mandate(counter), signer)
            held.set(counter, jws)
            const repeated: boolean = counter === highest && stands === jws
            const result = await store.accept('hall', jws, certificate, nowMs)
            equal(result.ok, counter > highest || repeated, `${counter} after ${highest}`)
            if (result.ok) stands = jws
          }
          highest = Math.max(highest, counter)
          if (restart) store = await openIn(own)
          equal(store.counter('hall'), highest)
          const authority = store.of('hall')
          equal(authority !== null && authority.withdrawal === null, stands !== null)
        }
      }),
      { numRuns: 40 },
    )
  })
})
