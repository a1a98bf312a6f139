import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { addDays, silentLog, startOfDayMs } from '#base/base.ts'
import { fragmentKey, newReelKey, type ReelHead, wrapReelKey } from '#formats/reel/reel.ts'
import { type HoldAbout, type Keyring, type KeyringOptions, openKeyring } from './keyring.ts'

const zone = 'Europe/London'
const site = { timeZone: zone, landlord: 'derby-homes' }
const nowMs = Date.UTC(2026, 10, 22, 12)
const camera = '01900000-0000-7000-8000-00000000000a'
const folders: string[] = []
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function place(): Promise<{ folder: string; copy: string }> {
  const root = await mkdtemp(join(tmpdir(), 'overt-keyring-'))
  folders.push(root)
  return { folder: join(root, 'keyring'), copy: join(root, 'copy') }
}

const openAt = (
  at: { folder: string; copy?: string },
  more: Partial<KeyringOptions> = {},
): Promise<Keyring> =>
  openKeyring({
    folder: at.folder,
    copy: at.copy ?? null,
    passphrase: null,
    expectedId: null,
    nowMs,
    log: silentLog,
    ...more,
  })

const about: HoldAbout = {
  camera,
  provider: 'derby-homes',
  fromMs: nowMs,
  toMs: nowMs + 1,
  owner: camera,
  caseId: null,
  madeMs: nowMs,
  endsMs: nowMs + 2,
  fragments: 1,
  bytes: 1,
  parts: [],
}

let reels = 0
/** A reel's head as a recorder would write it, and the reel key that only the recorder and the keyring know. */
function reelFor(kid: string, publicKey: string, day: string): { head: ReelHead; reelKey: Buffer } {
  reels += 1
  const named = { reel: `01900000-0000-7000-8000-${String(reels).padStart(12, '0')}`, camera, day }
  const reelKey = newReelKey()
  const head: ReelHead = {
    v: 1,
    ...named,
    recorder: camera,
    stream: 'main',
    mandate: camera,
    counter: 1,
    timeZone: zone,
    kid,
    ...wrapReelKey(reelKey, publicKey, named),
    openedMs: nowMs,
    untilMs: nowMs + 1,
    previous: '0'.repeat(64),
    codec: 'avc1.64001f',
    width: 16,
    height: 16,
    timescale: 90_000,
    epoch: 1,
  }
  return { head, reelKey }
}

async function oneReel(keyring: Keyring, day = '2026-11-22', retention = 30) {
  const [key] = await keyring.publicKeysFor(camera, [day], retention, site)
  return { ...reelFor(key!.kid, key!.publicKey, day), kid: key!.kid }
}

const opens = (keyring: Keyring, of: { head: ReelHead; reelKey: Buffer }, sequence: number): boolean => {
  const key = keyring.keysOf(of.head)?.keyOf(sequence) ?? null
  if (key === null) return false
  assert.deepEqual(key, fragmentKey(of.reelKey, sequence), 'the keyring must give the right key or none')
  return true
}

async function everyByte(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

test('a key made today opens its reel after a restart, and asking again gives the same key', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const reel = await oneReel(keyring)
  assert.equal(opens(keyring, reel, 0), true)
  await keyring.close()
  const again = await openAt(at)
  assert.equal(opens(again, reel, 7), true)
  assert.equal((await again.publicKeysFor(camera, ['2026-11-22'], 30, site))[0]!.kid, reel.kid)
  assert.equal(again.goneBy(reel.kid)!.goneByMs, startOfDayMs('2026-12-22', zone))
  await again.close()
})

test('no reel key and no key of a record stands clear in the folder', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const reel = await oneReel(keyring)
  await keyring.placeHold(
    camera,
    [{ reel: reel.head.reel, from: 0, to: 0, keys: [fragmentKey(reel.reelKey, 0)] }],
    about,
  )
  await keyring.narrow(reel.kid, [{ head: reel.head, whole: true }], nowMs)
  const all = await everyByte(at.folder)
  for (const secret of [reel.reelKey, fragmentKey(reel.reelKey, 0)]) {
    for (const coding of ['latin1', 'hex', 'base64', 'base64url'] as const) {
      assert.equal(all.includes(secret.toString(coding)), false)
    }
  }
  await keyring.close()
})

test('a day is destroyed in one act, in both copies, and an old second copy does not bring it back', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const gone = await oneReel(keyring, '2026-11-22')
  const stays = await oneReel(keyring, '2026-11-23')
  await keyring.close()
  const withCopy = await openAt(at, { copy: at.copy })
  await cp(at.copy, `${at.copy}-before`, { recursive: true })
  assert.deepEqual(withCopy.due(startOfDayMs('2026-12-22', zone) - 1), [])
  const due = withCopy.due(startOfDayMs('2026-12-22', zone))
  assert.deepEqual(
    due.map(({ goneBy, cameraDays }) => [goneBy, cameraDays.map(({ day }) => day)]),
    [['2026-12-22', ['2026-11-22']]],
  )
  assert.equal(await withCopy.destroyGroup(due[0]!.name, nowMs), true)
  assert.equal(opens(withCopy, gone, 0), false)
  assert.equal(opens(withCopy, stays, 0), true)
  for (const folder of [at.folder, at.copy]) {
    assert.equal((await readdir(join(folder, 'groups'))).includes(`${due[0]!.name}.keys`), false)
  }
  await withCopy.close()

  await rm(at.copy, { recursive: true })
  await cp(`${at.copy}-before`, at.copy, { recursive: true })
  const restored = await openAt(at, { copy: at.copy })
  assert.equal(opens(restored, gone, 0), false)
  assert.equal((await readdir(join(at.copy, 'groups'))).includes(`${due[0]!.name}.keys`), false)
  await restored.close()
})

test('a keyring whose folder is lost comes back from its second copy, and without one it says so', async () => {
  const at = await place()
  const first = await openAt(at, { copy: at.copy })
  const reel = await oneReel(first)
  await first.close()
  await rm(at.folder, { recursive: true })
  const back = await openAt(at, { copy: at.copy, expectedId: first.id })
  assert.equal(opens(back, reel, 1), true)
  await back.close()
  await rm(at.folder, { recursive: true })
  await assert.rejects(openAt({ folder: at.folder }, { expectedId: first.id }), /the keyring is lost/)
  const anew = await openAt({ folder: at.folder }, { expectedId: first.id, acceptLossOf: first.id })
  assert.notEqual(anew.id, first.id)
  assert.equal(opens(anew, reel, 1), false)
  await anew.close()
})

test('a second hub on the same keyring is refused, and a dead one leaves no lock behind', async () => {
  const at = await place()
  const keyring = await openAt(at)
  await assert.rejects(openAt(at), /another hub has the keyring/)
  await keyring.close()
  await (await openAt(at)).close()
})

test('a passphrase opens the keyring; a wrong one, or none, does not', async () => {
  const at = await place()
  const keyring = await openAt(at, { passphrase: 'correct horse battery staple' })
  const reel = await oneReel(keyring)
  assert.equal(keyring.opensBy, 'passphrase')
  await keyring.close()
  assert.equal((await readdir(at.folder)).includes('master.key'), false)
  await assert.rejects(openAt(at, { passphrase: 'wrong' }), /does not open the keyring/)
  await assert.rejects(openAt(at), /Set OVERT_KEYRING_PASSPHRASE/)
  const again = await openAt(at, { passphrase: 'correct horse battery staple' })
  assert.equal(opens(again, reel, 3), true)
  await again.close()
})

test('a passphrase given to a keyring with a key file takes over, and the key file is gone', async () => {
  const at = await place()
  const first = await openAt(at, { copy: at.copy })
  const reel = await oneReel(first)
  await first.close()
  const changed = await openAt(at, { copy: at.copy, passphrase: 'from now on' })
  assert.equal(opens(changed, reel, 3), true)
  await changed.close()
  for (const folder of [at.folder, at.copy]) {
    assert.equal((await readdir(folder)).includes('master.key'), false)
  }
  await assert.rejects(openAt(at), /Set OVERT_KEYRING_PASSPHRASE/)
})

test('retention can be shortened for what is recorded and never lengthened', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const reel = await oneReel(keyring, '2026-11-22', 30)
  await keyring.publicKeysFor(camera, ['2026-11-22'], 60, site)
  assert.equal(keyring.goneBy(reel.kid)!.goneBy, '2026-12-22')
  assert.equal(await keyring.shorten(reel.kid, '2026-12-30'), false)
  await keyring.publicKeysFor(camera, ['2026-11-22'], 7, site)
  assert.equal(keyring.goneBy(reel.kid)!.goneBy, '2026-11-29')
  assert.equal(opens(keyring, reel, 0), true)
  const due = keyring.due(startOfDayMs('2026-12-22', zone))
  assert.deepEqual(
    due.map((group) => group.goneBy),
    ['2026-11-29'],
  )
  await keyring.destroyGroup(due[0]!.name, nowMs)
  assert.equal(opens(keyring, reel, 0), false)
  await keyring.close()
})

test('after an authority ended early only the records before its end can be opened', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const over = await oneReel(keyring)
  const earlier = {
    ...reelFor(
      over.kid,
      (await keyring.publicKeysFor(camera, ['2026-11-22'], 30, site))[0]!.publicKey,
      '2026-11-22',
    ),
  }
  const old = await readFile(
    join(at.folder, 'groups', (await readdir(join(at.folder, 'groups')))[0]!),
    'utf8',
  )
  await keyring.narrow(
    over.kid,
    [
      { head: earlier.head, whole: true },
      { head: over.head, from: 0, to: 4 },
    ],
    nowMs,
  )
  for (const check of [keyring, null]) {
    const open = check ?? (await openAt(at))
    assert.deepEqual(
      [0, 4, 5].map((sequence) => opens(open, over, sequence)),
      [true, true, false],
    )
    assert.equal(opens(open, earlier, 99), true)
    const next = await oneReel(open)
    assert.notEqual(next.kid, over.kid, 'a new authority on the same day gets a new key')
    await open.close()
  }
  // Even the old file, put back beside the list of what was destroyed, no longer gives the day's key.
  const [name] = await readdir(join(at.folder, 'groups'))
  await writeFile(join(at.folder, 'groups', name!), old)
  const restored = await openAt(at)
  assert.equal(opens(restored, over, 5), false)
  await restored.close()
})

test('a camera-day is destroyed alone, its neighbours stay', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const gone = await oneReel(keyring)
  const other = '01900000-0000-7000-8000-00000000000b'
  const [key] = await keyring.publicKeysFor(other, ['2026-11-22'], 30, site)
  await keyring.destroyCameraDay(gone.kid, nowMs)
  assert.equal(opens(keyring, gone, 0), false)
  assert.notEqual(keyring.goneBy(key!.kid), null)
  await keyring.close()
})

test('a held record outlives its day, its neighbour does not, and the release ends it', async () => {
  const at = await place()
  const keyring = await openAt(at, { copy: at.copy })
  const reel = await oneReel(keyring)
  const keys = keyring.keysOf(reel.head)!
  const hold = '01900000-0000-7000-8000-0000000000ff'
  await keyring.placeHold(
    hold,
    [{ reel: reel.head.reel, from: 2, to: 3, keys: [keys.keyOf(2)!, keys.keyOf(3)!] }],
    about,
  )
  await keyring.destroyGroup(keyring.due(startOfDayMs('2026-12-22', zone))[0]!.name, nowMs)
  await keyring.close()
  const again = await openAt(at, { copy: at.copy })
  const held = again.heldKeys(hold, reel.head.reel)!
  assert.deepEqual(held.keyOf(2), fragmentKey(reel.reelKey, 2))
  assert.deepEqual(held.keyOf(3), fragmentKey(reel.reelKey, 3))
  assert.equal(held.keyOf(1), null)
  assert.equal(held.keyOf(4), null)
  await again.destroyHold(hold, nowMs)
  assert.equal(again.heldKeys(hold, reel.head.reel), null)
  assert.deepEqual(await readdir(join(at.copy, 'holds')), [])
  await assert.rejects(again.placeHold(hold, [], about), /has ended already/)
  await again.close()
})

test('a write cut short by a crash harms nothing that was promised', async () => {
  const at = await place()
  const keyring = await openAt(at)
  const reel = await oneReel(keyring)
  await keyring.close()
  const [name] = await readdir(join(at.folder, 'groups'))
  const path = join(at.folder, 'groups', name!)
  await writeFile(path, `${await readFile(path, 'utf8')}{"kind":"camera-d`)
  await writeFile(join(at.folder, 'groups', '.1.abc.tmp'), 'half')
  const again = await openAt(at)
  assert.equal(opens(again, reel, 0), true)
  const next = await oneReel(again, '2026-11-22')
  assert.equal(next.kid, reel.kid)
  await again.close()
  assert.deepEqual(await readdir(join(at.folder, 'groups')), [name])
})

test('no key is handed out while the second copy cannot take it, and destruction does not wait for it', async () => {
  const at = await place()
  const keyring = await openAt(at, { copy: at.copy })
  const reel = await oneReel(keyring)
  await rm(at.copy, { recursive: true })
  await writeFile(at.copy, 'the disk was pulled')
  await assert.rejects(keyring.publicKeysFor(camera, ['2026-11-23'], 30, site), /second copy/)
  await keyring.destroyCameraDay(reel.kid, nowMs)
  assert.equal(opens(keyring, reel, 0), false)
  assert.match((await keyring.reconcile()) ?? '', /.+/)
  await rm(at.copy)
  for (const inside of ['groups', 'holds', 'stills']) await mkdir(join(at.copy, inside), { recursive: true })
  assert.equal(await keyring.reconcile(), null)
  assert.equal((await keyring.publicKeysFor(camera, ['2026-11-23'], 30, site)).length, 1)
  await keyring.close()
})

test('whatever is done in whatever order, a record opens exactly while nothing has ended its key', async () => {
  const days = ['2026-11-20', '2026-11-21', '2026-11-22']
  const step = fc.oneof(
    fc.record({
      act: fc.constant('record' as const),
      day: fc.nat(2),
      retention: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ act: fc.constant('expire' as const), day: fc.integer({ min: 0, max: 6 }) }),
    fc.record({ act: fc.constant('narrow' as const), reel: fc.nat(5), to: fc.nat(3) }),
    fc.record({ act: fc.constant('hold' as const), reel: fc.nat(5), at: fc.nat(3) }),
    fc.record({ act: fc.constant('release' as const), hold: fc.nat(3) }),
    fc.record({ act: fc.constant('restart' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const at = await place()
      let keyring = await openAt(at, { copy: at.copy })
      const model: { head: ReelHead; reelKey: Buffer; openTo: number; goneBy: string }[] = []
      const holds: { id: string; reel: number; at: number; live: boolean }[] = []
      const destroyedDays = new Set<string>()
      for (const s of steps) {
        if (s.act === 'record') {
          const day = days[s.day]!
          const goneBy = addDays(day, s.retention)
          if (destroyedDays.has(goneBy)) continue
          const reel = await oneReel(keyring, day, s.retention)
          const really = keyring.goneBy(reel.kid)!.goneBy
          assert.ok(really <= goneBy, 'never later than asked')
          for (const other of model) if (other.head.kid === reel.kid) other.goneBy = really
          model.push({ ...reel, openTo: Number.POSITIVE_INFINITY, goneBy: really })
        } else if (s.act === 'expire') {
          const until = addDays('2026-11-21', s.day)
          for (const due of keyring.due(startOfDayMs(until, zone))) {
            await keyring.destroyGroup(due.name, nowMs)
            destroyedDays.add(due.goneBy)
            for (const reel of model) if (reel.goneBy === due.goneBy) reel.openTo = -1
          }
          for (const reel of model) if (reel.goneBy <= until) assert.equal(reel.openTo, -1)
        } else if (s.act === 'narrow') {
          const target = model[s.reel]
          if (target === undefined || target.openTo !== Number.POSITIVE_INFINITY) continue
          const same = model.filter(
            (reel) => reel.head.kid === target.head.kid && reel.openTo === Number.POSITIVE_INFINITY,
          )
          if (keyring.goneBy(target.head.kid) === null || same.length === 0) continue
          const earlier = model.filter((reel) => reel.head.kid === target.head.kid && !same.includes(reel))
          if (earlier.length > 0) continue
          await keyring.narrow(
            target.head.kid,
            same.map((reel) =>
              reel === target ? { head: reel.head, from: 0, to: s.to } : { head: reel.head, whole: true },
            ),
            nowMs,
          )
          target.openTo = s.to
        } else if (s.act === 'hold') {
          const target = model[s.reel]
          const key = target === undefined ? null : (keyring.keysOf(target.head)?.keyOf(s.at) ?? null)
          if (target === undefined || key === null) continue
          const id = `01900000-0000-7000-8001-${String(holds.length).padStart(12, '0')}`
          await keyring.placeHold(id, [{ reel: target.head.reel, from: s.at, to: s.at, keys: [key] }], about)
          holds.push({ id, reel: s.reel, at: s.at, live: true })
        } else if (s.act === 'release') {
          const hold = holds[s.hold]
          if (hold === undefined) continue
          await keyring.destroyHold(hold.id, nowMs)
          hold.live = false
        } else {
          await keyring.close()
          keyring = await openAt(at, { copy: at.copy })
        }
        for (const reel of model) {
          for (const sequence of [0, 1, 3, 4])
            assert.equal(opens(keyring, reel, sequence), sequence <= reel.openTo)
        }
        for (const hold of holds) {
          const reel = model[hold.reel]!
          const key = keyring.heldKeys(hold.id, reel.head.reel)?.keyOf(hold.at) ?? null
          assert.deepEqual(key, hold.live ? fragmentKey(reel.reelKey, hold.at) : null)
        }
      }
      await keyring.close()
      await rm(at.folder, { recursive: true })
      await rm(at.copy, { recursive: true })
    }),
    { numRuns: 25 },
  )
})

test('what is past its time opens nothing for anybody who looks, also while its destruction waits for a person', async () => {
  const keyring = await openAt(await place())
  const { head, kid } = await oneReel(keyring)
  const { goneByMs } = keyring.goneBy(kid)!
  assert.notEqual(keyring.keysAt(head, goneByMs - 1), null)
  assert.equal(keyring.keysAt(head, goneByMs), null)
  assert.equal(keyring.due(goneByMs).length, 1, 'nothing was destroyed yet')
  await keyring.close()
})

test('a whole estate is shortened in one go, each camera-day to its own day, and what is destroyed stays so', async () => {
  const at = await place()
  const keyring = await openAt(at, { copy: at.copy })
  const days = Array.from({ length: 6 }, (_, n) => addDays('2026-11-22', n))
  const reels = await Promise.all(days.map(async (one) => oneReel(keyring, one, 30)))
  await cp(at.folder, `${at.folder}-old`, { recursive: true })
  const wanted = new Map(reels.slice(0, 4).map(({ kid }, n) => [kid, addDays(days[n]!, 10)]))
  wanted.set(reels[5]!.kid, addDays(days[5]!, 40))
  assert.equal(await keyring.shortenAll(wanted), 4, 'a later day moves nothing')
  assert.equal(await keyring.shortenAll(wanted), 0)
  for (const [n, { kid }] of reels.entries())
    assert.equal(keyring.goneBy(kid)!.goneBy, addDays(days[n]!, n < 4 ? 10 : 30))
  assert.ok(reels.every((reel) => opens(keyring, reel, 0)))
  await keyring.destroyCameraDays(new Set([reels[0]!.kid, reels[4]!.kid]), nowMs)
  const left = () => reels.map((reel) => opens(again, reel, 0))
  let again = keyring
  assert.deepEqual(left(), [false, true, true, true, false, true])
  await keyring.close()
  // An old second copy brings neither the later days nor the destroyed keys back.
  await rm(at.copy, { recursive: true })
  await cp(`${at.folder}-old`, at.copy, { recursive: true })
  again = await openAt(at, { copy: at.copy })
  assert.deepEqual(left(), [false, true, true, true, false, true])
  assert.equal(again.goneBy(reels[1]!.kid)!.goneBy, addDays(days[1]!, 10))
  await again.close()
})

test('a reference picture opens with its key after a restart, and with nothing once that is destroyed', async () => {
  const at = await place()
  const [one, two] = ['01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2']
  const clear = Buffer.from('a picture of a door')
  let ring = await openAt(at)
  const sealed = await ring.sealStill(one, clear, nowMs)
  const other = await ring.sealStill(two, clear, nowMs)
  assert.ok(!sealed.includes(clear))
  assert.throws(() => ring.openStill(two, sealed), /can't be opened/)
  await assert.rejects(ring.sealStill(one, clear, nowMs), /sealed already/)
  await ring.close()
  await cp(join(at.copy, 'stills'), join(at.copy, '..', 'old'), { recursive: true })
  ring = await openAt(at)
  assert.deepEqual(ring.openStill(one, sealed), clear)
  assert.equal(await ring.destroyStill(one, nowMs), true)
  assert.equal(ring.openStill(one, sealed), null)
  await ring.close()
  // An old second copy comes back: what was destroyed stays so.
  await cp(join(at.copy, '..', 'old'), join(at.copy, 'stills'), { recursive: true })
  ring = await openAt(at)
  assert.equal(ring.openStill(one, sealed), null)
  assert.deepEqual(ring.openStill(two, other), clear)
  assert.deepEqual(
    ring.stills().map(({ id }) => id),
    [two],
  )
  await assert.rejects(ring.sealStill(one, clear, nowMs), /sealed already/)
  await ring.close()
  for (const folder of [at.folder, at.copy])
    assert.deepEqual(await readdir(join(folder, 'stills')), [`${two}.keys`])
})
