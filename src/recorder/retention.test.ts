import { deepEqual, equal } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { newId, silentLog, startOfDayMs } from '#base/base.ts'
import { signerFromSeed } from '#formats/mandate/mandate.ts'
import { MandateStore } from './mandate-store.ts'
import { mayRemoveAlone, removableFromMs, removeExpired } from './retention.ts'
import { Storage } from './storage.ts'

describe('reels without a hub', () => {
  it('stay while the hub may be heard again, which alone knows what is held, unless there is no room', () => {
    const week = 7 * 86_400_000
    const roomy = { freeBytes: 10, totalBytes: 100 }
    const short = { freeBytes: 9, totalBytes: 100 }
    equal(mayRemoveAlone(null, roomy), true, 'no hub will ever order it')
    equal(mayRemoveAlone(0, short), false)
    equal(mayRemoveAlone(week - 1, short), false)
    equal(mayRemoveAlone(week, short), true)
    equal(mayRemoveAlone(52 * week, roomy), false)
  })

  it('leave seven civil days after their retention, not an instant earlier, clock change included', () => {
    equal(removableFromMs('2026-10-01', 28, 'Europe/London'), startOfDayMs('2026-11-05', 'Europe/London'))
    equal(removableFromMs('2026-03-01', 31, 'Europe/London'), Date.UTC(2026, 3, 7, 23))
  })

  it('stay when nothing is known of their day, and a longer retention comes too late', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'overt-retention-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const rootKey = signerFromSeed(randomBytes(32)).publicKey
    const open = () =>
      MandateStore.open({ folder: join(folder, 'mandates'), rootKey, recorder: 'r', log: silentLog })
    const mandates = await open()
    await mandates.noteRetention('hall', '2026-01-01', 10)
    await mandates.noteRetention('hall', '2026-01-01', 31)
    await mandates.noteRetention('hall', '2026-01-20', 31)
    equal((await open()).retentionOf('hall', '2026-01-01'), 10)
    const reels: string[] = []
    for (const path of ['hall/2026-01-01', 'hall/2026-01-20', 'attic/2026-01-01']) {
      const reel = newId(Date.UTC(2026, 0, 1) + reels.length)
      reels.push(reel)
      mkdirSync(join(folder, 'reels', path), { recursive: true })
      writeFileSync(join(folder, 'reels', path, `${reel}.reel`), 'sealed')
    }
    const { storage } = await Storage.open(join(folder, 'reels'), null, 0, silentLog)
    const early = await removeExpired(
      storage,
      mandates,
      startOfDayMs('2026-01-18', 'Europe/London') - 1,
      silentLog,
    )
    deepEqual(early, [])
    const due = await removeExpired(storage, mandates, startOfDayMs('2026-01-18', 'Europe/London'), silentLog)
    deepEqual(due, [reels[0]])
    deepEqual(
      storage.reels().map((place) => place.reel),
      reels.slice(1),
    )
    equal(mandates.retentionOf('hall', '2026-01-01'), null)
  })
})
