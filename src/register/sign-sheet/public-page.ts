/**
 * The page behind a sign's code, for anybody who stands before it: who runs the camera, why, how long pictures are
 * kept, whom to ask, and their rights (UK GDPR Art 13). Made from the register and the policy. Where a sign is unlisted
 * (in or beside a home, or marked for safety) it says the landlord's general rules and nothing of this camera: not where
 * it is, not whether it records, not whether the sign is the newest, the same before, during and after a camera's life.
 */
import { z } from 'zod'
import type { Sql } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import { isPublished, translationsOf } from '#providers/providers.ts'
import {
  type Answer,
  components as c,
  dayWords,
  type Html,
  html,
  marks,
  type Page,
  type Route,
  route,
} from '#web/web.ts'
import { camerasById } from '../camera-store.ts'
import { type Controller, controllersBeside, ownController, rolesOf } from '../controller-store.ts'
import { controllerName } from '../pages/controller-pages.ts'
import { nameOf } from '../pages/parts.ts'
import type { Packs } from '../reach.ts'
import { findContact, type SignSheet, sheetByCode, whatFilms } from '../sheet-store.ts'
import { findSystem, keptDays } from '../system-store.ts'
import { readSignCode } from './sign-code.ts'
import type { SignContact } from './sign-says.ts'

/** A guesser's tries a minute, from one address. */
const looksPerMinute = 60

type PublicDeps = { readonly sql: Sql; readonly packs: Packs }

export function publicSignRoutes(deps: PublicDeps): Route[] {
  const notice = route({
    method: 'GET',
    path: '/privacy/:provider',
    permission: 'public',
    ledger: { none: 'a privacy notice shows no picture, and who reads it is nobody’s business' },
    input: z.object({ provider: z.string().max(60) }),
    rateMax: looksPerMinute,
    async handler(ask): Promise<Answer> {
      const { provider } = ask.input
      if (deps.packs.find(provider) === null) return { notFound: 'There is no landlord of this name here.' }
      const facts = await noticeFacts(deps, provider)
      return { data: facts, page: () => noticePage(facts) }
    },
  })
  const page = (path: string): Route =>
    route({
      method: 'GET',
      path,
      permission: 'public',
      ledger: { none: 'a sign’s page shows no picture, and who reads it is nobody’s business' },
      input: z.object({ code: z.string().max(40), version: z.string().max(10).optional() }),
      rateMax: looksPerMinute,
      async handler(ask): Promise<Answer> {
        const none: Answer = {
          notFound:
            'This is not the address of one of our signs. Look at the letters below the square code again.',
        }
        const code = readSignCode(ask.input.code)
        const sheet = code === null ? null : await sheetByCode(deps.sql, code)
        if (sheet === null || deps.packs.find(sheet.provider) === null) return none
        const version = Number(ask.input.version ?? sheet.version)
        const known = Number.isInteger(version) && version >= 1 && version <= sheet.version
        if (!known && !sheet.unlisted) return none
        const shown = await publicFacts(deps, sheet, version)
        return { data: shown, page: () => publicPage(shown) }
      },
    })
  // A QR code holds capitals tighter, so signs are printed with /S/; people type /s/.
  return [notice, ...['/s', '/S'].flatMap((root) => [page(`${root}/:code`), page(`${root}/:code/:version`)])]
}

export type PublicFacts = {
  readonly landlord: string
  /** Who decides why and how people are filmed, in sentences. */
  readonly controllers: readonly string[]
  readonly purposes: readonly string[]
  readonly bases: readonly string[]
  readonly contact: SignContact | null
  readonly retentionDays: number
  readonly recipients: readonly string[]
  readonly policy: string
  /** Address of the landlord's whole notice. */
  readonly notice: string
  /** Address of the policy on the website, and its languages; null: it isn't published. */
  readonly published: { readonly href: string; readonly languages: readonly string[] } | null
  /** What may be told of this very camera; null: nothing. */
  readonly here: {
    readonly place: string
    readonly sound: boolean
    readonly watched: boolean
    readonly ended: boolean
    readonly outdated: boolean
  } | null
}

async function publicFacts(deps: PublicDeps, sheet: SignSheet, version: number): Promise<PublicFacts> {
  const pack = deps.packs.packOf(sheet.provider)
  const { values } = pack
  const camera = sheet.unlisted
    ? null
    : ((await camerasById(deps.sql, [sheet.cameraId])).get(sheet.cameraId) ?? null)
  const system = camera === null ? null : await findSystem(deps.sql, camera.systemId)
  return {
    landlord: deps.packs.find(sheet.provider)?.name ?? pack.name,
    controllers:
      camera === null
        ? [whoAnswers(deps.packs, sheet.provider, ownController)]
        : [
            whoAnswers(
              deps.packs,
              sheet.provider,
              (await rolesOf(deps.sql, [camera.systemId]))(camera.systemId).controller,
            ),
          ],
    purposes: sheet.says.purposes,
    bases: basesOf(pack, sheet.says.purposes),
    contact: await findContact(deps.sql, sheet.provider),
    // What is marked for safety is told as all of the landlord's are: its own days could single it out.
    retentionDays:
      system === null ? values.retentionDays.value : keptDays(system, values.retentionDays.value),
    recipients: values.disclosure.recipients.map((r) => r.label),
    notice: `/privacy/${sheet.provider}`,
    published: await publishedOf(deps.sql, sheet.provider),
    policy: `${values.document.title}, in effect from ${dayWords(pack.version)}`,
    here:
      camera === null
        ? null
        : {
            place: camera.siteName,
            sound: sheet.says.audio,
            watched: sheet.says.monitored,
            ended: sheet.retiredMs !== null,
            outdated: sheet.retiredMs === null && version < sheet.version,
          },
  }
}

/** The lawful bases that the policy allows for these purposes. */
function basesOf({ values }: Pack, labels: readonly string[]): readonly string[] {
  const codes = new Set(values.purposes.filter((p) => labels.includes(p.label)).flatMap((p) => p.lawfulBases))
  return values.lawfulBases.filter((b) => codes.has(b.code)).map((b) => `${b.label} (${b.law})`)
}

export function publicPage(facts: PublicFacts): Page {
  const { here, landlord } = facts
  return {
    title: `Cameras of ${landlord}`,
    body: html`${marks.heading({
      title: here === null ? `Cameras of ${landlord}` : `Cameras at ${here.place}`,
      caption: 'About the sign that you have read',
      lead: `${landlord} runs ${here === null ? 'cameras in some places' : 'the cameras here'}. This page says why, what happens to the pictures, and what you can ask for.`,
    })}${
      here?.ended
        ? c.insetText(
            'The camera that this sign told of has been taken down. Tell us if the sign still hangs.',
          )
        : here?.outdated
          ? c.insetText(
              'The sign that you have read is out of date. What it says now is below. Tell us where you saw it.',
            )
          : null
    }${marks.h2('Why')}${marks.bullets(facts.purposes)}${marks.h2('What is recorded')}${marks.paragraph(
      here === null
        ? 'Where a camera records, it records as our policy allows and for no longer. A sign says so where sound is recorded, or where somebody may be watching live.'
        : `${here.sound ? 'Pictures and sound.' : 'Pictures. No sound.'} ${here.watched ? 'Somebody may be watching live.' : 'Nobody watches live.'}`,
    )}${marks.h2('How long pictures are kept')}${marks.paragraph(
      `At most ${facts.retentionDays} days. Then they are destroyed by themselves. Only what is needed for a case or a request is kept longer, with a stated reason and an end.`,
    )}${marks.h2('Whom to ask', 'contact')}${contactBox(facts.contact, landlord)}${rights(landlord)}${marks.h2('Privacy notice')}${c.summaryList(
      {
        rows: [
          { key: 'Who answers for the pictures', value: facts.controllers.join(' ') },
          { key: 'Data protection questions', value: contactLine(facts.contact, landlord) },
          {
            key: 'Why the law allows it',
            value: facts.bases.length === 0 ? 'As our policy states.' : marks.bullets(facts.bases),
          },
          {
            key: 'Who may be given pictures',
            value: html`${marks.paragraph('Nobody, unless they need them for a lawful reason that is written down each time. Then only:')}${marks.bullets(facts.recipients)}`,
          },
          {
            key: 'Where they are kept',
            value:
              'On our own equipment, encrypted. Each look at them is written in a record that cannot be changed unseen.',
          },
          { key: 'Decided by a machine alone', value: 'Nothing.' },
          { key: 'Our policy', value: policyLine(facts) },
          { key: 'All of our cameras', value: marks.link(facts.notice, 'The whole privacy notice') },
        ],
      },
    )}`,
  }
}

/** "Fernside Homes is the controller, jointly with the town council. Ask at …" */
function whoAnswers(packs: Packs, provider: string, controller: Controller): string {
  const name = controllerName(controller, provider, nameOf(packs))
  const joint = controller.joint === '' ? '' : `, jointly with ${controller.joint}`
  const contact = controller.contact.replaceAll('\n', ', ')
  return `${name} is the controller${joint}.${contact === '' ? '' : ` To reach it: ${contact}`}`
}

async function publishedOf(sql: Sql, provider: string): Promise<PublicFacts['published']> {
  if (!(await isPublished(sql, provider, 'website'))) return null
  const languages = (await translationsOf(sql, provider)).map((t) => t.languageName)
  return { href: `/published/${provider}`, languages: [...new Set(languages)] }
}

const policyLine = ({ policy, published }: Pick<PublicFacts, 'policy' | 'published'>): Html =>
  published === null
    ? html`${policy}`
    : html`${marks.link(published.href, policy)}${
        published.languages.length === 0 ? null : html`<br>Also in: ${published.languages.join(', ')}`
      }`

/** What everybody may ask for, and where to complain. */
const rights = (landlord: string): Html =>
  html`${marks.h2('Pictures of you')}${marks.paragraph(
    'You have a right to see pictures of yourself and to be given a copy. Ask soon: after the days above there may be nothing left. Say the place, the day and the time as closely as you can, and what you wore, so that we can find you. It costs nothing, and we answer within a month. Other people in them may have to be hidden first.',
  )}${marks.paragraph('You can also ask us to delete pictures of you, to stop using them, or to correct what we say about them. Ask in any way above: by telephone, in writing, or in person.')}${marks.h2('If you are not content')}${marks.paragraph(
    `Complain to us in any way above. If you remain unhappy with how ${landlord} uses pictures of you, complain to the Information Commissioner’s Office: ico.org.uk, telephone 0303 123 1113, Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF.`,
  )}`

function contactBox(contact: SignContact | null, landlord: string): Html {
  if (contact === null) return marks.paragraph(`Ask at any office of ${landlord}.`)
  const rows: { key: string; value: string | Html }[] = []
  if (contact.phone)
    rows.push({
      key: 'Telephone',
      value: marks.link(`tel:${contact.phone.replace(/[^+0-9]/g, '')}`, contact.phone),
    })
  if (contact.email) rows.push({ key: 'E-mail', value: marks.link(`mailto:${contact.email}`, contact.email) })
  if (contact.web) rows.push({ key: 'Web', value: webLink(contact.web) })
  if (contact.post) rows.push({ key: 'Post', value: contact.post.replaceAll('\n', ', ') })
  return html`${marks.paragraph(contact.name)}${c.summaryList({ rows })}`
}

const contactLine = (contact: SignContact | null, landlord: string): string =>
  contact === null
    ? `Ask at any office of ${landlord}.`
    : [contact.name, contact.phone || contact.email || contact.web].filter((t) => t !== '').join(', ')

/** What was typed as a web page becomes a link only when it is one; anything else stays words. */
function webLink(typed: string): Html {
  const address = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
    ? marks.link(address, typed)
    : html`${typed}`
}

/** What a landlord's whole notice says: its rules from the policy, and what films or records sound from the register. */
export type NoticeFacts = Omit<PublicFacts, 'here' | 'notice'> & {
  /** What films, as people call it: kinds, never places or numbers. */
  readonly films: readonly string[]
  readonly sound: boolean
}

async function noticeFacts(deps: PublicDeps, provider: string): Promise<NoticeFacts> {
  const pack = deps.packs.packOf(provider)
  const { values } = pack
  const { kinds, sound } = await whatFilms(deps.sql, provider)
  const purposes = values.purposes.map((p) => p.label)
  return {
    landlord: deps.packs.find(provider)?.name ?? pack.name,
    controllers: [
      whoAnswers(deps.packs, provider, ownController),
      ...new Set(
        (await controllersBeside(deps.sql, provider)).map(
          (one) => `For some cameras: ${whoAnswers(deps.packs, provider, one)}`,
        ),
      ),
    ],
    purposes,
    bases: basesOf(pack, purposes),
    contact: await findContact(deps.sql, provider),
    retentionDays: values.retentionDays.value,
    recipients: values.disclosure.recipients.map((r) => r.label),
    policy: `${values.document.title}, in effect from ${dayWords(pack.version)}`,
    published: await publishedOf(deps.sql, provider),
    films: ['CCTV cameras', ...filming.flatMap(([kind, words]) => (kinds.includes(kind) ? [words] : []))],
    sound,
  }
}

/** Kinds of equipment that film, beside CCTV cameras. */
const filming = [
  ['doorbell', 'Video doorbells'],
  ['door-entry', 'Door entry with a camera'],
  ['body-worn', 'Cameras worn by staff'],
  ['dash-cam', 'Cameras in vehicles'],
] as const

export function noticePage(facts: NoticeFacts): Page {
  const { landlord } = facts
  return {
    title: `Privacy notice: cameras of ${landlord}`,
    body: html`${marks.heading({
      title: 'Privacy notice: cameras',
      caption: landlord,
      lead: `What ${landlord} films, why, how long pictures are kept, and what you can ask for. Made from our register, so it says what is there today.`,
    })}${marks.h2('What films')}${marks.bullets(facts.films)}${marks.paragraph(
      facts.sound
        ? 'Some of these record voices and other sound as well as video. A sign or the person who wears the camera says so.'
        : 'They record video. None of them records voices or other sound.',
    )}${marks.h2('Why')}${marks.bullets(facts.purposes)}${marks.h2('How long pictures are kept')}${marks.paragraph(
      `Pictures of CCTV cameras at most ${facts.retentionDays} days. Then they are destroyed by themselves. Only what is needed for a case or a request is kept longer, with a stated reason and an end.`,
    )}${marks.h2('Whom to ask', 'contact')}${contactBox(facts.contact, landlord)}${rights(landlord)}${marks.h2('The law, and who may be given pictures')}${c.summaryList(
      {
        rows: [
          {
            key: 'Who answers for the pictures',
            value: html`${facts.controllers.map((line) => html`${line}<br>`)}`,
          },
          {
            key: 'Why the law allows it',
            value: facts.bases.length === 0 ? 'As our policy states.' : marks.bullets(facts.bases),
          },
          { key: 'Who may be given pictures', value: marks.bullets(facts.recipients) },
          { key: 'Our policy', value: policyLine(facts) },
        ],
      },
    )}`,
  }
}
