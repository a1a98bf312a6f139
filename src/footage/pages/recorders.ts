/** Recorders: which there are, how they are, how a new one comes in and how one is shut out. */
import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import { enrolAsk, enrolPath } from '#formats/link/link.ts'
import { append } from '#ledger/ledger.ts'
import {
  components as c,
  fields,
  type Html,
  html,
  marks,
  moment,
  type Page,
  type Route,
  route,
  spanWords,
  type View,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { createEnrolmentToken, tokenHours } from '../link/enrolment.ts'
import type { Footage } from '../start.ts'
import { listRecorders, openTokens, type RecorderRow, revokeRecorder } from '../store.ts'
import { signedIn } from './words.ts'

type Parts = FootageDeps & { readonly footage: Footage; readonly keyringSharesDisk?: boolean }

export function recorderRoutes(parts: Parts): readonly Route[] {
  const { sql, clock, footage } = parts
  return [
    route({
      method: 'GET',
      path: '/recorders',
      permission: 'recorder.enrol',
      ledger: { none: 'looking at the list of recorders shows no picture and no resident' },
      api: { summary: 'Recorders and when each last spoke' },
      async handler({ view, nowMs }) {
        const rows = await listRecorders(sql)
        const data = rows.map((row) => ({
          id: row.id,
          name: row.name,
          linked: footage.link.linked(row.id),
          heardMs: row.heardMs,
          revokedMs: row.revokedMs,
        }))
        const page = await recordersPage(parts, view, rows, nowMs)
        return { data, page: () => page }
      },
    }),
    route({
      method: 'POST',
      path: '/recorders',
      permission: 'recorder.enrol',
      ledger: 'recorder.invited',
      api: { summary: 'Make a token with which one recorder can enrol' },
      input: z.object({
        name: fields.text('a name for the recorder', 100),
        providers: fields.codes('a landlord', { max: 100 }),
      }),
      form: async ({ view, nowMs }) => recordersPage(parts, view, await listRecorders(sql), nowMs),
      async handler({ person, input, nowMs }) {
        const token = await createEnrolmentToken(sql, {
          name: input.name,
          nowMs,
          by: signedIn(person).id,
          providers: input.providers.filter((slug) => parts.packs.find(slug) !== null),
        })
        return { data: { token }, status: 201, page: () => tokenPage(input.name, token) }
      },
    }),
    route({
      method: 'POST',
      path: '/recorders/:id/revoke',
      permission: 'recorder.enrol',
      ledger: 'recorder.revoked',
      api: { summary: 'Shut a recorder out: stolen, sold or broken' },
      input: z.object({ id: fields.id('the recorder') }),
      async handler({ person, input }) {
        const by = signedIn(person).id
        const nowMs = clock.nowMs()
        const done = await inTransaction(sql, async (tx) => {
          if (!(await revokeRecorder(tx, input.id, by, nowMs))) return false
          await append(tx, {
            kind: 'recorder.revoked',
            actor: by,
            provider: null,
            about: { recorder: input.id },
            atMs: nowMs,
          })
          return true
        })
        footage.link.dismiss(input.id)
        if (!done) return { notFound: 'There is no such recorder, or it was shut out before.' }
        return {
          data: { revoked: true },
          location: '/recorders',
          flash: 'The recorder is shut out. Change the passwords of its cameras: they lie on its disk.',
        }
      },
    }),
    route({
      method: 'POST',
      path: enrolPath,
      permission: 'public',
      machine: true,
      ledger: 'recorder.enrolled',
      rateMax: 20,
      input: enrolAsk,
      async handler({ input }) {
        const result = await footage.link.enrol(input)
        if (!result.ok) return { refusal: result.reasons, forbidden: true }
        return { data: result.value, page: () => nothing, status: 201 }
      },
    }),
  ]
}

const nothing: Page = { title: 'Recorder', body: html`` }

async function recordersPage(
  parts: Parts,
  view: View,
  rows: readonly RecorderRow[],
  nowMs: number,
): Promise<Page> {
  const { footage } = parts
  const tokens = await openTokens(parts.sql, nowMs)
  const notices = footage.keyringNotices({ sharesDisk: parts.keyringSharesDisk ?? false })
  return {
    title: 'Recorders',
    body: html`${marks.heading({
      title: 'Recorders',
      lead: 'A recorder stands beside the cameras and keeps what they see, sealed. It dials us; nothing on site has to be opened to the internet.',
    })}
${notices.map((notice) => c.warningText(notice))}
${c.table({
  caption: 'Recorders here',
  columns: [
    { text: 'Name' },
    { text: 'Link' },
    { text: 'Last heard' },
    { text: 'Clock' },
    { text: 'Room on its disk' },
    { text: 'Shut out', hidden: true },
  ],
  rows: rows.map((row) => [
    row.name,
    row.revokedMs !== null
      ? marks.stateTag('stopped', 'Shut out')
      : footage.link.linked(row.id)
        ? marks.stateTag('lawful', 'Linked')
        : marks.stateTag('attention', 'Not linked'),
    row.heardMs === null ? 'Never' : moment(row.heardMs),
    clockWords(row),
    diskWords(row),
    row.revokedMs === null
      ? c.form({
          view,
          action: `/recorders/${row.id}/revoke`,
          classes: 'overt-inline',
          body: html`<button type="submit" class="govuk-button govuk-button--warning">Shut out<span class="govuk-visually-hidden"> ${row.name}</span></button>`,
        })
      : '',
  ]),
  empty: marks.emptyState({
    title: 'No recorder yet',
    body: 'Make a token below and start a recorder with it.',
  }),
})}
${
  tokens.length > 0
    ? c.table({
        caption: 'Tokens that nobody has used yet',
        columns: [{ text: 'For' }, { text: 'Good until' }],
        rows: tokens.map((token) => [token.name, moment(token.expiresMs)]),
      })
    : null
}
${marks.h2('Add a recorder')}
${c.form({
  view,
  action: '/recorders',
  body: html`${c.input({ view, name: 'name', label: 'Name', hint: 'Where it stands, such as “Elm Court, plant room”', width: 30, maxlength: 100 })}${landlordField(parts, view)}${c.button({ text: 'Make a token', once: true })}`,
})}`,
  }
}

/** Where several landlords share a hub, each recorder is for some of them. */
function landlordField(parts: Parts, view: View): Html | null {
  const landlords = parts.packs.list()
  if (landlords.length < 2) return null
  return c.checkboxes({
    view,
    name: 'providers',
    label: 'Whose cameras may it dial?',
    hint: 'Tick none for all of them.',
    choices: landlords.map(({ slug, name }) => ({ value: slug, text: name })),
  })
}

function tokenPage(name: string, token: string): Page {
  return {
    title: 'Token for a recorder',
    back: { href: '/recorders', text: 'Recorders' },
    body: html`${marks.heading({
      title: 'Token for a recorder',
      lead: `“${name}” can enrol with it once, within ${tokenHours} hours. It is not shown again.`,
    })}${marks.secretOnce('Token', token)}${marks.paragraph('Start the recorder beside its cameras with:')}
<p class="govuk-body"><code>OVERT_RECORDER_TOKEN=TOKEN npm run overt -- recorder --home FOLDER --hub THIS-ADDRESS</code></p>`,
  }
}

function clockWords(row: RecorderRow): string {
  if (row.clockDifferenceMs === null) return 'Not compared yet'
  const off = Math.abs(row.clockDifferenceMs)
  if (off < 2_000) return 'Right'
  return `${spanWords(off)} ${row.clockDifferenceMs > 0 ? 'ahead' : 'behind'}`
}

function diskWords(row: RecorderRow): string {
  const disk = (row.status as { disk?: { freeBytes?: number; totalBytes?: number } } | null)?.disk
  if (typeof disk?.freeBytes !== 'number' || typeof disk.totalBytes !== 'number') return 'Not told yet'
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)
  return `${gigabytes(disk.freeBytes)} of ${gigabytes(disk.totalBytes)} GB free`
}
