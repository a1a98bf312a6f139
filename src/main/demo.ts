/**
 * What the demo adds to `up`: three simulated cameras, two made-up landlords with their staff, and three cameras' lives
 * begun: one in a home and one in a car park live under mandates, one in a hallway waiting for its second approval.
 * All of it goes through the same doors that people use.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  addDays,
  civilDay,
  demoClockFile,
  Failure,
  type Home,
  homeClock,
  type Log,
  systemClock,
  writeFileDurably,
} from '#base/base.ts'
import type { Pack } from '#policy/policy.ts'
import { readPacks } from '#providers/providers.ts'
import { type Client, signInAs, signPhoto } from '#visitor/visitor.ts'
import { decideOpenPoints, deciders } from './demo-decisions.ts'
import { dpiaAnswers, type Life, lives, scenes } from './demo-lives.ts'
import { demoPassword, demoPeople, landlords, peopleTable } from './demo-people.ts'
import { keepPolicy } from './demo-policy.ts'
import { fillRegister } from './demo-register.ts'
import { makeReady } from './demo-training.ts'
import type { HubChild } from './hub-child.ts'
import { supervise } from './supervise.ts'

const simulator = resolve(import.meta.dirname, '../../simulator/main.ts')
const policies = resolve(import.meta.dirname, '../../policies')

type Demo = {
  /** Makes what isn't there yet and gives the words that the terminal shows. */
  populate(): Promise<string>
  close(): Promise<void>
}

export async function startDemo(parts: { home: Home; hub: HubChild; url: string; log: Log }): Promise<Demo> {
  const { home, hub, url, log } = parts
  const port = await keptPort(home, 'camera-port')
  const devicePort = await keptPort(home, 'camera-device-port')
  const cameras = supervise({
    name: 'cameras',
    program: simulator,
    args: [
      '--port',
      String(port),
      '--device-port',
      String(devicePort),
      '--cameras',
      scenes.join(','),
      '--offset-file',
      demoClockFile(home.path),
      '--with-parent',
    ],
    // Simulated cameras stand outside, as real ones do: nothing of ours is told to them.
    env: () => ({ PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' }),
    quiet: true,
    log,
  })
  await cameras.ready()
  await hub.ask({ kind: 'demo-landlords', landlords, people: demoPeople(home) })
  const packs = readPacks(policies)
  const roleTitle = (slug: string, code: string): string =>
    packs.find((pack) => pack.provider === slug)?.values.roles.find((role) => role.code === code)?.title ??
    code
  return {
    async populate() {
      await new Beginnings(home, url, { port, devicePort }, packs).begin()
      return peopleTable(home, roleTitle)
    },
    close: cameras.close,
  }
}

/** The simulated cameras keep their ports for the demo's life: they stand in the register. */
async function keptPort(home: Home, name: string): Promise<number> {
  const file = join(home.path, name)
  try {
    return Number(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const probe = createServer()
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
  const { port } = probe.address() as { port: number }
  await new Promise((closed) => probe.close(closed))
  await writeFileDurably(file, `${port}\n`)
  return port
}

/** What the sign register says of one sign. */
type Sign = { readonly cameraId: string; readonly place: string; readonly address: string }

/** Begins the three lives. Started again halfway, it goes on from the gates that are still open. */
class Beginnings {
  readonly #home: Home
  readonly #url: string
  readonly #cameras: { readonly port: number; readonly devicePort: number }
  readonly #packs: readonly Pack[]
  readonly #clients = new Map<string, Promise<Client>>()

  constructor(
    home: Home,
    url: string,
    cameras: { readonly port: number; readonly devicePort: number },
    packs: readonly Pack[],
  ) {
    this.#home = home
    this.#url = url
    this.#cameras = cameras
    this.#packs = packs
  }

  async begin(): Promise<void> {
    const marker = join(this.#home.path, 'demo-begun')
    const done = await readFile(marker, 'utf8').catch(() => '')
    if (done !== '') return
    for (const [landlord, username] of Object.entries(deciders))
      await decideOpenPoints(await this.#as(username), landlord)
    for (const { slug, keepers } of landlords) await this.#train(slug, keepers)
    for (const { slug } of landlords) await this.#sayWhomToAsk(slug)
    for (const life of lives) await this.#live(life)
    await fillRegister({
      keeper: await this.#as('maya'),
      operator: await this.#as('kofi'),
      other: await this.#as('amir'),
      today: civilDay(homeClock(this.#home, systemClock).nowMs(), 'Europe/London'),
    })
    await keepPolicy({
      landlord: 'derby-homes',
      keeper: await this.#as('dina'),
      officer: await this.#as('olivia'),
      today: civilDay(homeClock(this.#home, systemClock).nowMs(), 'Europe/London'),
    })
    await writeFileDurably(marker, 'yes\n')
  }

  async #train(landlord: string, managers: readonly [string, string]): Promise<void> {
    const pack = this.#packs.find((one) => one.provider === landlord)
    if (pack === undefined) throw new Failure('not-found', `There is no policy pack for ${landlord}.`)
    await makeReady({
      landlord,
      version: pack.version,
      today: civilDay(homeClock(this.#home, systemClock).nowMs(), pack.values.provider.timeZone),
      managers,
      staff: demoPeople(this.#home)
        .filter(({ roles }) => roles.some(({ provider }) => provider === landlord))
        .map(({ username }) => username),
      as: (username) => this.#as(username),
    })
  }

  #as(username: string): Promise<Client> {
    let client = this.#clients.get(username)
    if (client === undefined) {
      client = signInAs(this.#url, username, demoPassword(this.#home, username))
      this.#clients.set(username, client)
    }
    return client
  }

  /** Stands on every sign; without it none is printed. */
  async #sayWhomToAsk(provider: string): Promise<void> {
    const robin = await this.#as('robin')
    if ((await robin.get(`/sign-contact?provider=${provider}`)) !== null) return
    const host = `${provider === 'progress' ? 'larkhill' : 'fernside'}.example`
    await robin.post('/sign-contact', {
      provider,
      name: 'Customer services',
      phone: '0800 555 0123',
      email: `cctv@${host}`,
      web: `https://www.${host}/cctv`,
    })
  }

  async #live(life: Life): Promise<void> {
    const pack = this.#packs.find((one) => one.provider === life.landlord)
    if (pack === undefined) throw new Failure('not-found', `There is no policy pack for ${life.landlord}.`)
    const id = await this.#propose(life, pack)
    const open = async (code: string): Promise<boolean> => {
      const { gates } = await (await this.#as(life.proposer)).get(`/deployments/${id}`)
      return (gates as { code: string; state: string }[]).some(
        (gate) => gate.code === code && gate.state !== 'met',
      )
    }
    if (await open('dpia')) await this.#assess(life, pack, id)
    if (await open('resident-agreement')) await this.#agree(life, id)
    for (const { username, role } of life.approvers) {
      if (await open(`approval:${role}`)) await this.#approve(id, username, role)
    }
    if (life.install && (await open('reference-picture'))) await this.#install(life, pack, id)
  }

  async #propose(life: Life, pack: Pack): Promise<string> {
    const client = await this.#as(life.proposer)
    const known = await client.get('/deployments')
    const found = (known as { id: string; cameraLabel: string }[]).find(
      ({ cameraLabel }) => cameraLabel === life.label,
    )
    if (found !== undefined) return found.id
    const today = civilDay(homeClock(this.#home, systemClock).nowMs(), pack.values.provider.timeZone)
    const lastDay = life.days === null ? null : addDays(today, life.days - 1)
    const { id } = await client.post('/deployments', {
      provider: life.landlord,
      type: life.type,
      ...life.place,
      cameraLabel: life.label,
      cameraPosition: life.position,
      purposes: pack.values.purposes.slice(0, 1).map((purpose) => purpose.code),
      lawfulBasis: pack.values.lawfulBases[0]!.code,
      aim: 'People come and go without fear.',
      need: 'It goes on, and people stay away from the place.',
      detail: 'recognise',
      proportion: 'It happens at any hour, and the same people come back.',
      reason: life.reason,
      alternatives: life.alternatives,
      noOtherMeans: true,
      fromDay: today,
      ...(lastDay === null ? {} : { untilDay: lastDay, removalDay: addDays(lastDay, 1) }),
      reviewDay: lastDay ?? addDays(today, 300),
    })
    return String(id)
  }

  async #assess(life: Life, pack: Pack, id: string): Promise<void> {
    const answers = Object.fromEntries(
      pack.values.dpia.questions.map(({ code }) => [
        `answer-${code}`,
        dpiaAnswers[code] ?? `${life.reason} ${life.position}`,
      ]),
    )
    await (await this.#as(life.dpiaAuthor)).post(`/deployments/${id}/dpia`, { ...answers, do: 'submit' })
    const dpo = await this.#as(life.dpo)
    const { dpias, mark } = await dpo.get(`/deployments/${id}`)
    await dpo.post(`/deployments/${id}/dpia/answer`, { dpia: dpias[0].id, outcome: 'accepted', mark })
  }

  async #agree(life: Life, id: string): Promise<void> {
    const today = civilDay(homeClock(this.#home, systemClock).nowMs(), 'Europe/London')
    const answer = { residentName: 'Joan Whitfield', how: 'in-person', day: today, toldNotToTamper: true }
    await (await this.#as(life.proposer)).post(`/deployments/${id}/agreement`, answer)
  }

  async #approve(id: string, username: string, role: string): Promise<void> {
    const client = await this.#as(username)
    const { mark } = await client.get(`/deployments/${id}`)
    await client.post(`/deployments/${id}/approve`, {
      role,
      decision: 'approve',
      mark,
      reason: 'Seen and agreed.',
    })
  }

  async #install(life: Life, pack: Pack, id: string): Promise<void> {
    const client = await this.#as(life.installer)
    const { camera } = await client.get(`/deployments/${id}`)
    await client.post(`/deployments/${id}/install/connection`, {
      version: camera.version,
      recorderId: await this.#recorder(),
      address: `rtsp://127.0.0.1:${this.#cameras.port}/${life.scene}`,
      devicePort: this.#cameras.devicePort,
    })
    await client.post(`/deployments/${id}/install/probe`, {})
    const signs: Sign[] = await client.get('/signs')
    for (const { code: place } of pack.values.sign.places) {
      const sign = signs.find((one) => one.cameraId === camera.id && one.place === place)
      if (sign === undefined) continue
      const photo = new FormData()
      photo.set('place', place)
      photo.set('note', 'At eye height.')
      photo.set(
        'photo',
        new Blob([signPhoto(`${this.#url.toUpperCase()}${sign.address.toUpperCase()}`)], {
          type: 'image/png',
        }),
        'sign.png',
      )
      await client.post(`/deployments/${id}/install/signs`, photo)
    }
    await client.post(`/deployments/${id}/install/checklist`, {
      met: pack.values.siteChecklist.map(({ code }) => code),
      kit: ['Camera, Overt simulator, serial SIM-0001', 'Power supply, PS-12, serial SIM-0002'],
      notes: 'Camera, bracket and power supply fixed and locked.',
      qualification: 'Installer’s card 4711',
      qualified: true,
    })
    await client.post(`/deployments/${id}/install/reference`, {})
    const reference = await this.#referenceOf(client, id)
    await client.post(`/deployments/${id}/install/reference/judge`, { reference, accepted: 'yes' })
  }

  /** It has come in: `up` waits for it before anything is populated. */
  async #recorder(): Promise<string> {
    const [recorder] = await (await this.#as('robin')).get('/recorders')
    return recorder.id
  }

  async #referenceOf(client: Client, id: string): Promise<string> {
    return await whenThere('The simulated camera gave no reference picture', async () => {
      const { reference } = await client.get(`/deployments/${id}`)
      return reference?.id
    })
  }
}

async function whenThere(orElse: string, look: () => Promise<string | undefined>): Promise<string> {
  for (const began = performance.now(); performance.now() - began < 120_000; ) {
    const found = await look()
    if (found !== undefined) return found
    await delay(100)
  }
  throw new Failure('unavailable', `${orElse} within two minutes.`)
}
