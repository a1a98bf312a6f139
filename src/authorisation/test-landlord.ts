/** For tests: two landlords on their real packs, their people, and the outer functions that main would give. */
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, newId, secretBox, silentLog } from '#base/base.ts'
import { inTransaction } from '#engine/engine.ts'
import { type DayKey, signingKeyId } from '#formats/mandate/mandate.ts'
import { adoptPacks, openProviders } from '#providers/providers.ts'
import { credentialBox, setContact, signAddress } from '#register/register.ts'
import { testDatabase } from '#tests/database.ts'
import { decideEverything } from '#tests/decided.ts'
import { qualified } from '#tests/qualified.ts'
import type { Person } from '#web/web.ts'
import { openHubKeys } from './keys.ts'
import type { AuthorisationDeps, DeviceSaid } from './parts.ts'
import type { Proposal } from './proposal.ts'

const policies = join(import.meta.dirname, '..', '..', 'policies')

export const noon = Date.parse('2026-11-22T12:00:00Z')
export const recorderId = '01900000-0000-7000-8000-00000000000a'

/** Smallest JPEG that passes as one; tests of pictures' contents have real ones. */
export const jpeg = Buffer.from('ffd8ffc0000b080001000101011100ffda0008010100003f0011ffd9', 'hex')

const testContact = {
  version: 0,
  name: 'Customer services',
  phone: '0800 000 0000',
  email: '',
  web: '',
  post: '',
}

export async function testLandlords(slugs: readonly string[] = ['derby-homes', 'progress']) {
  const db = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'overt-landlord-'))
  const clock = manualClock(noon)
  // These alone: the test says what it is about.
  for (const slug of slugs)
    await cp(join(policies, slug), join(folder, 'policies', slug), { recursive: true })
  const packs = await openProviders({
    sql: db.sql,
    folder: join(folder, 'policies'),
    clock,
    log: silentLog,
  })
  await inTransaction(db.sql, (tx) =>
    adoptPacks(
      tx,
      packs,
      slugs.map((slug) => ({ slug, by: null, nowMs: noon })),
    ),
  )
  await packs.refresh()
  await inTransaction(db.sql, async (tx) => {
    for (const slug of slugs) await decideEverything(tx, packs, slug, noon)
  })
  await packs.refresh()
  const dayKeys = new Map<string, DayKey>()
  // What the keyring does for real, a floor above: without its entry here a picture can't be opened.
  const stillKeys = new Map<string, number>()
  const stills = secretBox(randomBytes(32), 'test stills')
  const captures: { deploymentId: string; mandateId: string }[] = []
  let probeAnswer = { code: 'ok', words: 'The camera answers.' }
  let deviceAnswer: DeviceSaid = { code: 'refused', words: 'It does not say.', functions: [] }
  const deps: AuthorisationDeps = {
    sql: db.sql,
    clock,
    log: silentLog,
    packs,
    keys: await openHubKeys(folder, clock),
    box: credentialBox(randomBytes(32)),
    async dayPublicKeys(cameraId, days) {
      return days.map((day) => {
        const name = `${cameraId} ${day}`
        const known = dayKeys.get(name)
        if (known) return known
        const seed = createPrivateKey({
          key: randomBytes(32),
          format: 'raw-private',
          asymmetricKeyType: 'x25519',
        })
        const raw = createPublicKey(seed).export({ format: 'raw-public' })
        const made = { day, kid: signingKeyId(raw), publicKey: raw.toString('base64url') }
        dayKeys.set(name, made)
        return made
      })
    },
    recorders: async () => [{ id: recorderId, name: 'Test recorder', online: true }],
    probe: async () => probeAnswer,
    readDevice: async () => deviceAnswer,
    async captureReference(of) {
      captures.push(of)
    },
    stills: {
      async seal(id, clear) {
        stillKeys.set(id, clock.nowMs())
        return Buffer.from(stills.seal(id, clear.toString('base64')))
      },
      open: (id, sealed) => (stillKeys.has(id) ? Buffer.from(stills.open(id, sealed), 'base64') : null),
      async destroy(id) {
        stillKeys.delete(id)
      },
      all: () => [...stillKeys].map(([id, madeMs]) => ({ id, madeMs })),
    },
    signs: {
      base: () => 'https://cctv.example.org',
      // A camera's stand-in: the bare test picture shows every sign as it is now; another shows what is written in it.
      async readCodes(photo) {
        if (!photo.equals(jpeg)) return photo.toString('latin1').match(/HTTPS?:\/\/[!-~]+/g) ?? []
        const rows = await db.sql<{ code: string; version: number }[]>`
          select code, version from register.sign_sheet`
        return rows.map((row) => signAddress('https://cctv.example.org', row))
      },
    },
    named: async () => new Map(),
  }
  for (const slug of slugs) await inTransaction(db.sql, (tx) => setContact(tx, slug, testContact, null, noon))
  return {
    db,
    deps,
    clock,
    packs,
    captures,
    stillKeys,
    answerProbe(answer: { code: string; words: string }) {
      probeAnswer = answer
    },
    answerDevice(answer: DeviceSaid) {
      deviceAnswer = answer
    },
    async close() {
      await db.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type TestLandlords = Awaited<ReturnType<typeof testLandlords>>

export function person(provider: string, role: string, areas: readonly string[] = []): Person {
  const id = newId(noon)
  return {
    id,
    name: `${role} ${id.slice(-4)}`,
    username: `${role}-${id.slice(-4)}`,
    roles: [{ provider, role, areas }],
    qualifications: qualified(provider),
    administrator: false,
    via: 'session',
  }
}

export const administrator = (): Person => ({
  id: newId(noon),
  name: 'Administrator',
  username: 'admin',
  roles: [],
  administrator: true,
  via: 'session',
})

/** A proposal as the form gives it: Derby Homes, in a home, 28 days from today. */
export function homeProposal(change: Partial<Proposal> = {}): Proposal {
  return {
    provider: 'derby-homes',
    type: 'home-temporary',
    siteId: null,
    siteName: 'Flat 4',
    siteAddress: '4 Example Street\nExampleton',
    siteKind: null,
    siteArea: null,
    cameraLabel: 'Hall camera',
    cameraPosition: 'Above the front door inside, looking at the door',
    equipment: null,
    purposes: ['asb'],
    lawfulBasis: 'public-task',
    incident: 'threats',
    incidentOther: null,
    aim: 'The resident is left alone.',
    need: 'The threats go on and the resident cannot sleep.',
    reason: 'Repeated threats at the door.',
    alternatives: 'Diary sheets and two visits changed nothing.',
    noOtherMeans: true,
    fromDay: '2026-11-22',
    untilDay: '2026-12-19',
    removalDay: '2026-12-20',
    reviewDay: '2026-12-10',
    schedule: null,
    detail: 'recognise',
    proportion: 'They come at all hours, and nobody knows who they are.',
    technologies: [],
    ...change,
  }
}

export { standingOf } from './evaluate.ts'
export { authorityIntervals, mandateBundleFor, withdrawalFor } from './mandates.ts'
export type { AuthorisationDeps } from './parts.ts'
export { evaluateAll, expireDue } from './periodic.ts'
export { recordReference } from './reference.ts'
export * from './steps.ts'
