import type { LedgerEvents } from '#ledger/ledger.ts'

const text = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'not stated')

/** Ledger entries of this room in plain words. */
export const ledgerEvents: LedgerEvents = {
  'exhibit.made': ({ data }) => `Footage was kept as exhibit ${text(data['reference'])}.`,
  'exhibit.watched': ({ data, personal }) =>
    `Exhibit ${text(data['reference'])} was watched. Reason: ${text(personal['reason'])}.`,
  'disclosure.made': ({ data, personal }) =>
    `Exhibit ${text(data['reference'])} is handed over to ${text(personal['recipient'])} (${text(data['recipientKind'])}), on the basis “${text(data['basis'])}”. The data protection officer was told.`,
  'disclosure.packed': ({ data }) => `The pack of exhibit ${text(data['reference'])} was made and sealed.`,
  'disclosure.fetched': ({ data }) => `The pack of exhibit ${text(data['reference'])} was downloaded.`,
  'disclosure.seen': ({ data }) =>
    `The data protection officer saw the hand-over of exhibit ${text(data['reference'])}.`,
}
