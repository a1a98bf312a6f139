/** What was adopted stays what it was: held against the folders on disk, and a fuller writing is recorded once. */
import { type Clock, Failure } from '#base/base.ts'
import { inTransaction, type Sql } from '#engine/engine.ts'
import type { Pack } from '#policy/policy.ts'
import type { AppendToLedger } from './model.ts'
import { type AdoptedVersion, allVersions, insertVersion } from './store.ts'

/** Packs of adopted versions that were written more fully since: each is recorded, once, before anything is decided. */
export async function recordRevisions(
  parts: { readonly sql: Sql; readonly clock: Clock; readonly record?: AppendToLedger },
  onDisk: ReadonlyMap<string, Pack>,
): Promise<void> {
  for (const version of await allVersions(parts.sql)) {
    const pack = onDisk.get(`${version.provider}@${version.version}`)
    if (pack === undefined || pack.revision <= version.revision) continue
    const revised: AdoptedVersion = {
      ...version,
      revision: pack.revision,
      hash: pack.hash,
      reference: pack.reference,
      title: pack.title,
      adoptedBy: null,
      adoptedMs: parts.clock.nowMs(),
    }
    await inTransaction(parts.sql, async (tx) => {
      if ((await insertVersion(tx, revised)) && parts.record)
        await parts.record(tx, { ...entryOf(revised), kind: 'policy.revised' })
    })
  }
}

export function holdAgainstDisk(version: AdoptedVersion, pack: Pack | undefined): void {
  const place = `policies/${version.provider}/${version.version}`
  if (pack === undefined)
    throw new Failure(
      'data-loss',
      `${place} was adopted and is gone. Decisions were made under it: put the folder back as it was.`,
    )
  if (pack.revision < version.revision)
    throw new Failure(
      'unsupported',
      `${place} is revision ${pack.revision}, and this installation already decides by revision ${version.revision}. Start the Overt that brought it, or put that folder back.`,
    )
  if (pack.hash !== version.hash)
    throw new Failure(
      'data-loss',
      `${place} was adopted and has been changed since. Put the files back as they were. A change of the policy is a new version in a folder of its own day; a fuller writing of the same document raises its revision.`,
    )
}

/** The ledger entry of an adoption. */
export const entryOf = (version: AdoptedVersion) => ({
  kind: 'policy.adopted',
  actor: version.adoptedBy,
  provider: version.provider,
  about: { provider: version.provider },
  data: {
    version: version.version,
    revision: String(version.revision),
    fromDay: version.fromDay,
    hash: version.hash,
    reference: version.reference,
  },
  atMs: version.adoptedMs,
})
