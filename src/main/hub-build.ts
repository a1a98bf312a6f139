import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import {
  authorisationListeners,
  authorisationRoutes,
  findMandate,
  recordersFor,
  runningAuthorities,
  startAuthorisation,
  takenOverAs,
  takeOver,
  unsureAfterRestore,
} from '#authorisation/authorisation.ts'
import { type Config, type Home, homeClock, type Log, openMarkedClock, systemClock } from '#base/base.ts'
import { caseworkRoutes, closeTask, openTask } from '#casework/casework.ts'
import { deskRoutes, ledgerRoutes } from '#desk/desk.ts'
import { connect, inTransaction, startJobs, startOutbox } from '#engine/engine.ts'
import { exhibitsOfCase, startEvidence } from '#evidence/evidence.ts'
import { casesSeenBy, findViewing, footageRoutes } from '#footage/footage.ts'
import { append, knowKinds, ledgerKey, startSequencer } from '#ledger/ledger.ts'
import {
  authenticator,
  digestTrouble,
  noticeUnusual,
  peopleAt,
  peopleRoutes,
  remindEverybody,
  rolesHeld,
  staffOf,
  trainingRoutes,
} from '#people/people.ts'
import { actions } from '#policy/policy.ts'
import {
  changesRoutes,
  countRefusal,
  landlordsRoutes,
  openPointRoutes,
  openProviders,
  type ProvidersDeps,
  providersRoutes,
  startProviders,
} from '#providers/providers.ts'
import {
  forgetOldUploads,
  placeTyped,
  reachOf,
  registerRoutes,
  siteNamed,
  sitesById,
  startRegister,
} from '#register/register.ts'
import { createWeb } from '#web/web.ts'
import { answerParent } from './hub-answers.ts'
import { buildMiddle, type Floor, startMail } from './hub-middle.ts'
import { clauseWordsOf, keptSecret, listen, noticesOf, sameDisk } from './hub-web.ts'
import { catalogue } from './ledger-catalogue.ts'
import { ledgerPart } from './ledger-part.ts'
import { peopleParts } from './people-build.ts'
import { inTitles, ledgerReach, navigation, pageOf, permits } from './permits.ts'
import { policyStanding } from './policy-standing.ts'
import { trainingParts } from './training-parts.ts'
import { travel } from './travel.ts'

const software = `Overt ${(JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version}`
const policiesFolder = resolve(import.meta.dirname, '../../policies')

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
    placeNamed: (slug, name) => siteNamed(sql, slug, name),
    placesById: (ids) => sitesById(sql, ids),
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
        recordingCameras: footage.recordingCameras,
        named: authorisation.named,
        mail: config.smtpUrl === null ? null : { trouble: () => digestTrouble(sql) },
        rolesHeld: (slug) => rolesHeld(people, slug, clock.nowMs()),
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
        partOf: (person) => ledgerPart({ sql, clock, providers, people }, person),
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
        takenOverAs: (person, cameras) =>
          takenOverAs(sql, cameras, reachOf(person, 'deployment.view', providers)),
        mapTiles: config.mapTiles,
      }),
      ...caseworkRoutes({
        sql,
        providers: () => providers.list(),
        named: authorisation.named,
        seenBy: casesSeenBy,
        placeTyped: (person, typed) =>
          placeTyped(sql, { everywhere: false, held: person.roles }, providers, typed, true),
        placeName: async (id) => (await sitesById(sql, [id])).get(id)?.name ?? null,
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
