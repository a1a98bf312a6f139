/** Where a person says whether several days of footage may go at once, with a second clock beside ours. */
import { civilDay } from '#base/base.ts'
import { reachOf } from '#register/register.ts'
import {
  components as c,
  dayWords,
  html,
  marks,
  moment,
  type Page,
  type Person,
  type Route,
  route,
  spanWords,
  type View,
} from '#web/web.ts'
import type { FootageDeps } from '../deps.ts'
import { clocksAgreeMs, daysAtOnceMax, daysOf, mayGo } from '../expiry.ts'
import type { Footage } from '../start.ts'
import { listRecorders } from '../store.ts'
import { signedIn } from './words.ts'

type Parts = FootageDeps & { readonly footage: Footage }

export function expiryRoutes(parts: Parts): readonly Route[] {
  const { clock, keyring, footage } = parts
  /** Whose footage a person may speak for; others' days are neither counted nor deleted. */
  const landlordsOf = (person: Person | null): readonly string[] => [
    ...new Set(reachOf(signedIn(person), 'dpia.accept', parts.packs).held.map((held) => held.provider)),
  ]
  const page = async (view: View, landlords: readonly string[]): Promise<Page> => {
    const nowMs = clock.nowMs()
    const due = keyring.due(nowMs).filter((group) => landlords.includes(group.landlord))
    const recorders = (await listRecorders(parts.sql)).filter((row) => row.revokedMs === null)
    return {
      title: 'Deleting several days at once',
      body: html`${marks.heading({
        title: 'Deleting several days at once',
        lead: `No more than ${daysAtOnceMax} days of footage are deleted at once by themselves, so that a wrong clock can’t destroy an archive.`,
        state: mayGo(due, parts.packs, false)
          ? marks.stateTag('lawful', 'Nothing waits')
          : marks.stateTag('attention', `${daysOf(due, parts.packs)} days wait`),
      })}
${c.summaryList({
  rows: [
    { key: 'The hub’s clock says', value: moment(nowMs, 'Europe/London', true) },
    ...recorders.map((row) => {
      const off = footage.link.clockDifferenceMs(row.id)
      return {
        key: `Recorder ${row.name}`,
        value:
          off === null
            ? 'Not linked: its clock can’t be asked'
            : Math.abs(off) <= clocksAgreeMs
              ? 'Says the same'
              : `Says ${spanWords(Math.abs(off))} ${off > 0 ? 'later' : 'earlier'}`,
      }
    }),
  ],
})}
${c.table({
  caption: 'What waits',
  columns: [{ text: 'Had to be gone by' }, { text: 'Cameras', numeric: true }, { text: 'Recorded on' }],
  rows: due.map((group) => [
    dayWords(group.goneBy),
    String(new Set(group.cameraDays.map(({ camera }) => camera)).size),
    [...new Set(group.cameraDays.map((one) => dayWords(one.day)))].slice(0, 3).join(', '),
  ]),
  empty: marks.emptyState({
    title: 'Nothing waits',
    body: `Everything whose time was over by ${dayWords(civilDay(nowMs, 'Europe/London'))} is deleted.`,
  }),
})}
${
  mayGo(due, parts.packs, false)
    ? null
    : html`${c.warningText('Look at a clock of your own first. What is deleted can’t be brought back; what is held stays.')}${c.form({ view, action: '/expiry', body: c.button({ text: 'The time is right: delete them', kind: 'warning', once: true }) })}`
}`,
    }
  }
  return [
    route({
      method: 'GET',
      path: '/expiry',
      permission: 'dpia.accept',
      ledger: { none: 'days and counts, no picture' },
      async handler({ person, view }) {
        const shown = await page(view, landlordsOf(person))
        return { data: {}, page: () => shown }
      },
    }),
    route({
      method: 'POST',
      path: '/expiry',
      permission: 'dpia.accept',
      ledger: 'footage.expired',
      async handler({ person }) {
        const landlords = landlordsOf(person)
        const result = await footage.agreeToExpire(signedIn(person).id, landlords)
        if (!result.ok) return { refusal: result.reasons, again: (view) => page(view, landlords) }
        const { destroyed } = result.value
        return {
          data: { days: daysOf(destroyed, parts.packs) },
          location: '/expiry',
          flash: `The footage of ${daysOf(destroyed, parts.packs)} days is deleted.`,
        }
      },
    }),
  ]
}
