/**
 * The hub: pages, API and jobs in one process. Built here by hand, from the floor up; what a lower room needs of a
 * higher one it is given as a function. Closed in reverse.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import {
  type AuthorisationDeps,
  authorisationListeners,
  authorisationRoutes,
  findMandate,
  openHubKeys,
  recordersFor,
  runningAuthorities,
  startAuthorisation,
  takeOver,
  unsureAfterRestore,
} from '#authorisation/authorisation.ts'
import {
  type Clock,
  type Config,
  Failure,
  type Home,
  homeClock,
  type Log,
  openMarkedClock,
  systemClock,
  writeFileDurably,
} from '#base/base.ts'
import { caseworkRoutes, closeTask, openTask } from '#casework/casework.ts'
import { deskRoutes, ledgerRoutes, startChasing } from '#desk/desk.ts'
import {
  connect,
  inTransaction,
  type Jobs,
  openMail,
  type Sql,
  startJobs,
  startOutbox,
} from '#engine/engine.ts'
import { exhibitsOfCase, startEvidence } from '#evidence/evidence.ts'
import {
  authorityFrom,
  type Footage,
  type FootageDeps,
  findViewing,
  footageRoutes,
  knownKeyring,
  openKeyring,
  startFootage,
} from '#footage/footage.ts'
import { encodeNoteKey } from '#formats/log/log.ts'
import { append, knowKinds, type LedgerKey, ledgerKey, originOf, startSequencer } from '#ledger/ledger.ts'
import {
  authenticator,
  conflictedAt,
  digestTrouble,
  holdersOf,
  named,
  noticeUnusual,
  type PeopleParts,
  peopleAt,
  peopleRoutes,
  remindEverybody,
  rightsOf,
  staffOf,
  trainingRoutes,
} from '#people/people.ts'
import { actions, clauseHref, clauseLabel } from '#policy/policy.ts'
import {
  changesRoutes,
  countRefusal,
  landlordsRoutes,
  openPointRoutes,
  openProviders,
  type Providers,
  type ProvidersDeps,
  providersRoutes,
  startProviders,
} from '#providers/providers.ts'
import {
  camerasOfRecorder,
  forgetOldUploads,
  openCredentialBox,
  reachOf,
  readPhotoCodes,
  registerRoutes,
  startRegister,
} from '#register/register.ts'
import { createWeb, type Html, html, marks, type Person } from '#web/web.ts'
import { answerParent } from './hub-answers.ts'
import { catalogue } from './ledger-catalogue.ts'
import { peopleParts } from './people-build.ts'
import { inTitles, ledgerReach, navigation, pageOf, permits } from './permits.ts'
import { policyStanding } from './policy-standing.ts'
import { trainingParts } from './training-parts.ts'
import { travel } from './travel.ts'

const software = `Overt ${(JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version}`
const policiesFolder = resolve(import.meta.dirname, '../../policies')

type Floor = {
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

export async function buildHub(
  config: Config,
  home: Home,
  databaseUrl: string,
  log: Log,
): Promise<{ url: string; close(): Promise<void> }> {
  const closers: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer()
  }
  const sql = connect(databaseUrl, { max: 20, log, name: 'overt hub' })
  closers.push(() => sql.end({ timeout: 5 }))
  const clock = await openMarkedClock(join(home.path, 'hub'), homeClock(home, systemClock), log, (from, to) =>
    log.warn({ from, to }, 'the clock leapt forward'),
  )
  const marking = setInterval(() => void clock.keep(), 1_000)
  closers.push(async () => {
    clearInterval(marking)
    await clock.close()
  })
  knowKinds(catalogue)
  const key = await ledgerKey(home.path)
  const sequencer = await startSequencer({ sql, home, key, clock, log })
  closers.push(() => sequencer.close())
  // Before anything is signed or told.
  await unsureAfterRestore({ sql, clock, log })
  const providers = await openProviders({
    sql,
    folder: policiesFolder,
    clock,
    log,
    record: append,
    tasks: { open: openTask, close: closeTask },
    running: runningAuthorities,
  })
  await inTransaction(sql, (tx) => providers.bringTasksInLine(tx))
  const jobs = await startJobs(sql, { clock, log })
  closers.push(() => jobs.close())
  let listening = `http://${config.host}:${config.port}`
  const address = () => config.publicUrl ?? listening
  const floor: Floor = { config, home, log, sql, clock, providers, key, jobs, address }

  const people = await peopleParts(floor)
  const training = trainingParts(floor)
  jobs.every('people.training', 3_600, () => remindEverybody(training))
  const { authorisation, footage, footageDeps } = await buildMiddle(floor, people, closers)
  // Plain rules over what was done; a warning that comes within the hour is soon enough, for it stops nobody.
  jobs.every('people.unusual', 3_600, async () => void (await noticeUnusual(people)))
  startAuthorisation({ ...authorisation, jobs })
  startRegister({ sql, packs: providers, clock, log, jobs })
  const policyKeeping: ProvidersDeps = {
    sql,
    clock,
    providers,
    tasks: { open: openTask, close: closeTask },
    standing: (slug, sinceMs) =>
      policyStanding(
        sql,
        providers.find(slug) ?? { slug, timeZone: 'Europe/London' },
        sinceMs,
        clock.nowMs(),
      ),
    named: authorisation.named,
  }
  startProviders({ ...policyKeeping, jobs })
  jobs.every('register.forget-uploads', 3_600, async () => {
    await forgetOldUploads(sql, clock.nowMs())
  })
  const outbox = await startOutbox(
    sql,
    { ...footage.listeners, ...authorisationListeners(authorisation) },
    { log },
  )
  closers.push(() => outbox.close())

  const evidence = await startEvidence({
    sql,
    clock,
    log,
    jobs,
    folder: join(home.path, 'packs'),
    footage,
    packs: providers,
    hub: { ...footageDeps.hub, signing: () => authorisation.keys.signing() },
    deploymentType: footageDeps.authority.deploymentType,
    mandate: (id) => findMandate(sql, id),
    viewing: (id, personId) => findViewing(sql, id, personId),
    namesOf: authorisation.named,
    software,
  })
  closers.push(() => evidence.close())

  const keyringSharesDisk = await sameDisk(home.path, config.keyring)
  const web = await createWeb({
    routes: [
      ...deskRoutes({
        sql,
        clock,
        packs: providers,
        recorders: authorisation.recorders,
        cameraState: footage.cameraState,
        named: authorisation.named,
        mail: config.smtpUrl === null ? null : { trouble: () => digestTrouble(sql) },
        holdersOf: (slug, role) => holdersOf(sql, slug, role, undefined, clock.nowMs()),
        demo:
          home.born === 'demo'
            ? { moveBy: (days, by) => travel(floor, footage, authorisation, days, by) }
            : null,
      }),
      ...ledgerRoutes({
        sql,
        key,
        describe: catalogue,
        providersOf: (person) => ledgerReach(providers, person),
        peopleAt: (slugs) => peopleAt(sql, slugs),
        named: authorisation.named,
        hrefOf: (name, id, person) => pageOf(providers, name, id, person),
        landlord: (slug) => providers.find(slug)?.name ?? slug,
        inTitles: (slug, data) => inTitles(providers, slug, data),
        timeZone: 'Europe/London',
      }),
      ...peopleRoutes(people, config.publicUrl),
      ...trainingRoutes(training),
      ...landlordsRoutes({ sql, clock, providers }),
      ...openPointRoutes({ sql, providers, named: authorisation.named }),
      ...changesRoutes({
        sql,
        providers,
        tasks: { open: openTask, close: closeTask },
        named: authorisation.named,
        running: runningAuthorities,
      }),
      ...providersRoutes(policyKeeping),
      ...registerRoutes({
        sql,
        packs: providers,
        named: authorisation.named,
        staffOf: (slug) => staffOf(sql, slug),
        box: authorisation.box,
        recordersFor: (slug) => recordersFor(authorisation, slug),
        takeOver: (tx, camera) => takeOver(authorisation, tx, camera),
        mapTiles: config.mapTiles,
      }),
      ...caseworkRoutes({
        sql,
        providers: () => providers.list(),
        named: authorisation.named,
        async related(caseId, person) {
          const exhibits = await exhibitsOfCase(sql, caseId, reachOf(person, 'exhibit.view', providers))
          return exhibits.map(({ id, reference }) => ({
            text: `Exhibit ${reference}`,
            href: `/exhibits/${id}`,
          }))
        },
      }),
      ...authorisationRoutes(authorisation),
      ...footageRoutes({ ...footageDeps, footage, keyringSharesDisk }),
      ...evidence.routes,
    ],
    webSockets: footage.webSockets,
    authenticate: authenticator(people),
    permits: (person, permission) => permits(providers, person, permission),
    refused: (refusal) => countRefusal({ sql, providers, nowMs: clock.nowMs() }, refusal),
    async healthy() {
      await sql`select 1`
      return footage.recorderHealthy()
    },
    nav: navigation,
    notices: noticesOf(
      home,
      footage.keyringNotices({ sharesDisk: await sameDisk(home.path, config.keyring) }),
    ),
    permissions: actions,
    ledgerKinds: Object.keys(catalogue),
    clauseWords: (id) => clauseWordsOf(providers, id),
    clock,
    log,
    publicUrl: config.publicUrl,
    pictureSource: config.mapTiles,
    csrfSecret: await keptSecret(join(home.path, 'keys', 'csrf.key')),
  })
  closers.push(() => web.close())
  await listen(web, config)
  const { port } = web.server.address() as AddressInfo
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  startMail(floor, people, config.publicUrl ?? url, closers)
  listening = url
  answerParent({ sql, home, clock, log, providers, url: address() })
  return { url, close }
}

/** Late work is told on, and where the landlord has a mail server people are told what waits for them. */
function startMail(
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
    async personOf(id) {
      const rights = await rightsOf(people, id)
      return rights === null ? null : { id, roles: rights.roles }
    },
  })
}

/** Authorisation and footage need each other's functions; neither knows the other's room upwards. */
async function buildMiddle(floor: Floor, people: PeopleParts, closers: (() => Promise<void> | void)[]) {
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
    captureReference: (of) => ready().captureReference(of),
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

/** A rule by its id, of whichever landlord's policy has it. */
function clauseWordsOf(providers: Providers, id: string): { text: string; href: string } | null {
  for (const { slug } of providers.list()) {
    const pack = providers.packOf(slug)
    if (pack.clauses.has(id)) return { text: clauseLabel(pack, id), href: clauseHref(pack, id) }
  }
  return null
}

function noticesOf(home: Home, keyring: readonly string[]) {
  return (person: Pick<Person, 'administrator' | 'remarks'> | null): readonly Html[] => {
    const said: Html[] = []
    if (home.born === 'demo')
      said.push(
        html`This is a demo: its landlords, people and places are made up, and its cameras are simulated.`,
      )
    for (const { text, href, link } of person?.remarks ?? [])
      said.push(html`${text} ${marks.link(href, link)}`)
    if (person?.administrator === true) said.push(...keyring.map((words) => html`${words}`))
    return said
  }
}

async function listen(web: Awaited<ReturnType<typeof createWeb>>, { host, port }: Config): Promise<void> {
  try {
    await web.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new Failure(
        'conflict',
        `Another program already uses port ${port} of ${host}. Stop it, or set OVERT_PORT to another number.`,
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Failure(
        'invalid',
        `Overt can't listen on ${host}, port ${port}. Set OVERT_HOST to an address of this machine, and OVERT_PORT to a number above 1023`,
        error,
      )
    throw error
  }
}

async function sameDisk(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)])
  return a.dev === b.dev
}

/** A secret of our own that outlives a restart, so that open forms do too. */
async function keptSecret(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const secret = randomBytes(32).toString('base64url')
    await writeFileDurably(path, `${secret}\n`)
    return secret
  }
}
