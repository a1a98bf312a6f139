/**
 * evidence: footage that a case needs — kept as an exhibit, watched for a reason, handed over as a pack that its receiver
 * can check alone.
 * Promises: an exhibit outlives its day's keys and nothing around it does; what is handed over is what the recorder
 * sealed, with the keys of exactly that span; no hand-over without a permitted recipient, a basis, a told data
 * protection officer and a ledger entry, all before the pack exists. Never: changes a sealed byte, encodes a master
 * again, or trusts a name in a file.
 */
import { Failure } from '#base/base.ts'
import type { Route } from '#web/web.ts'
import type { EvidenceDeps } from './deps.ts'
import { verifyPack } from './folder.ts'
import { startPacking } from './hand-over.ts'
import { evidenceRoutes } from './routes.ts'
import { exhibitsOfCase } from './store.ts'
import { createScreening } from './watch.ts'

export type { EvidenceDeps } from './deps.ts'
export { ledgerEvents } from './events.ts'
export { verifyPack } from './folder.ts'
export { withExhibits } from './outcomes.ts'
export { exhibitsOfCase }

export type Evidence = {
  readonly routes: readonly Route[]
  /** Forgets what is being watched. Jobs belong to who gave them. */
  close(): void
}

export async function startEvidence(deps: EvidenceDeps): Promise<Evidence> {
  const screening = createScreening(deps)
  await startPacking(deps)
  return { routes: evidenceRoutes({ ...deps, screening }), close: () => screening.close() }
}

const problemsShown = 50

/** `overt verify PACK`: exit code 0 verified, 1 not, 2 nothing there. */
export async function verifyCommand(path: string, write: (text: string) => void): Promise<number> {
  try {
    const { ok, problems, found, statement } = await verifyPack(path)
    if (statement !== null) {
      write(`exhibit ${statement.exhibit.reference} of ${statement.provider.name}, pack ${statement.pack}\n`)
    }
    if (ok) {
      for (const line of found) write(`  ${line}\n`)
      write(`root key   ${statement!.keys.root}\nledger key ${statement!.keys.ledger}\n`)
      write('Compare both keys with those that the landlord publishes.\nverified\n')
      return 0
    }
    for (const { file, what } of problems.slice(0, problemsShown)) write(`  ${file}: ${what}\n`)
    if (problems.length > problemsShown) write(`  … and ${problems.length - problemsShown} more\n`)
    write('not verified\n')
    return 1
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    write(`${error.message}\n`)
    return 2
  }
}
