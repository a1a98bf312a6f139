/** The hub of the view benchmark: real PostgreSQL with fsync, keyring, pages and link; authority is given, not asked for. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { newId, newSecret, silentLog, systemClock } from '#base/base.ts'
import { openCase } from '#casework/casework.ts'
import { connect, inTransaction, migrate, startPostgres } from '#engine/engine.ts'
import {
  createEnrolmentToken,
  type FootageDeps,
  footageRoutes,
  openKeyring,
  startFootage,
} from '#footage/footage.ts'
import { encodeNoteKey } from '#formats/log/log.ts'
import { signCertificate, signerFromSeed } from '#formats/mandate/mandate.ts'
import { append } from '#ledger/ledger.ts'
import { accountById, createAccount } from '#people/people.ts'
import { able, isAction } from '#policy/policy.ts'
import { adoptPacks, openProviders } from '#providers/providers.ts'
import { insertCamera, insertSite, insertSystem } from '#register/register.ts'
import { qualified } from '#tests/qualified.ts'
import { createWeb } from '#web/web.ts'

const root = join(import.meta.dirname, '..')
const dayMs = 86_400_000
export const landlord = 'derby-homes'
export const timeZone = 'Europe/London'

export type BenchHub = Awaited<ReturnType<typeof startHub>>

export async function startHub(home: string, cameraCount: number, fromMs: number) {
  const postgres = await startPostgres({ home, log: silentLog })
  await migrate(postgres.ownerUrl, join(root, 'database'))
  const sql = connect(postgres.url, { log: silentLog })
  const nowMs = Date.now()
  const packs = await openProviders({
    sql,
    folder: join(root, 'policies'),
    clock: systemClock,
    log: silentLog,
  })
  await inTransaction(sql, (tx) => adoptPacks(tx, packs, [{ slug: landlord, by: null, nowMs }]))
  await packs.refresh()
  const by = newId(nowMs)
  const { cameras, caseReference, personId } = await inTransaction(sql, async (tx) => {
    const place = { provider: landlord, by, nowMs }
    const siteId = await insertSite(tx, {
      ...place,
      name: 'Bench',
      address: ['1 Example Street'],
      kind: 'communal',
      timeZone,
      area: null,
    })
    const systemId = await insertSystem(tx, {
      ...place,
      siteId,
      name: 'Bench',
      purposes: [],
      managerId: null,
    })
    const made: string[] = []
    for (let n = 1; n <= cameraCount; n += 1) {
      made.push(await insertCamera(tx, { ...place, systemId, label: `Camera ${n}`, position: '' }))
    }
    const opened = await openCase(tx, { ...place, kind: 'other', title: 'Benchmark', theirReference: null })
    const roles = [{ provider: landlord, role: 'asb-manager', areas: [] }]
    const account = await createAccount(
      tx,
      { username: 'bench', name: 'Bench', roles },
      { record: append, nowMs, by: null },
    )
    assert.ok(account.ok)
    return { cameras: made, caseReference: opened.reference, personId: account.value.id }
  })
  const mandateOf = new Map(cameras.map((camera) => [camera, newId(fromMs)]))
  let recorderId = ''

  const keyring = await openKeyring({
    folder: join(home, 'keyring'),
    copy: null,
    passphrase: null,
    expectedId: null,
    nowMs,
    log: silentLog,
  })
  const signer = signerFromSeed(generateKeyPairSync('ed25519').privateKey.export({ format: 'raw-private' }))
  const certificate = signCertificate(signer, {
    publicKey: signer.publicKey,
    fromMs: nowMs - dayMs,
    untilMs: nowMs + 400 * dayMs,
  })
  const deps: FootageDeps = {
    sql,
    clock: systemClock,
    log: silentLog,
    keyring,
    packs,
    hub: {
      name: 'Bench',
      rootKey: signer.publicKey,
      ledgerKey: encodeNoteKey({
        name: 'overt/bench/2026',
        publicKey: Buffer.from(signer.publicKey, 'base64url'),
      }),
      signing: async () => ({ signer, certificate }),
    },
    authority: {
      intervals: async (camera) => {
        const mandateId = mandateOf.get(camera)
        return mandateId === undefined
          ? []
          : [{ fromMs, untilMs: nowMs + dayMs, mandateId, class: 'ordinary' }]
      },
      async mandateOf(mandateId) {
        const found = [...mandateOf].find(([, id]) => id === mandateId)
        return found === undefined ? null : { cameraId: found[0], recorderId }
      },
      bundle: async () => null,
      withdrawal: async () => null,
      retention: async () => ({ days: 31, clause: null }),
      deploymentType: async () => 'communal-temporary',
      noteOverrun: async () => undefined,
      recordReference: async () => ({ ok: true, value: null }),
    },
    camerasOf: async () => [],
    namesOf: async () => new Map(),
    async rightsOf(id) {
      const account = await accountById(sql, id)
      return account === null ? null : { roles: account.roles, qualifications: qualified(landlord) }
    },
  }
  const footage = await startFootage({ ...deps, jobs: null })
  const token = newSecret()
  const web = await createWeb({
    routes: footageRoutes({ ...deps, footage }),
    webSockets: footage.webSockets,
    async authenticate({ bearer }) {
      const account = bearer === token ? await accountById(sql, personId) : null
      if (account === null) return null
      const { id, name, username, roles, administrator } = account
      const qualifications = qualified(landlord)
      return { id, name, username, roles, administrator, qualifications, via: 'token' }
    },
    permits(person, permission) {
      const roles = person.roles.map(({ role }) => role)
      if (!isAction(permission)) return { allowed: false, reasons: [] }
      return able(packs.packOf(landlord), { roles, administrator: false }, permission)
    },
    healthy: () => footage.recorderHealthy(),
    nav: [],
    clock: systemClock,
    log: silentLog,
    publicUrl: null,
    csrfSecret: newSecret(),
  })
  await web.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(web.server.address() as AddressInfo).port}`
  return {
    sql,
    url,
    token,
    cameras,
    mandateOf,
    caseReference,
    keyring,
    footage,
    enrolmentToken: () => createEnrolmentToken(sql, { name: 'Bench', nowMs: Date.now(), by: null }),
    believe(id: string): void {
      recorderId = id
    },
    async close() {
      await web.close()
      await footage.close()
      await keyring.close()
      await sql.end({ timeout: 5 })
      await postgres.close()
    },
  }
}

/** The recorder's own command, in its own process. */
export function startRecorder(home: string, hub: string, token: string | null): ChildProcess {
  const args = ['recorder', '--home', home, '--hub', hub, '--allow', '127.0.0.1/32']
  return spawn(process.execPath, [join(root, 'src', 'main.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, OVERT_LOG: 'error', ...(token === null ? {} : { OVERT_RECORDER_TOKEN: token }) },
  })
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
