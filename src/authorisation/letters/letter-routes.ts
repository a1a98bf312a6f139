/** The rows of letters about one camera: reading one before any is made, making them, printing each pile. */
import { z } from 'zod'
import { tasksAbout } from '#casework/casework.ts'
import type { Query } from '#engine/engine.ts'
import { needingAt, type Resident } from '#providers/providers.ts'
import { type Answer, fields, marks, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { seen } from '../asking.ts'
import { again as againOf, at, by as byOf, done, missing, ofDeployment, withId } from '../deployment-rows.ts'
import type { Standing } from '../evaluate.ts'
import { namesOf } from '../pages/words.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { batchPage } from './batch-page.ts'
import { letterFacts } from './letter-facts.ts'
import { fileOf } from './letter-file.ts'
import { lettersPage, onePage } from './letter-pages.ts'
import type { Wording } from './letter-print.ts'
import { type LetterFacts, type LetterKind, letterKinds } from './letter-says.ts'
import { forgetAddresses, lettersSent, madeByHand, makeLetters, writerReach } from './letter-steps.ts'
import { batchesOf, findBatch, lettersOf } from './letter-store.ts'
import { mayWrite } from './may-write.ts'
import { inLanguages, translationRoutes } from './translation-routes.ts'
import { inEnglishWords, translationFor, wordingOf } from './translations.ts'
import { formCode, formFor, readForm } from './who-gets.ts'

const looking = { none: 'a letter is words for the post, and shows no picture of anybody' }
const noLetters: Answer = { notFound: 'There are no such letters, or you may not see them.' }
const formats = ['html', 'pdf', 'large', 'text', 'easy', 'easy-large', 'easy-text'] as const
const kindField = fields.choice('a kind of letter', letterKinds)
const ofBatch = z.object({ ...ofDeployment, batch: fields.id('letters') })
/** A PDF takes a second of a processor, a whole pile of large print six. */
const printsPerMinute = 60

export function letterRoutes(deps: AuthorisationDeps): Route[] {
  return [...looks(deps), ...steps(deps), ...translationRoutes(deps)]
}

const by = (deps: AuthorisationDeps) => byOf(deps)
const home = (ask: { input: { id: string } }) => at(ask, '/letters')

async function shown(
  deps: AuthorisationDeps,
  view: View,
  standing: Standing,
  person: Person,
  chosen: LetterKind | null,
): Promise<Page> {
  const { deployment: d } = standing.file
  const nowMs = deps.clock.nowMs()
  const told = await Promise.all(
    letterKinds.map(async (kind) => ({
      kind,
      ...(await letterFacts(deps.sql, deps, standing, kind, nowMs)),
    })),
  )
  const writes = mayWrite(standing, person).allowed
  return lettersPage(view, standing, {
    kinds: told.map((one) => ({ kind: one.kind, why: one.ok ? null : one.why })),
    chosen,
    batches: await batchesOf(deps.sql, d.id),
    writes,
    needing: writes ? (await needing(deps, standing, person)).flatMap((one) => one.reference ?? []) : [],
    nowMs,
  })
}

/** Those who live there and need anything but a standard letter, as far as this writer's reach goes. */
async function needing(
  deps: AuthorisationDeps,
  { file }: Standing,
  person: Person,
): Promise<readonly Resident[]> {
  const { deployment: d, site } = file
  const there = await needingAt(deps.sql, await writerReach(deps.sql, deps, person), d.provider, site.id)
  return there.filter((one) => formCode(formFor(one)) !== 'standard')
}

const looks = (deps: AuthorisationDeps): Route[] => [
  route({
    method: 'GET',
    path: '/deployments/:id/letters',
    permission: 'deployment.view',
    ledger: looking,
    input: withId,
    api: { summary: 'Letters about a camera: how many were made in each form, never whose' },
    async handler(ask) {
      const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
      if (!standing) return missing
      const page = await shown(deps, ask.view, standing, ask.person!, null)
      const batches = await batchesOf(deps.sql, standing.file.deployment.id)
      return {
        data: batches.map(({ id, kind, letters, forms, madeMs, sentOn, erasedMs }) => ({
          id,
          kind,
          letters,
          forms: forms.map(({ words, count }) => ({ words, count })),
          madeMs,
          sentOn,
          erasedMs,
        })),
        page: () => page,
      }
    },
  }),
  route({
    method: 'GET',
    path: '/deployments/:id/letters/:kind/:format',
    permission: 'deployment.view',
    ledger: looking,
    rateMax: printsPerMinute,
    input: z.object({ ...ofDeployment, kind: kindField, format: fields.choice('a form', formats) }),
    async handler(ask) {
      const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
      if (!standing) return missing
      const { kind, format } = ask.input
      const told = await letterFacts(deps.sql, deps, standing, kind, deps.clock.nowMs())
      if (!told.ok) return { refusal: [{ field: null, message: told.why }] }
      const as = {
        easy: format.startsWith('easy'),
        text: format.endsWith('text'),
        large: format.endsWith('large'),
      }
      const wording = inEnglishWords(told.facts, as.easy)
      if (format === 'html') return { data: told.facts, page: () => onePage(standing, told.facts, wording) }
      return fileOf(told.facts, wording, as, [], `letter-${kind}-${told.facts.reference}`)
    },
  }),
  route({
    method: 'GET',
    path: '/deployments/:id/letters/batches/:batch',
    permission: 'deployment.view',
    ledger: looking,
    input: ofBatch,
    async handler(ask) {
      const page = await batchShown(deps, ask.view, ask.person!, ask.input.id, ask.input.batch)
      return page === null ? noLetters : { data: null, page: () => page }
    },
  }),
  route({
    method: 'GET',
    path: '/deployments/:id/letters/batches/:batch/print/:pile',
    permission: 'adjustment.keep',
    ledger: { none: 'what is printed was written down when it was made' },
    rateMax: printsPerMinute,
    input: ofBatch.extend({ pile: fields.whole('a pile', 0, 200) }),
    async handler(ask) {
      const standing = await seen(deps.sql, deps, ask.person!, ask.input.id)
      if (!standing || !mayWrite(standing, ask.person!).allowed) return noLetters
      const { deployment: d } = standing.file
      const batch = await findBatch(deps.sql, d.id, ask.input.batch)
      const pile = batch?.forms[ask.input.pile]
      if (batch === null || pile === undefined || batch.erasedMs !== null) return noLetters
      const form = readForm(pile.code)
      const wording = form.hand ? null : await wordingFor(deps.sql, d.id, batch.facts, form)
      if (wording === null) return noLetters
      const households = await lettersOf(deps.sql, batch.id, pile.code)
      const name = `letters-${batch.facts.reference}-${ask.input.pile + 1}`
      return fileOf(batch.facts, wording, form, households, name)
    },
  }),
]

/** English, or the translation of exactly these words; null: nobody has put it in. */
async function wordingFor(
  sql: Query,
  deploymentId: string,
  facts: LetterFacts,
  { language, easy }: { readonly language: string | null; readonly easy: boolean },
): Promise<Wording | null> {
  if (language === null) return inEnglishWords(facts, easy)
  const { current } = await translationFor(sql, { deploymentId, facts, language, easy })
  return current === null ? null : wordingOf(facts, current)
}

async function batchShown(
  deps: AuthorisationDeps,
  view: View,
  person: Person,
  deploymentId: string,
  batchId: string,
): Promise<Page | null> {
  const standing = await seen(deps.sql, deps, person, deploymentId)
  const batch = standing === null ? null : await findBatch(deps.sql, standing.file.deployment.id, batchId)
  if (standing === null || batch === null) return null
  const writes = mayWrite(standing, person).allowed
  const name = await namesOf(deps, [batch.madeBy])
  const rows = writes ? await lettersOf(deps.sql, batch.id, null) : []
  const listed = new Set(rows.flatMap((row) => row.reference?.toLowerCase() ?? []))
  const open = writes && batch.erasedMs === null && batch.sentOn === null
  return batchPage(view, standing, batch, {
    writes,
    name: name(batch.madeBy),
    rows,
    left: open
      ? (await needing(deps, standing, person))
          .flatMap((one) => one.reference ?? [])
          .filter((reference) => !listed.has(reference.toLowerCase()))
      : [],
    languages: await inLanguages(deps.sql, standing.file.deployment.id, batch),
    waiting: new Set(
      (await tasksAbout(deps.sql, { letters: batch.id })).flatMap((task) => task.about['form'] ?? []),
    ),
    nowMs: deps.clock.nowMs(),
  })
}

const steps = (deps: AuthorisationDeps): Route[] => {
  const again = againOf(deps, (view, standing, person) => shown(deps, view, standing, person, null))
  const onBatch = async (ask: {
    readonly view: View
    readonly person: Person | null
    readonly input: Readonly<Record<string, unknown>>
  }): Promise<Page> =>
    (await batchShown(deps, ask.view, ask.person!, String(ask.input['id']), String(ask.input['batch']))) ?? {
      title: 'Not found',
      body: marks.heading({ title: 'There are no such letters' }),
    }
  const toBatch = (ask: { input: { id: string; batch: string } }) =>
    at(ask, `/letters/batches/${ask.input.batch}`)
  return [
    route({
      method: 'POST',
      path: '/deployments/:id/letters',
      permission: 'adjustment.keep',
      ledger: 'letters.made',
      input: z.object({
        ...ofDeployment,
        kind: kindField,
        households: fields.text('who gets a letter', 60_000),
      }),
      form: again,
      rateMax: printsPerMinute,
      api: { summary: 'Make letters: `households` is a line each, `number; name; address`' },
      async handler(ask) {
        const result = await makeLetters({ ...by(deps)(ask), ...ask.input })
        const location = result.ok ? at(ask, `/letters/batches/${result.value.batchId}`) : home(ask)
        return done(result, location, 'The letters are made. Look at the piles, then print them.', [
          'households',
        ])
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/letters/batches/:batch/sent',
      permission: 'adjustment.keep',
      ledger: 'letters.sent',
      input: ofBatch.extend({ day: fields.day('the day on which they went out') }),
      form: onBatch,
      async handler(ask) {
        const result = await lettersSent({ ...by(deps)(ask), batchId: ask.input.batch, day: ask.input.day })
        return done(result, toBatch(ask), 'Recorded: they went out.', ['day'])
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/letters/batches/:batch/by-hand',
      permission: 'adjustment.keep',
      ledger: 'letters.given-by-hand',
      input: ofBatch.extend({ form: z.string().max(200) }),
      form: onBatch,
      async handler(ask) {
        const result = await madeByHand({ ...by(deps)(ask), batchId: ask.input.batch, form: ask.input.form })
        return done(result, toBatch(ask), 'Recorded: these people have been told.')
      },
    }),
    route({
      method: 'POST',
      path: '/deployments/:id/letters/batches/:batch/erase',
      permission: 'adjustment.keep',
      ledger: 'letters.addresses-erased',
      input: ofBatch,
      form: onBatch,
      async handler(ask) {
        const result = await forgetAddresses({ ...by(deps)(ask), batchId: ask.input.batch })
        return done(result, toBatch(ask), 'Names and addresses are erased. What the letters said stays.')
      },
    }),
  ]
}
