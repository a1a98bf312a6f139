/** Every kind of ledger entry with its plain sentence: what isn't here can't be appended. */
import { ledgerEvents as authorisation } from '#authorisation/authorisation.ts'
import { ledgerEvents as casework } from '#casework/casework.ts'
import { ledgerEvents as desk } from '#desk/desk.ts'
import { ledgerEvents as evidence } from '#evidence/evidence.ts'
import { ledgerEvents as footage } from '#footage/footage.ts'
import { type LedgerEvents, ledgerEvents as ledger } from '#ledger/ledger.ts'
import { ledgerEvents as people } from '#people/people.ts'
import { ledgerEvents as providers } from '#providers/providers.ts'
import { ledgerEvents as register } from '#register/register.ts'

const rooms: readonly LedgerEvents[] = [
  ledger,
  people,
  providers,
  casework as LedgerEvents,
  register as LedgerEvents,
  authorisation,
  footage,
  evidence,
  desk,
  {
    'demo.clock-moved': ({ data }) =>
      `The clock of this demo was moved forward by ${String(data['days'])} days.`,
  },
]

export const catalogue: LedgerEvents = merged(rooms)

function merged(all: readonly LedgerEvents[]): LedgerEvents {
  const kinds: Record<string, LedgerEvents[string]> = {}
  for (const events of all) {
    for (const [kind, words] of Object.entries(events)) {
      if (kinds[kind] !== undefined) throw new Error(`two rooms write ledger entries of kind ${kind}`)
      kinds[kind] = words
    }
  }
  return kinds
}
