/** The rows of letters about one camera: reading one before any is made, making them, printing each pile. */
import { z } from 'zod'
import { adjustmentReach, needingAt } from '#providers/providers.ts'
import { type Answer, fields, marks, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { seen } from '../asking.ts'
import { again as againOf, at, by as byOf, done, missing, ofDeployment, withId } from '../deployment-rows.ts'
import type { Standing } from '../evaluate.ts'
import { namesOf } from '../pages/words.ts'
import type { AuthorisationDeps } from '../parts.ts'
import { letterFacts } from './letter-facts.ts'
import { batchPage, lettersPage, onePage } from './letter-pages.ts'
import { letterPdf } from './letter-print.ts'
import { type LetterFacts, type LetterKind, letterKinds, letterText } from './letter-says.ts'
import { forgetAddresses, lettersSent, madeByHand, makeLetters, mayWrite } from './letter-steps.ts'
import { batchesOf, findBatch, lettersOf } from './letter-store.ts'
import type { Household } from './who-gets.ts'

const looking = { none: 'a letter is words for the post, and shows no picture of anybody' }
const noLetters: Answer = { notFound: 'There are no such letters, or you may not see them.' }
const formats = ['html', 'pdf', 'large', 'text', 'easy', 'easy-large', 'easy-text'] as const
type Format = (typeof formats)[number]
const kindField = fields.choice('a kind of letter', letterKinds)
const ofBatch = z.object({ ...ofDeployment, batch: fields.id('letters') })
/** A PDF takes a second of a processor, a whole pile of large print six. */
const printsPerMinute = 60

export function letterRoutes(deps: AuthorisationDeps): Route[] {
  return [...looks(deps), ...steps(deps)]
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
  const { deployment: d, site } = standing.file
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
    needing: writes
      ? await needingAt(deps.sql, adjustmentReach(deps.packs, person), d.provider, site.id)
      : [],
    nowMs,
  })
}

/** One letter to nobody in particular, or one pile of a batch. */
async function fileOf(
  facts: LetterFacts,
  format: Exclude<Format, 'html'>,
  households: readonly Household[],
  name: string,
): Promise<Answer> {
  const easy = format.startsWith('easy')
  if (format.endsWith('text'))
    return {
      file: {
        mime: 'text/plain; charset=utf-8',
        body: Buffer.from(letterText(facts, easy ? 'easy' : 'plain')),
        filename: `${name}.txt`,
        headers,
      },
    }
  const large = format.endsWith('large')
  const body = await letterPdf(facts, { large, easy }, households)
  return {
    file: {
      mime: 'application/pdf',
      body,
      filename: `${name}${easy ? '-easy' : ''}${large ? '-large-print' : ''}.pdf`,
      headers,
    },
  }
}
const headers = { 'cache-control': 'private, no-store' }

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
      if (format === 'html') return { data: told.facts, page: () => onePage(standing, told.facts) }
      return fileOf(told.facts, format, [], `letter-${kind}-${told.facts.reference}`)
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
      const batch = await findBatch(deps.sql, standing.file.deployment.id, ask.input.batch)
      const form = batch?.forms[ask.input.pile]
      if (batch === null || form === undefined || batch.erasedMs !== null || form.code.includes('hand('))
        return noLetters
      const parts = form.code.split('+')
      const has = (part: string) => parts.includes(part)
      const format = `${has('easy') ? 'easy' : ''}${has('easy') && (has('text') || has('large')) ? '-' : ''}${has('text') ? 'text' : has('large') ? 'large' : ''}`
      const households = await lettersOf(deps.sql, batch.id, form.code)
      return fileOf(
        batch.facts,
        (format || 'pdf') as Exclude<Format, 'html'>,
        households,
        `letters-${batch.facts.reference}-${ask.input.pile + 1}`,
      )
    },
  }),
]

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
  return batchPage(view, standing, batch, {
    writes,
    name: name(batch.madeBy),
    rows: writes ? await lettersOf(deps.sql, batch.id, null) : [],
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
