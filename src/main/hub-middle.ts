import { join } from 'node:path'
import { type AuthorisationDeps, openHubKeys } from '#authorisation/authorisation.ts'
import type { Clock, Config, Home, Log } from '#base/base.ts'
import { startChasing } from '#desk/desk.ts'
import { type Jobs, openMail, type Sql } from '#engine/engine.ts'
import {
  authorityFrom,
  type Footage,
  type FootageDeps,
  knownKeyring,
  openKeyring,
  startFootage,
} from '#footage/footage.ts'
import { encodeNoteKey } from '#formats/log/log.ts'
import { type LedgerKey, originOf } from '#ledger/ledger.ts'
import { conflictedAt, named, type PeopleParts, rightsOf, rolesHeld } from '#people/people.ts'
import type { Providers } from '#providers/providers.ts'
import { camerasOfRecorder, openCredentialBox, readPhotoCodes } from '#register/register.ts'

export type Floor = {
  readonly config: Config
  readonly home: Home
  readonly log: Log
  readonly sql: Sql
  readonly clock: Clock
  readonly providers: Providers
  readonly key: LedgerKey
  readonly jobs: Jobs
  /** Where people reach the pages: the public address, else the one that is listened at. */
  address(): string
}

/** Late work is told on, and where the landlord has a mail server people are told what waits for them. */
export function startMail(
  floor: Floor,
  people: PeopleParts,
  url: string,
  closers: (() => Promise<void> | void)[],
): void {
  const { config, sql, clock, log, jobs, providers } = floor
  const mail =
    config.smtpUrl === null || config.mailFrom === null
      ? null
      : openMail({ url: config.smtpUrl, from: config.mailFrom })
  if (mail !== null) closers.push(() => mail.close())
  startChasing({
    sql,
    clock,
    log,
    jobs,
    mail,
    url,
    packs: providers,
    timeZone: 'Europe/London',
    rolesHeld: (slug) => rolesHeld(people, slug, clock.nowMs()),
    async personOf(id) {
      const rights = await rightsOf(people, id)
      return rights === null ? null : { id, roles: rights.roles }
    },
  })
}

/** Authorisation and footage need each other's functions; neither knows the other's room upwards. */
export async function buildMiddle(
  floor: Floor,
  people: PeopleParts,
  closers: (() => Promise<void> | void)[],
) {
  const { sql, clock, log, providers, home, config } = floor
  const keysFolder = join(home.path, 'keys')
  const keys = await openHubKeys(keysFolder, clock)
  const box = await openCredentialBox(keysFolder)
  const keyring = await openKeyring({
    folder: config.keyring,
    copy: config.keyringCopy,
    passphrase: process.env['OVERT_KEYRING_PASSPHRASE'] ?? null,
    expectedId: await knownKeyring(sql),
    acceptLossOf: process.env['OVERT_KEYRING_LOST'] ?? null,
    nowMs: clock.nowMs(),
    log,
  })
  closers.push(() => keyring.close())
  let footage: Footage | null = null
  const ready = (): Footage => {
    if (footage === null) throw new Error('footage is asked before it was built')
    return footage
  }
  const authorisation: AuthorisationDeps = {
    sql,
    clock,
    log,
    packs: providers,
    keys,
    box,
    dayPublicKeys: (cameraId, days) => ready().dayPublicKeys(cameraId, days),
    recorders: () => ready().recorders(),
    probe: (cameraId) => ready().probe(cameraId),
    readDevice: (cameraId) => ready().readDevice(cameraId),
    captureReference: (of) => ready().captureReference(of),
    stills: {
      seal: (id, clear) => keyring.sealStill(id, clear, clock.nowMs()),
      open: (id, sealed) => keyring.openStill(id, sealed),
      destroy: async (id) => void (await keyring.destroyStill(id, clock.nowMs())),
      all: () => keyring.stills(),
    },
    signs: { base: floor.address, readCodes: readPhotoCodes },
    conflictedAt: (ids) => conflictedAt(sql, ids),
    named: (ids) => named(sql, ids),
  }
  const footageDeps: FootageDeps = {
    sql,
    clock,
    log,
    keyring,
    hub: {
      name: home.born === 'demo' ? 'Overt demo' : 'Overt',
      rootKey: keys.rootKey,
      ledgerKey: encodeNoteKey({ name: originOf(home), publicKey: floor.key.publicKey }),
      signing: () => keys.signing(),
    },
    authority: authorityFrom(authorisation),
    async camerasOf(recorderId) {
      const cameras = await camerasOfRecorder(sql, recorderId)
      return cameras.map((camera) => {
        const opened = camera.credentials === null ? null : box.open(camera.id, camera.credentials)
        return {
          camera: camera.id,
          url: camera.rtspUrl!,
          username: opened?.username ?? null,
          password: opened?.password ?? null,
        }
      })
    },
    packs: providers,
    namesOf: (ids) => named(sql, ids),
    rightsOf: (personId) => rightsOf(people, personId),
  }
  footage = await startFootage({ ...footageDeps, jobs: floor.jobs })
  const started = footage
  closers.push(() => started.close())
  return { authorisation, footage: started, footageDeps }
}
