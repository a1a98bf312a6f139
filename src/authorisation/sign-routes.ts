/**
 * The rows about signs: the register of them, one sign, its print, its photos, whom to ask.
 *
 * Stays whole past 400 lines: rows of one shape, looked up by path.
 */
import { z } from 'zod'
import { inTransaction, publish } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { rolesFor } from '#policy/policy.ts'
import {
  findContact,
  isGuarded,
  listSigns,
  pictureBytesMax,
  providersIn,
  reachOf,
  readPicture,
  type SheetSize,
  type SignLine,
  setContact,
  sheetSizes,
  sightingsOf,
  signLacks,
  signPlaces,
  signReference,
  signSheet,
  versionsOf,
} from '#register/register.ts'
import {
  type Answer,
  type Ask,
  fields,
  marks,
  type Page,
  type Person,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { ask as askPolicy, seen } from './asking.ts'
import { by, done, ofDeployment } from './deployment-rows.ts'
import { signForms } from './letters/sign-forms.ts'
import { contactPage, type SignShown, signPage, signsPage } from './pages/sign-pages.ts'
import { signStateOf } from './pages/sign-words.ts'
import { namesOf } from './pages/words.ts'
import type { AuthorisationDeps } from './parts.ts'
import {
  addSign,
  answerForSign,
  guardSigns,
  placeSign,
  reportSignMissing,
  takeSignAway,
} from './sign-steps.ts'
import { newestDeploymentOf } from './store.ts'

const noSign: Answer = { notFound: 'There is no such sign, or you may not see it.' }
const looking = { none: 'a sign is words for a wall, and shows no picture of anybody' }
const ofSheet = z.object({ sheet: fields.id('a sign') })

type Refusable = Ask<Readonly<Record<string, unknown>>>

/** `install` shows the installer's page again when a photo sent from there is refused. */
export function signRoutes(deps: AuthorisationDeps, install: (ask: Refusable) => Promise<Page>): Route[] {
  return [...looks(deps), ...prints(deps), ...steps(deps, install), ...contactRows(deps)]
}

async function lineFor(deps: AuthorisationDeps, person: Person, sheetId: string): Promise<SignLine | null> {
  const reach = reachOf(person, 'register.view', deps.packs)
  return (await listSigns(deps.sql, reach, { sheetId }))[0] ?? null
}

async function shownFor(deps: AuthorisationDeps, person: Person, line: SignLine): Promise<SignShown> {
  const { sheet } = line
  const deploymentId = await newestDeploymentOf(deps.sql, sheet.cameraId)
  const standing = deploymentId === null ? null : await seen(deps.sql, deps, person, deploymentId)
  const d = standing?.file.deployment ?? null
  const mayInstall =
    standing !== null &&
    d?.ended === null &&
    askPolicy(standing.pack, person, standing, 'deployment.install', { deploymentType: d.type }).allowed
  const roles = person.roles.filter((r) => r.provider === sheet.provider).map((r) => r.role)
  const asks =
    standing !== null && rolesFor(standing.pack, 'deployment.propose').some((r) => roles.includes(r))
  const sightings = await sightingsOf(deps.sql, sheet.id)
  const name = await namesOf(
    deps,
    sightings.flatMap((s) => [s.takenBy, s.answered?.by]),
  )
  return {
    line,
    sightings,
    versions: await versionsOf(deps.sql, sheet.id),
    base: deps.signs.base(),
    deployment: d === null ? null : { id: d.id, reference: d.reference },
    guarded: await isGuarded(deps.sql, sheet.systemId),
    forms: standing === null ? [] : await signForms(deps.sql, standing),
    mayInstall,
    mayVouch: mayInstall || asks,
    mayReport: d?.ended === null && roles.length > 0,
    personId: person.id,
    nowMs: deps.clock.nowMs(),
    name: (id) => name(id),
  }
}

async function signPageFor(
  deps: AuthorisationDeps,
  view: View,
  person: Person,
  sheetId: string,
): Promise<Page> {
  const line = await lineFor(deps, person, sheetId)
  return line === null
    ? {
        title: 'Not found',
        body: marks.heading({ title: 'There is no such sign, or you may not see it' }),
      }
    : signPage(view, await shownFor(deps, person, line))
}

const looks = (deps: AuthorisationDeps): Route[] => [
  route({
    method: 'GET',
    path: '/signs',
    permission: 'register.view',
    ledger: looking,
    input: z.object({ text: z.string().max(100).optional() }),
    api: { summary: 'The sign register: what hangs where, and what each sign needs' },
    async handler(ask) {
      const text = ask.input.text ?? ''
      const lines = await listSigns(deps.sql, reachOf(ask.person!, 'register.view', deps.packs), { text })
      const nowMs = deps.clock.nowMs()
      return {
        data: lines.map((line) => ({
          id: line.sheet.id,
          reference: signReference(line.sheet.code),
          cameraId: line.sheet.cameraId,
          camera: line.cameraLabel,
          site: line.siteName,
          place: line.sheet.place,
          version: line.sheet.version,
          address: `/s/${line.sheet.code}/${line.sheet.version}`,
          state: signStateOf(line, nowMs).words,
          hanging: line.hanging,
        })),
        page: () => signsPage(lines, text, nowMs, editableProviders(deps, ask.person!)),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/signs/:sheet',
    permission: 'register.view',
    ledger: looking,
    input: ofSheet,
    async handler(ask) {
      const line = await lineFor(deps, ask.person!, ask.input.sheet)
      if (line === null) return noSign
      const shown = await shownFor(deps, ask.person!, line)
      return { data: line, page: () => signPage(ask.view, shown) }
    },
  }),
]

const prints = (deps: AuthorisationDeps): Route[] => {
  const sheetAs = async (
    person: Person,
    sheetId: string,
    size: SheetSize,
    as: 'pdf' | 'shop-pdf' | 'svg',
  ): Promise<Answer> => {
    const line = await lineFor(deps, person, sheetId)
    if (line === null) return noSign
    const { sheet } = line
    const lacks = signLacks(sheet.says)
    if (lacks.length > 0)
      return {
        refusal: [
          { field: null, message: `No sign is made without ${lacks.join(' and ')}. Ask for that first.` },
        ],
      }
    const body = await signSheet({ ...sheet, base: deps.signs.base() }, size, as)
    return {
      file: {
        mime: as === 'svg' ? 'image/svg+xml' : 'application/pdf',
        body,
        ...(as === 'svg'
          ? {}
          : {
              filename: `sign-${signReference(sheet.code)}-version-${sheet.version}-${size}${as === 'pdf' ? '' : '-print-shop'}.pdf`,
            }),
      },
    }
  }
  return [
    route({
      method: 'GET',
      path: '/signs/:sheet/picture',
      permission: 'register.view',
      ledger: looking,
      input: ofSheet,
      rateMax: 60,
      handler: (ask) => sheetAs(ask.person!, ask.input.sheet, 'a4', 'svg'),
    }),
    route({
      method: 'GET',
      path: '/signs/:sheet/print/:size',
      permission: 'register.view',
      ledger: looking,
      input: ofSheet.extend({
        size: fields.choice('a size', sheetSizes),
        // A print shop cuts it out of a larger paper.
        for: z.enum(['office', 'shop']).default('office'),
      }),
      rateMax: 60,
      handler: (ask) =>
        sheetAs(ask.person!, ask.input.sheet, ask.input.size, ask.input.for === 'shop' ? 'shop-pdf' : 'pdf'),
    }),
    route({
      method: 'GET',
      path: '/signs/:sheet/photos/:photo',
      permission: 'register.view',
      ledger: { none: 'a photo of a sign was taken by the installer to be shown, and is no footage' },
      input: ofSheet.extend({ photo: fields.id('a photo') }),
      async handler(ask) {
        const none: Answer = { notFound: 'There is no such photo, or you may not see it.' }
        const line = await lineFor(deps, ask.person!, ask.input.sheet)
        if (line === null) return none
        const own = (await sightingsOf(deps.sql, line.sheet.id)).some((s) => s.photoId === ask.input.photo)
        const picture = own ? await readPicture(deps.sql, ask.input.photo) : null
        return picture ? { file: { mime: picture.mime, body: picture.bytes } } : none
      },
    }),
    route({
      method: 'GET',
      path: '/deployments/:id/pictures/:picture',
      permission: 'deployment.view',
      ledger: { none: 'a photo of a sign was taken by the installer to be shown, and is no footage' },
      input: z.object({ ...ofDeployment, picture: fields.id('a picture') }),
      async handler(ask) {
        const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
        const own = standing?.file.signs.some((s) => s.photoId === ask.input.picture)
        const picture = own ? await readPicture(deps.sql, ask.input.picture) : null
        return picture
          ? { file: { mime: picture.mime, body: picture.bytes } }
          : { notFound: 'There is no such picture, or you may not see it.' }
      },
    }),
  ]
}

const sheetField = { sheet: z.preprocess((v) => v || null, fields.id('a sign').nullable()) }

const steps = (deps: AuthorisationDeps, install: (ask: Refusable) => Promise<Page>): Route[] => {
  /** A form that came from a sign's own page is shown there again. */
  const again = async (ask: Refusable): Promise<Page> => {
    const sheet = ask.input['sheet']
    return typeof sheet === 'string' && sheet !== '' && ask.input['from'] !== 'install'
      ? signPageFor(deps, ask.view, ask.person!, sheet)
      : install(ask)
  }
  const home = (ask: { input: { id: string; sheet: string | null } }) =>
    ask.input.sheet === null ? `/deployments/${ask.input.id}` : `/signs/${ask.input.sheet}`
  return [
    route({
      method: 'POST',
      path: '/deployments/:id/install/signs',
      permission: 'deployment.install',
      ledger: 'sign.placed',
      input: z.object({
        ...ofDeployment,
        ...sheetField,
        from: z.enum(['install', 'sign']).optional(),
        place: fields.choice('where the sign hangs', signPlaces),
        note: fields.optionalText('where exactly', 300),
        unreadable: fields.optionalText('why it can’t be read', 500),
      }),
      uploads: { field: 'photo', files: 1, bytesMax: pictureBytesMax, mimes: ['image/jpeg', 'image/png'] },
      form: again,
      api: { summary: 'Prove a sign by its photo; its QR code is read' },
      rateMax: 30,
      async handler(ask) {
        const { place, note, unreadable, sheet } = ask.input
        const result = await placeSign({
          ...by(deps)(ask),
          place,
          note: note ?? '',
          unreadable,
          sheetId: sheet,
          photo: ask.files['photo']?.bytes,
        })
        const words =
          result.ok && result.value.proof === 'waiting'
            ? 'The photo is kept. Somebody else must confirm that the sign hangs.'
            : 'The sign is recorded.'
        const where =
          sheet !== null && ask.input.from === 'sign'
            ? `/signs/${sheet}`
            : `/deployments/${ask.input.id}/install#signs`
        return done(result, where, words, ['photo', 'place'])
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/install/signs/another',
      permission: 'deployment.install',
      ledger: 'sign.added',
      input: z.object({
        ...ofDeployment,
        another: fields.choice('where one more sign is needed', signPlaces),
      }),
      form: install,
      api: { summary: 'One more sign at a place, with a code of its own' },
      async handler(ask) {
        const result = await addSign({ ...by(deps)(ask), place: ask.input.another })
        return done(
          result,
          `/deployments/${ask.input.id}/install#signs`,
          'One more sign is ready to print.',
          ['place'],
        )
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/install/signs/:sign/remove',
      permission: 'deployment.install',
      ledger: 'sign.removed',
      input: z.object({ ...ofDeployment, sign: fields.id('a sign') }),
      async handler(ask) {
        const result = await takeSignAway({ ...by(deps)(ask), signId: ask.input.sign })
        return done(
          result,
          `/deployments/${ask.input.id}/install#signs`,
          'The sign is taken out of the register.',
        )
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/signs/:sign/missing',
      permission: 'signed-in',
      ledger: 'sign.missing',
      input: z.object({
        ...ofDeployment,
        sign: fields.id('a sign'),
        trouble: z.enum(['missing', 'damaged']).default('missing'),
      }),
      api: { summary: 'Report that a sign is missing or damaged' },
      async handler(ask) {
        const { sign, trouble } = ask.input
        const result = await reportSignMissing({ ...by(deps)(ask), signId: sign, trouble })
        const sees = (await seen(deps.sql, deps, ask.person!, ask.input.id)) !== null
        return done(
          result,
          sees ? `/deployments/${ask.input.id}` : '/',
          'Thank you. The installers are told to put it back.',
        )
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/signs/answer',
      permission: 'deployment.view',
      ledger: 'sign.vouched',
      input: z.object({
        ...ofDeployment,
        ...sheetField,
        sighting: fields.id('a photo'),
        hangs: fields.choice('whether it hangs', ['yes', 'no']),
        words: fields.text('how you know', 500),
      }),
      form: again,
      api: { summary: 'A second person’s word on a photo in which the code can’t be read' },
      async handler(ask) {
        const { sighting, hangs, words } = ask.input
        const result = await answerForSign({
          ...by(deps)(ask),
          sightingId: sighting,
          hangs: hangs === 'yes',
          words,
        })
        return done(result, home(ask), 'Your word is recorded.')
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/signs/guard',
      permission: 'deployment.install',
      ledger: 'signs.guarded',
      input: z
        .object({
          ...ofDeployment,
          ...sheetField,
          guarded: z.enum(['yes', 'no']),
          reason: fields.optionalText('why', 500),
        })
        .refine((given) => given.guarded === 'no' || given.reason !== null, {
          path: ['reason'],
          error: 'Say why, without names',
        }),
      form: again,
      api: { summary: 'Mark a system for safety, or take the mark away' },
      async handler(ask) {
        const { guarded, reason } = ask.input
        const result = await guardSigns({
          ...by(deps)(ask),
          reason: guarded === 'yes' ? reason : null,
        })
        return done(
          result,
          home(ask),
          guarded === 'yes' ? 'The system is marked for safety.' : 'The mark is taken away.',
        )
      },
    }),
  ]
}

/** Landlords whose contact somebody may set: the whole landlord must be in reach, not an area of it. */
const editableProviders = (deps: AuthorisationDeps, person: Person) => {
  const reach = reachOf(person, 'register.edit', deps.packs)
  return providersIn(reach, deps.packs).filter(
    ({ slug }) => reach.everywhere || reach.held.some((h) => h.provider === slug && h.areas.length === 0),
  )
}

function contactRows(deps: AuthorisationDeps): Route[] {
  const noContact: Answer = { notFound: 'There is no such landlord, or you may not change its contact.' }
  const chosen = (person: Person, slug: string | undefined) => {
    const own = editableProviders(deps, person)
    return own.find((one) => one.slug === slug) ?? (slug === undefined && own.length === 1 ? own[0]! : null)
  }
  const show = async (view: View, person: Person, slug: string | undefined): Promise<Page | null> => {
    const one = chosen(person, slug)
    if (one === null) return null
    const contact = await findContact(deps.sql, one.slug)
    return contactPage(view, one.name, one.slug, contact, deps.signs.base())
  }
  const ways = 'Give at least one way: telephone, e-mail, web page or post'
  return [
    route({
      method: 'GET',
      path: '/sign-contact',
      permission: 'register.edit',
      ledger: { none: 'whom to ask is printed on every sign' },
      input: z.object({ provider: fields.code('a landlord').optional() }),
      api: { summary: 'Whom people can ask about a landlord’s cameras; null: not said yet' },
      async handler(ask) {
        const page = await show(ask.view, ask.person!, ask.input.provider)
        if (page === null) return noContact
        const one = chosen(ask.person!, ask.input.provider)!
        return { data: await findContact(deps.sql, one.slug), page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/sign-contact',
      permission: 'register.edit',
      ledger: 'signs.contact-set',
      input: z
        .object({
          provider: fields.code('the landlord'),
          version: fields.whole('the version', 0, 1_000_000).default(0),
          name: fields.text('who answers', 200),
          phone: fields.optionalText('the telephone number', 50),
          email: fields.email('the e-mail address'),
          web: fields.optionalText('the web page', 200),
          post: fields.optionalText('the postal address', 500),
        })
        .refine((given) => given.phone || given.email || given.web || given.post, {
          path: ['phone'],
          error: ways,
        }),
      form: async (ask) =>
        (await show(ask.view, ask.person!, String(ask.input['provider'] ?? ''))) ?? {
          title: 'Not found',
          body: marks.heading({ title: 'There is no such landlord, or you may not change its contact' }),
        },
      api: { summary: 'Set whom people can ask: printed on every sign of a landlord' },
      async handler(ask) {
        const { provider, version, name, phone, email, web, post } = ask.input
        if (chosen(ask.person!, provider) === null) return noContact
        const kept = await inTransaction(deps.sql, async (tx) => {
          const contact = {
            version,
            name,
            phone: phone ?? '',
            email: email ?? '',
            web: web ?? '',
            post: post ?? '',
          }
          if (!(await setContact(tx, provider, contact, ask.person!.id, ask.nowMs))) return false
          await append(tx, {
            kind: 'signs.contact-set',
            actor: ask.person!.id,
            provider,
            about: {},
            atMs: ask.nowMs,
          })
          // Every camera of the landlord is looked at: its signs have new words.
          await publish(tx, 'signs.contact-set', { provider }, { key: provider })
          return true
        })
        return kept
          ? {
              data: null,
              location: '/signs',
              flash: 'Saved. Within a minute each sign that says something else has a new version to hang.',
            }
          : {
              refusal: [
                {
                  field: null,
                  message:
                    'Somebody else changed this meanwhile. Look at what it says now and type your change again.',
                },
              ],
            }
      },
    }),
  ]
}
