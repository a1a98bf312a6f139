import { z } from 'zod'
import { addDays, canonicalJson, type Json, startOfDayMs } from '#base/base.ts'
import type { Sql } from '#engine/engine.ts'
import {
  type EntryFilter,
  type EntryReach,
  type LedgerEvents,
  type LedgerKey,
  type ListedEntry,
  listEntries,
  proof,
  readEntry,
} from '#ledger/ledger.ts'
import {
  type Answer,
  components,
  type FieldError,
  fields,
  type Html,
  html,
  marks,
  moment,
  type Person,
  type Printable,
  type Route,
  route,
  type View,
} from '#web/web.ts'
import { checkpointsPage, newestCheckpoint, served } from './ledger-outside.ts'

/** What the ledger's pages need from above: words, names and reach are not theirs. */
export type LedgerPages = {
  readonly sql: Sql
  readonly key: Pick<LedgerKey, 'publicKey'>
  /** Every room's sentences, merged. */
  readonly describe: LedgerEvents
  /** The landlords all of whose entries this person may read; null: all. */
  providersOf(person: Person): readonly string[] | null
  /** What lies within a reach narrower than a landlord, and who works there alone. */
  partOf?(person: Person): Promise<Required<Pick<EntryReach, 'things' | 'colleagues'>>>
  /** Everybody with a role at one of these landlords: whose accounts and sign-ins are theirs to read about. */
  peopleAt(providers: readonly string[]): Promise<readonly string[]>
  /** Names of people by id; who left and was erased isn't in it. */
  named(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly name: string }>>
  /** Where this person may look at a thing that an entry is about (`camera`, id), or null. */
  hrefOf(name: string, id: string, person: Person): string | null
  /** The name of a landlord by its slug. */
  landlord(provider: string): string
  /** The same data with the policy's own titles for its codes (roles, purposes). */
  inTitles(provider: string, data: ListedEntry['data']): ListedEntry['data']
  readonly timeZone: string
}

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === undefined ? null : value), schema.nullable())

const listInput = z.object({
  about: optional(z.string().max(100)),
  kind: optional(z.string().max(80)),
  // Checked in the handler, so that a wrong date comes back in its box.
  from: optional(z.string().max(40)),
  to: optional(z.string().max(40)),
  before: optional(fields.whole('the number', 0, Number.MAX_SAFE_INTEGER)),
  after: optional(fields.whole('the number', 0, Number.MAX_SAFE_INTEGER)),
})
type ListInput = z.infer<typeof listInput>

const readsOnly = { none: 'reading the ledger changes nothing; it shows codes, ids and what was not erased' }

/** `/ledger` and what hangs on it. Checkpoints are public: the more people keep one, the better they protect. */
export function ledgerRoutes(deps: LedgerPages): Route[] {
  return [
    route({
      method: 'GET',
      path: '/ledger',
      permission: 'ledger.read',
      ledger: readsOnly,
      input: listInput,
      api: { summary: 'Ledger entries, newest first' },
      handler: (ask) => list(deps, ask.person!, ask.input, ask.view),
    }),
    route({
      method: 'GET',
      path: '/ledger/entries/:id',
      permission: 'ledger.read',
      ledger: readsOnly,
      input: z.object({ id: fields.id('an entry') }),
      api: { summary: 'One ledger entry with its proof' },
      handler: (ask) => one(deps, ask.person!, ask.input.id),
    }),
    route({
      method: 'GET',
      path: '/ledger/entries/:id/proof',
      permission: 'ledger.read',
      ledger: readsOnly,
      input: z.object({ id: fields.id('an entry') }),
      handler: (ask) => proofFile(deps, ask.person!, ask.input.id),
    }),
    route({
      method: 'GET',
      path: '/ledger/checkpoints',
      permission: 'ledger.read',
      ledger: readsOnly,
      input: z.object({}),
      api: { summary: 'The newest checkpoint of every log, and the public key' },
      handler: () => checkpointsPage(deps),
    }),
    route({
      method: 'GET',
      path: '/ledger/checkpoint',
      permission: 'public',
      ledger: { none: 'a checkpoint says how long the ledger is and its hash, nothing about anybody' },
      input: z.object({}),
      handler: () => newestCheckpoint(deps),
    }),
    route({
      method: 'GET',
      path: '/ledger/logs/:log/checkpoint',
      permission: 'public',
      ledger: { none: 'a checkpoint says how long the ledger is and its hash, nothing about anybody' },
      input: z.object({ log: z.string() }),
      handler: (ask) => served(deps, ask.input.log, 'checkpoint'),
    }),
    // C2SP tile paths have one segment per three digits; four reach 10^12 tiles or 10^9 with a width.
    ...[1, 2, 3, 4].map((segments) => tileRoute(deps, segments)),
  ]
}

async function reachOf(deps: LedgerPages, person: Person): Promise<EntryReach | null> {
  const providers = deps.providersOf(person)
  if (providers === null) return null
  const [people, part] = await Promise.all([deps.peopleAt(providers), deps.partOf?.(person)])
  return { providers, people, ...part }
}

function tileRoute(deps: LedgerPages, segments: number): Route {
  const names = Array.from({ length: segments }, (_, n) => `part${n + 1}`)
  return route({
    method: 'GET',
    path: `/ledger/logs/:log/tile/:level/${names.map((name) => `:${name}`).join('/')}`,
    // Entry bundles hold leaves: ids and codes of what was done, so not for everybody.
    permission: 'ledger.read',
    ledger: readsOnly,
    input: z.record(z.string(), z.string()),
    handler: async (ask) => {
      // A bundle holds entries of every landlord on this installation.
      if (deps.providersOf(ask.person!) !== null && ask.input['level'] === 'entries') {
        return { notFound: 'Only who may read every landlord’s entries can fetch whole bundles of them.' }
      }
      const path = ['tile', ask.input['level'], ...names.map((name) => ask.input[name])].join('/')
      return served(deps, ask.input['log'] ?? '', path)
    },
  })
}

async function list(deps: LedgerPages, person: Person, input: ListInput, view: View): Promise<Answer> {
  const errors = wrongDays(input)
  if (errors.length > 0) {
    return {
      refusal: errors,
      again: (refused) => ({
        title: 'Ledger',
        body: html`${heading()}${filterFields(deps, input, [], refused)}`,
      }),
    }
  }
  const filter: EntryFilter = {
    about: input.about,
    kind: input.kind,
    reach: await reachOf(deps, person),
    fromMs: input.from === null ? null : startOfDayMs(input.from, deps.timeZone),
    untilMs: input.to === null ? null : startOfDayMs(addDays(input.to, 1), deps.timeZone),
  }
  const page = await listEntries(deps.sql, filter, { before: input.before, after: input.after })
  const names = await namesIn(deps, page.entries)
  const href = (turn: Record<string, number>): string => {
    const query = new URLSearchParams()
    for (const name of ['about', 'kind', 'from', 'to'] as const) {
      if (input[name] !== null) query.set(name, input[name])
    }
    for (const [name, value] of Object.entries(turn)) query.set(name, String(value))
    const text = query.toString()
    return text === '' ? '/ledger' : `/ledger?${text}`
  }
  const filtered = [input.about, input.kind, input.from, input.to].some((value) => value !== null)
  return {
    data: {
      entries: page.entries.map((entry) => ({ ...entry, words: sentence(deps, entry) })),
      older: page.older,
      newer: page.newer,
    },
    page: () => ({
      title: 'Ledger',
      body: html`
        ${heading()}
        ${marks.paragraph(html`${marks.link('/ledger/checkpoints', 'Checkpoints, and how to check this ledger from outside')}`)}
        ${filterFields(deps, input, page.entries, view)}
        ${page.entries.length === 0 ? empty(filtered) : table(deps, page.entries, names, person)}
        ${components.olderNewer({
          newer: page.newer === null ? null : href({ after: page.newer }),
          older: page.older === null ? null : href({ before: page.older }),
          label: 'Pages of the ledger',
        })}`,
    }),
  }
}

const heading = (): Html =>
  marks.heading({
    title: 'Ledger',
    lead: 'Everything that was done here, newest first. Entries are never changed or removed: each is signed into a chain that others can check.',
  })

function wrongDays(input: ListInput): FieldError[] {
  const errors: FieldError[] = []
  for (const [field, what] of [
    ['from', 'the first day'],
    ['to', 'the last day'],
  ] as const) {
    const checked = fields.day(what).nullable().safeParse(input[field])
    if (!checked.success) errors.push({ field, message: checked.error.issues[0]!.message })
  }
  return errors
}

function filterFields(
  deps: LedgerPages,
  input: ListInput,
  entries: readonly ListedEntry[],
  view: View,
): Html {
  const role = entries
    .flatMap((entry) => Object.entries(entry.about))
    .find(([, id]) => id === input.about)?.[0]
  const only =
    input.about === null
      ? null
      : components.insetText(
          `Only entries about ${role === undefined ? 'one person or thing' : `one ${plainCode(role).toLowerCase()}`} (${input.about}).`,
        )
  return html`${only}${marks.filterForm({
    action: '/ledger',
    clear: '/ledger',
    fields: html`
      ${input.about === null ? null : components.hidden('about', input.about)}
      ${components.select({
        name: 'kind',
        label: 'What happened',
        empty: 'Anything',
        value: input.kind,
        options: Object.keys(deps.describe)
          .sort()
          .map((kind) => ({ value: kind, text: plainCode(kind) })),
      })}
      ${components.dateInput({ name: 'from', label: 'From', value: input.from, view })}
      ${components.dateInput({ name: 'to', label: 'To, that day included', value: input.to, view })}`,
  })}`
}

function empty(filtered: boolean): Html {
  return filtered
    ? marks.emptyState({
        title: 'No entry matches',
        body: 'Try a longer span of days, or anything that happened.',
        action: marks.link('/ledger', 'Show all entries'),
      })
    : marks.emptyState({
        title: 'Nothing has been recorded yet',
        body: 'Entries appear here as soon as somebody does something.',
      })
}

function table(deps: LedgerPages, entries: readonly ListedEntry[], names: Names, person: Person): Html {
  return components.table({
    caption: 'Entries, newest first',
    captionHidden: true,
    columns: [{ text: 'When' }, { text: 'What happened' }, { text: 'Who' }, { text: 'Entry', numeric: true }],
    rows: entries.map((entry) => [
      moment(entry.atMs, deps.timeZone, true),
      html`${sentence(deps, entry)}${personalLines(entry, sentence(deps, entry))}${aboutLinks(deps, entry, person)}`,
      who(entry, names),
      marks.link(`/ledger/entries/${entry.id}`, String(entry.number)),
    ]),
  })
}

type Names = ReadonlyMap<string, { readonly name: string }>

async function namesIn(deps: LedgerPages, entries: readonly ListedEntry[]): Promise<Names> {
  const ids = new Set(entries.map((entry) => entry.actor).filter((id) => id !== null))
  return ids.size === 0 ? new Map() : await deps.named([...ids])
}

function who(entry: ListedEntry, names: Names): Html {
  if (entry.actor === null) return html`Overt itself`
  const name = names.get(entry.actor)?.name ?? 'Somebody no longer named here'
  return marks.link(`/ledger?about=${encodeURIComponent(entry.actor)}`, name)
}

/** The room's own sentence; the bare kind where a room that wrote it is no longer part of Overt. */
function sentence(deps: LedgerPages, entry: ListedEntry): string {
  const words = deps.describe[entry.kind]
  if (words === undefined) return `${plainCode(entry.kind)}.`
  return words(
    entry.provider === null ? entry : { ...entry, data: deps.inTitles(entry.provider, entry.data) },
  )
}

/** Typed texts that the sentence does not hold already. */
function personalLines(entry: ListedEntry, said: string): Html {
  return html`${Object.entries(entry.personal)
    .filter(([, text]) => !said.includes(text))
    .map(([field, text]) => marks.small(`${plainCode(field)}: ${text}`))}
    ${Object.keys(entry.erased).map((field) => marks.small(`${plainCode(field)}: erased`))}`
}

function aboutLinks(deps: LedgerPages, entry: ListedEntry, person: Person): Html | null {
  const links = Object.entries(entry.about).flatMap(([name, id]) => {
    const href = deps.hrefOf(name, id, person)
    return href === null ? [] : [marks.link(href, `See the ${plainCode(name).toLowerCase()}`)]
  })
  return links.length === 0
    ? null
    : marks.small(links.flatMap((link, at) => (at === 0 ? [link] : [', ', link])))
}

async function one(deps: LedgerPages, person: Person, id: string): Promise<Answer> {
  const entry = await readEntry(deps.sql, id, await reachOf(deps, person))
  if (entry === null)
    return { notFound: 'There is no such entry in the ledger. One made just now appears within two seconds.' }
  const [names, proved] = [await namesIn(deps, [entry]), await proof(deps.sql, id)]
  const rows = [
    { key: 'When', value: moment(entry.atMs, deps.timeZone, true) },
    { key: 'Who', value: who(entry, names) },
    ...(entry.provider === null ? [] : [{ key: 'Landlord', value: deps.landlord(entry.provider) }]),
    ...Object.entries(entry.about).map(([name, value]) => ({
      key: plainCode(name),
      value: html`${linkOr(deps.hrefOf(name, value, person), value)} ${marks.link(
        `/ledger?about=${encodeURIComponent(value)}`,
        html`All entries<span class="govuk-visually-hidden"> about this ${plainCode(name).toLowerCase()}</span>`,
      )}`,
    })),
    ...Object.entries(entry.data).map(([name, value]) => ({
      key: plainCode(name),
      value: plainValue(value),
    })),
    ...Object.entries(entry.personal).map(([name, value]) => ({ key: plainCode(name), value })),
    ...Object.entries(entry.erased).map(([name, { atMs, why }]) => ({
      key: plainCode(name),
      value: html`Erased ${moment(atMs, deps.timeZone)} (${plainCode(why).toLowerCase()})`,
    })),
  ]
  return {
    data: { ...entry, words: sentence(deps, entry), proof: proved },
    page: () => ({
      title: `Ledger entry ${entry.number}`,
      back: { href: '/ledger', text: 'Ledger' },
      body: html`
        ${marks.heading({ title: sentence(deps, entry), caption: `Ledger entry ${entry.number}` })}
        ${components.summaryList({ rows })}
        ${marks.h2('Proof')}
        ${marks.paragraph(
          `This is entry ${entry.index} of the log ${entry.origin}. The proof shows, without trusting this page, that the entry is in the log whose checkpoint was signed.`,
        )}
        ${components.button({ text: 'Download the proof', kind: 'secondary', href: `/ledger/entries/${entry.id}/proof` })}
        ${proved === null ? null : components.details('The entry exactly as it was signed', components.summaryList({ rows: [{ key: 'Leaf', value: proved.leaf }] }))}`,
    }),
  }
}

async function proofFile(deps: LedgerPages, person: Person, id: string): Promise<Answer> {
  const entry = await readEntry(deps.sql, id, await reachOf(deps, person))
  const proved = entry === null ? null : await proof(deps.sql, id)
  if (proved === null) return { notFound: 'There is no such entry in the ledger.' }
  return {
    file: {
      mime: 'application/json',
      body: Buffer.from(`${canonicalJson(proved as unknown as Json)}\n`),
      filename: `ledger-entry-${proved.index}.json`,
    },
  }
}

const linkOr = (href: string | null, text: string): Printable =>
  href === null ? text : marks.link(href, text)

/** `dpia.accepted` → "Dpia accepted"; `retentionDays` → "Retention days". For codes that have no words of their own. */
function plainCode(code: string): string {
  const words = code
    .replace(/[.-]/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function plainValue(value: Json): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : canonicalJson(value)
}
