import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { addDays, civilDay, daysBetween, Failure, newId, systemClock, writeFileDurably } from '#base/base.ts'
import type { CameraRow } from '#formats/link/link.ts'
import {
  type DayKey,
  type Mandate,
  signCertificate,
  signerFromSeed,
  signMandate,
} from '#formats/mandate/mandate.ts'
import { newDayKey } from '#formats/reel/reel.ts'

/**
 * Mandates without a hub: for trying a recorder, for its benchmark, and for a site that stands alone. What a recorder
 * needs goes to one folder, everything private (root and signing seed, day keys) to another, which must not lie beside
 * what it opens.
 */
export type SignAlone = {
  /** Folder for the recorder; added to when it exists. */
  readonly out: string
  /** Folder for the private keys. */
  readonly keys: string
  readonly cameras: readonly {
    readonly camera: string
    readonly url: string
    readonly username?: string | null
    readonly password?: string | null
    readonly audio?: boolean
    /** With `audio`: not one sample of sound at or after this instant. */
    readonly audioUntilMs?: number
  }[]
  readonly fromMs: number
  readonly untilMs: number
  readonly timeZone: string
  readonly retentionDays: number
  readonly nowMs: number
  readonly class?: Mandate['class']
}

const leaseDaysMax = 36
const yearMs = 366 * 86_400_000

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function seedIn(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name)
  try {
    return Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const seed = randomBytes(32)
  await writeFileDurably(path, `${seed.toString('base64url')}\n`)
  return seed
}

/** Signs one mandate for each camera, with a fresh key for each day. A camera signed before gets a higher counter. */
export async function signAlone(ask: SignAlone): Promise<{ recorder: string; mandates: readonly Mandate[] }> {
  const { out, keys, nowMs, timeZone } = ask
  if (ask.untilMs <= ask.fromMs) throw new Failure('invalid', 'The end must be after the beginning.')
  const firstDay = civilDay(ask.fromMs, timeZone)
  const days = daysBetween(firstDay, civilDay(ask.untilMs - 1, timeZone)) + 1
  if (days > leaseDaysMax)
    throw new Failure('invalid', 'A mandate runs for 35 days at most. Sign again before it ends.')
  await mkdir(join(out, 'mandates'), { recursive: true, mode: 0o700 })
  const root = signerFromSeed(await seedIn(keys, 'root.seed'))
  const signer = signerFromSeed(await seedIn(keys, 'signing.seed'))
  const known = await readJson<{ recorder: string; certificate: string }>(join(out, 'alone.json'))
  const recorder = known?.recorder ?? newId(nowMs)
  const certificate = signCertificate(root, {
    publicKey: signer.publicKey,
    fromMs: nowMs - 86_400_000,
    untilMs: nowMs + yearMs,
  })
  const listed = (await readJson<{ cameras: CameraRow[] }>(join(out, 'cameras.json')))?.cameras ?? []
  const rows = new Map(listed.map((row) => [row.camera, row]))
  const mandates: Mandate[] = []
  for (const camera of ask.cameras) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(camera.camera)) {
      throw new Failure('invalid', `"${camera.camera}" cannot name a camera. Use letters, digits, - and _.`)
    }
    const keyFile = join(keys, 'day-keys', `${camera.camera}.json`)
    type PrivateKey = DayKey & { privateKey: string }
    const before = await readJson<{ counter: number; keys: PrivateKey[] }>(keyFile)
    const dayKeys: PrivateKey[] = [...(before?.keys ?? [])]
    for (let i = 0; i < days; i += 1) {
      const day = addDays(firstDay, i)
      if (dayKeys.some((key) => key.day === day)) continue
      const made = newDayKey()
      dayKeys.push({
        day,
        kid: made.kid,
        publicKey: made.publicKey,
        privateKey: made.privateKey.toString('base64url'),
      })
    }
    const counter = (before?.counter ?? 0) + 1
    await writeFileDurably(
      keyFile,
      `${JSON.stringify({ v: 1, camera: camera.camera, counter, keys: dayKeys })}\n`,
    )
    const wanted = new Set(Array.from({ length: days }, (_, i) => addDays(firstDay, i)))
    const mandate: Mandate = {
      v: 1,
      id: newId(nowMs),
      counter,
      recorder,
      camera: camera.camera,
      provider: 'alone',
      system: 'alone',
      deployment: camera.camera,
      class: ask.class ?? 'ordinary',
      purposes: ['alone'],
      streams: ['main'],
      fromMs: ask.fromMs,
      untilMs: ask.untilMs,
      audio: camera.audio ?? false,
      ...(camera.audioUntilMs === undefined ? {} : { audioUntilMs: camera.audioUntilMs }),
      masks: [],
      retentionDays: ask.retentionDays,
      timeZone,
      stillsMax: ask.class === 'commissioning' ? 1 : 0,
      keys: dayKeys
        .filter((key) => wanted.has(key.day))
        .sort((a, b) => (a.day < b.day ? -1 : 1))
        .map(({ day, kid, publicKey }) => ({ day, kid, publicKey })),
      basis: { policy: 'alone@1', clauses: [], dpia: null, approvals: [], signs: [] },
    }
    await writeFileDurably(join(out, 'mandates', `${camera.camera}.jws`), `${signMandate(mandate, signer)}\n`)
    rows.set(camera.camera, {
      camera: camera.camera,
      url: camera.url,
      username: camera.username ?? null,
      password: camera.password ?? null,
    })
    mandates.push(mandate)
  }
  await writeFileDurably(
    join(out, 'cameras.json'),
    `${JSON.stringify({ v: 1, cameras: [...rows.values()] }, null, 2)}\n`,
  )
  await writeFileDurably(
    join(out, 'alone.json'),
    `${JSON.stringify({ v: 1, recorder, rootKey: root.publicKey, certificate }, null, 2)}\n`,
  )
  return { recorder, mandates }
}

const usage =
  'overt mandate sign --out FOLDER --keys FOLDER --camera NAME --url rtsp://… --until 2026-12-24T18:00Z\n' +
  '  [--from TIME] [--username U --password P] [--audio] [--retention-days 31] [--time-zone Europe/London] [--commissioning]'

/** `overt mandate sign`: prints what was signed; exit code 2 when the arguments do not say enough. */
export async function mandateSignCommand(
  args: readonly string[],
  nowMs = systemClock.nowMs(),
): Promise<number> {
  let values: Record<string, string | boolean | undefined>
  try {
    values = parseArgs({
      args: args[0] === 'sign' ? args.slice(1) : [...args],
      options: {
        out: { type: 'string' },
        keys: { type: 'string' },
        camera: { type: 'string' },
        url: { type: 'string' },
        from: { type: 'string' },
        until: { type: 'string' },
        username: { type: 'string' },
        password: { type: 'string' },
        audio: { type: 'boolean' },
        'retention-days': { type: 'string', default: '31' },
        'time-zone': { type: 'string', default: 'Europe/London' },
        commissioning: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}\n`)
    return 2
  }
  const { out, keys, camera, url, until } = values
  const fromMs = values['from'] === undefined ? nowMs : Date.parse(String(values['from']))
  const untilMs = Date.parse(String(until))
  const retentionDays = Number(values['retention-days'])
  if (!out || !keys || !camera || !url || !(untilMs > fromMs) || !(retentionDays >= 0)) {
    process.stderr.write(`${usage}\n`)
    return 2
  }
  const signed = await signAlone({
    out: resolve(String(out)),
    keys: resolve(String(keys)),
    cameras: [
      {
        camera: String(camera),
        url: String(url),
        username: (values['username'] as string | undefined) ?? null,
        password: (values['password'] as string | undefined) ?? null,
        audio: values['audio'] === true,
      },
    ],
    fromMs,
    untilMs,
    timeZone: String(values['time-zone']),
    retentionDays,
    nowMs,
    ...(values['commissioning'] ? { class: 'commissioning' as const } : {}),
  })
  const [mandate] = signed.mandates
  process.stdout.write(
    `Mandate ${mandate!.id} (number ${mandate!.counter}) for ${camera} until ${new Date(untilMs).toISOString()}.\n` +
      `Record with: overt recorder --home ${out} --allow NETWORK\nThe private keys are in ${keys}: keep them elsewhere.\n`,
  )
  return 0
}
