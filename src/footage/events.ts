import type { Json } from '#base/base.ts'
import type { LedgerEvents } from '#ledger/ledger.ts'
import { momentWords, spanWords, untilWords } from '#web/web.ts'

type Data = { readonly [name: string]: Json }
const text = (data: Data, name: string): string =>
  typeof data[name] === 'string' ? data[name] : 'not stated'
const count = (data: Data, name: string): number => (typeof data[name] === 'number' ? data[name] : 0)
const when = (data: Data, name: string): string =>
  typeof data[name] === 'number' ? momentWords(data[name], 'Europe/London', true) : 'not known'
const end = (data: Data, name: string): string =>
  typeof data[name] === 'number' ? untilWords(data[name], 'Europe/London', true) : 'not known'
const because = (personal: Readonly<Record<string, string>>): string =>
  personal['reason'] ? ` Reason: ${personal['reason'].replace(/[.\s]+$/, '')}.` : ''
const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

const leaveWords = (data: Data): string =>
  text(data, 'leave') === 'colleague' ? 'for a colleague' : 'by way of exception'

/** Ledger entries of this room in plain words. */
export const ledgerEvents: LedgerEvents = {
  'recorder.invited': () => 'A token was made with which one recorder can enrol.',
  'recorder.enrolled': () => 'A recorder enrolled.',
  'recorder.revoked': () => 'A recorder was shut out: it gets no camera and no mandate any more.',
  'mandate.refused': ({ data }) => `A recorder refused a mandate (${text(data, 'code')}).`,
  'ledger.disputed': () =>
    'A recorder refused our ledger: it does not extend the one that the recorder holds. Somebody must look into this.',
  'reel.closed': ({ data }) =>
    `A recorder closed a file of sealed footage: ${spanWords(count(data, 'lastMs') - count(data, 'firstMs'))} from ${when(data, 'firstMs')}.`,
  'reel.missing': ({ data }) =>
    `A recorder no longer has a reel that nobody ordered away; it began ${when(data, 'firstMs')}.`,
  'viewing.opened': ({ data, personal }) =>
    `Somebody opened a viewing of ${when(data, 'fromMs')} to ${when(data, 'toMs')} (${text(data, 'purpose')}, case ${text(data, 'caseReference')}).${because(personal)}`,
  'viewing.live-opened': ({ data, personal }) =>
    `Somebody opened a live view (${text(data, 'purpose')}, case ${text(data, 'caseReference')}).${because(personal)}`,
  'viewing.served': ({ data }) => {
    const spans = (Array.isArray(data['spans']) ? data['spans'] : []) as readonly (readonly number[])[]
    const said = spans
      .slice(0, 5)
      .map(
        ([from, to]) =>
          `${momentWords(from ?? 0, 'Europe/London', true)}, ${spanWords((to ?? 0) - (from ?? 0))}`,
      )
    return `Pictures were sent: ${said.join('; ')}${spans.length > 5 ? ' and more' : ''}.`
  },
  'viewing.ended': () => 'A viewing was ended.',
  'leave.asked': ({ data, personal }) =>
    `Somebody asked for leave to look ${leaveWords(data)}.${because(personal)}`,
  'leave.given': ({ data, personal }) =>
    `A second person agreed that somebody looks ${leaveWords(data)}, until ${end(data, 'untilMs')}.${because(personal)}`,
  'leave.refused': ({ data, personal }) =>
    `A second person did not agree that somebody looks ${leaveWords(data)}.${because(personal)}`,
  'leave.ended': ({ data }) => `Leave to look ${leaveWords(data)} was taken back.`,
  'hold.placed': ({ data, personal }) =>
    `Footage of ${when(data, 'fromMs')} to ${when(data, 'toMs')} is held until ${end(data, 'endsMs')}.${because(personal)}`,
  'hold.ended': ({ data, personal }) =>
    text(data, 'cause') === 'end-reached'
      ? 'A hold reached its end; its keys were destroyed.'
      : text(data, 'cause') === 'keys-gone'
        ? 'A hold that an older database remembered had ended already; its keys are gone.'
        : `A hold was released; its keys were destroyed.${because(personal)}`,
  'hold.recovered': ({ data }) =>
    `A hold that an older database had forgotten was found in the keyring; it is held until ${end(data, 'endsMs')}.`,
  'footage.expired': ({ data }) =>
    `The keys of ${plural(count(data, 'cameraDays'), 'camera-day')} were destroyed; they had to be gone by ${text(data, 'goneBy')}.`,
  'footage.kept-less': ({ data }) =>
    `The policy version of ${text(data, 'version')} keeps footage for ${plural(count(data, 'days'), 'day')}: what was recorded before, of ${plural(count(data, 'cameraDays'), 'camera-day')}, goes earlier.`,
  'footage.overrun-destroyed': ({ data }) =>
    count(data, 'fragments') === 0
      ? 'Nothing was recorded after an authority had ended.'
      : `What was recorded after an authority had ended was destroyed: ${spanWords(count(data, 'overrunMs'))}.`,
  'keyring.replayed': ({ data }) =>
    `After a restore, deletions were carried out again: ${plural(count(data, 'destroyedAgain'), 'group')} of keys destroyed, ${plural(count(data, 'marked'), 'reel')} marked as deleted.`,
  'keyring.lost': () => 'The keyring was lost. Everything recorded under it stays unreadable.',
  'reference.captured': () => 'The one reference picture was taken under a commissioning mandate.',
}
